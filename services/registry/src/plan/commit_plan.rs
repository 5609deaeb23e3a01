//! A plan is done: what the dry run found, in one transaction, as one act of one instant.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use anyhow::Context;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::registry as fact;
use feeds::registry::{Body, EndKind, EndedSeat, EndedUnit, Event, Shares};
use proto::registry::v1::Reason;
use sqlx::PgPool;
use time::Date;
use uuid::Uuid;

use crate::ground::attributes::leave_behind;
use crate::ground::refused::Refused;
use crate::ground::tree::{self, Move, NewOrganisation};
use crate::plan::operation::{self, Committed, Progress};
use crate::plan::steps::{MembersGo, Plan, TRIAL_STAGES, Variables, listed};
use crate::plan::{steps as plan, wire};

/// Steps that a refusal names, at most.
const NAMED_MAX: usize = 100;

/// The operation of a commit.
pub struct CommitPlan {
    /// The operation.
    pub operation_id: Uuid,
    /// Its plan.
    pub plan_id: Uuid,
    /// Where its progress is shown.
    pub pool: PgPool,
}

impl Act for CommitPlan {
    type Answer = ();

    async fn perform(self, acting: &mut Acting) -> Result<(), Failure> {
        if !operation::hold(acting, self.operation_id).await? {
            return Ok(());
        }
        let mut progress = Progress::of(self.pool, self.operation_id, TRIAL_STAGES + 3);
        progress.begins("LOCK").await;
        let plan = Plan::take(acting, self.plan_id).await?;
        let plan_id = plan.plan_id;
        let dry_run_id =
            plan.dry_run_id.ok_or_else(|| Refused::DryRunRequired { plan_id }.at("plan_id"))?;
        tree::lock_tree(acting).await?;
        lock_units(acting, dry_run_id).await?;

        // Under the locks, so that what is found now is what is written.
        plan::make_trial(acting, &plan, &mut progress).await?;
        refuse_outdated(acting, plan_id, dry_run_id).await?;
        refuse_conflicts(acting, &plan).await?;

        progress.begins("WRITE").await;
        let written =
            Variables::of(acting, &plan).run(acting.db(), include_str!("steps/commit.sql")).await;
        // Founded meanwhile by somebody who took no lock of ours.
        tree::code_taken(written, "plan_id", "")?;
        progress.begins("PUBLISH").await;
        let committed = publish(acting, &plan).await?;
        let act_id = acting.act_id;
        operation::succeeded(
            acting,
            self.operation_id,
            Some(act_id),
            wire::operations::committed(committed)?,
        )
        .await
    }
}

/// Takes the units that end, move or are renamed, and leans on those that take over: as the
/// dry run found them. That others have come to be concerned is found out afterwards.
async fn lock_units(acting: &mut Acting, dry_run_id: Uuid) -> Result<(), Failure> {
    sqlx::query_scalar!(
        "select count(*)
         from (select organisation_id from organisation
               where organisation_id in (select organisation_id from plan_effect
                                         where operation_id = $1 and effect <> 'FOUND')
               order by organisation_id
               for update) taken",
        dry_run_id,
    )
    .fetch_one(acting.db())
    .await?;
    sqlx::query_scalar!(
        "select count(*)
         from (select organisation_id from organisation
               where organisation_id in (select heir_id
                                         from plan_effect
                                         cross join lateral (values (superior_id), (successor_id),
                                                                    (rehome_to_id)) as heir (heir_id)
                                         where operation_id = $1)
               order by organisation_id
               for key share) leant_on",
        dry_run_id,
    )
    .fetch_one(acting.db())
    .await?;
    Ok(())
}

/// Nothing of what the dry run looked at was changed since: neither the units nor the steps.
async fn refuse_outdated(
    acting: &mut Acting,
    plan_id: Uuid,
    dry_run_id: Uuid,
) -> Result<(), Failure> {
    let differing: Vec<(i32, Uuid)> = sqlx::query_as(include_str!("steps/outdated.sql"))
        .bind(dry_run_id)
        .fetch_all(acting.db())
        .await?;
    let mended = sqlx::query_scalar!(
        "select distinct line from plan_step_former where plan_id = $1 and dry_run_id = $2",
        plan_id,
        dry_run_id,
    )
    .fetch_all(acting.db())
    .await?;
    if differing.is_empty() && mended.is_empty() {
        return Ok(());
    }
    let of_units = differing.iter().map(|(line, _)| *line);
    let lines: BTreeSet<i32> = of_units.chain(mended.iter().copied()).collect();
    let lines: Vec<i32> = lines.into_iter().take(NAMED_MAX).collect();
    let there: Vec<i32> =
        sqlx::query_scalar("select line from plan_step where plan_id = $1 and line = any($2)")
            .bind(plan_id)
            .bind(&lines)
            .fetch_all(acting.db())
            .await?;
    let named = listed(lines.iter().copied());
    let refusal = Refused::PlanOutdated { units: differing.len() }.refusal().with("lines", named);
    Err(lines
        .into_iter()
        .fold(refusal, |refusal, line| {
            let field = format!("steps[{line}]");
            let step = match (there.contains(&line), mended.contains(&line)) {
                (false, _) => "taken_out",
                (true, true) => "replaced",
                (true, false) => return refusal.field(field),
            };
            refusal.and(Refused::PlanStepOutdated { field, step }.refusal())
        })
        .into())
}

