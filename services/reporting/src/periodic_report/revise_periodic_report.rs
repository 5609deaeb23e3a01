//! RevisePeriodicReport: the next edition of an approved report begins.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};

use crate::periodic_report::held::{Of, On, hold_report};
use crate::periodic_report::state::Step;

/// Which report, and why.
pub struct RevisePeriodicReport {
    /// The report.
    pub of: Of,
    /// Why.
    pub message: String,
}

/// The edition that begins.
#[derive(Debug, Serialize, Deserialize)]
pub struct Revised {
    /// From now on.
    pub revision: i32,
    /// 2 or more.
    pub edition: i32,
}

impl Act for RevisePeriodicReport {
    type Answer = Revised;

    async fn perform(self, acting: &mut Acting) -> Result<Revised, Failure> {
        let mut held = hold_report(acting, self.of, On::Reporter).await?;
        held.step(Step::Revised)?;
        let edition = held.edition;
        let revision = held.write(acting, Step::Revised, &self.message).await?;
        Ok(Revised { revision, edition })
    }
}
