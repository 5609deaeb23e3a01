//! What each issuer asks for a period as a whole and in parts of it: a programme of years.

use std::collections::BTreeMap;

use time::Date;

use crate::ground::period::Period;
use crate::ground::target::{Comparator, Issuer, Target};

/// What one issuer asks by one comparator.
#[derive(Clone, Debug, PartialEq)]
pub struct Programme {
    /// By whom.
    pub issuer: Issuer,
    /// How it is compared.
    pub comparator: Comparator,
    /// For the period as a whole.
    pub whole: Option<Target>,
    /// For periods within it, by their first days, the longer first.
    pub parts: Vec<Part>,
}

/// A target for a part of the period.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// It.
    pub target: Target,
    /// It is in the sums: no month of a year that is asked for as well.
    pub counted: bool,
}

/// Whose indicator, of which group, for which period.
#[derive(Clone, Copy)]
pub struct Of<'a> {
    /// The indicator.
    pub indicator: &'a str,
    /// A grouping of sectors, or nothing.
    pub grouping: &'a str,
    /// A group of it, or nothing.
    pub group: &'a str,
    /// The whole.
    pub period: Period,
}

/// What is asked of a unit, of all its targets, issuer by issuer. What is withdrawn by the day is
/// shown, and counted in no sum.
pub fn programmes(targets: Vec<Target>, of: Of<'_>, by: Date) -> Vec<Programme> {
    let mut all: BTreeMap<(Issuer, Comparator), Programme> = BTreeMap::new();
    for target in targets {
        let within = target.indicator == of.indicator
            && target.sector_grouping == of.grouping
            && target.sector_group == of.group
            && of.period.from <= target.period.from
            && target.period.through <= of.period.through;
        if !within {
            continue;
        }
        let (issuer, comparator) = (target.issuer.clone(), target.comparator);
        let programme = all.entry((issuer.clone(), comparator)).or_insert_with(|| Programme {
            issuer,
            comparator,
            whole: None,
            parts: Vec::new(),
        });
        if target.period == of.period {
            programme.whole = Some(target);
        } else {
            programme.parts.push(Part { target, counted: false });
        }
    }
    all.into_values()
        .map(|mut programme| {
            programme.parts.sort_by_key(|part| {
                let period = part.target.period;
                (period.from, std::cmp::Reverse(period.through))
            });
            let mut covered: Option<Date> = None;
            for part in &mut programme.parts {
                let target = &part.target;
                part.counted = target.is_count()
                    && !target.withdrawn_by(by)
                    && covered.is_none_or(|covered| covered < target.period.from);
                if part.counted {
                    covered = Some(target.period.through);
                }
            }
            programme
        })
        .collect()
}

impl Programme {
    /// The sum of the parts that are counted.
    pub fn parts_sum(&self) -> i64 {
        self.counted().map(|target| target.value).sum()
    }

    /// The sum of those that have begun by a day.
    pub fn asked_to_date(&self, on: Date) -> i64 {
        self.counted().filter(|target| target.period.from <= on).map(|target| target.value).sum()
    }

    /// Whether anything is summed.
    pub fn has_parts(&self) -> bool {
        self.counted().next().is_some()
    }

    /// The sum of the parts less what is asked for the whole, where both are asked for.
    pub fn difference(&self, by: Date) -> i64 {
        let whole = self.whole.as_ref().filter(|whole| whole.is_count() && !whole.withdrawn_by(by));
        match whole {
            Some(whole) if self.has_parts() => self.parts_sum() - whole.value,
            _ => 0,
        }
    }

    fn counted(&self) -> impl Iterator<Item = &Target> {
        self.parts.iter().filter(|part| part.counted).map(|part| &part.target)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::super::tests::target;
    use super::*;
    use crate::ground::period::year;

    const FIVE_YEARS: Period =
        Period { from: date!(2016 - 01 - 01), through: date!(2020 - 12 - 31) };

    fn of_year(number: i32, value: i64) -> Target {
        let period = year(number).expect("a year");
        target(period.from, period.through, value, Comparator::GreaterOrEqual)
    }

    fn asked(targets: Vec<Target>) -> Vec<Programme> {
        let of = Of { indicator: "ORG_FOUNDED", grouping: "", group: "", period: FIVE_YEARS };
        programmes(targets, of, FIVE_YEARS.through)
    }

    #[test]
    fn five_yearly_quotas_stand_beside_the_programme_that_they_make_up() {
        let years = [20, 18, 15, 17, 18];
        let mut targets: Vec<Target> =
            (2016..).zip(years).map(|(year, value)| of_year(year, value)).collect();
        targets.push(target(FIVE_YEARS.from, FIVE_YEARS.through, 90, Comparator::GreaterOrEqual));
        // A quarter of a year that is asked for as well is shown, and not counted twice.
        let quarter = (date!(2018 - 01 - 01), date!(2018 - 03 - 31));
        targets.push(target(quarter.0, quarter.1, 4, Comparator::GreaterOrEqual));
        let [programme] = &asked(targets)[..] else { panic!("one issuer") };
        assert_eq!(programme.whole.as_ref().map(|whole| whole.value), Some(90));
        assert_eq!((programme.parts.len(), programme.parts_sum()), (6, 88));
        assert_eq!(programme.difference(FIVE_YEARS.through), -2);
        assert_eq!(programme.asked_to_date(date!(2018 - 06 - 30)), 53);
        assert_eq!(programme.asked_to_date(date!(2015 - 12 - 31)), 0);
    }

    #[test]
    fn what_is_withdrawn_is_shown_and_in_no_sum() {
        let mut second = of_year(2017, 18);
        second.withdrawal = Some(super::super::Withdrawal {
            withdrawn_on: date!(2017 - 05 - 01),
            reason: "giao lại".to_string(),
            decision_id: None,
            recorded_at: time::OffsetDateTime::UNIX_EPOCH,
        });
        let [programme] = &asked(vec![of_year(2016, 20), second])[..] else { panic!("one issuer") };
        assert_eq!((programme.parts.len(), programme.parts_sum()), (2, 20));
    }
}
