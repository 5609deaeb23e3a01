//! A step of a draft gives its line to another; what it was is kept beside the plan.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::plan::add_plan_steps::insert;
use crate::plan::remove_plan_steps::take_out;
use crate::plan::steps::{Plan, Step};

/// A step to be put in the place of the one that has its line.
#[derive(Debug)]
pub struct ReplacePlanStep {
    /// Of which plan.
    pub plan_id: Uuid,
    /// The new step.
    pub step: Step,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct StepReplaced {
    /// False where the plan had the same step already.
    pub replaced: bool,
}

impl Act for ReplacePlanStep {
    type Answer = StepReplaced;

    async fn perform(self, acting: &mut Acting) -> Result<StepReplaced, Failure> {
        let plan = Plan::take_idle(acting, "plan_id", self.plan_id).await?;
        plan.is_draft().map_err(|refused| refused.at("plan_id"))?;
        let line = self.step.line;
        let known = Step::of_lines(acting, plan.plan_id, &[line]).await?;
        let Some(known) = known.first() else {
            return Err(Refused::StepUnknown { line }.at("step.line"));
        };
        if *known == self.step {
            return Ok(StepReplaced { replaced: false });
        }
        // Whom it founds stays the same organisation, under whatever name.
        let founded_id = sqlx::query_scalar!(
            "select founded_id from plan_step where plan_id = $1 and line = $2",
            plan.plan_id,
            line,
        )
        .fetch_one(acting.db())
        .await?;
        take_out(acting, &plan, &[line]).await?;
        insert(acting, plan.plan_id, &[&self.step], founded_id).await?;
        Ok(StepReplaced { replaced: true })
    }
}
