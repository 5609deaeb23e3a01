//! What a figure is held against: targets that make up its period.

use std::collections::BTreeMap;

use time::Date;
use uuid::Uuid;

use crate::ground::period::Period;
use crate::ground::target::{Comparator, Issuer, Target, ValueUnit};

/// What a figure is held against: the sum of the targets that make up the period.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// By whom.
    pub issuer: Issuer,
    /// How much in all.
    pub value: i64,
    /// How it is compared.
    pub comparator: Comparator,
    /// Of one target, or of the five of five years.
    pub target_ids: Vec<Uuid>,
}

/// What each issuer asks of an indicator for a period: a target for exactly that period, or
/// targets whose periods follow each other without gap or overlap and make it up. Targets that
/// are compared otherwise make up no sum together.
pub fn asked(
    targets: &[Target],
    indicator: &str,
    grouping: &str,
    group: &str,
    period: Period,
) -> Vec<Asked> {
    let fitting = |target: &&Target| {
        target.indicator == indicator
            && target.sector_grouping == grouping
            && target.sector_group == group
            && target.value_unit == ValueUnit::Count
            && target.comparator != Comparator::MeanGreaterOrEqual
            && period.from <= target.period.from
            && target.period.through <= period.through
    };
    let mut alike: BTreeMap<(&Issuer, Comparator), Vec<&Target>> = BTreeMap::new();
    for target in targets.iter().filter(fitting) {
        alike.entry((&target.issuer, target.comparator)).or_default().push(target);
    }
    alike
        .into_iter()
        .filter_map(|((issuer, comparator), targets)| {
            let parts = tiles(&targets, period)?;
            Some(Asked {
                issuer: issuer.clone(),
                value: parts.iter().map(|target| target.value).sum(),
                comparator,
                target_ids: parts.iter().map(|target| target.target_id).collect(),
            })
        })
        .collect()
}

/// Targets that cover a period, the longest first: the target of the whole period before those of
/// its years. Each day on which a target begins is decided once, from the last one back: of the
/// targets that begin on it the longest that ends the period, or that is followed by a day on
/// which the rest of it is covered. However targets overlap, that is one look at each.
fn tiles<'a>(targets: &[&'a Target], period: Period) -> Option<Vec<&'a Target>> {
    let mut beginning: BTreeMap<Date, Vec<&'a Target>> = BTreeMap::new();
    for target in targets {
        beginning.entry(target.period.from).or_default().push(target);
    }
    let mut first: BTreeMap<Date, &'a Target> = BTreeMap::new();
    for (from, mut targets) in beginning.into_iter().rev() {
        targets.sort_by_key(|target| std::cmp::Reverse(target.period.through));
        let leads_on = targets.into_iter().find(|target| {
            target.period.through == period.through || first.contains_key(&target.period.until())
        });
        if let Some(target) = leads_on {
            first.insert(from, target);
        }
    }
    let mut tiles = vec![*first.get(&period.from)?];
    while let Some(next) = tiles.last().and_then(|last| first.get(&last.period.until())) {
        tiles.push(next);
    }
    Some(tiles)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::Duration;
    use time::macros::date;

    use super::super::tests::target;
    use super::*;

    #[test]
    fn five_yearly_quotas_make_up_five_years_and_a_gap_makes_nothing() {
        let year = |year: i32, value| {
            let period = crate::ground::period::year(year).expect("a year");
            target(period.from, period.through, value, Comparator::GreaterOrEqual)
        };
        let mut targets =
            vec![year(2016, 20), year(2017, 18), year(2018, 15), year(2019, 17), year(2020, 18)];
        let five_years = Period { from: date!(2016 - 01 - 01), through: date!(2020 - 12 - 31) };
        let asked_of = |targets: &[Target]| asked(targets, "ORG_FOUNDED", "", "", five_years);
        assert_eq!(asked_of(&targets).first().map(|asked| asked.value), Some(88));
        // One for the whole counts before its parts.
        let whole = target(five_years.from, five_years.through, 90, Comparator::GreaterOrEqual);
        targets.push(whole);
        assert_eq!(asked_of(&targets).first().map(|asked| asked.value), Some(90));
        targets.pop();
        // One that is compared otherwise makes up no sum with the others.
        targets[2].comparator = Comparator::Equal;
        assert_eq!(asked_of(&targets), []);
        targets.remove(2);
        assert_eq!(asked_of(&targets), []);
    }

    /// Days of a period that nearly everything covers and nothing makes up: whoever tried every
    /// way would try 2^days of them.
    #[test]
    fn overlapping_targets_without_a_way_through_are_looked_at_once_each() {
        let first = date!(2020 - 01 - 01);
        let days = 2_000;
        let day = |n: i64| first + Duration::days(n);
        let targets: Vec<Target> = (0..days)
            .flat_map(|n| [(n, n), (n, n + 1)])
            .map(|(from, through)| target(day(from), day(through), 1, Comparator::GreaterOrEqual))
            .collect();
        // The last day but one begins nothing, so that no way gets to the end.
        let last = day(days + 1);
        let period = Period { from: first, through: last };
        assert_eq!(asked(&targets, "ORG_FOUNDED", "", "", period), []);
        let covered = Period { from: first, through: day(days) };
        let asked = asked(&targets, "ORG_FOUNDED", "", "", covered);
        assert_eq!(asked.len(), 1);
    }

    /// Tries every way, the longest first.
    fn every_way<'a>(targets: &[&'a Target], from: Date, through: Date) -> Option<Vec<&'a Target>> {
        if from > through {
            return Some(Vec::new());
        }
        let mut next: Vec<&&Target> =
            targets.iter().filter(|target| target.period.from == from).collect();
        next.sort_by_key(|target| std::cmp::Reverse(target.period.through));
        next.into_iter().find_map(|first| {
            let mut rest = every_way(targets, first.period.until(), through)?;
            rest.insert(0, *first);
            Some(rest)
        })
    }

    proptest! {
        #[test]
        fn tiles_are_those_that_trying_every_way_finds(
            spans in proptest::collection::vec((0_i64..9, 0_i64..4), 0..14),
            length in 1_i64..10,
        ) {
            let first = date!(2020 - 01 - 01);
            let day = |n: i64| first + Duration::days(n);
            let period = Period { from: first, through: day(length - 1) };
            let targets: Vec<Target> = spans
                .into_iter()
                .filter(|(from, more)| from + more < length)
                .map(|(from, more)| {
                    target(day(from), day(from + more), 1, Comparator::GreaterOrEqual)
                })
                .collect();
            let targets: Vec<&Target> = targets.iter().collect();
            let found = tiles(&targets, period)
                .map(|tiles| tiles.iter().map(|tile| tile.period).collect::<Vec<_>>());
            let tried = every_way(&targets, period.from, period.through)
                .map(|tiles| tiles.iter().map(|tile| tile.period).collect::<Vec<_>>());
            prop_assert_eq!(found, tried);
        }
    }
}
