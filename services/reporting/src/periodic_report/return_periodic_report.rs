//! ReturnPeriodicReport: a submitted report is given back, with why.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;

use crate::periodic_report::held::{Of, On, hold_report};
use crate::periodic_report::state::Step;
use crate::periodic_report::stepped::Stepped;

/// Which report, and what is said with it.
pub struct ReturnPeriodicReport {
    /// The report.
    pub of: Of,
    /// May be empty where nothing has to be said.
    pub message: String,
}

impl Act for ReturnPeriodicReport {
    type Answer = Stepped;

    async fn perform(self, acting: &mut Acting) -> Result<Stepped, Failure> {
        let mut held = hold_report(acting, self.of, On::Superior).await?;
        held.step(Step::Returned)?;
        // The time in which it is due goes on; that of a later edition has been kept.
        if held.edition == 1 {
            held.submitted_on = None;
        }
        let revision = held.write(acting, Step::Returned, &self.message).await?;
        Ok(Stepped { revision })
    }
}
