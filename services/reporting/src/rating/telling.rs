//! What reporting's feed tells of ratings: counts, days, codes and ids, and no texts, which might name
//! somebody.

use proto::reporting::v1 as pb;
use proto::reporting::v1::reporting_change::Change as What;
use uuid::Uuid;

/// A union that was rated.
pub struct Told<'a> {
    /// Which.
    pub organisation_id: Uuid,
    /// How.
    pub grade: &'a str,
    /// What that replaces; empty when it is rated for the first time.
    pub earlier_grade: &'a str,
}

/// Unions were rated.
pub fn ratings_recorded(
    year: i32,
    scheme: &str,
    lines: &[Told<'_>],
    round_id: Option<Uuid>,
    answers_appeal: bool,
) -> What {
    What::RatingsRecorded(pb::RatingsRecorded {
        year,
        scheme: scheme.to_string(),
        lines: lines
            .iter()
            .map(|line| pb::ratings_recorded::Line {
                organisation_id: line.organisation_id.to_string(),
                grade: line.grade.to_string(),
                earlier_grade: line.earlier_grade.to_string(),
            })
            .collect(),
        round_id: chassis::parse::id_or_empty(round_id),
        answers_appeal,
    })
}

/// A version of a scheme is defined.
pub fn scheme_defined(organisation_id: Uuid, scheme: &str, version: i32, from_year: i32) -> What {
    What::RatingSchemeDefined(pb::RatingSchemeDefined {
        organisation_id: organisation_id.to_string(),
        scheme: scheme.to_string(),
        version,
        from_year,
    })
}

/// A round ended, or was taken back.
pub fn round_ended(round_id: Uuid, organisation_id: Uuid, withdrawn: bool) -> What {
    What::RatingRoundEnded(pb::RatingRoundEnded {
        round_id: round_id.to_string(),
        organisation_id: organisation_id.to_string(),
        withdrawn,
    })
}

/// A union scored itself, or was appraised.
pub fn scored(round_id: Uuid, organisation_id: Uuid, appraised: bool, total_tenths: i32) -> What {
    What::RatingScored(pb::RatingScored {
        round_id: round_id.to_string(),
        organisation_id: organisation_id.to_string(),
        appraised,
        total_tenths,
    })
}

/// A union appeals.
pub fn appealed(round_id: Uuid, organisation_id: Uuid) -> What {
    What::RatingAppealed(pb::RatingAppealed {
        round_id: round_id.to_string(),
        organisation_id: organisation_id.to_string(),
    })
}

/// An appeal is answered, and the rating stands.
pub fn appeal_answered(round_id: Uuid, organisation_id: Uuid) -> What {
    What::RatingAppealAnswered(pb::RatingAppealAnswered {
        round_id: round_id.to_string(),
        organisation_id: organisation_id.to_string(),
    })
}
