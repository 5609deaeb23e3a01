//! Movements: when they take effect, and by what. How memberships begin and end is part of what
//! is told of them.

use time::Date;

/// When a movement takes effect, and the decision that it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated {
    /// The first day of the new state.
    pub effective_on: Date,
    /// The decision's number, where one is given.
    pub decision_number: Option<String>,
    /// The day on which it was signed, where one is given.
    pub decision_issued_on: Option<Date>,
}