async fn refuse_conflicts(acting: &mut Acting, plan: &Plan) -> Result<(), Failure> {
    let (conflicts, first) = plan::conflicts(acting.db(), plan).await?;
    if conflicts == 0 {
        return Ok(());
    }
    let named = listed(first.iter().map(|(line, ..)| *line));
    let mut refusal = Refused::PlanHasConflicts { conflicts }.refusal().with("lines", named);
    for (line, field, reason, about) in first {
        let reason = Reason::from_str_name(&format!("REASON_{reason}"))
            .context("a conflict has a reason of the contract")?;
        refusal = refusal.briefly(format!("steps[{line}].{field}"), reason, about);
    }
    Err(refusal.into())
}

/// Publishes what was written, superiors before their subordinates.
async fn publish(acting: &mut Acting, plan: &Plan) -> Result<Committed, Failure> {
    let (on, decision_id) = (plan.effective_on, Some(plan.decision_id));
    let units_founded = publish_founded(acting, on, decision_id).await?;
    let units_renamed = publish_renamed(acting, on, decision_id).await?;
    let units_type_changed = publish_type_changed(acting, on, decision_id).await?;
    let units_moved = publish_moved(acting, on, decision_id).await?;
    let units_ended = publish_ended(acting, on, decision_id).await?;
    publish_left(acting, on, decision_id).await?;
    Ok(Committed {
        plan_id: plan.plan_id,
        act_id: acting.act_id,
        units_founded,
        units_ended,
        units_moved,
        units_renamed,
        units_type_changed,
    })
}

/// A founded unit, as the temporary tables have it.
#[derive(sqlx::FromRow)]
struct FoundedUnit {
    organisation_id: Uuid,
    unit: String,
    name: String,
    short_name: String,
    r#type: String,
    sector: String,
    industry: String,
    superior_id: Uuid,
}

async fn publish_founded(
    acting: &mut Acting,
    on: Date,
    decision_id: Option<Uuid>,
) -> Result<usize, Failure> {
    let mut waiting: Vec<FoundedUnit> = sqlx::query_as(
        "select organisation_id, unit, name, short_name, type, sector, industry, superior_id
         from plan_line where kind = 'FOUND' order by line",
    )
    .fetch_all(acting.db())
    .await?;
    let founded = waiting.len();
    let mut unpublished: HashSet<Uuid> = waiting.iter().map(|unit| unit.organisation_id).collect();
    // A round publishes those whose superiors are known; no ring is left, so each round has some.
    while !waiting.is_empty() {
        let (ready, rest): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|unit| !unpublished.contains(&unit.superior_id));
        for unit in ready {
            unpublished.remove(&unit.organisation_id);
            let organisation = NewOrganisation {
                organisation_id: unit.organisation_id,
                code: unit.unit,
                name: unit.name,
                short_name: unit.short_name,
                type_code: unit.r#type,
                sector: Some(unit.sector).filter(|sector| !sector.is_empty()),
                industry: Some(unit.industry).filter(|industry| !industry.is_empty()),
                superior_id: Some(unit.superior_id),
                founded_on: on,
                congress_on: None,
                has_subordinates: false,
            };
            acting.publish_all(organisation.founding(Vec::new(), decision_id));
        }
        waiting = rest;
    }
    Ok(founded)
}

async fn publish_renamed(
    acting: &mut Acting,
    on: Date,
    decision_id: Option<Uuid>,
) -> Result<usize, Failure> {
    let renamed: Vec<(Uuid, String, String, String)> = sqlx::query_as(
        "select line.organisation_id, name.name, name.short_name, code.code
         from plan_line line
         join organisation_name name
           on name.organisation_id = line.organisation_id
          and upper_inf(name.recorded) and upper_inf(name.valid)
         join organisation_code code
           on code.organisation_id = line.organisation_id
          and upper_inf(code.recorded) and upper_inf(code.valid)
         where line.kind = 'RENAME'
         order by line.line",
    )
    .fetch_all(acting.db())
    .await?;
    let units = renamed.len();
    for (organisation_id, name, short_name, code) in renamed {
        let renamed = fact::Renamed { organisation_id, name, short_name, code };
        acting.publish_all(Event::Renamed(renamed).on(on, decision_id));
    }
    Ok(units)
}

