//! WaivePeriodicReport: a reporter is asked no longer.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;

use crate::periodic_report::held::{Of, On, hold_report};
use crate::periodic_report::state::{State, Step};
use crate::periodic_report::stepped::Stepped;

/// Which report, and what is said with it.
pub struct WaivePeriodicReport {
    /// The report.
    pub of: Of,
    /// May be empty where nothing has to be said.
    pub message: String,
}

impl Act for WaivePeriodicReport {
    type Answer = Stepped;

    async fn perform(self, acting: &mut Acting) -> Result<Stepped, Failure> {
        let mut held = hold_report(acting, self.of, On::Superior).await?;
        held.step(Step::Waived)?;
        // What was approved has been handed in: there is nothing to ask for.
        if held.approved.is_some() {
            Step::Waived.of(State::Approved)?;
        }
        let revision = held.write(acting, Step::Waived, &self.message).await?;
        Ok(Stepped { revision })
    }
}
