//! Plans, their steps, and what dry runs found.

use chassis::access::unknown_or_denied;
use chassis::database::Reading;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::reading::{Asked, Page, in_scope};
use crate::ground::refused::Refused;

/// A plan.
#[derive(Debug)]
pub struct Plan {
    /// UUIDv7.
    pub plan_id: Uuid,
    /// On whose behalf.
    pub organisation_id: Uuid,
    /// NFC.
    pub name: String,
    /// From when its steps hold.
    pub effective_on: Date,
    /// What it rests on.
    pub decision_id: Uuid,
    /// The act that its commit was.
    pub committed_by: Option<Uuid>,
    /// It was taken back.
    pub undone: bool,
    /// Steps were added, removed or replaced since the last dry run that succeeded.
    pub mended_since: bool,
    /// How many steps it has.
    pub steps: i64,
    /// The highest line.
    pub last_line: i32,
    /// The last dry run that succeeded.
    pub dry_run_id: Option<Uuid>,
}

/// What a dry run found, in sum.
#[derive(Debug)]
pub struct DryRun {
    /// Its operation.
    pub operation_id: Uuid,
    /// Sums over the steps.
    pub sums: Sums,
    /// Units on the day before and on the plan's date.
    pub counts: Vec<Count>,
}

/// Sums over the steps of a dry run.
#[derive(Debug)]
pub struct Sums {
    /// Steps that it tried.
    pub steps: i64,
    /// Units founded.
    pub founded: i64,
    /// Units ended.
    pub ended: i64,
    /// Units moved.
    pub moved: i64,
    /// Units renamed.
    pub renamed: i64,
    /// Units that became ones of another type.
    pub type_changed: i64,
    /// Offices that end.
    pub offices_ended: i64,
    /// Assignments that end.
    pub assignments_ended: i64,
    /// Grants on units that end.
    pub grants_ended: i64,
    /// Grants on units that move.
    pub grants_moved: i64,
    /// Conflicts that block.
    pub conflicts: i64,
    /// Conflicts that do not.
    pub notices: i64,
}

/// Units of one kind.
#[derive(Debug)]
pub struct Count {
    /// The organisation directly below the Confederation.
    pub province_id: Uuid,
    /// For example `CDCS`.
    pub type_code: String,
    /// Empty where there is none.
    pub sector: String,
    /// On the day before.
    pub before: i32,
    /// On the plan's date.
    pub after: i32,
}

/// A step with what the last dry run found that it does.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct PlannedStep {
    pub line: i32,
    pub kind: String,
    pub unit: String,
    pub name: String,
    pub short_name: String,
    pub code: String,
    pub type_code: String,
    pub sector: String,
    pub industry: String,
    pub superior: String,
    pub end_kind: String,
    pub successor: String,
    pub members_outcome: String,
    pub rehome_to: String,
    pub subordinates_to: String,
    pub organisation_id: Option<Uuid>,
    pub from_superior_id: Option<Uuid>,
    pub superior_id: Option<Uuid>,
    pub successor_id: Option<Uuid>,
    pub rehome_to_id: Option<Uuid>,
    pub subordinates_moved: i64,
    pub offices_ended: i32,
    pub assignments_ended: i32,
    pub grants_ended: i32,
    pub grants_moved: i32,
}

/// Something that stands against a plan.
#[derive(Debug)]
pub struct Conflict {
    /// Its place in the list.
    pub conflict: i32,
    /// The step.
    pub line: i32,
    /// The step's field.
    pub field: String,
    /// A reason of the contract.
    pub reason: String,
    /// The plan cannot be committed as long as it stands.
    pub blocks: bool,
    /// The id or the code of what it is about.
    pub subject: String,
    /// Its code, as far as the caller may know it.
    pub subject_code: String,
}

