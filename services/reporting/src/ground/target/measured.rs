//! Whether targets are met, and in which words: no print contradicts its judgement.

use std::cmp::Ordering;

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;

use crate::ground::columns::Snapshot;
use crate::ground::figure::{Counting, Figure, Scope, Source};
use crate::ground::indicators::Indicators;
use crate::ground::period::Period;
use crate::ground::reference::Indicator;
use crate::ground::target::pace::{Pace, pace};
use crate::ground::target::reached::Reached;
use crate::ground::target::{Comparator, Target, ValueUnit};
use crate::ground::vietnamese;

/// 100 %, in hundredths of a percent.
const WHOLE: i64 = 10_000;

/// A target and what became of it.
pub struct Measured {
    /// The revision that holds.
    pub target: Target,
    /// Counted over the target's own period, through the day asked.
    pub figure: Figure,
    /// The stock that a mean is taken over; else 0.
    pub mean_denominator: i64,
    /// Whether it is met.
    pub met: bool,
    /// If it is running on the day asked.
    pub pace: Option<Pace>,
}

/// Measures a target on a tree, through a day of its period or to its end; nothing if its indicator
/// is no longer counted, or if it has not begun on that day.
pub async fn measure(
    connection: &mut PgConnection,
    snapshot: &Snapshot,
    indicators: &Indicators,
    target: Target,
    as_of: Option<Date>,
    on: Date,
) -> Result<Option<Measured>, Failure> {
    // What was asked is what it means for the whole of its period, also where only a part has gone.
    let Some(indicator) = indicators.on(&target.indicator, target.period.through) else {
        return Ok(None);
    };
    let reference = indicators.reference();
    let period = Period { through: target.period.through.min(on), ..target.period };
    if period.through < period.from {
        return Ok(None);
    }
    let scope = Scope {
        grouping: target.sector_grouping.clone(),
        group: target.sector_group.clone(),
        ..Scope::of(target.organisation_id, as_of)
    };
    let figure = Counting::new(&mut *connection, snapshot, reference, scope.clone(), period)
        .figure(indicator)
        .await?;
    let mean_denominator = match target.denominator_on {
        Some(on) => {
            let day = Period { from: on, through: on };
            let mut counting = Counting::new(connection, snapshot, reference, scope, day);
            counting.source(&Source::UnionsAt).await?.total
        }
        None => 0,
    };
    let reached = Reached {
        value: figure.value.total,
        denominator: figure.denominator_total(),
        mean_denominator,
    };
    let (met, pace) = (reached.meets(&target), pace(&target, reached, on));
    Ok(Some(Measured { target, figure, mean_denominator, met, pace }))
}

fn verdict(met: bool) -> &'static str {
    if met { "đạt" } else { "chưa đạt" }
}

impl Measured {
    /// In Vietnamese: `101/88 CĐCS (đạt 114,77%)`.
    pub fn text(&self, indicator: &Indicator, decimals: u32) -> String {
        text(&self.target, self.reached(), indicator, decimals)
    }

    /// What is reached.
    pub fn reached(&self) -> Reached {
        Reached {
            value: self.figure.value.total,
            denominator: self.figure.denominator_total(),
            mean_denominator: self.mean_denominator,
        }
    }
}

/// What is reached of a target, in Vietnamese: `101/88 CĐCS (đạt 114,77%)`.
pub fn text(target: &Target, reached: Reached, indicator: &Indicator, decimals: u32) -> String {
    let (value, met) = (reached.value, reached.meets(target));
    // As printed, it lies to what is asked as it does in truth.
    let agrees = |printed: Ordering| target.comparator.holds(printed) == met;
    match (target.value_unit, target.comparator) {
        (ValueUnit::BasisPoints, comparator) => {
            let denominator = reached.denominator;
            let asked = vietnamese::Hundredths(target.value);
            format!(
                "{}/{} ({}), chỉ tiêu {}: {}",
                vietnamese::number(value),
                vietnamese::number(denominator),
                vietnamese::percent_against(value, denominator, decimals, asked, agrees),
                comparator.spoken(&vietnamese::basis_points(target.value)),
                verdict(met),
            )
        }
        (ValueUnit::Count, comparator @ Comparator::MeanGreaterOrEqual) => {
            let asked = vietnamese::Hundredths(target.value.saturating_mul(100));
            let denominator = reached.mean_denominator;
            format!(
                "{} {} trên {} CĐCS (bình quân {}), chỉ tiêu bình quân {}: {}",
                vietnamese::number(value),
                indicator.unit_vi,
                vietnamese::number(denominator),
                vietnamese::quotient_against(value, denominator, decimals, asked, agrees),
                comparator.spoken(&vietnamese::number(target.value)),
                verdict(met),
            )
        }
        (ValueUnit::Count, comparator) => {
            against(value, Some((target.value, comparator)), &indicator.unit_vi, decimals)
        }
    }
}

