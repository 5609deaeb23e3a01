//! A committed plan is taken back, as a correction.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use sqlx::PgPool;
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::ground::undo;
use crate::plan::operation::{self, Progress};
use crate::plan::steps::Plan;
use crate::plan::wire;

/// The operation of an undo.
pub struct UndoPlan {
    /// The operation.
    pub operation_id: Uuid,
    /// Its plan.
    pub plan_id: Uuid,
    /// Where its progress is shown.
    pub pool: PgPool,
}

impl Act for UndoPlan {
    type Answer = ();

    async fn perform(self, acting: &mut Acting) -> Result<(), Failure> {
        if !operation::hold(acting, self.operation_id).await? {
            return Ok(());
        }
        let mut progress = Progress::of(self.pool, self.operation_id, 1);
        progress.begins("UNDO").await;
        let plan = Plan::take(acting, self.plan_id).await?;
        let plan_id = plan.plan_id;
        let committed_by =
            plan.committed_by.ok_or_else(|| Refused::PlanNotCommitted { plan_id }.at("plan_id"))?;
        // Half a country is sorted and hashed at once.
        sqlx::query("set local work_mem = '64MB'").execute(acting.db()).await?;
        let organisations = undo::undo(acting, "plan_id", committed_by).await?;
        let act_id = acting.act_id;
        let answer = wire::operations::undone(plan_id, act_id, organisations)?;
        operation::succeeded(acting, self.operation_id, Some(act_id), answer).await
    }
}