/// A plan in the caller's scope.
pub async fn plan(reading: &mut Reading, plan_id: Uuid) -> Result<Plan, Failure> {
    let found = sqlx::query_file_as!(Plan, "src/plan/plan.sql", plan_id)
        .fetch_optional(&mut **reading)
        .await?;
    match found {
        Some(plan) => Ok(plan),
        None => {
            let refusal = Refused::PlanUnknown { plan_id }.at("plan_id");
            Err(unknown_or_denied(reading, refusal).await)
        }
    }
}

/// What a dry run found; whoever asks has seen its plan.
pub async fn dry_run(db: &mut PgConnection, operation_id: Uuid) -> Result<DryRun, Failure> {
    let sums = sqlx::query_file_as!(Sums, "src/plan/dry_run.sql", operation_id)
        .fetch_one(&mut *db)
        .await?;
    let counts = sqlx::query_as!(
        Count,
        "select province_id, type as type_code, sector, before, after
         from plan_count
         where operation_id = $1
           and province_id in (select province_id
                               from (select distinct province_id from plan_count
                                     where operation_id = $1
                                     offset 0) told
                               where access.covers(province_id))
         order by province_id, type, sector",
        operation_id,
    )
    .fetch_all(db)
    .await?;
    Ok(DryRun { operation_id, sums, counts })
}

/// Plans for an organisation and for everything below it, newest first.
pub async fn plans(
    reading: &mut Reading,
    organisation_id: Uuid,
    asked: &Asked<'_>,
) -> Result<Page<Plan>, Failure> {
    let before: Option<Uuid> = asked.after()?;
    in_scope(reading, "organisation_id", organisation_id).await?;
    let plans =
        sqlx::query_file_as!(Plan, "src/plan/plans.sql", organisation_id, before, asked.limit())
            .fetch_all(&mut **reading)
            .await?;
    asked.page(plans, |plan| plan.plan_id)
}

/// The steps of a plan in order of their lines, and the plan.
pub async fn steps(
    reading: &mut Reading,
    plan_id: Uuid,
    asked: &Asked<'_>,
) -> Result<(Page<PlannedStep>, Plan), Failure> {
    let after: Option<i32> = asked.after()?;
    let plan = plan(reading, plan_id).await?;
    let steps = sqlx::query_file_as!(
        PlannedStep,
        "src/plan/plan_steps.sql",
        plan_id,
        plan.dry_run_id,
        after.unwrap_or(0),
        asked.limit(),
    )
    .fetch_all(&mut **reading)
    .await?;
    Ok((asked.page(steps, |step| step.line)?, plan))
}

/// What the last dry run found against a plan, and the plan.
pub async fn conflicts(
    reading: &mut Reading,
    plan_id: Uuid,
    asked: &Asked<'_>,
) -> Result<(Page<Conflict>, Plan), Failure> {
    let after: Option<i32> = asked.after()?;
    let plan = plan(reading, plan_id).await?;
    let conflicts = sqlx::query_file_as!(
        Conflict,
        "src/plan/plan_conflicts.sql",
        plan.dry_run_id,
        after.unwrap_or(0),
        asked.limit(),
        plan_id,
        plan.effective_on,
    )
    .fetch_all(&mut **reading)
    .await?;
    Ok((asked.page(conflicts, |conflict| conflict.conflict)?, plan))
}

/// The units that the last dry run found to end, and from when.
pub async fn ending_units(
    reading: &mut Reading,
    plan_id: Uuid,
) -> Result<(Vec<Uuid>, Date), Failure> {
    let plan = plan(reading, plan_id).await?;
    let dry_run_id =
        plan.dry_run_id.ok_or_else(|| Refused::DryRunRequired { plan_id }.at("plan_id"))?;
    let units = sqlx::query_scalar!(
        "select organisation_id from plan_effect
         where operation_id = $1 and effect = 'END'
         order by organisation_id",
        dry_run_id,
    )
    .fetch_all(&mut **reading)
    .await?;
    Ok((units, plan.effective_on))
}
