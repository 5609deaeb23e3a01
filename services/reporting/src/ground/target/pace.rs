//! Whether a target is reached as fast as its period goes by, and what is missing of it.

use time::Date;

use crate::ground::target::reached::{Reached, WHOLE};
use crate::ground::target::{Comparator, State, Target, ValueUnit};
use crate::ground::vietnamese;

/// How a target that is running stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The last day that is counted.
    pub as_of: Date,
    /// Days that are gone, this one included.
    pub days_gone: i64,
    /// All days of the period.
    pub days: i64,
    /// Their share, in basis points, rounded half up.
    pub gone_basis_points: i64,
    /// What is reached of what is asked, in basis points, rounded half up; 0 where that is no
    /// share of anything.
    pub reached_basis_points: i64,
    /// What is reached is no less of what is asked than the days gone are of all.
    pub on_pace: bool,
    /// The least that would meet it, less what is reached.
    pub missing: i64,
    /// Weeks after this day; one that has begun counts.
    pub weeks_left: i64,
    /// Missing in each of them, rounded up.
    pub missing_per_week: i64,
}

/// The pace of a target on a day, if it is running then.
pub fn pace(target: &Target, reached: Reached, on: Date) -> Option<Pace> {
    if target.state(on) != State::Running {
        return None;
    }
    let days_gone = (on - target.period.from).whole_days() + 1;
    let days = (target.period.through - target.period.from).whole_days() + 1;
    let weeks_left = (days - days_gone).div_euclid(7) + i64::from((days - days_gone) % 7 > 0);
    // What is asked is a whole number of parts: of a hundredth of a percent each, for a share.
    let value = i128::from(reached.value);
    let (asked, parts) = match (target.value_unit, target.comparator) {
        (ValueUnit::BasisPoints, _) => {
            (i128::from(target.value) * i128::from(reached.denominator), WHOLE)
        }
        (ValueUnit::Count, Comparator::MeanGreaterOrEqual) => {
            (i128::from(target.value) * i128::from(reached.mean_denominator), 1)
        }
        (ValueUnit::Count, _) => (i128::from(target.value), 1),
    };
    let least = match target.comparator {
        Comparator::Greater => asked.div_euclid(parts) + 1,
        _ => asked.div_euclid(parts) + i128::from(asked.rem_euclid(parts) > 0),
    };
    let missing = (least - value).max(0);
    let number = |number: i128| i64::try_from(number).unwrap_or(i64::MAX);
    Some(Pace {
        as_of: on,
        days_gone,
        days,
        gone_basis_points: number(half_up(i128::from(days_gone) * WHOLE, i128::from(days))),
        reached_basis_points: match asked {
            0 => 0,
            asked => number(half_up(value * parts * WHOLE, asked)),
        },
        on_pace: value * parts * i128::from(days) >= asked * i128::from(days_gone),
        missing: number(missing),
        weeks_left,
        missing_per_week: number(
            (missing + i128::from(weeks_left) - 1).div_euclid(i128::from(weeks_left)),
        ),
    })
}

/// A quotient rounded half up; the divisor is more than 0.
fn half_up(numerator: i128, denominator: i128) -> i128 {
    (2 * numerator + denominator).div_euclid(2 * denominator)
}

