//! Steps are taken out of a draft, and kept beside it.

use std::collections::BTreeSet;

use chassis::database::{Act, Acting};
use chassis::refusal::{Failure, Refusal};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::refused::{REFUSALS_MAX, Refused};
use crate::plan::steps::{Plan, listed};

/// Steps to be removed.
#[derive(Debug)]
pub struct RemovePlanSteps {
    /// Of which plan.
    pub plan_id: Uuid,
    /// Their lines; at least one.
    pub lines: Vec<i32>,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct StepsRemoved {
    /// How many were removed.
    pub removed: usize,
    /// How many are left.
    pub steps: i64,
    /// The highest line that is left.
    pub last_line: i32,
}

impl Act for RemovePlanSteps {
    type Answer = StepsRemoved;

    async fn perform(self, acting: &mut Acting) -> Result<StepsRemoved, Failure> {
        let plan = Plan::take_idle(acting, "plan_id", self.plan_id).await?;
        plan.is_draft().map_err(|refused| refused.at("plan_id"))?;
        let taken = take_out(acting, &plan, &self.lines).await?;
        self.refuse_unknown(&taken)?;
        let left = sqlx::query!(
            r#"select count(*) as "steps!", coalesce(max(line), 0) as "last_line!"
               from plan_step where plan_id = $1"#,
            plan.plan_id,
        )
        .fetch_one(acting.db())
        .await?;
        Ok(StepsRemoved { removed: taken.len(), steps: left.steps, last_line: left.last_line })
    }
}

impl RemovePlanSteps {
    /// Names every line that the plan does not have.
    fn refuse_unknown(&self, taken: &BTreeSet<i32>) -> Result<(), Failure> {
        let unknown = self.lines.iter().enumerate().filter(|(_, line)| !taken.contains(line));
        let named: Vec<(usize, i32)> = unknown.map(|(n, line)| (n, *line)).collect();
        let Some((_, first)) = named.first() else { return Ok(()) };
        let whole = Refused::StepUnknown { line: *first }.refusal();
        let whole = whole.with("lines", listed(named.iter().map(|(_, line)| *line)));
        let name = |refusal: Refusal, (n, _): &(usize, i32)| refusal.field(format!("lines[{n}]"));
        Err(named.iter().take(REFUSALS_MAX).fold(whole, name).into())
    }
}

/// Moves steps of a draft to those that were; answers the lines that it had.
pub(crate) async fn take_out(
    acting: &mut Acting,
    plan: &Plan,
    lines: &[i32],
) -> Result<BTreeSet<i32>, Failure> {
    let (act_id, acted_at) = (acting.act_id, acting.acted_at);
    let taken = sqlx::query_file_scalar!(
        "src/plan/remove_plan_steps.sql",
        plan.plan_id,
        lines,
        act_id,
        acted_at,
        plan.dry_run_id,
    )
    .fetch_all(acting.db())
    .await?;
    Ok(taken.into_iter().collect())
}
