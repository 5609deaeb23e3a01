//! How a report stands, and what can be done to it then.

use anyhow::{Context, Error};

use crate::ground::refused::Refused;

/// How a report stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody has begun.
    Due,
    /// Somebody has.
    Draft,
    /// Handed in.
    Submitted,
    /// Given back.
    Returned,
    /// Some cells are open again.
    Reopened,
    /// What the superior adds up.
    Approved,
    /// Not asked any longer.
    Waived,
}

impl State {
    const ALL: [Self; 7] = [
        Self::Due,
        Self::Draft,
        Self::Submitted,
        Self::Returned,
        Self::Reopened,
        Self::Approved,
        Self::Waived,
    ];

    /// As the schema has it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Due => "DUE",
            Self::Draft => "DRAFT",
            Self::Submitted => "SUBMITTED",
            Self::Returned => "RETURNED",
            Self::Reopened => "REOPENED",
            Self::Approved => "APPROVED",
            Self::Waived => "WAIVED",
        }
    }

    /// As the schema has it.
    pub fn read(code: &str) -> Result<Self, Error> {
        let state = Self::ALL.into_iter().find(|state| state.code() == code);
        state.with_context(|| format!("no report stands as {code}"))
    }
}

/// What is done to a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Prefilled.
    Drafted,
    /// Said otherwise, or more.
    Declared,
    /// Filled with what those below say.
    Consolidated,
    /// Handed in.
    Submitted,
    /// Given back.
    Returned,
    /// A cell is opened again.
    Reopened,
    /// Taken as it is.
    Approved,
    /// The next edition begins.
    Revised,
    /// Asked no longer.
    Waived,
}

impl Step {
    /// As the schema has it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Drafted => "DRAFTED",
            Self::Declared => "DECLARED",
            Self::Consolidated => "CONSOLIDATED",
            Self::Submitted => "SUBMITTED",
            Self::Returned => "RETURNED",
            Self::Reopened => "REOPENED",
            Self::Approved => "APPROVED",
            Self::Revised => "REVISED",
            Self::Waived => "WAIVED",
        }
    }

    /// How a report stands after it that stood so before; nothing where it is not done then.
    fn after(self, state: State) -> Option<State> {
        use State::{Approved, Draft, Due, Reopened, Returned, Submitted, Waived};
        match (self, state) {
            // Who was asked no longer and reports nevertheless begins anew.
            (Self::Drafted | Self::Consolidated, Due | Waived | Draft) => Some(Draft),
            (Self::Drafted | Self::Consolidated, Returned) => Some(Returned),
            (Self::Declared, Draft | Returned | Reopened) => Some(state),
            (Self::Submitted, Draft | Returned | Reopened) => Some(Submitted),
            (Self::Returned, Submitted) => Some(Returned),
            (Self::Reopened, Submitted | Approved | Reopened) => Some(Reopened),
            (Self::Approved, Submitted) => Some(Approved),
            (Self::Revised, Approved) => Some(Draft),
            (Self::Waived, Due | Draft | Returned) => Some(Waived),
            _ => None,
        }
    }

    /// How a report stands after it; refused where it is not done to one that stands so.
    pub fn of(self, state: State) -> Result<State, Refused> {
        self.after(state).ok_or_else(|| {
            let allowed = State::ALL.into_iter().filter(|from| self.after(*from).is_some());
            Refused::PeriodicReportStateUnfit {
                state: state.code(),
                step: self.code(),
                allowed: allowed.map(State::code).collect::<Vec<_>>().join(", "),
            }
        })
    }

    /// Whether what was approved is another edition afterwards.
    pub fn begins_edition(self, state: State) -> bool {
        state == State::Approved && matches!(self, Self::Revised | Self::Reopened)
    }

    /// Whether others are told: what a reporter writes for itself is nobody else's matter.
    pub fn is_told(self) -> bool {
        !matches!(self, Self::Drafted | Self::Declared | Self::Consolidated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_approved_that_was_not_submitted_and_nothing_returned_twice() {
        for state in State::ALL {
            assert_eq!(Step::Approved.of(state).is_ok(), state == State::Submitted);
            assert_eq!(Step::Returned.of(state).is_ok(), state == State::Submitted);
            assert_eq!(Step::Revised.of(state).is_ok(), state == State::Approved);
            assert_eq!(State::read(state.code()).ok(), Some(state));
        }
        assert_eq!(
            Step::Submitted.of(State::Approved),
            Err(Refused::PeriodicReportStateUnfit {
                state: "APPROVED",
                step: "SUBMITTED",
                allowed: "DRAFT, RETURNED, REOPENED".to_string(),
            })
        );
    }

    #[test]
    fn only_what_was_approved_begins_another_edition() {
        assert!(Step::Reopened.begins_edition(State::Approved));
        assert!(!Step::Reopened.begins_edition(State::Submitted));
        assert!(Step::Revised.begins_edition(State::Approved));
        assert!(!Step::Drafted.begins_edition(State::Draft));
    }
}
