//! How ratings are told.

use proto::reporting::v1 as pb;
use proto::reporting::v1::reporting_change::Change as What;
use uuid::Uuid;

/// Unions were rated: (union, grade, the grade that it replaces).
pub fn ratings_recorded(year: i32, scheme: &str, lines: &[(Uuid, &str, &str)]) -> What {
    What::RatingsRecorded(pb::RatingsRecorded {
        year,
        scheme: scheme.to_string(),
        lines: lines
            .iter()
            .map(|(unit, grade, earlier)| pb::ratings_recorded::Line {
                organisation_id: unit.to_string(),
                grade: (*grade).to_string(),
                earlier_grade: (*earlier).to_string(),
            })
            .collect(),
    })
}