impl Pace {
    /// `đã qua 182/365 ngày (49,86%), đạt 40%; còn thiếu 60, mỗi tuần 3 trong 27 tuần còn lại`.
    pub fn text(&self) -> String {
        let mut text = format!(
            "đã qua {}/{} ngày ({}), đạt {}",
            vietnamese::number(self.days_gone),
            vietnamese::number(self.days),
            vietnamese::basis_points(self.gone_basis_points),
            vietnamese::basis_points(self.reached_basis_points),
        );
        if self.missing > 0 {
            text.push_str(&format!(
                "; còn thiếu {}, mỗi tuần {} trong {} tuần còn lại",
                vietnamese::number(self.missing),
                vietnamese::number(self.missing_per_week),
                vietnamese::number(self.weeks_left),
            ));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::Duration;
    use time::macros::date;

    use super::super::tests::target;
    use super::*;

    const YEAR: (Date, Date) = (date!(2021 - 01 - 01), date!(2021 - 12 - 31));

    fn reached(value: i64, denominator: i64, mean_denominator: i64) -> Reached {
        Reached { value, denominator, mean_denominator }
    }

    #[test]
    fn half_a_year_gone_and_two_fifths_reached() {
        let asked = target(YEAR.0, YEAR.1, 100, Comparator::GreaterOrEqual);
        let pace = pace(&asked, reached(40, 0, 0), date!(2021 - 07 - 01)).expect("running");
        assert_eq!((pace.days_gone, pace.days, pace.weeks_left), (182, 365, 27));
        assert_eq!((pace.gone_basis_points, pace.reached_basis_points), (4_986, 4_000));
        assert_eq!((pace.missing, pace.missing_per_week, pace.on_pace), (60, 3, false));
        assert_eq!(
            pace.text(),
            "đã qua 182/365 ngày (49,86%), đạt 40%; còn thiếu 60, mỗi tuần 3 trong 27 tuần còn lại"
        );
    }

    #[test]
    fn a_target_runs_from_its_first_day_to_the_last_but_one() {
        let asked = target(YEAR.0, YEAR.1, 100, Comparator::GreaterOrEqual);
        let on = |day| pace(&asked, reached(0, 0, 0), day);
        assert_eq!(on(date!(2020 - 12 - 31)), None);
        assert_eq!(on(YEAR.0).map(|pace| (pace.days_gone, pace.weeks_left)), Some((1, 52)));
        assert_eq!(on(date!(2021 - 12 - 30)).map(|pace| pace.weeks_left), Some(1));
        assert_eq!(on(YEAR.1), None, "it is over with its last day");
    }

    #[test]
    fn what_must_be_passed_is_missing_by_one_more() {
        let on = date!(2021 - 12 - 24);
        let missing = |comparator, value, unit, reached| {
            let mut asked = target(YEAR.0, YEAR.1, value, comparator);
            asked.value_unit = unit;
            pace(&asked, reached, on).expect("running").missing
        };
        let count = ValueUnit::Count;
        assert_eq!(missing(Comparator::GreaterOrEqual, 88, count, reached(88, 0, 0)), 0);
        assert_eq!(missing(Comparator::Greater, 88, count, reached(88, 0, 0)), 1);
        assert_eq!(missing(Comparator::Equal, 88, count, reached(90, 0, 0)), 0);
        // One on average of 487 unions; 116 are there.
        assert_eq!(missing(Comparator::MeanGreaterOrEqual, 1, count, reached(116, 0, 487)), 371);
        // 95 of 100 is not above 95 %: 96 is. 95 % of 487 are 462.65: 463.
        let share = ValueUnit::BasisPoints;
        assert_eq!(missing(Comparator::Greater, 9_500, share, reached(95, 100, 0)), 1);
        assert_eq!(missing(Comparator::GreaterOrEqual, 9_500, share, reached(95, 100, 0)), 0);
        assert_eq!(missing(Comparator::GreaterOrEqual, 9_500, share, reached(400, 487, 0)), 63);
    }

    proptest! {
        /// What is missing is the least that meets: with it the target is met, with one less it is
        /// not; and as much in each week that is left is enough, and one less is not.
        #[test]
        fn what_is_missing_is_the_least_that_meets(
            asked in 0_i64..10_000,
            value in 0_i64..12_000,
            denominator in 1_i64..12_000,
            share in any::<bool>(),
            strictly in any::<bool>(),
            day in 0_i64..364,
        ) {
            let comparator = if strictly { Comparator::Greater } else { Comparator::GreaterOrEqual };
            let mut target = target(YEAR.0, YEAR.1, asked, comparator);
            let reached = reached(value, if share { denominator } else { 0 }, 0);
            if share {
                target.value_unit = ValueUnit::BasisPoints;
            }
            let pace = pace(&target, reached, YEAR.0 + Duration::days(day)).expect("running");
            let met = |more: i64| Reached { value: value + more, ..reached }.meets(&target);
            prop_assert!(met(pace.missing));
            prop_assert!(pace.missing == 0 || !met(pace.missing - 1));
            prop_assert!(pace.missing_per_week * pace.weeks_left >= pace.missing);
            prop_assert!(
                pace.missing == 0 || (pace.missing_per_week - 1) * pace.weeks_left < pace.missing
            );
            let left = 364 - day;
            prop_assert!(pace.weeks_left * 7 >= left && (pace.weeks_left - 1) * 7 < left);
        }
    }
}
