//! What was counted of a period, for all that need it.

use std::collections::BTreeMap;

use crate::ground::figure::completeness::Completeness;
use crate::ground::figure::count::Counts;
use crate::ground::figure::source::Source;
use crate::ground::period::Period;

/// What was counted of one period, each source once.
pub struct OfPeriod {
    /// Which.
    pub period: Period,
    /// By source, of each head.
    pub counted: BTreeMap<Source, Counts>,
    /// Of each head.
    pub settled: Option<Vec<Completeness>>,
}

impl OfPeriod {
    /// Nothing is counted yet.
    pub fn of(period: Period) -> Self {
        Self { period, counted: BTreeMap::new(), settled: None }
    }
}
