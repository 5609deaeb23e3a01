//! What is reached of a target, and whether that meets it.

use crate::ground::target::{Comparator, Target, ValueUnit};

/// 100 %, in hundredths of a percent.
pub(super) const WHOLE: i128 = 10_000;

/// What is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// The figure, or its numerator.
    pub value: i64,
    /// Of a share; else 0.
    pub denominator: i64,
    /// The stock that a mean is taken over; else 0.
    pub mean_denominator: i64,
}

impl Reached {
    /// Decided on whole numbers, multiplied out: 95 of 100 is not above 95 %.
    pub fn meets(self, target: &Target) -> bool {
        let (value, asked) = (i128::from(self.value), i128::from(target.value));
        match (target.value_unit, target.comparator) {
            (ValueUnit::BasisPoints, comparator) => {
                let asked = asked * i128::from(self.denominator);
                self.denominator > 0 && comparator.holds((value * WHOLE).cmp(&asked))
            }
            (ValueUnit::Count, comparator @ Comparator::MeanGreaterOrEqual) => {
                let asked = asked * i128::from(self.mean_denominator);
                self.mean_denominator > 0 && comparator.holds(value.cmp(&asked))
            }
            (ValueUnit::Count, comparator) => comparator.holds(value.cmp(&asked)),
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::super::tests::target;
    use super::*;

    #[test]
    fn above_95_percent_is_not_reached_by_95_of_100() {
        let mut above =
            target(date!(2021 - 01 - 01), date!(2021 - 12 - 31), 9_500, Comparator::Greater);
        above.value_unit = ValueUnit::BasisPoints;
        let of = |value, denominator| Reached { value, denominator, mean_denominator: 0 };
        assert!(!of(95, 100).meets(&above));
        assert!(of(96, 100).meets(&above));
        above.comparator = Comparator::GreaterOrEqual;
        assert!(of(95, 100).meets(&above));
        assert!(!of(0, 0).meets(&above));
    }
}
