//! Movements: when they take effect, and by what. How memberships begin and end is part of what
//! is told of them.

use time::Date;

use crate::ground::decision::Basis;

/// When a movement takes effect, and the decision that it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated {
    /// The first day of the new state.
    pub effective_on: Date,
    /// The decision, where one is given.
    pub basis: Option<Basis>,
    /// The day on which it was signed, where that is said and nothing else of it.
    pub decision_issued_on: Option<Date>,
}

impl Dated {
    /// The number and the day of a decision that is written down with the movement.
    pub fn written(&self) -> (Option<&str>, Option<Date>) {
        let (number, issued_on) = self.basis.as_ref().map(Basis::written).unwrap_or_default();
        (number, issued_on.or(self.decision_issued_on))
    }
}
