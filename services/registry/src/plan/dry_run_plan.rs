//! A plan is tried: what it would do is found out and kept, and nothing else is written.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use sqlx::PgPool;
use uuid::Uuid;

use crate::plan::operation::{self, Progress};
use crate::plan::steps::{Plan, TRIAL_STAGES, Variables};
use crate::plan::{plans, steps as plan, wire};

/// The operation of a dry run.
pub struct DryRunPlan {
    /// The operation.
    pub operation_id: Uuid,
    /// Its plan.
    pub plan_id: Uuid,
    /// Where its progress is shown.
    pub pool: PgPool,
}

impl Act for DryRunPlan {
    type Answer = ();

    async fn perform(self, acting: &mut Acting) -> Result<(), Failure> {
        if !operation::hold(acting, self.operation_id).await? {
            return Ok(());
        }
        let mut progress = Progress::of(self.pool, self.operation_id, TRIAL_STAGES + 2);
        let plan = Plan::take(acting, self.plan_id).await?;
        let variables = Variables::of(acting, &plan).kept_under(self.operation_id);
        variables.run(acting.db(), include_str!("steps/begin.sql")).await?;
        plan::make_trial(acting, &plan, &mut progress).await?;
        progress.begins("COUNT").await;
        variables.run(acting.db(), include_str!("steps/counts.sql")).await?;
        progress.begins("KEEP").await;
        variables.run(acting.db(), include_str!("steps/keep.sql")).await?;
        let found = plans::dry_run(acting.db(), self.operation_id).await?;
        operation::succeeded(acting, self.operation_id, None, wire::operations::tried(found)?).await
    }
}
