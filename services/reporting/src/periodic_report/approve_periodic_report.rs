//! ApprovePeriodicReport: a submitted report is what the superior adds up.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;

use crate::periodic_report::held::{Of, On, hold_report};
use crate::periodic_report::state::Step;
use crate::periodic_report::stepped::Stepped;

/// Which report, and what is said with it.
pub struct ApprovePeriodicReport {
    /// The report.
    pub of: Of,
    /// May be empty where nothing has to be said.
    pub message: String,
}

impl Act for ApprovePeriodicReport {
    type Answer = Stepped;

    async fn perform(self, acting: &mut Acting) -> Result<Stepped, Failure> {
        let mut held = hold_report(acting, self.of, On::Superior).await?;
        held.step(Step::Approved)?;
        held.approved = Some((held.content.clone(), held.edition));
        let revision = held.write(acting, Step::Approved, &self.message).await?;
        Ok(Stepped { revision })
    }
}
