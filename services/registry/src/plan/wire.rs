//! `plan.proto`.

pub mod operations;

use anyhow::Context;
use chassis::door;
use chassis::parse::{self, civil, id_or_empty};
use chassis::refusal::{Failure, Refusal};
use feeds::registry::EndKind;
use proto::registry::v1 as pb;
use time::Date;
use uuid::Uuid;

use crate::ground::reading::Page;
use crate::ground::refused::{REFUSALS_MAX, Refused};
use crate::ground::wire::basis::{basis, optional_basis};
use crate::ground::wire::organisation::classed;
use crate::ground::wire::{NAME_MAX, SHORT_NAME_MAX, code, reference_code, texts};
use crate::plan::add_plan_steps::{AddPlanSteps, StepsAdded};
use crate::plan::copy_plan::{CopyPlan, PlanCopied};
use crate::plan::create_plan::{CreatePlan, PlanCreated};
use crate::plan::operation;
use crate::plan::plans::{Conflict, DryRun, Plan, PlannedStep};
use crate::plan::remove_plan_steps::{RemovePlanSteps, StepsRemoved};
use crate::plan::replace_plan_step::{ReplacePlanStep, StepReplaced};
use crate::plan::steps::{MembersGo, Step, StepKind, steps_refused};

/// Longest name of a plan.
const PLAN_NAME_MAX: usize = 300;
/// The highest line.
const LINE_MAX: i32 = 1_000_000;
/// Steps that are removed at a time, at most.
const REMOVED_MAX: usize = 1_000;

/// A plan to be created.
pub fn create(request: pb::CreatePlanRequest) -> Result<CreatePlan, Refusal> {
    Ok(CreatePlan {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        name: parse::text("name", &request.name, PLAN_NAME_MAX)?,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        basis: basis(request.basis)?,
    })
}

/// The answer of [`create`].
pub fn created(created: PlanCreated) -> pb::CreatePlanResponse {
    pb::CreatePlanResponse { plan_id: created.plan_id.to_string() }
}

/// Steps to be added; every step that cannot be read is named.
pub fn add(plan_id: Uuid, steps: Vec<pb::PlanStep>) -> Result<AddPlanSteps, Failure> {
    let mut read: Vec<Step> = Vec::with_capacity(steps.len());
    let mut lines = std::collections::HashSet::with_capacity(steps.len());
    let mut refused = 0;
    let mut refusals = Vec::new();
    for (n, given) in steps.into_iter().enumerate() {
        let repeated = !lines.insert(given.line);
        let line = given.line;
        let step = step(&format!("steps[{n}]"), given).and_then(|step| {
            if repeated {
                let exists = Refused::StepExists { line };
                return Err(exists.refusal().field(format!("steps[{n}].line")));
            }
            Ok(step)
        });
        match step {
            Ok(step) => read.push(step),
            Err(refusal) => {
                refused += 1;
                if refusals.len() < REFUSALS_MAX {
                    refusals.push((line, refusal));
                }
            }
        }
    }
    steps_refused(refused, refusals)?;
    Ok(AddPlanSteps { plan_id, steps: read })
}

/// Lines whose steps are to be removed.
pub fn remove(request: pb::RemovePlanStepsRequest) -> Result<RemovePlanSteps, Refusal> {
    if request.lines.is_empty() {
        return Err(parse::required("lines"));
    }
    parse::at_most("lines", request.lines.len(), REMOVED_MAX)?;
    Ok(RemovePlanSteps { plan_id: parse::id("plan_id", &request.plan_id)?, lines: request.lines })
}

/// The answer of [`remove`].
pub fn removed(removed: StepsRemoved) -> pb::RemovePlanStepsResponse {
    pb::RemovePlanStepsResponse {
        removed: crate::ground::wire::count(removed.removed),
        steps: count(removed.steps),
        last_line: removed.last_line,
    }
}

/// A step to be put in the place of another.
pub fn replace(request: pb::ReplacePlanStepRequest) -> Result<ReplacePlanStep, Refusal> {
    let plan_id = parse::id("plan_id", &request.plan_id)?;
    let given = request.step.ok_or_else(|| parse::required("step"))?;
    Ok(ReplacePlanStep { plan_id, step: step("step", given)? })
}

/// The answer of [`replace`].
pub fn replaced(replaced: StepReplaced) -> pb::ReplacePlanStepResponse {
    pb::ReplacePlanStepResponse { replaced: replaced.replaced }
}