async fn publish_type_changed(
    acting: &mut Acting,
    on: Date,
    decision_id: Option<Uuid>,
) -> Result<usize, Failure> {
    let changed: Vec<(Uuid, String, String, String)> = sqlx::query_as(
        "select organisation_id, from_type, type, sector from plan_retyped order by line",
    )
    .fetch_all(acting.db())
    .await?;
    let units = changed.len();
    for (organisation_id, from_type, type_code, sector) in changed {
        let sector = Some(sector).filter(|sector| !sector.is_empty());
        let changed = fact::TypeChanged { organisation_id, from_type, type_code, sector };
        acting.publish_all(Event::TypeChanged(changed).on(on, decision_id));
    }
    Ok(units)
}

async fn publish_moved(
    acting: &mut Acting,
    on: Date,
    decision_id: Option<Uuid>,
) -> Result<usize, Failure> {
    let moved: Vec<(Uuid, Uuid, Uuid)> = sqlx::query_as(
        "select superior_id, organisation_id, from_superior_id
         from plan_doing where effect = 'MOVE' order by superior_id, organisation_id",
    )
    .fetch_all(acting.db())
    .await?;
    let units = moved.len();
    let mut by_superior: BTreeMap<Uuid, Vec<Move>> = BTreeMap::new();
    for (superior_id, organisation_id, from_superior_id) in moved {
        let one = Move { organisation_id, from_superior_id, superior_id };
        by_superior.entry(superior_id).or_default().push(one);
    }
    for (superior_id, moves) in by_superior {
        acting.publish_all(tree::handed_over(superior_id, &moves).on(on, decision_id));
    }
    Ok(units)
}

async fn publish_ended(
    acting: &mut Acting,
    on: Date,
    decision_id: Option<Uuid>,
) -> Result<usize, Failure> {
    /// A unit that ends, as the plan's line and its own row tell.
    #[derive(sqlx::FromRow)]
    struct Ending {
        organisation_id: Uuid,
        end_kind: String,
        successor_id: Option<Uuid>,
        superior_id: Uuid,
        members_outcome: String,
        rehome_to_id: Option<Uuid>,
    }
    let rows: Vec<Ending> = sqlx::query_as(
        "select line.organisation_id, line.end_kind, line.successor_id, unit.superior_id,
                line.members_outcome, line.rehome_to_id
         from plan_line line
         join plan_unit unit on unit.organisation_id = line.organisation_id
         where line.kind = 'END'
         order by line.line",
    )
    .fetch_all(acting.db())
    .await?;
    let mut ended = Vec::with_capacity(rows.len());
    for row in rows {
        ended.push(EndedUnit {
            organisation_id: row.organisation_id,
            kind: EndKind::parse(&row.end_kind).context("read a kind of end")?,
            principal_successor_id: row.successor_id,
            shares: Shares::whole_to(row.successor_id),
            last_superior_id: Some(row.superior_id),
            members_outcome: MembersGo::parse(&row.members_outcome)
                .and_then(|outcome| outcome.to(row.rehome_to_id))
                .context("read what becomes of members")?,
        });
    }
    let unit_ids: Vec<Uuid> = ended.iter().map(|unit| unit.organisation_id).collect();
    leave_behind(acting, &unit_ids, on).await?;
    acting.publish_all(Event::Ended(ended).on(on, decision_id));
    Ok(unit_ids.len())
}

async fn publish_left(
    acting: &mut Acting,
    on: Date,
    decision_id: Option<Uuid>,
) -> Result<(), Failure> {
    let seats: Vec<(Uuid, Uuid, Uuid)> = sqlx::query_as(
        "select office_id, organisation_id, person_id
         from plan_office_ended order by organisation_id, office_id",
    )
    .fetch_all(acting.db())
    .await?;
    let seats = seats.into_iter().map(|(office_id, organisation_id, person_id)| EndedSeat {
        office_id,
        organisation_id,
        person_id,
    });
    acting.publish_all(Body::OfficesEnded(seats.collect()).on(on, decision_id));
    let assignments: Vec<Uuid> = sqlx::query_scalar(
        "select assignment_id from plan_assignment_ended order by assignment_id",
    )
    .fetch_all(acting.db())
    .await?;
    for assignment_id in assignments {
        acting.publish_all(Body::UnitAssignmentEnded { assignment_id }.on(on, decision_id));
    }
    Ok(())
}
