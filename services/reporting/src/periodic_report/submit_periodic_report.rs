//! SubmitPeriodicReport: a report is handed in.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};

use crate::periodic_report::checks::refuse_unfit;
use crate::periodic_report::held::{Of, On, hold_report};
use crate::periodic_report::previous::previous;
use crate::periodic_report::state::Step;

/// Which report.
pub struct SubmitPeriodicReport(pub Of);

/// It was handed in.
#[derive(Debug, Serialize, Deserialize)]
pub struct Submitted {
    /// From now on.
    pub revision: i32,
    /// What only warns.
    pub warnings: Vec<Warning>,
}

/// A check that does not hold, and does not stop anybody.
#[derive(Debug, Serialize, Deserialize)]
pub struct Warning {
    /// Which.
    pub check: String,
    /// What must hold, in Vietnamese.
    pub message_vi: String,
    /// What must hold, in English.
    pub message_en: String,
    /// What stands on its left.
    pub left: i64,
    /// How both sides are compared.
    pub comparator: String,
    /// What stands on its right.
    pub right: i64,
    /// The cells that it is about.
    pub rows: Vec<String>,
}

impl Act for SubmitPeriodicReport {
    type Answer = Submitted;

    async fn perform(self, acting: &mut Acting) -> Result<Submitted, Failure> {
        let mut held = hold_report(acting, self.0, On::Reporter).await?;
        held.step(Step::Submitted)?;
        let of = (held.organisation_id, held.form.code.as_str(), held.period);
        let before = previous(acting.db(), held.report_id, of).await?;
        let warnings = refuse_unfit(&held.form, &held.content, before.as_ref())?;
        let warnings = warnings
            .into_iter()
            .map(|finding| Warning {
                check: finding.check.code.clone(),
                message_vi: finding.check.message_vi.clone(),
                message_en: finding.check.message_en.clone(),
                left: finding.left,
                comparator: finding.check.comparator.sign().to_string(),
                right: finding.right,
                rows: finding.rows.iter().map(ToString::to_string).collect(),
            })
            .collect();
        // A later edition is as punctual as the first was.
        held.submitted_on = held.submitted_on.or(Some(acting.today));
        held.reopened.clear();
        let revision = held.write(acting, Step::Submitted, "").await?;
        Ok(Submitted { revision, warnings })
    }
}
