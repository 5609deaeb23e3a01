//! Welfare, as it is told of: under a pseudonym, by organisation, kind, occasion, source and day.

use std::collections::BTreeMap;

use feeds::membership::{Happening, Helped, Welfare};
use time::Date;
use uuid::Uuid;

/// How people are helped; the numbers are those of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum Kind {
    /// Thăm hỏi.
    Visit = 1,
    /// Trợ cấp.
    Aid = 2,
    /// Cho vay.
    Loan = 3,
    /// Chăm sóc sức khỏe.
    HealthCare = 4,
}

impl Kind {
    fn code_of(number: i16) -> &'static str {
        match number {
            1 => "VISIT",
            2 => "AID",
            3 => "LOAN",
            _ => "HEALTH_CARE",
        }
    }
}

/// What one person was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The act for some people.
    pub welfare_id: Uuid,
    /// Who.
    pub person_id: Uuid,
    /// Which gave it.
    pub organisation_id: Uuid,
    /// Her pseudonym.
    pub subject: String,
    /// `membership.v1.WelfareKind`.
    pub kind: i16,
    /// A code.
    pub occasion: String,
    /// A code.
    pub source: String,
    /// When.
    pub given_on: Date,
    /// In đồng.
    pub amount_vnd: i64,
    /// The decision that it rests on.
    pub decision_id: Option<Uuid>,
}

/// What is told of some of it, with day and decision of each change. Whoever reads the order of
/// people learns nothing from it: they stand in that of their pseudonyms.
pub fn told(lines: &[Line]) -> Vec<(Date, Option<Uuid>, Happening)> {
    let mut alike: BTreeMap<_, Vec<Helped>> = BTreeMap::new();
    for line in lines {
        let key = (
            line.welfare_id,
            line.organisation_id,
            line.kind,
            line.occasion.as_str(),
            line.source.as_str(),
            line.given_on,
            line.decision_id,
        );
        let (subject, amount_vnd) = (line.subject.clone(), line.amount_vnd);
        alike.entry(key).or_default().push(Helped { subject, amount_vnd });
    }
    let alike = alike.into_iter();
    alike
        .map(|((welfare_id, organisation_id, kind, occasion, source, on, decision), mut people)| {
            people.sort_by(|one, other| one.subject.cmp(&other.subject));
            let welfare = Welfare {
                welfare_id,
                organisation_id,
                kind: Kind::code_of(kind).to_string(),
                occasion: occasion.to_string(),
                source: source.to_string(),
                people,
            };
            (on, decision, Happening::Welfare(welfare))
        })
        .collect()
}

impl Line {
    /// What is told of it by itself.
    pub fn told(self) -> Happening {
        Happening::Welfare(Welfare {
            welfare_id: self.welfare_id,
            organisation_id: self.organisation_id,
            kind: Kind::code_of(self.kind).to_string(),
            occasion: self.occasion,
            source: self.source,
            people: vec![Helped { subject: self.subject, amount_vnd: self.amount_vnd }],
        })
    }
}
