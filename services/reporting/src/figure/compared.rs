//! A figure held against that of an earlier period.

use crate::ground::figure::Completeness;
use crate::ground::period::Period;
use crate::ground::refused::Refused;
use crate::ground::vietnamese;

/// Against which earlier period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The one just before.
    Previous,
    /// The same of the year before.
    YearEarlier,
}

impl Comparison {
    /// The earlier period; none before all days that can be said.
    pub fn of(self, period: Period) -> Option<Period> {
        match self {
            Self::Previous => period.previous(),
            Self::YearEarlier => period.year_earlier(),
        }
    }
}

/// What an earlier period had, and what has become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// Against which.
    pub comparison: Comparison,
    /// Over which days.
    pub period: Period,
    /// The earlier value, or numerator.
    pub value: i64,
    /// Of a share; else 0.
    pub denominator: i64,
    /// What is known to be missing from it.
    pub completeness: Completeness,
    /// The later less the earlier; of shares in basis points, and none where one divides by nothing.
    pub difference: Option<i64>,
    /// Whether the figures are shares.
    pub share: bool,
}

impl Compared {
    /// Holds a figure, by its value and its denominator, against an earlier one.
    pub fn of(
        (comparison, period): (Comparison, Period),
        share: bool,
        later: (i64, i64),
        (value, denominator): (i64, i64),
        completeness: Completeness,
    ) -> Result<Self, Refused> {
        let difference = match share {
            true => basis_points(later, (value, denominator)),
            false => Some(later.0.checked_sub(value).ok_or(Refused::FigureTooLarge)?),
        };
        Ok(Self { comparison, period, value, denominator, completeness, difference, share })
    }

    /// By how much it has grown, over what it was; nothing of shares.
    pub fn ratio(&self) -> (i64, i64) {
        match self.difference {
            Some(difference) if !self.share => (difference, self.value),
            _ => (0, 0),
        }
    }

    /// `+17 (+8,5%)`; of shares `+1,25 điểm %`.
    pub fn text(&self, decimals: u32) -> String {
        let Some(difference) = self.difference else { return vietnamese::NONE.to_string() };
        let sign = if difference > 0 { "+" } else { "" };
        if self.share {
            return format!("{sign}{} điểm %", vietnamese::quotient(difference, 100, 2));
        }
        let percent = match self.value {
            // Nothing has no percentage, and of less than nothing it would say the contrary.
            ..=0 => vietnamese::NONE.to_string(),
            value => format!("{sign}{}", vietnamese::percent(difference, value, decimals)),
        };
        format!("{} ({percent})", vietnamese::signed(difference))
    }
}

/// What two shares differ by in hundredths of a percent, rounded half up, away from zero.
fn basis_points(later: (i64, i64), earlier: (i64, i64)) -> Option<i64> {
    if later.1 <= 0 || earlier.1 <= 0 {
        return None;
    }
    let product = |one: i64, other: i64| i128::from(one) * i128::from(other);
    let whole = product(later.1, earlier.1);
    let part = product(later.0, earlier.1).checked_sub(product(earlier.0, later.1))?;
    let part = part.checked_mul(10_000)?;
    let half = part.signum() * (whole / 2);
    i64::try_from(part.checked_add(half)? / whole).ok()
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn held(share: bool, later: (i64, i64), earlier: (i64, i64)) -> Result<Compared, Refused> {
        let period = Period { from: date!(2020 - 01 - 01), through: date!(2020 - 12 - 31) };
        let against = (Comparison::Previous, period);
        Compared::of(against, share, later, earlier, Completeness::WHOLE)
    }

    #[test]
    fn growth_is_printed_with_its_sign_and_of_nothing_as_a_dash() {
        let text =
            |later, earlier| held(false, (later, 0), (earlier, 0)).expect("held against").text(2);
        assert_eq!(text(217, 200), "+17 (+8,5%)");
        assert_eq!(text(183, 200), "-17 (-8,5%)");
        assert_eq!(text(200, 200), "0 (0%)");
        assert_eq!(text(5, 0), "+5 (—)");
        assert_eq!(text(5, -5), "+10 (—)");
        let ratio = held(false, (217, 0), (200, 0)).expect("held against").ratio();
        assert_eq!(ratio, (17, 200));
    }

    #[test]
    fn shares_differ_by_points_and_one_of_nothing_by_none() {
        let of = |later, earlier| held(true, later, earlier).expect("held against");
        assert_eq!(of((1, 3), (1, 4)).difference, Some(833));
        assert_eq!(of((1, 4), (1, 3)).text(2), "-8,33 điểm %");
        assert_eq!(of((81, 80), (1, 1)).text(2), "+1,25 điểm %");
        assert_eq!(of((1, 3), (0, 0)).text(2), "—");
        assert_eq!(of((0, 0), (1, 3)).difference, None);
        assert_eq!(of((1, 3), (1, 3)).ratio(), (0, 0));
    }

    #[test]
    fn a_difference_that_no_number_holds_is_refused() {
        assert_eq!(held(false, (i64::MAX, 0), (-1, 0)), Err(Refused::FigureTooLarge));
    }
}
