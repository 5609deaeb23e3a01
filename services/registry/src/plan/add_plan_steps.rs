//! Steps are added to a plan: those that it does not have yet.

use std::collections::HashMap;

use chassis::database::{Act, Acting};
use chassis::refusal::{Failure, Refusal};
use feeds::registry::EndKind;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::refused::{REFUSALS_MAX, Refused};
use crate::plan::steps::{MembersGo, Plan, Step, StepKind, steps_refused};

/// So many steps one statement inserts.
const BATCH: usize = 5_000;

/// Steps to be added.
#[derive(Debug)]
pub struct AddPlanSteps {
    /// To which plan.
    pub plan_id: Uuid,
    /// At least one; no line twice.
    pub steps: Vec<Step>,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct StepsAdded {
    /// How many the plan did not have.
    pub added: usize,
    /// The plan's highest line.
    pub last_line: i32,
}

impl Act for AddPlanSteps {
    type Answer = StepsAdded;

    async fn perform(self, acting: &mut Acting) -> Result<StepsAdded, Failure> {
        let plan = Plan::take_idle(acting, "header.plan_id", self.plan_id).await?;
        plan.is_draft().map_err(|refused| refused.at("header.plan_id"))?;

        let lines: Vec<i32> = self.steps.iter().map(|step| step.line).collect();
        let known: HashMap<i32, Step> = Step::of_lines(acting, plan.plan_id, &lines)
            .await?
            .into_iter()
            .map(|step| (step.line, step))
            .collect();
        let mut new = Vec::with_capacity(self.steps.len());
        let mut differing: Vec<(i32, Refusal)> = Vec::new();
        let mut refused = 0;
        for (n, step) in self.steps.iter().enumerate() {
            match known.get(&step.line) {
                None => new.push(step),
                Some(known) if known == step => {}
                Some(_) => {
                    refused += 1;
                    if differing.len() < REFUSALS_MAX {
                        let exists = Refused::StepExists { line: step.line };
                        let refusal = exists.refusal().field(format!("steps[{n}].line"));
                        differing.push((step.line, refusal));
                    }
                }
            }
        }
        steps_refused(refused, differing)?;
        for batch in new.chunks(BATCH) {
            insert(acting, plan.plan_id, batch, None).await?;
        }
        let last_line = sqlx::query_scalar!(
            r#"select coalesce(max(line), 0) as "last!" from plan_step where plan_id = $1"#,
            plan.plan_id,
        )
        .fetch_one(acting.db())
        .await?;
        Ok(StepsAdded { added: new.len(), last_line })
    }
}

/// Writes steps whose lines are free. What one of them founds has the id that is given, or else a
/// new one.
pub(crate) async fn insert(
    acting: &mut Acting,
    plan_id: Uuid,
    steps: &[&Step],
    founded_id: Option<Uuid>,
) -> Result<(), Failure> {
    let column =
        |of: fn(&Step) -> &str| -> Vec<&str> { steps.iter().map(|step| of(step)).collect() };
    let lines: Vec<i32> = steps.iter().map(|step| step.line).collect();
    // The id is given with the step: dry run, commit and feed speak of the same organisation.
    let founded_ids: Vec<Option<Uuid>> = steps
        .iter()
        .map(|step| (step.kind == StepKind::Found).then(|| founded_id.unwrap_or_else(Uuid::now_v7)))
        .collect();
    let act_id = acting.act_id;
    sqlx::query_file!(
        "src/plan/add_plan_steps.sql",
        plan_id,
        &lines,
        &column(|step| step.kind.code()) as &[&str],
        &column(|step| &step.unit) as &[&str],
        &founded_ids as &[Option<Uuid>],
        &column(|step| &step.name) as &[&str],
        &column(|step| &step.short_name) as &[&str],
        &column(|step| &step.code) as &[&str],
        &column(|step| &step.type_code) as &[&str],
        &column(|step| &step.sector) as &[&str],
        &column(|step| &step.superior) as &[&str],
        &column(|step| step.end_kind.map_or("", EndKind::code)) as &[&str],
        &column(|step| &step.successor) as &[&str],
        &column(|step| step.members_outcome.map_or("", MembersGo::code)) as &[&str],
        &column(|step| &step.rehome_to) as &[&str],
        &column(|step| &step.subordinates_to) as &[&str],
        act_id,
        &column(|step| &step.industry) as &[&str],
    )
    .execute(acting.db())
    .await?;
    Ok(())
}
