//! From a figure down to its units, and from a unit to the changes that made its part.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use anyhow::Context;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use crate::figure::behind::{Behind, ChangeBehind};
use crate::ground::columns::Snapshot;
use crate::ground::figure::{By, Counting, Figure, Scope, heads};
use crate::ground::period::Period;
use crate::ground::reference::{Indicator, Reference};
use crate::ground::refused::Refused;

/// How many changes of one unit are shown on a page at most.
const CHANGES_MAX: usize = 200;
/// How many changes a page carries at most: it ends before the unit that has more.
const CHANGES_OF_PAGE_MAX: usize = 4_000;
/// Units and facts behind them that are read at once of a figure that is told whole; first fewer, so that
/// whoever waits sees something soon.
const UNITS_AT_ONCE: usize = 1_000;
const FACTS_AT_ONCE: u64 = 8_000;
const FACTS_FIRST: u64 = 400;

/// What one unit contributes.
pub struct Unit {
    /// The unit.
    pub organisation_id: Uuid,
    /// Its name at the end of the period, or when it ended.
    pub name: String,
    /// Its part of the value, or of the numerator.
    pub amount: i64,
    /// Its part of the denominator.
    pub denominator: i64,
    /// Oldest first.
    pub changes: Vec<ChangeBehind>,
    /// How many more there are.
    pub changes_left_off: i64,
}

/// Which figure is to be explained.
pub struct Asked {
    /// Its scope; its lines are not looked at.
    pub scope: Scope,
    /// Its period.
    pub period: Period,
    /// What it counts.
    pub indicator: Indicator,
}

/// A figure that is explained: counted once, told unit by unit.
pub struct Explained {
    /// Without lines.
    pub figure: Figure,
    period: Period,
    behind: Behind,
    /// The units that contribute, by id.
    units: Arc<[Uuid]>,
    /// What each contributes to the value and to the denominator.
    amounts: BTreeMap<Uuid, (i64, i64)>,
}

impl Explained {
    /// Counts an indicator, unit by unit.
    pub async fn count(
        connection: &mut PgConnection,
        snapshot: &Snapshot,
        reference: &'static Reference,
        Asked { scope, period, indicator }: Asked,
    ) -> Result<Self, Failure> {
        if snapshot.asked_at().is_some() && !Behind::is_kept(&indicator) {
            return Err(Refused::KnownAtNotKept { indicator: indicator.code }.into());
        }
        let without_suspended = scope.without_suspended || indicator.without_suspended;
        let by_unit = Scope { by: By::Unit, without_suspended, ..scope };
        let mut counting =
            Counting::new(&mut *connection, snapshot, reference, by_unit.clone(), period)
                .in_first_lines();
        let mut figure = counting.figure(&indicator).await?;
        let unions = match Behind::needs_unions(&indicator) {
            true => counting.unions_at(period.through).await?.lines.into_keys().collect(),
            false => BTreeSet::new(),
        };
        let behind = Behind::of(snapshot, reference, by_unit, period, indicator, &unions).await?;
        // Lines by unit are keyed by the unit's id.
        let mut amounts: BTreeMap<Uuid, (i64, i64)> = BTreeMap::new();
        for (line, amount) in std::mem::take(&mut figure.value.lines) {
            if let Ok(unit) = Uuid::parse_str(&line) {
                amounts.entry(unit).or_default().0 = amount;
            }
        }
        let denominators = figure.denominator.as_mut();
        for (line, amount) in
            denominators.map(|count| std::mem::take(&mut count.lines)).unwrap_or_default()
        {
            if let Ok(unit) = Uuid::parse_str(&line) {
                amounts.entry(unit).or_default().1 = amount;
            }
        }
        let units = amounts.keys().copied().collect();
        Ok(Self { figure, period, behind, units, amounts })
    }

    /// A page of units behind one, each with its first changes, and where the next page starts.
    pub async fn page(
        &self,
        connection: &mut PgConnection,
        after: Option<Uuid>,
        page_size: i64,
    ) -> Result<(Vec<Unit>, Option<Uuid>), Failure> {
        let from = after.map_or(0, |after| self.units.partition_point(|unit| *unit <= after));
        let size = usize::try_from(page_size).unwrap_or(1);
        let until = self.units.len().min(from.saturating_add(size));
        let next = (until < self.units.len()).then(|| self.units[until - 1]);
        let units = self.told(connection, from..until).await?;
        Ok(cut_off(units, next))
    }

    /// About how many facts stand behind each unit, for [`Self::next`].
    pub async fn facts(&self) -> Result<Vec<u64>, Failure> {
        self.behind.facts(&self.units).await
    }

    /// Which units are told next, of a figure that is told whole; none, when all are.
    pub fn next(&self, of_units: &[u64], from: usize) -> Option<Range<usize>> {
        let most = if from == 0 { FACTS_FIRST } else { FACTS_AT_ONCE };
        let mut facts = 0;
        let mut until = from;
        while let Some(of_unit) = of_units.get(until).filter(|_| until - from < UNITS_AT_ONCE) {
            facts += of_unit;
            if facts > most && until > from {
                break;
            }
            until += 1;
        }
        (until > from).then_some(from..until)
    }

    /// Units in their order, each with all its changes, oldest first.
    pub async fn told(
        &self,
        connection: &mut PgConnection,
        which: Range<usize>,
    ) -> Result<Vec<Unit>, Failure> {
        let units = self.units[which].to_vec();
        let mut names = heads(&mut *connection, &units, self.period.through).await?;
        let mut changes = self.behind.changes(connection, &units).await?;
        let amounts: Vec<(Uuid, (i64, i64))> =
            units.into_iter().map(|unit| (unit, self.amounts[&unit])).collect();
        // A union of thousands has a long past: sorting that of hundreds of them is not for a thread
        // that others' calls are waiting for.
        let told = spawn_blocking(move || {
            let unit = |(organisation_id, (amount, denominator))| {
                let mut changes: Vec<ChangeBehind> =
                    changes.remove(&organisation_id).unwrap_or_default();
                changes.sort_by_key(|change| (change.effective_on, change.change_id));
                let name = names.remove(&organisation_id).unwrap_or_default();
                Unit { organisation_id, name, amount, denominator, changes, changes_left_off: 0 }
            };
            amounts.into_iter().map(unit).collect()
        });
        Ok(told.await.context("arrange an explanation")?)
    }
}

/// As many units as one answer carries, each with no more changes than a page shows of one; and where the
/// next page starts.
fn cut_off(units: Vec<Unit>, next: Option<Uuid>) -> (Vec<Unit>, Option<Uuid>) {
    let mut room = CHANGES_OF_PAGE_MAX;
    let mut shown: Vec<Unit> = Vec::new();
    for mut unit in units {
        let left_off = unit.changes.len().saturating_sub(CHANGES_MAX);
        unit.changes.truncate(CHANGES_MAX);
        unit.changes_left_off = i64::try_from(left_off).unwrap_or(i64::MAX);
        if unit.changes.len() > room
            && let Some(last) = shown.last()
        {
            let last = last.organisation_id;
            return (shown, Some(last));
        }
        room = room.saturating_sub(unit.changes.len());
        shown.push(unit);
    }
    (shown, next)
}
