//! What comes of counting: a number in all and in lines.

use std::collections::BTreeMap;

use crate::ground::refused::Refused;

/// A number in all and in lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// The figure.
    pub total: i64,
    /// By the key of the line; no line is 0.
    pub lines: BTreeMap<String, i64>,
}

/// What is counted of each of some heads, in their order.
pub type Counts = Vec<Count>;

impl Count {
    /// Adds a part of a line; refused where it comes to more than a figure holds.
    pub fn add(&mut self, line: &str, amount: i64) -> Result<(), Refused> {
        self.total = sum(self.total, amount)?;
        match self.lines.get_mut(line) {
            Some(known) => *known = sum(*known, amount)?,
            None => {
                self.lines.insert(line.to_string(), amount);
            }
        }
        Ok(())
    }

    /// Adds another, or takes it away.
    pub fn plus(&mut self, sign: i64, other: &Count) -> Result<(), Refused> {
        let signed = |amount: i64| amount.checked_mul(sign).ok_or(Refused::FigureTooLarge);
        self.total = sum(self.total, signed(other.total)?)?;
        for (line, amount) in &other.lines {
            let known = self.lines.entry(line.clone()).or_default();
            *known = sum(*known, signed(*amount)?)?;
        }
        Ok(())
    }
}

fn sum(left: i64, right: i64) -> Result<i64, Refused> {
    left.checked_add(right).ok_or(Refused::FigureTooLarge)
}

#[cfg(test)]
mod tests {
    use chassis::refusal::Refusal;

    use super::*;

    #[test]
    fn what_is_more_than_a_figure_holds_is_refused_and_never_wraps_round() {
        let mut count = Count::default();
        count.add("a", i64::MAX).expect("it holds that");
        assert_eq!(count.clone().add("b", 1), Err(Refused::FigureTooLarge));
        let other = count.clone();
        assert_eq!(count.clone().plus(1, &other), Err(Refused::FigureTooLarge));
        let refusal = Refusal::from(Refused::FigureTooLarge);
        assert_eq!(refusal.reason(), "FIGURE_TOO_LARGE");
        count.plus(-1, &other).expect("nothing is left");
        assert_eq!((count.total, count.lines["a"]), (0, 0));
    }
}
