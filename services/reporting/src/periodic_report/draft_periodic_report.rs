//! DraftPeriodicReport: a report is filled with what the register counts.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;

use crate::periodic_report::computed::Computed;
use crate::periodic_report::held::{Of, On, hold_report};
use crate::periodic_report::state::Step;
use crate::periodic_report::stepped::Stepped;

/// Which report, and what was counted for it.
pub struct DraftPeriodicReport {
    /// The report.
    pub of: Of,
    /// What the caller's reading counted, just before.
    pub computed: Computed,
}

impl Act for DraftPeriodicReport {
    type Answer = Stepped;

    async fn perform(self, acting: &mut Acting) -> Result<Stepped, Failure> {
        let mut held = hold_report(acting, self.of, On::Reporter).await?;
        held.step(Step::Drafted)?;
        self.computed.fill(&mut held.content);
        let revision = held.write(acting, Step::Drafted, "").await?;
        Ok(Stepped { revision })
    }
}
