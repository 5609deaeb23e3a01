//! What becomes of a target whose unit others continue: each step divides what is there by the shares
//! that its act stated, by largest remainder, so that the parts sum to the target at every step.

use std::collections::BTreeMap;

use time::Date;
use uuid::Uuid;

use crate::ground::target::Target;
use crate::ground::target::apportion::apportion;

/// Acts that a part may have gone through, at most: longer than any succession is.
const STEPS_MAX: usize = 64;
/// Parts of one target, at most.
pub const PARTS_MAX: usize = 1_000;

/// How units end, or go on beside others, as the copy of registry's feed has it.
pub const SPLIT_OFF: &str = "SPLIT_OFF";
const DIVIDED: &str = "DIVIDED";

/// One act by which others came to continue a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Registry's change.
    pub change_id: Uuid,
    /// Its act.
    pub act_id: Uuid,
    /// What it rests on.
    pub decision_id: Option<Uuid>,
    /// `MERGED`, `SPLIT_OFF`, …
    pub kind: String,
    /// The first day of it.
    pub on: Date,
    /// Who continues it, with so many parts; nobody, where nobody does or no shares are stated.
    pub heirs: Vec<(Uuid, i32)>,
    /// Of how many.
    pub whole: i32,
}

/// What happened to units, each in the order of the days.
pub type Events = BTreeMap<Uuid, Vec<Event>>;

/// What somebody has of a target.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// Who.
    pub organisation_id: Uuid,
    /// How much.
    pub value: i64,
    /// How it came there.
    pub steps: Vec<Step>,
    /// Why it goes no further.
    pub stays: Option<Stays>,
}

/// Why what a unit had that has ended goes over to nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stays {
    /// It was divided, nobody said how.
    SharesNotStated,
    /// Nobody continues it.
    NoSuccessor,
    /// It is no count, and several continue it.
    NotDivisible,
}

/// One act, and what came of it for one part.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// From whom.
    pub predecessor_id: Uuid,
    /// By what.
    pub event: Event,
    /// So many parts of the event's whole.
    pub share: i32,
    /// What there is of the target after it.
    pub value: i64,
    /// What division left over, in parts of the whole.
    pub remainder: i64,
    /// It got one more for that.
    pub rounded_up: bool,
}

/// Who has what of a target, and how many have more of it than are listed.
pub fn apportioned(target: &Target, events: &Events) -> (Vec<Held>, usize) {
    let mut walk = Walk { target, events, held: Vec::new(), left_off: 0 };
    let origin = Held {
        organisation_id: target.organisation_id,
        value: target.value,
        steps: Vec::new(),
        stays: None,
    };
    walk.go_on(origin, 0);
    (walk.held, walk.left_off)
}

struct Walk<'a> {
    target: &'a Target,
    events: &'a Events,
    held: Vec<Held>,
    left_off: usize,
}

