//! A new draft takes over the steps of a plan, whatever became of that.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis::Basis;
use crate::plan::create_plan::{CreatePlan, PlanCreated};
use crate::plan::steps::Plan;

/// A plan to be made again.
#[derive(Debug)]
pub struct CopyPlan {
    /// Whose steps.
    pub plan_id: Uuid,
    /// NFC; none means the same name.
    pub name: Option<String>,
    /// From when its steps hold; none means the date of the basis, or else the plan's.
    pub effective_on: Option<Date>,
    /// None means the plan's own decision.
    pub basis: Option<Basis>,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct PlanCopied {
    /// The new draft.
    pub plan_id: Uuid,
    /// How many steps it has.
    pub steps: i64,
}

impl Act for CopyPlan {
    type Answer = PlanCopied;

    async fn perform(self, acting: &mut Acting) -> Result<PlanCopied, Failure> {
        let plan = Plan::take(acting, self.plan_id).await?;
        let of = sqlx::query!(
            "select organisation_id, name from plan where plan_id = $1",
            plan.plan_id,
        )
        .fetch_one(acting.db())
        .await?;
        let (basis, effective_on) = match self.basis {
            Some(basis) => (basis, self.effective_on),
            None => (Basis::Known(plan.decision_id), self.effective_on.or(Some(plan.effective_on))),
        };
        let create = CreatePlan {
            organisation_id: of.organisation_id,
            name: self.name.unwrap_or(of.name),
            effective_on,
            basis,
        };
        let PlanCreated { plan_id } = create.perform(acting).await?;
        let steps = copy_steps(acting, plan.plan_id, plan_id).await?;
        Ok(PlanCopied { plan_id, steps })
    }
}

/// Copies all steps under their lines; whom one founds is another organisation than in the plan
/// that it was copied from.
async fn copy_steps(acting: &mut Acting, from: Uuid, to: Uuid) -> Result<i64, Failure> {
    let founding = sqlx::query_scalar!(
        "select line from plan_step where plan_id = $1 and kind = 'FOUND' order by line",
        from,
    )
    .fetch_all(acting.db())
    .await?;
    let founded_ids: Vec<Uuid> = founding.iter().map(|_| Uuid::now_v7()).collect();
    let act_id = acting.act_id;
    let copied =
        sqlx::query_file!("src/plan/copy_plan.sql", from, to, &founding, &founded_ids, act_id)
            .execute(acting.db())
            .await?;
    Ok(i64::try_from(copied.rows_affected()).unwrap_or(i64::MAX))
}
