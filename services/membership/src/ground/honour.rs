//! Honours, as they are told of: by organisation, kind, level and day.

use std::collections::BTreeMap;

use feeds::membership::{Happening, Honoured, Honours};
use time::Date;
use uuid::Uuid;

/// The honour of one person, as far as figures need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The decision about some people.
    pub honour_id: Uuid,
    /// Who.
    pub person_id: Uuid,
    /// Whose person she was honoured as.
    pub organisation_id: Uuid,
    /// A code.
    pub kind: String,
    /// A code.
    pub level: String,
    /// When.
    pub honoured_on: Date,
    /// Whether she worked directly in production.
    pub direct_production: bool,
    /// Of an initiative.
    pub initiative_id: Option<Uuid>,
    /// The decision that it rests on.
    pub decision_id: Option<Uuid>,
}

/// What is told of some of them, with day and decision of each change.
pub fn told(lines: &[Line]) -> Vec<(Date, Option<Uuid>, Happening)> {
    let mut alike: BTreeMap<_, Vec<Honoured>> = BTreeMap::new();
    for line in lines {
        let key = (
            line.honour_id,
            line.organisation_id,
            line.kind.as_str(),
            line.level.as_str(),
            line.honoured_on,
            line.decision_id,
        );
        alike.entry(key).or_default().push(Honoured {
            person_id: line.person_id,
            direct_production: line.direct_production,
            initiative_id: line.initiative_id,
        });
    }
    let alike = alike.into_iter();
    alike
        .map(|((honour_id, organisation_id, kind, level, on, decision_id), people)| {
            let (kind, level) = (kind.to_string(), level.to_string());
            let honours = Honours { honour_id, organisation_id, kind, level, people };
            (on, decision_id, Happening::Honours(honours))
        })
        .collect()
}