impl Walk<'_> {
    /// What becomes of a part, from that event of its unit on.
    fn go_on(&mut self, part: Held, from: usize) {
        let all = self.events.get(&part.organisation_id).map(Vec::as_slice).unwrap_or_default();
        let next = all.iter().enumerate().skip(from).find(|(_, event)| self.concerns(&part, event));
        let Some((at, event)) = next.filter(|_| part.steps.len() < STEPS_MAX) else {
            return self.keep(part);
        };
        let lives_on = event.kind == SPLIT_OFF;
        if let Some(stays) = self.stays(event) {
            return if lives_on {
                self.go_on(part, at + 1)
            } else {
                self.keep(Held { stays: Some(stays), ..part })
            };
        }
        let taken: i64 = event.heirs.iter().map(|(_, share)| i64::from(*share)).sum();
        let rest = i32::try_from(i64::from(event.whole) - taken).unwrap_or(0).max(0);
        let mut heirs = event.heirs.clone();
        if lives_on {
            heirs.push((part.organisation_id, rest));
        }
        let weights: Vec<i64> = heirs.iter().map(|(_, share)| i64::from(*share)).collect();
        for ((heir, share), of_it) in heirs.into_iter().zip(apportion(part.value, &weights)) {
            let mut steps = part.steps.clone();
            // What is no count goes over as it is: one continues the unit.
            let value = if self.target.is_count() { of_it.value } else { part.value };
            steps.push(Step {
                predecessor_id: part.organisation_id,
                event: event.clone(),
                share,
                value,
                remainder: of_it.remainder,
                rounded_up: of_it.rounded_up,
            });
            // What comes to a unit on a day is concerned by what happens to that after it.
            let from = match lives_on && heir == part.organisation_id {
                true => at + 1,
                false => self.after(heir, event.on),
            };
            self.go_on(Held { organisation_id: heir, value, steps, stays: None }, from);
        }
    }

    fn after(&self, unit: Uuid, day: Date) -> usize {
        self.events.get(&unit).map_or(0, |all| all.partition_point(|event| event.on <= day))
    }

    /// Whether the target was open then: an end concerns all that it asks later, too; a split-off
    /// what was asked before it, of the one that was split.
    fn concerns(&self, part: &Held, event: &Event) -> bool {
        event.on <= self.target.period.through
            && (event.kind != SPLIT_OFF
                || !part.steps.is_empty()
                || event.on > self.target.assigned_on)
    }

    fn stays(&self, event: &Event) -> Option<Stays> {
        if event.heirs.is_empty() {
            let divided = event.kind == DIVIDED;
            return Some(if divided { Stays::SharesNotStated } else { Stays::NoSuccessor });
        }
        let several = event.heirs.len() > 1 || event.kind == SPLIT_OFF;
        (several && !self.target.is_count()).then_some(Stays::NotDivisible)
    }

    fn keep(&mut self, part: Held) {
        if self.held.len() < PARTS_MAX {
            self.held.push(part);
        } else {
            self.left_off += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;
    use time::macros::date;

    use super::*;
    use crate::ground::period::year;
    use crate::ground::target::{Comparator, Issuer, ValueUnit};

    const A: Uuid = Uuid::from_u128(1);
    const B: Uuid = Uuid::from_u128(2);
    const C: Uuid = Uuid::from_u128(3);
    const D: Uuid = Uuid::from_u128(4);

    fn asked(value: i64) -> Target {
        let period = year(2021).expect("a year");
        Target {
            target_id: Uuid::from_u128(9),
            revision: 1,
            indicator: "MBR_ADMITTED".to_string(),
            organisation_id: A,
            period,
            issuer: Issuer::Named("Huyện ủy".to_string()),
            value,
            value_unit: ValueUnit::Count,
            comparator: Comparator::GreaterOrEqual,
            denominator_on: None,
            sector_grouping: String::new(),
            sector_group: String::new(),
            assigned_on: period.from,
            decision_id: None,
            recorded_at: OffsetDateTime::UNIX_EPOCH,
            withdrawal: None,
        }
    }

    fn event(kind: &str, on: Date, heirs: &[(Uuid, i32)], whole: i32) -> Event {
        Event {
            change_id: Uuid::now_v7(),
            act_id: Uuid::now_v7(),
            decision_id: None,
            kind: kind.to_string(),
            on,
            heirs: heirs.to_vec(),
            whole,
        }
    }

    fn values(target: &Target, events: &Events) -> Vec<(Uuid, i64)> {
        let (held, left_off) = apportioned(target, events);
        assert_eq!(left_off, 0);
        let sum: i64 = held.iter().map(|part| part.value).sum();
        assert_eq!(sum, target.value, "parts sum to the whole");
        held.into_iter().map(|part| (part.organisation_id, part.value)).collect()
    }

    #[test]
    fn a_part_is_divided_again_by_what_becomes_of_its_unit() {
        let divided = event("DIVIDED", date!(2021 - 04 - 01), &[(B, 50), (C, 30), (D, 20)], 100);
        let merged = event("MERGED", date!(2021 - 09 - 01), &[(C, 1)], 1);
        let events = Events::from([(A, vec![divided]), (D, vec![merged])]);
        assert_eq!(values(&asked(88), &events), [(B, 44), (C, 26), (C, 18)]);
        let (held, _) = apportioned(&asked(88), &events);
        let last = &held[2];
        let shares: Vec<_> =
            last.steps.iter().map(|step| (step.predecessor_id, step.share, step.value)).collect();
        assert_eq!(shares, [(A, 20, 18), (D, 1, 18)]);
        assert_eq!((last.steps[0].remainder, last.steps[0].rounded_up), (60, true));
    }

    #[test]
    fn whoever_lives_on_keeps_what_the_shares_leave_and_later_targets_whole() {
        let split = event(SPLIT_OFF, date!(2021 - 04 - 01), &[(B, 30)], 100);
        let back = event("MERGED", date!(2021 - 08 - 01), &[(A, 1)], 1);
        let events = Events::from([(A, vec![split]), (B, vec![back])]);
        assert_eq!(values(&asked(10), &events), [(A, 3), (A, 7)]);
        let later = Target { assigned_on: date!(2021 - 04 - 01), ..asked(10) };
        assert_eq!(values(&later, &events), [(A, 10)]);
    }

    #[test]
    fn nobody_guesses_where_no_shares_are_stated_or_nothing_can_be_divided() {
        let on = date!(2021 - 04 - 01);
        let stays = |target: &Target, event: Event| {
            let (held, _) = apportioned(target, &Events::from([(A, vec![event])]));
            assert_eq!((held.len(), held[0].organisation_id, held[0].value), (1, A, target.value));
            held[0].stays
        };
        let mut share = asked(9_500);
        share.value_unit = ValueUnit::BasisPoints;
        assert_eq!(stays(&asked(7), event(DIVIDED, on, &[], 1)), Some(Stays::SharesNotStated));
        assert_eq!(stays(&asked(7), event("DISSOLVED", on, &[], 1)), Some(Stays::NoSuccessor));
        let two = [(B, 50), (C, 50)];
        assert_eq!(stays(&share, event(DIVIDED, on, &two, 100)), Some(Stays::NotDivisible));
        assert_eq!(stays(&share, event(SPLIT_OFF, on, &[(B, 50)], 100)), None);
        let merged = Events::from([(A, vec![event("MERGED", on, &[(B, 1)], 1)])]);
        assert_eq!(values(&share, &merged), [(B, 9_500)]);
        // After its period, it was closed already.
        assert_eq!(stays(&asked(7), event("MERGED", date!(2022 - 01 - 01), &[(B, 1)], 1)), None);
    }
}
