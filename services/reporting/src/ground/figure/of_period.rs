//! What was counted of a period, for all that need it.

use std::collections::BTreeMap;

use crate::ground::figure::completeness::Completeness;
use crate::ground::figure::count::Counts;
use crate::ground::figure::source::Source;
use crate::ground::period::Period;

/// A rating of a head: its number, the line, the grade, and how many.
pub type Rated = (usize, String, String, i64);

/// What was counted of one period, each source once.
pub struct OfPeriod {
    /// Which.
    pub period: Period,
    /// By source, of each head.
    pub counted: BTreeMap<Source, Counts>,
    /// Of all grades.
    pub ratings: Option<Vec<Rated>>,
    /// Of each head.
    pub settled: Option<Vec<Completeness>>,
}

impl OfPeriod {
    /// Nothing is counted yet.
    pub fn of(period: Period) -> Self {
        Self { period, counted: BTreeMap::new(), ratings: None, settled: None }
    }
}
