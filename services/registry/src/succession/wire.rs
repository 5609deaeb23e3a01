//! `succession.proto`.

use std::ops::RangeInclusive;

use chassis::parse::{self, civil, id_or_empty};
use chassis::refusal::Refusal;
use proto::registry::v1 as pb;
use time::Date;

use crate::ground::reading::Page;
use crate::ground::refused::Refused;
use crate::ground::seats::EXECUTIVE;
use crate::ground::wire::basis::optional_basis;
use crate::ground::wire::organisation::{AS_OF, as_of};
use crate::ground::wire::seats::TERM_YEARS_MAX;
use crate::ground::wire::{ids, reference_code, texts};
use crate::succession::plan_succession::{PlanSuccession, SuccessionPlanned};
use crate::succession::plans::{PlansAsked, SuccessionPlan};

/// In which years a term begins.
const TERM_FROM_YEARS: RangeInclusive<i32> = 1900..=2200;
/// Candidates for one post, at most.
const CANDIDATES_MAX: usize = 50;

/// A plan to be made.
pub fn plan(request: pb::PlanSuccessionRequest) -> Result<PlanSuccession, Refusal> {
    if request.candidate_ids.is_empty() {
        return Err(Refused::CandidatesEmpty.refusal().field("candidate_ids"));
    }
    parse::at_most("candidate_ids", request.candidate_ids.len(), CANDIDATES_MAX)?;
    let (from, to) = (request.term_from_year, request.term_to_year);
    let years = to.saturating_sub(from);
    if !TERM_FROM_YEARS.contains(&from) || !(1..=TERM_YEARS_MAX).contains(&years) {
        return Err(Refused::TermInvalid { from, to }.refusal().field("term_from_year"));
    }
    Ok(PlanSuccession {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        body: match request.body.as_str() {
            "" => EXECUTIVE.to_string(),
            given => reference_code("body", given)?,
        },
        position: reference_code("position", &request.position)?,
        term_from_year: from,
        term_to_year: to,
        planned_on: parse::date("planned_on", request.planned_on)?,
        candidate_ids: ids("candidate_ids", &request.candidate_ids)?,
        basis: optional_basis(request.basis)?,
    })
}

/// The answer of [`plan`].
pub fn planned(planned: SuccessionPlanned) -> pb::PlanSuccessionResponse {
    pb::PlanSuccessionResponse {
        succession_plan_id: planned.succession_plan_id.to_string(),
        decision_id: id_or_empty(planned.decision_id),
    }
}

/// Whose plans, as of when.
pub fn plans(request: &pb::ListSuccessionPlansRequest, today: Date) -> Result<PlansAsked, Refusal> {
    let from = request.term_from_year;
    if from != 0 && !TERM_FROM_YEARS.contains(&from) {
        let refused = Refused::TermInvalid { from, to: from };
        return Err(refused.refusal().field("term_from_year"));
    }
    Ok(PlansAsked {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        as_of: as_of(AS_OF, request.as_of, request.known_at, today)?,
        term_from_year: Some(from).filter(|year| *year != 0),
        own_only: request.own_only,
    })
}

/// A page of plans.
pub fn plans_page(page: Page<SuccessionPlan>) -> pb::ListSuccessionPlansResponse {
    pb::ListSuccessionPlansResponse {
        plans: page
            .rows
            .into_iter()
            .map(|plan| pb::SuccessionPlan {
                succession_plan_id: plan.succession_plan_id.to_string(),
                organisation_id: plan.organisation_id.to_string(),
                body: plan.body,
                position: plan.position,
                term_from_year: plan.term_from_year,
                term_to_year: plan.term_to_year,
                planned_on: Some(civil(plan.planned_on)),
                candidate_ids: texts(&plan.candidate_ids),
                decision_id: id_or_empty(plan.decision_id),
            })
            .collect(),
        next_page_token: page.next_page_token,
    }
}