/// `101/88 CĐCS (đạt 114,77%)`, with what was asked and whether it is met where that is not "at
/// least"; the actual alone where nothing was asked.
pub fn against(value: i64, asked: Option<(i64, Comparator)>, noun: &str, decimals: u32) -> String {
    let Some((asked, comparator)) = asked else {
        return format!("{} {noun}", vietnamese::number(value));
    };
    let met = comparator.holds(value.cmp(&asked));
    let agrees = |printed: Ordering| comparator.holds(printed) == met;
    let percent =
        vietnamese::percent_against(value, asked, decimals, vietnamese::Hundredths(WHOLE), agrees);
    let mut text = format!(
        "{}/{} {noun} (đạt {percent})",
        vietnamese::number(value),
        vietnamese::number(asked)
    );
    if comparator != Comparator::GreaterOrEqual {
        let spoken = comparator.spoken(&vietnamese::number(asked));
        text.push_str(&format!(", chỉ tiêu {spoken}: {}", verdict(met)));
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::OffsetDateTime;
    use time::macros::date;
    use uuid::Uuid;

    use super::super::tests::target;
    use super::*;
    use crate::ground::figure::{Completeness, Count, Known};
    use crate::ground::reference;

    const YEAR: (Date, Date) = (date!(2021 - 01 - 01), date!(2021 - 12 - 31));

    #[test]
    fn a_figure_against_its_target_prints_as_the_reports_printed_it() {
        let at_least = |asked| Some((asked, Comparator::GreaterOrEqual));
        assert_eq!(against(101, at_least(88), "CĐCS", 2), "101/88 CĐCS (đạt 114,77%)");
        assert_eq!(
            against(4504, at_least(3800), "đoàn viên", 2),
            "4.504/3.800 đoàn viên (đạt 118,53%)"
        );
        assert_eq!(
            against(25, at_least(25), "công đoàn cơ sở", 1),
            "25/25 công đoàn cơ sở (đạt 100%)"
        );
        assert_eq!(
            against(1857, at_least(1400), "đoàn viên", 1),
            "1.857/1.400 đoàn viên (đạt 132,6%)"
        );
        // Hà Nội 2024; Hoàn Kiếm, without decimals; Bình Dương, which the press cut to 81,3 %.
        for (reached, asked, decimals, printed) in [
            (855, 492, 1, "855/492 CĐCS (đạt 173,8%)"),
            (31, 20, 0, "31/20 CĐCS (đạt 155%)"),
            (6_257, 6_000, 0, "6.257/6.000 CĐCS (đạt 104%)"),
            (3_355, 4_124, 1, "3.355/4.124 CĐCS (đạt 81,4%)"),
            (770_785, 810_339, 1, "770.785/810.339 CĐCS (đạt 95,1%)"),
            (76_268, 200_445, 2, "76.268/200.445 CĐCS (đạt 38,05%)"),
        ] {
            assert_eq!(against(reached, at_least(asked), "CĐCS", decimals), printed);
        }
        assert_eq!(15 + 524 + 7_883 + 192_023, 200_445);
        assert_eq!(against(3, at_least(0), "CĐCS", 1), "3/0 CĐCS (đạt —)");
        assert_eq!(against(3, None, "CĐCS", 1), "3 CĐCS");
        // What is not reached is not 100 %; what must be passed is not passed by reaching it.
        assert_eq!(
            against(99_999, at_least(100_000), "đoàn viên", 1),
            "99.999/100.000 đoàn viên (đạt 99,999%)"
        );
        assert_eq!(
            against(88, Some((88, Comparator::Greater)), "CĐCS", 1),
            "88/88 CĐCS (đạt 100%), chỉ tiêu trên 88: chưa đạt"
        );
        assert_eq!(
            against(90, Some((88, Comparator::Equal)), "CĐCS", 1),
            "90/88 CĐCS (đạt 102,3%), chỉ tiêu đúng 88: chưa đạt"
        );
    }

    fn measured(target: Target, value: i64, denominator: i64, mean_denominator: i64) -> Measured {
        let total = |total| Count { total, ..Count::default() };
        let met = Reached { value, denominator, mean_denominator }.meets(&target);
        let figure = Figure {
            indicator: target.indicator.clone(),
            version: 0,
            told_of: None,
            formula: String::new(),
            scope: Scope::of(Uuid::nil(), None),
            period: target.period,
            value: total(value),
            denominator: Some(total(denominator)),
            completeness: Completeness::WHOLE,
            known: Known { at: OffsetDateTime::UNIX_EPOCH, positions: Vec::new() },
        };
        Measured { target, figure, mean_denominator, met, pace: None }
    }

    /// `94,996` as (94996, 3): read by other means than it was printed by.
    fn read(number: &str) -> (i128, u32) {
        let plain = number.replace('.', "");
        let (whole, fraction) = plain.split_once(',').unwrap_or((&plain, ""));
        let digits = format!("{whole}{fraction}").parse().expect("a number");
        (digits, u32::try_from(fraction.len()).expect("few"))
    }

    /// Whether the number printed after a word meets what is asked, as it stands there.
    fn printed_meets(text: &str, after: &str, until: &str, asked: i128, by: Comparator) -> bool {
        let (_, rest) = text.split_once(after).expect("the words before it");
        let (number, _) = rest.split_once(until).expect("the words behind it");
        let (digits, places) = read(number);
        by.holds((digits * 100).cmp(&(asked * 10_i128.pow(places))))
    }

    #[test]
    fn a_share_just_below_its_target_is_not_printed_as_reaching_it() {
        let indicator = reference::load().expect("read").indicator("DISS_PERSON").expect("known");
        let mut asked = target(YEAR.0, YEAR.1, 9_500, Comparator::GreaterOrEqual);
        asked.value_unit = ValueUnit::BasisPoints;
        let measured = measured(asked, 94_996, 100_000, 0);
        assert_eq!(
            measured.text(indicator, 2),
            "94.996/100.000 (94,996%), chỉ tiêu từ 95% trở lên: chưa đạt"
        );
    }

    proptest! {
        /// For shares, means and counts, and for every comparator: the numbers in the text, read
        /// back, give the judgement that the text gives, which is the one that was made.
        #[test]
        fn the_print_never_contradicts_the_judgement(
            value in prop_oneof![0_i64..200, 0_i64..10_000_000, any::<i64>().prop_map(|n| n.saturating_abs())],
            off in -3_i64..4,
            near in any::<bool>(),
            denominator in prop_oneof![1_i64..200, 1_i64..10_000_000, 1_i64..=i64::MAX / 10_001],
            basis_points in 0_i64..=10_000,
            count in 0_i64..=i64::from(i32::MAX),
            decimals in 0_u32..=4,
            comparator in prop_oneof![
                Just(Comparator::GreaterOrEqual),
                Just(Comparator::Greater),
                Just(Comparator::Equal),
            ],
        ) {
            let reference = reference::load().expect("read");
            let share = reference.indicator("DISS_PERSON").expect("known");
            let counted = reference.indicator("ORG_FOUNDED").expect("known");
            // Where it is easily got wrong: next to what is asked.
            let next_to = |asked: i128| {
                i64::try_from(asked).map_or(value, |asked| (asked + off).max(0))
            };
            let judged = |met: bool| if met { ": đạt" } else { ": chưa đạt" };

            let at = i128::from(basis_points) * i128::from(denominator) / 10_000;
            let part = if near { next_to(at) } else { value };
            let mut asked = target(YEAR.0, YEAR.1, basis_points, comparator);
            asked.value_unit = ValueUnit::BasisPoints;
            let shared = measured(asked, part, denominator, 0);
            let text = shared.text(share, decimals);
            prop_assert!(text.ends_with(judged(shared.met)), "{}", text);
            let meets = printed_meets(&text, "(", "%", i128::from(basis_points), comparator);
            prop_assert_eq!(meets, shared.met, "{}", text);

            let wanted = count.min(i64::MAX / denominator);
            let sum = if near { next_to(i128::from(wanted) * i128::from(denominator)) } else { value };
            let mean = target(YEAR.0, YEAR.1, wanted, Comparator::MeanGreaterOrEqual);
            let averaged = measured(mean, sum, 0, denominator);
            let text = averaged.text(counted, decimals);
            prop_assert!(text.ends_with(judged(averaged.met)), "{}", text);
            let meets = printed_meets(
                &text, "bình quân ", ")", i128::from(wanted) * 100, Comparator::MeanGreaterOrEqual,
            );
            prop_assert_eq!(meets, averaged.met, "{}", text);

            let reached = if near { next_to(i128::from(count)) } else { value };
            let plain = measured(target(YEAR.0, YEAR.1, count, comparator), reached, 0, 0);
            let text = plain.text(counted, decimals);
            if comparator != Comparator::GreaterOrEqual {
                prop_assert!(text.ends_with(judged(plain.met)), "{}", text);
            }
            if count > 0 {
                let meets = printed_meets(&text, "(đạt ", "%", 10_000, comparator);
                prop_assert_eq!(meets, plain.met, "{}", text);
            }
        }
    }
}
