//! Schemes written out, and how ratings are told.

use chassis::parse;
use proto::reporting::v1 as pb;
use proto::reporting::v1::reporting_change::Change as What;
use uuid::Uuid;

use crate::ground::reference::Scheme;

/// A scheme of rating.
pub fn scheme(scheme: &Scheme) -> pb::Scheme {
    pb::Scheme {
        code: scheme.code.clone(),
        name_vi: scheme.name_vi.clone(),
        from_year: scheme.from_year,
        through_year: scheme.through_year,
        document: scheme.document.clone(),
        issued_on: Some(parse::civil(scheme.issued_on)),
        grades: scheme
            .grades
            .iter()
            .map(|grade| pb::scheme::Grade {
                code: grade.code.clone(),
                rank: grade.rank,
                name_vi: grade.name_vi.clone(),
                score_from: grade.score_from,
            })
            .collect(),
    }
}

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