/// A plan whose steps a new draft takes over.
pub fn copy(request: pb::CopyPlanRequest) -> Result<CopyPlan, Refusal> {
    Ok(CopyPlan {
        plan_id: parse::id("plan_id", &request.plan_id)?,
        name: parse::optional_text("name", &request.name, PLAN_NAME_MAX)?,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        basis: optional_basis(request.basis)?,
    })
}

/// The answer of [`copy`].
pub fn copied(copied: PlanCopied) -> pb::CopyPlanResponse {
    pb::CopyPlanResponse { plan_id: copied.plan_id.to_string(), steps: count(copied.steps) }
}

/// A unit by id or code, as it is compared: an id in small letters.
fn unit(field: &str, text: &str) -> Result<String, Refusal> {
    if text.is_empty() {
        return Err(parse::required(field));
    }
    match Uuid::try_parse(text) {
        Ok(id) if text.len() == 36 => Ok(id.to_string()),
        _ => code(field, text),
    }
}

fn optional_unit(field: &str, text: &str) -> Result<String, Refusal> {
    if text.is_empty() { Ok(String::new()) } else { unit(field, text) }
}

/// A step; refusals name its fields behind `place`, as `steps[3].superior`.
fn step(place: &str, mut given: pb::PlanStep) -> Result<Step, Refusal> {
    use pb::plan_step::Kind;
    let part = |part: &str| format!("{place}.{part}");
    door::line(place, &mut given)?;
    if !(1..=LINE_MAX).contains(&given.line) {
        return Err(Refused::StepLineInvalid { line: given.line }.refusal().field(part("line")));
    }
    let kind = match given.kind() {
        Kind::Unspecified => {
            return Err(Refused::StepKindRequired.refusal().field(part("kind")));
        }
        Kind::Found => StepKind::Found,
        Kind::End => StepKind::End,
        Kind::HandOver => StepKind::HandOver,
        Kind::Rename => StepKind::Rename,
        Kind::ChangeType => StepKind::ChangeType,
    };
    refuse_useless(kind, &given, &part)?;
    let name = parse::optional_text(&part("name"), &given.name, NAME_MAX)?.unwrap_or_default();
    let short_name = parse::optional_text(&part("short_name"), &given.short_name, SHORT_NAME_MAX)?
        .unwrap_or_default();
    let mut step = Step {
        line: given.line,
        kind,
        unit: match kind {
            StepKind::Found => code(&part("unit"), &given.unit)?,
            StepKind::End | StepKind::HandOver | StepKind::Rename | StepKind::ChangeType => {
                unit(&part("unit"), &given.unit)?
            }
        },
        name,
        short_name,
        code: String::new(),
        type_code: String::new(),
        sector: String::new(),
        industry: String::new(),
        superior: optional_unit(&part("superior"), &given.superior)?,
        end_kind: None,
        successor: optional_unit(&part("successor"), &given.successor)?,
        members_outcome: None,
        rehome_to: optional_unit(&part("rehome_to"), &given.rehome_to)?,
        subordinates_to: optional_unit(&part("subordinates_to"), &given.subordinates_to)?,
    };
    match kind {
        StepKind::Found => {
            if step.name.is_empty() {
                return Err(parse::required(&part("name")));
            }
            step.type_code = reference_code(&part("type"), &given.r#type)?;
            step.sector = classed(&part("sector"), &given.sector)?.unwrap_or_default();
            step.industry = classed(&part("industry"), &given.industry)?.unwrap_or_default();
        }
        StepKind::ChangeType => {
            step.type_code = reference_code(&part("type"), &given.r#type)?;
            step.sector = classed(&part("sector"), &given.sector)?.unwrap_or_default();
        }
        StepKind::End => end(&mut step, &given, &part)?,
        StepKind::HandOver => {}
        StepKind::Rename => {
            if !given.code.is_empty() {
                step.code = code(&part("code"), &given.code)?;
            }
            if step.name.is_empty() && step.short_name.is_empty() && step.code.is_empty() {
                return Err(Refused::NameRequired.refusal().field(part("name")));
            }
        }
    }
    if matches!(kind, StepKind::Found | StepKind::HandOver) && step.superior.is_empty() {
        return Err(Refused::SuperiorRequired.refusal().field(part("superior")));
    }
    Ok(step)
}

/// How a unit ends, and what becomes of its members.
fn end(
    step: &mut Step,
    given: &pb::PlanStep,
    part: &impl Fn(&str) -> String,
) -> Result<(), Refusal> {
    let end_kind = match given.end_kind() {
        pb::EndKind::Unspecified => {
            return Err(Refused::EndKindRequired.refusal().field(part("end_kind")));
        }
        pb::EndKind::Dissolved => EndKind::Dissolved,
        pb::EndKind::Merged => EndKind::Merged,
        pb::EndKind::Consolidated => EndKind::Consolidated,
        pb::EndKind::Divided => EndKind::Divided,
        pb::EndKind::Terminated => EndKind::Terminated,
    };
    if end_kind.needs_successor() && step.successor.is_empty() {
        return Err(parse::required(&part("successor")));
    }
    let outcome = match given.members_outcome() {
        pb::MembersOutcome::Unspecified => {
            return Err(Refused::MembersOutcomeRequired.refusal().field(part("members_outcome")));
        }
        pb::MembersOutcome::Rehomed => MembersGo::Rehomed,
        pb::MembersOutcome::ToSuperior => MembersGo::ToSuperior,
        pb::MembersOutcome::MembershipEnds => MembersGo::MembershipEnds,
    };
    match (outcome, step.rehome_to.is_empty()) {
        (MembersGo::Rehomed, true) => return Err(parse::required(&part("rehome_to"))),
        (MembersGo::ToSuperior | MembersGo::MembershipEnds, false) => {
            let refused = Refused::StepFieldNotAllowed { kind: step.kind.code() };
            return Err(refused.refusal().field(part("rehome_to")));
        }
        _ => {}
    }
    step.end_kind = Some(end_kind);
    step.members_outcome = Some(outcome);
    Ok(())
}

/// Refuses what the kind has no use for: somebody meant something by it.
fn refuse_useless(
    kind: StepKind,
    given: &pb::PlanStep,
    part: &impl Fn(&str) -> String,
) -> Result<(), Refusal> {
    use StepKind::{ChangeType, End, Found, HandOver, Rename};
    let fields: [(&str, bool, &[StepKind]); 12] = [
        ("name", !given.name.is_empty(), &[Found, Rename]),
        ("short_name", !given.short_name.is_empty(), &[Found, Rename]),
        ("code", !given.code.is_empty(), &[Rename]),
        ("type", !given.r#type.is_empty(), &[Found, ChangeType]),
        ("sector", !given.sector.is_empty(), &[Found, ChangeType]),
        ("industry", !given.industry.is_empty(), &[Found]),
        ("superior", !given.superior.is_empty(), &[Found, HandOver]),
        ("end_kind", given.end_kind != 0, &[End]),
        ("successor", !given.successor.is_empty(), &[End]),
        ("members_outcome", given.members_outcome != 0, &[End]),
        ("rehome_to", !given.rehome_to.is_empty(), &[End]),
        ("subordinates_to", !given.subordinates_to.is_empty(), &[End]),
    ];
    match fields.into_iter().find(|(_, filled, kinds)| *filled && !kinds.contains(&kind)) {
        None => Ok(()),
        Some((field, ..)) => {
            let refused = Refused::StepFieldNotAllowed { kind: kind.code() };
            Err(refused.refusal().field(part(field)))
        }
    }
}

/// The answer of [`add`].
pub fn added(added: StepsAdded) -> pb::AddPlanStepsResponse {
    pb::AddPlanStepsResponse {
        added: crate::ground::wire::count(added.added),
        last_line: added.last_line,
    }
}

/// A count as the contract carries it.
fn count(count: i64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// A plan that was read.
pub fn plan(plan: Plan) -> pb::Plan {
    let state = match (plan.committed_by, plan.undone) {
        (_, true) => pb::PlanState::Undone,
        (Some(_), false) => pb::PlanState::Committed,
        (None, false) => pb::PlanState::Draft,
    };
    pb::Plan {
        plan_id: plan.plan_id.to_string(),
        organisation_id: plan.organisation_id.to_string(),
        name: plan.name,
        effective_on: Some(civil(plan.effective_on)),
        decision_id: plan.decision_id.to_string(),
        state: state.into(),
        steps: count(plan.steps),
        last_line: plan.last_line,
        act_id: id_or_empty(plan.committed_by),
    }
}

/// A page of plans.
pub fn plans_page(page: Page<Plan>) -> pb::ListPlansResponse {
    pb::ListPlansResponse {
        plans: page.rows.into_iter().map(plan).collect(),
        next_page_token: page.next_page_token,
    }
}

/// What a dry run found.
pub fn dry_run(found: DryRun) -> pb::DryRun {
    let sums = found.sums;
    pb::DryRun {
        operation: operation::name(found.operation_id),
        steps: count(sums.steps),
        units_founded: count(sums.founded),
        units_ended: count(sums.ended),
        units_moved: count(sums.moved),
        units_renamed: count(sums.renamed),
        units_type_changed: count(sums.type_changed),
        offices_ended: count(sums.offices_ended),
        assignments_ended: count(sums.assignments_ended),
        grants_ended: count(sums.grants_ended),
        grants_moved: count(sums.grants_moved),
        conflicts: count(sums.conflicts),
        notices: count(sums.notices),
        counts: found
            .counts
            .into_iter()
            .map(|count| pb::PlanCount {
                province_id: count.province_id.to_string(),
                r#type: count.type_code,
                sector: count.sector,
                before: count.before,
                after: count.after,
            })
            .collect(),
    }
}

fn planned(step: PlannedStep) -> Result<pb::list_plan_steps_response::Step, Failure> {
    use pb::plan_step::Kind;
    let kind = match StepKind::parse(&step.kind).context("read a step's kind")? {
        StepKind::Found => Kind::Found,
        StepKind::End => Kind::End,
        StepKind::HandOver => Kind::HandOver,
        StepKind::Rename => Kind::Rename,
        StepKind::ChangeType => Kind::ChangeType,
    };
    let end_kind = EndKind::parse(&step.end_kind).map(pb::EndKind::from).unwrap_or_default();
    let outcome = match MembersGo::parse(&step.members_outcome) {
        None => pb::MembersOutcome::Unspecified,
        Some(MembersGo::Rehomed) => pb::MembersOutcome::Rehomed,
        Some(MembersGo::ToSuperior) => pb::MembersOutcome::ToSuperior,
        Some(MembersGo::MembershipEnds) => pb::MembersOutcome::MembershipEnds,
    };
    let found = step.organisation_id.map(|organisation_id| pb::PlanStepOutcome {
        organisation_id: organisation_id.to_string(),
        from_superior_id: id_or_empty(step.from_superior_id),
        superior_id: id_or_empty(step.superior_id),
        successor_id: id_or_empty(step.successor_id),
        rehome_to_id: id_or_empty(step.rehome_to_id),
        subordinates_moved: count(step.subordinates_moved),
        offices_ended: step.offices_ended,
        assignments_ended: step.assignments_ended,
        grants_ended: step.grants_ended,
        grants_moved: step.grants_moved,
    });
    Ok(pb::list_plan_steps_response::Step {
        step: Some(pb::PlanStep {
            line: step.line,
            kind: kind.into(),
            unit: step.unit,
            name: step.name,
            short_name: step.short_name,
            code: step.code,
            r#type: step.type_code,
            sector: step.sector,
            industry: step.industry,
            superior: step.superior,
            end_kind: end_kind.into(),
            successor: step.successor,
            members_outcome: outcome.into(),
            rehome_to: step.rehome_to,
            subordinates_to: step.subordinates_to,
        }),
        outcome: found,
    })
}

/// A page of steps.
pub fn steps_page(
    page: Page<PlannedStep>,
    plan: &Plan,
) -> Result<pb::ListPlanStepsResponse, Failure> {
    Ok(pb::ListPlanStepsResponse {
        effective_on: Some(parse::civil(plan.effective_on)),
        dry_run: plan.dry_run_id.map(operation::name).unwrap_or_default(),
        mended_since: plan.mended_since,
        steps: page.rows.into_iter().map(planned).collect::<Result<_, _>>()?,
        next_page_token: page.next_page_token,
    })
}

/// A page of conflicts.
pub fn conflicts_page(page: Page<Conflict>, plan: &Plan) -> pb::ListPlanConflictsResponse {
    pb::ListPlanConflictsResponse {
        dry_run: plan.dry_run_id.map(operation::name).unwrap_or_default(),
        mended_since: plan.mended_since,
        conflicts: page
            .rows
            .into_iter()
            .map(|conflict| pb::PlanConflict {
                line: conflict.line,
                field: conflict.field,
                reason: conflict.reason,
                blocks: conflict.blocks,
                subject_code: conflict.subject_code,
                subject: conflict.subject,
            })
            .collect(),
        next_page_token: page.next_page_token,
    }
}

/// The units that end.
pub fn ending_units((units, on): (Vec<Uuid>, Date)) -> pb::ListEndingUnitsResponse {
    pb::ListEndingUnitsResponse { organisation_ids: texts(&units), effective_on: Some(civil(on)) }
}
