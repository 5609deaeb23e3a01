//! `ReviewPlan`: the steps of a plan, and beside each unit what it means for its members and
//! its quotas.

use std::collections::HashMap;
use std::time::Duration;

use chassis::parse;
use chassis::refusal::Refusal;
use proto::gateway::v1::review_plan_response::{Members, Step};
use proto::gateway::v1::{ReviewPlanRequest, ReviewPlanResponse};
use proto::google::r#type::Date;
use proto::membership::v1::consequence_service_client::ConsequenceServiceClient;
use proto::membership::v1::count_members_response::Count;
use proto::membership::v1::membership_service_client::MembershipServiceClient;
use proto::membership::v1::{CountMembersRequest, ListLaterMovementsRequest};
use proto::registry::v1::plan_service_client::PlanServiceClient;
use proto::registry::v1::plan_step::Kind;
use proto::registry::v1::{
    ListPlanStepsRequest, MembersOutcome, PlanStepOutcome, list_plan_steps_response,
};
use proto::reporting::v1::target_service_client::TargetServiceClient;
use proto::reporting::v1::{ListOpenTargetsRequest, OpenTargets};
use tonic::{Response, Status};
use uuid::Uuid;

use crate::composite::parts::{Parts, within};
use crate::contract::Backend;
use crate::pass::forward::Inward;
use crate::pass::newest::Newest;

/// Which plan, and which page of its steps.
pub struct Asked {
    plan_id: Uuid,
    page_size: i32,
    page_token: String,
}

impl Asked {
    /// Reads the request.
    pub fn parse(request: ReviewPlanRequest) -> Result<Self, Refusal> {
        Ok(Self {
            plan_id: parse::id("plan_id", &request.plan_id)?,
            page_size: request.page_size,
            page_token: request.page_token,
        })
    }
}

/// Asks registry for a page of steps, then membership and reporting at once, each once, about
/// the units on it.
pub async fn get(
    services: &Inward,
    asked: Asked,
    patience: Duration,
    newest: &Newest,
) -> Result<Response<ReviewPlanResponse>, Status> {
    let mut parts = Parts::default();
    let mut registry = PlanServiceClient::new(services.clone());
    let steps = registry.list_plan_steps(ListPlanStepsRequest {
        plan_id: asked.plan_id.to_string(),
        page_size: asked.page_size,
        page_token: asked.page_token,
    });
    // Without its steps there is nothing to show anything beside.
    let (metadata, page, _) = within(patience, steps).await?.into_parts();
    parts.seen.push(metadata.into_headers());

    // What a step founds does not exist yet.
    let organisation_ids = units(&page.steps, |kind| kind != Kind::Found);
    let mut members: HashMap<String, Count> = HashMap::new();
    let mut quotas: HashMap<String, OpenTargets> = HashMap::new();
    let mut later: Option<HashMap<String, i32>> = None;
    if !organisation_ids.is_empty() {
        let mut membership = MembershipServiceClient::new(services.clone());
        let counts = membership.count_members(CountMembersRequest {
            organisation_ids: organisation_ids.clone(),
            as_of: page.effective_on.and_then(eve),
            known_at: None,
        });
        let ending = units(&page.steps, |kind| kind == Kind::End);
        let movements = later_movements(services, &ending, page.effective_on);
        let mut reporting = TargetServiceClient::new(services.clone());
        let targets = reporting.list_open_targets(ListOpenTargetsRequest {
            organisation_ids,
            as_of: page.effective_on,
        });
        let (counts, targets, movements) = tokio::join!(
            within(patience, counts),
            within(patience, targets),
            within(patience, movements)
        );
        // Where it does not tell, nothing is shown beside its members: they are the part.
        later = movements.ok().map(Response::into_inner);
        if let Some(counted) = parts.take(Backend::Membership, counts) {
            let counts = counted.counts.into_iter();
            members = counts.map(|count| (count.organisation_id.clone(), count)).collect();
        }
        if let Some(listed) = parts.take(Backend::Reporting, targets) {
            let units = listed.units.into_iter();
            quotas = units.map(|unit| (unit.organisation_id.clone(), unit)).collect();
        }
    }

    let message = ReviewPlanResponse {
        steps: page
            .steps
            .into_iter()
            .map(|step| reviewed(step, &members, later.as_ref(), &quotas))
            .collect(),
        effective_on: page.effective_on,
        next_page_token: page.next_page_token,
        absent_parts: parts.absent,
        dry_run: page.dry_run,
        mended_since: page.mended_since,
    };
    Ok(newest.reply(message, &parts.seen))
}

/// How many people of each of these units moved later than the plan's date, as membership
/// tells: their ends would concern them too.
async fn later_movements(
    services: &Inward,
    ending: &[String],
    ended_on: Option<Date>,
) -> Result<Response<HashMap<String, i32>>, Status> {
    if ending.is_empty() {
        return Ok(Response::new(HashMap::new()));
    }
    let mut membership = ConsequenceServiceClient::new(services.clone());
    let listed = membership
        .list_later_movements(ListLaterMovementsRequest {
            organisation_ids: ending.to_vec(),
            ended_on,
            page_size: 1,
            ..ListLaterMovementsRequest::default()
        })
        .await?;
    Ok(listed.map(|listed| {
        let counts = listed.counts.into_iter();
        counts.map(|count| (count.organisation_id, count.people)).collect()
    }))
}

/// The units that steps of some kinds are about, each once.
fn units(steps: &[list_plan_steps_response::Step], of: impl Fn(Kind) -> bool) -> Vec<String> {
    let mut units: Vec<String> = steps
        .iter()
        .filter(|step| of(kind(step)))
        .filter_map(|step| step.outcome.as_ref())
        .map(|outcome| outcome.organisation_id.clone())
        .collect();
    units.sort_unstable();
    units.dedup();
    units
}

fn kind(step: &list_plan_steps_response::Step) -> Kind {
    step.step.as_ref().map(|step| step.kind()).unwrap_or_default()
}

fn reviewed(
    found: list_plan_steps_response::Step,
    members: &HashMap<String, Count>,
    later: Option<&HashMap<String, i32>>,
    quotas: &HashMap<String, OpenTargets>,
) -> Step {
    let of = match &found.outcome {
        Some(outcome) if kind(&found) != Kind::Found => outcome.organisation_id.as_str(),
        _ => "",
    };
    let ends = kind(&found) == Kind::End;
    let later = later.filter(|_| ends).map(|later| later.get(of).copied().unwrap_or_default());
    let goes = found.step.as_ref().map(|step| step.members_outcome()).unwrap_or_default();
    Step {
        members: members.get(of).map(|count| Members {
            members: count.members,
            female: count.female,
            to_organisation_id: found
                .outcome
                .as_ref()
                .map(|outcome| destination(outcome, goes))
                .unwrap_or_default(),
            later_movements: later,
        }),
        quotas: quotas.get(of).cloned(),
        step: found.step,
        outcome: found.outcome,
    }
}

/// Where members continue whose union ends; empty where their membership ends, or goes on.
fn destination(outcome: &PlanStepOutcome, goes: MembersOutcome) -> String {
    match goes {
        MembersOutcome::Rehomed => outcome.rehome_to_id.clone(),
        MembersOutcome::ToSuperior => outcome.from_superior_id.clone(),
        MembersOutcome::MembershipEnds | MembersOutcome::Unspecified => String::new(),
    }
}

/// The day before: an ended unit has its members on it still.
fn eve(day: Date) -> Option<Date> {
    let day = parse::optional_date("effective_on", Some(day)).ok()??;
    day.previous_day().map(parse::civil)
}
