//! ReopenPeriodicReport: one cell of a report is open again.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;

use crate::ground::refused::Refused;
use crate::periodic_report::held::{Of, On, hold_report};
use crate::periodic_report::state::Step;
use crate::periodic_report::stepped::Stepped;

/// Which cell of which report, and why.
pub struct ReopenPeriodicReport {
    /// The report.
    pub of: Of,
    /// The row.
    pub row: String,
    /// Why.
    pub message: String,
}

impl Act for ReopenPeriodicReport {
    type Answer = Stepped;

    async fn perform(self, acting: &mut Acting) -> Result<Stepped, Failure> {
        let mut held = hold_report(acting, self.of, On::Superior).await?;
        let (field, row) = ("row".to_string(), self.row);
        if held.form.row(&row).is_none_or(|known| known.is_ratio()) {
            return Err(Refused::PeriodicReportRowUnknown { field, row }.into());
        }
        held.step(Step::Reopened)?;
        let message = format!("{row}: {}", self.message);
        if !held.reopened.contains(&row) {
            held.reopened.push(row);
        }
        let revision = held.write(acting, Step::Reopened, &message).await?;
        Ok(Stepped { revision })
    }
}
