//! What is counted of a life.

use std::collections::BTreeMap;

use feeds::registry::{Status, Timeline};
use time::Date;
use uuid::Uuid;

use crate::ground::fact::{Code, Facts};
use crate::ground::reference::Reference;

/// From which days on an organisation counts as a union, and from which it does not.
pub(super) struct Kind(Vec<(Date, bool)>);

impl Kind {
    pub(super) fn of(timeline: &Timeline, reference: &Reference) -> Self {
        let mut kinds: Vec<(Date, bool)> = Vec::with_capacity(timeline.types.len());
        for period in &timeline.types {
            let grassroots = reference.is_grassroots(&period.value);
            if kinds.last().is_none_or(|(_, before)| *before != grassroots) {
                kinds.push((period.from_on, grassroots));
            }
        }
        Self(kinds)
    }

    /// Before its first day an organisation is what it was founded as.
    pub(super) fn is_union_on(&self, day: Date) -> bool {
        let begun = self.0.iter().rev().find(|(from, _)| *from <= day);
        begun.or(self.0.first()).is_some_and(|(_, grassroots)| *grassroots)
    }
}

/// How many of which facts come or, below 0, go: by unit, day, code and reason.
#[derive(Default)]
pub(super) struct Counted(BTreeMap<(Uuid, Date, Code, String), i64>);

impl Counted {
    pub(super) fn add(&mut self, unit: Uuid, on: Date, code: Code, reason: &str, amount: i64) {
        *self.0.entry((unit, on, code, reason.to_string())).or_default() += amount;
    }

    /// All that a life is counted by.
    pub(super) fn add_life(&mut self, timeline: &Timeline, kind: &Kind) {
        let Some(founded_on) = timeline.founded_on else { return };
        let unit = timeline.organisation_id;
        for (from, grassroots) in kind.0.iter().skip(1) {
            let code = if *grassroots { Code::UnionBecame } else { Code::UnionCeased };
            self.add(unit, *from, code, "", 1);
        }
        let mut count_union = |on: Date, code: Code, reason: &str| {
            if kind.is_union_on(on) {
                self.add(unit, on, code, reason, 1);
            }
        };
        let code = if timeline.loaded { Code::UnionLoaded } else { Code::UnionFounded };
        count_union(founded_on, code, "");
        for (n, period) in timeline.statuses.iter().enumerate() {
            if period.value != Status::Suspended {
                continue;
            }
            count_union(period.from_on, Code::UnionSuspended, "");
            let next = timeline.statuses.get(n + 1);
            if let (Some(on), Some(Status::Active)) = (period.until_on, next.map(|next| next.value))
            {
                count_union(on, Code::UnionResumed, "");
            }
        }
        if let Some(ending) = &timeline.ending {
            count_union(ending.ended_on, Code::UnionEnded, ending.kind.code());
        }
    }

    pub(super) fn facts(self) -> Facts {
        let mut facts = Facts::default();
        for ((unit, on, code, reason), amount) in self.0 {
            facts.add(unit, on, code, &reason, amount);
        }
        facts
    }
}
