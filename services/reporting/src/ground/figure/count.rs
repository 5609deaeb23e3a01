//! What comes of counting: a number in all and in lines.

use std::collections::BTreeMap;

/// A number in all and in lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// The figure.
    pub total: i64,
    /// By the key of the line; no line is 0.
    pub lines: BTreeMap<String, i64>,
}

impl Count {
    /// The sum of parts, each of a line.
    pub fn sum(lines: impl IntoIterator<Item = (String, i64)>) -> Self {
        let mut count = Count::default();
        for (line, amount) in lines {
            count.add(line, amount);
        }
        count
    }

    /// Adds a part of a line.
    pub fn add(&mut self, line: String, amount: i64) {
        self.total += amount;
        *self.lines.entry(line).or_default() += amount;
    }

    /// Adds another, or takes it away.
    pub fn plus(&mut self, sign: i64, other: &Count) {
        self.total += sign * other.total;
        for (line, amount) in &other.lines {
            *self.lines.entry(line.clone()).or_default() += sign * amount;
        }
    }
}
