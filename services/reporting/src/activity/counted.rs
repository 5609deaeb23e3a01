//! What an activity counts as: pure functions from activities to facts.
//!
//! Each keeps what it was counted as: whatever takes it back takes back the same, also where its
//! kind is counted otherwise since.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::activity::reported::{Activity, Value, civil_day};
use crate::ground::fact::{Code, Facts};
use crate::ground::reference::ActivityKind;

/// What an activity was counted as, in the order of its kind; as the table keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Counted(Vec<One>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct One {
    #[serde(with = "civil_day")]
    on: Date,
    code: String,
    reason: String,
    amount: i64,
    /// Of what is counted distinct.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
}

impl Counted {
    /// What this activity counts as.
    pub fn of(kind: &ActivityKind, activity: &Activity) -> Self {
        let mut counted = Self::default();
        let (on, times) = (activity.held_on, i64::from(activity.times));
        if let Some((code, reason)) = &kind.counted_as {
            counted.add(on, *code, reason.clone(), times);
        }
        if kind.people_counted {
            for (people, name) in
                [(activity.members_reached, "members"), (activity.workers_reached, "workers")]
            {
                let reason = format!("{}.{name}", kind.code);
                counted.add(on, Code::ActivityAmount, reason, people.into());
            }
        }
        for field in kind.fields.iter().filter(|field| field.counted) {
            let reason = format!("{}.{}", kind.code, field.name);
            match activity.fields.0.get(&field.name) {
                Some(Value::Number(amount)) => {
                    counted.add(on, Code::ActivityAmount, reason, *amount);
                }
                Some(Value::Date(reached_on)) => {
                    counted.add(*reached_on, Code::ActivityReached, reason, 1);
                }
                Some(Value::Codes(codes)) => {
                    for code in codes {
                        counted.add(on, Code::ActivityOf, format!("{reason}.{code}"), times);
                    }
                }
                Some(Value::Organisations(organisations)) => {
                    counted.0.extend(organisations.iter().map(|organisation_id| One {
                        on,
                        code: Code::ActivityUnion.to_string(),
                        reason: reason.clone(),
                        amount: 1,
                        subject: Some(organisation_id.to_string()),
                    }));
                }
                Some(Value::Text(_) | Value::Employer(_) | Value::Document(_)) | None => {}
            }
        }
        counted
    }

    /// What one of before kinds were data counts as, which does not keep it.
    pub fn of_before(activity: &Activity) -> Self {
        let code = match activity.kind.as_str() {
            "INSPECTION" => Code::Inspection,
            "LAUNCH" => Code::Launch,
            _ => return Self::default(),
        };
        let mut counted = Self::default();
        counted.add(activity.held_on, code, String::new(), activity.times.into());
        counted
    }

    fn add(&mut self, on: Date, code: Code, reason: String, amount: i64) {
        if amount != 0 {
            self.0.push(One { on, code: code.to_string(), reason, amount, subject: None });
        }
    }
}

/// A unit, and what is counted of it.
pub type OfUnit<'a> = (Uuid, &'a Counted);

