//! What a change means for figures: pure functions from changes to facts.
//!
//! Facts are keyed by unit and date and know nothing of the tree, so that an act on the tree
//! never makes them wrong. Sums of facts are rolled up (src/ledger.rs); where a fact counts
//! is decided when a figure is asked for.

mod code;
mod facts;
mod membership;
mod registry;

pub use code::{Code, Counting};
pub use facts::{Fact, Facts, SubjectFact};
pub use membership::of_membership;
pub use registry::{level, of_registry};

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use feeds::membership::{
        self, Attendance, CardTakenBack, Happening, Line, Movement, TakenBack, TrainingCourse,
        Transfer,
    };
    use feeds::registry::{self, Ceremony, Launched};
    use time::Date;
    use time::macros::date;
    use uuid::Uuid;

    use super::*;

    const ON: Date = date!(2020 - 03 - 01);

    fn unit(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn transfer(sexes: &[i16]) -> Transfer {
        let line = |sex| Line { membership_id: unit(3), person_id: unit(4), sex, birth_year: 1990 };
        Transfer {
            transfer_id: None,
            from_organisation_id: unit(1),
            to_organisation_id: unit(2),
            lines: sexes.iter().map(|sex| line(*sex)).collect(),
            registry_act_id: None,
        }
    }

    #[test]
    fn a_transfer_is_out_of_one_and_into_the_other_for_the_same_people() {
        let moved = membership::Event::Transferred(transfer(&[1, 2, 2, 0]));
        let facts = of_membership(&moved, ON);
        let sum = |code: Code| -> i64 {
            facts.additive.iter().filter(|fact| fact.code == code).map(|fact| fact.amount).sum()
        };
        assert_eq!((sum(Code::TransferOut), sum(Code::TransferIn)), (4, 4));
        assert!(facts.additive.iter().all(|fact| fact.unit_id != fact.counterpart_id));
        assert!(facts.additive.iter().any(|fact| fact.sex == 0 && fact.amount == 1));
    }

    #[test]
    fn a_movement_taken_back_is_the_same_people_less() {
        let transferred = transfer(&[0, 0, 0]);
        let mut sums = BTreeMap::new();
        for event in [
            membership::Event::Transferred(transferred.clone()),
            membership::Event::TakenBack(TakenBack {
                registry_act_id: None,
                movement: Movement::Transfer(transferred),
            }),
        ] {
            for fact in of_membership(&event, ON).additive {
                *sums.entry((fact.unit_id, fact.code)).or_insert(0) += fact.amount;
            }
        }
        assert_eq!(sums.len(), 2);
        assert!(sums.values().all(|sum| *sum == 0));
    }

    #[test]
    fn cards_in_the_place_of_others_are_told_from_first_ones_and_taken_back_alike() {
        let card = |number, replaces: Option<u128>| membership::Card {
            card_id: unit(number),
            person_id: unit(100 + number),
            replaces_id: replaces.map(unit),
        };
        let issue = membership::CardIssue {
            issue_id: unit(9),
            organisation_id: unit(1),
            until_on: None,
            cards: vec![card(1, None), card(2, Some(7)), card(3, None)],
        };
        let issued = of_membership(&membership::Event::CardsIssued(issue.clone()), ON);
        let sum = |reason: &str| -> i64 {
            let of = |fact: &&Fact| fact.code == Code::CardIssued && fact.reason == reason;
            issued.additive.iter().filter(of).map(|fact| fact.amount).sum()
        };
        assert_eq!((sum("FIRST"), sum("REPLACEMENT"), issued.additive.len()), (2, 1, 2));
        let taken = membership::Event::CardTakenBack(CardTakenBack::Issued(issue));
        assert_eq!(of_membership(&taken, ON), issued.taken_back());
    }

    #[test]
    fn one_ceremony_launches_each_of_its_unions() {
        let launched = |number, decision: Option<u128>| Launched {
            organisation_id: unit(number),
            decision_id: decision.map(unit),
        };
        let ceremony = registry::Event::CeremonyHeld(Ceremony {
            ceremony_id: unit(8),
            organisation_id: unit(9),
            kind: "LAUNCH".to_string(),
            held_on: ON,
            launched: vec![launched(1, Some(5)), launched(2, Some(5)), launched(3, None)],
        });
        let facts = of_registry(&ceremony, ON, |_| true, |_| true);
        let count = |code: Code| facts.additive.iter().filter(|fact| fact.code == code).count();
        assert_eq!((count(Code::Ceremony), count(Code::HandedOver)), (3, 2));
    }

    #[test]
    fn a_document_counts_with_its_issuer_on_the_day_of_its_signature() {
        let issued = registry::Decision {
            decision_id: unit(5),
            issuer_id: Some(unit(9)),
            kind: "QUYET_DINH".to_string(),
            number: "12/QĐ-LĐLĐ".to_string(),
            issued_on: Some(date!(2020 - 02 - 20)),
            effective_on: Some(ON),
        };
        let of = |decision: &registry::Decision| {
            let event = registry::Event::DecisionRecorded(decision.clone());
            of_registry(&event, ON, |_| false, |_| false).additive
        };
        let [fact] = &of(&issued)[..] else { panic!("one fact") };
        assert_eq!((fact.unit_id, fact.on_date), (unit(9), date!(2020 - 02 - 20)));
        assert_eq!((fact.code, fact.reason.as_str()), (Code::DecisionIssued, "QUYET_DINH"));
        assert_eq!(of(&registry::Decision { issuer_id: None, ..issued.clone() }), []);
        assert_eq!(of(&registry::Decision { issued_on: None, ..issued }), []);
    }

    #[test]
    fn a_person_at_a_course_is_one_attendance_and_one_subject_for_each_topic() {
        let course = Happening::TrainingCourse(TrainingCourse {
            course_id: unit(6),
            organisation_id: unit(7),
            topics: vec!["CHARTER".to_string(), "UNION_WORK".to_string()],
            attendances: vec![Attendance {
                person_id: unit(9),
                organisation_id: unit(7),
                attended_on: ON,
            }],
        });
        let facts = of_membership(&membership::Event::Happened(course.clone()), ON);
        assert_eq!((facts.additive.len(), facts.distinct.len()), (1, 2));
        assert!(facts.distinct.iter().all(|fact| fact.unit_id == unit(7)));
        let never = of_membership(&membership::Event::HappeningTakenBack(course), ON);
        assert_eq!(never.taken_back(), facts);
    }
}