/// The facts by which figures go from what was counted to what is, no more: either may be nothing.
pub fn difference(before: Option<OfUnit<'_>>, now: Option<OfUnit<'_>>) -> Facts {
    let mut amounts: BTreeMap<(Uuid, Date, &str, &str, Option<&str>), i64> = BTreeMap::new();
    for (sign, of) in [(-1, before), (1, now)] {
        let Some((unit, counted)) = of else { continue };
        for one in &counted.0 {
            let key =
                (unit, one.on, one.code.as_str(), one.reason.as_str(), one.subject.as_deref());
            *amounts.entry(key).or_default() += sign * one.amount;
        }
    }
    let (mut facts, mut never) = (Facts::default(), Facts::default());
    for ((unit, on, code, reason, subject), amount) in amounts {
        let Some(code) = Code::parse(code) else { continue };
        match subject {
            None => facts.add(unit, on, code, reason, amount),
            Some(subject) if amount > 0 => facts.subject(unit, on, code, reason, subject),
            Some(subject) if amount < 0 => never.subject(unit, on, code, reason, subject),
            Some(_) => {}
        }
    }
    facts.distinct.extend(never.taken_back().distinct);
    facts
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::activity::reported::Fields;
    use crate::ground::reference;

    const ON: Date = date!(2021 - 02 - 03);
    const UNIT: Uuid = Uuid::from_u128(7);

    fn of(kind: &str, times: i32, fields: &[(&str, Value)]) -> Counted {
        let kind = reference::load().expect("read").activity_kind(kind).expect("a kind");
        let fields = fields.iter().map(|(name, value)| ((*name).to_string(), value.clone()));
        let activity = Activity {
            organisation_id: UNIT,
            kind: kind.code.clone(),
            held_on: ON,
            members_reached: 5,
            workers_reached: 0,
            times,
            fields: Fields(fields.collect()),
        };
        Counted::of(kind, &activity)
    }

    fn told(facts: &Facts) -> Vec<(Date, &str, &str, i64)> {
        let told = facts.additive.iter();
        told.map(|it| (it.on_date, it.code.as_str(), it.reason.as_str(), it.amount)).collect()
    }

    #[test]
    fn what_is_chosen_reached_and_added_up_is_counted_beside_the_activity() {
        let topics = Value::Codes(vec!["LABOUR_LAW".to_string(), "SAFETY".to_string()]);
        let counted = of("INSPECTION", 3, &[("topics", topics)]);
        let facts = difference(None, Some((UNIT, &counted)));
        assert_eq!(
            told(&facts),
            [
                (ON, "ACTIVITY_OF", "INSPECTION.topics.LABOUR_LAW", 3),
                (ON, "ACTIVITY_OF", "INSPECTION.topics.SAFETY", 3),
                (ON, "INSPECTION", "", 3),
            ]
        );
        let counted = of("MOVEMENT", 1, &[]);
        let facts = difference(None, Some((UNIT, &counted)));
        // Nobody of the workers came: that is no fact.
        assert_eq!(
            told(&facts),
            [(ON, "ACTIVITY", "MOVEMENT", 1), (ON, "ACTIVITY_AMOUNT", "MOVEMENT.members", 5)]
        );
        assert_eq!(of("DISSEMINATION", 1, &[]), Counted::default());
    }

    #[test]
    fn a_milestone_that_is_reached_is_one_fact_more_and_nothing_else_moves() {
        let plaque_on = date!(2021 - 05 - 19);
        let registered = of("WORK", 1, &[]);
        let fixed = of("WORK", 1, &[("plaque_on", Value::Date(plaque_on))]);
        let facts = difference(Some((UNIT, &registered)), Some((UNIT, &fixed)));
        assert_eq!(told(&facts), [(plaque_on, "ACTIVITY_REACHED", "WORK.plaque_on", 1)]);
        let facts = difference(Some((UNIT, &fixed)), None);
        assert_eq!(
            told(&facts),
            [(ON, "ACTIVITY", "WORK", -1), (plaque_on, "ACTIVITY_REACHED", "WORK.plaque_on", -1),]
        );
    }

    #[test]
    fn of_another_unit_all_of_it_moves() {
        let counted = of("POST", 4, &[]);
        let other = Uuid::from_u128(9);
        let facts = difference(Some((UNIT, &counted)), Some((other, &counted)));
        let amounts: Vec<(Uuid, i64)> =
            facts.additive.iter().map(|it| (it.unit_id, it.amount)).collect();
        assert_eq!(amounts, [(UNIT, -4), (other, 4)]);
    }

    #[test]
    fn a_union_that_is_guided_no_longer_is_taken_back_alone() {
        let guided = |unions: &[u128]| {
            let unions = unions.iter().map(|number| Uuid::from_u128(*number)).collect();
            of("CONGRESS_GUIDANCE", 1, &[("unions", Value::Organisations(unions))])
        };
        let (before, now) = (guided(&[1, 2]), guided(&[2, 3]));
        let facts = difference(Some((UNIT, &before)), Some((UNIT, &now)));
        let amounts: Vec<(String, i16)> =
            facts.distinct.iter().map(|it| (it.subject.clone(), it.amount)).collect();
        let name = |number| Uuid::from_u128(number).to_string();
        assert_eq!(amounts, [(name(3), 1), (name(1), -1)]);
        assert!(facts.additive.is_empty());
    }
}
