//! Requests of `CadreService` parsed, and its answers written out.

use std::sync::Arc;

use chassis::parse::{self, civil};
use chassis::refusal::Refusal;
use proto::membership::v1 as pb;
use uuid::Uuid;

use crate::cadre::recommend_cadre::{RecommendCadre, Recommended};
use crate::cadre::recommendations::Recommendation;
use crate::cadre::record_cadre_outcomes::{RecordCadreOutcomes, Recorded};
use crate::ground::cadre::CadrePurpose;
use crate::ground::keys::Keys;
use crate::ground::refused::Refused;
use crate::ground::wire::{TITLE_MAX, each, ids};

pub fn recommend_cadre(
    request: pb::RecommendCadreRequest,
    keys: &Arc<Keys>,
) -> Result<RecommendCadre, Refusal> {
    let lines = each("lines", request.lines, |field, line| {
        let person_id = parse::id(&field("person_id"), &line.person_id)?;
        let purposes = line
            .purposes
            .iter()
            .map(|number| purpose(&field("purposes"), *number))
            .collect::<Result<_, Refusal>>()?;
        Ok((person_id, purposes))
    })?;
    Ok(RecommendCadre {
        keys: keys.clone(),
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        recommended_on: parse::date("recommended_on", request.recommended_on)?,
        committee: parse::optional_text("committee", &request.committee, TITLE_MAX)?,
        lines,
    })
}

/// None where it says nothing.
fn said(field: &str, number: i32) -> Result<Option<CadrePurpose>, Refusal> {
    Ok(match pb::CadrePurpose::try_from(number) {
        Ok(pb::CadrePurpose::Planning) => Some(CadrePurpose::Planning),
        Ok(pb::CadrePurpose::Training) => Some(CadrePurpose::Training),
        Ok(pb::CadrePurpose::Appointment) => Some(CadrePurpose::Appointment),
        Ok(pb::CadrePurpose::Unspecified) => None,
        Err(_) => return Err(Refused::EnumValueUnknown { field: field.to_string() }.into()),
    })
}

fn purpose(field: &str, number: i32) -> Result<CadrePurpose, Refusal> {
    let unknown = || Refused::EnumValueUnknown { field: field.to_string() };
    said(field, number)?.ok_or_else(|| unknown().into())
}

pub fn record_cadre_outcomes(
    request: pb::RecordCadreOutcomesRequest,
) -> Result<RecordCadreOutcomes, Refusal> {
    let outcome = said("outcome", request.outcome)?;
    Ok(RecordCadreOutcomes {
        recommendation_ids: ids("recommendation_ids", &request.recommendation_ids)?,
        outcome: outcome.ok_or_else(|| parse::required("outcome"))?,
        reached_on: parse::date("reached_on", request.reached_on)?,
    })
}

pub fn recorded(recorded: Recorded) -> pb::RecordCadreOutcomesResponse {
    pb::RecordCadreOutcomesResponse { recommendations: recorded.recommendations }
}

pub fn recommended(recommended: Recommended) -> pb::RecommendCadreResponse {
    pb::RecommendCadreResponse {
        recommendation_ids: recommended.recommendation_ids.iter().map(Uuid::to_string).collect(),
    }
}

pub fn recommendation(recommendation: Recommendation) -> pb::CadreRecommendation {
    pb::CadreRecommendation {
        recommendation_id: recommendation.recommendation_id.to_string(),
        organisation_id: recommendation.organisation_id.to_string(),
        person_id: recommendation.person_id.to_string(),
        recommended_on: Some(civil(recommendation.recommended_on)),
        committee: recommendation.committee.unwrap_or_default(),
        purposes: recommendation.purposes.into_iter().map(i32::from).collect(),
        outcomes: recommendation
            .outcomes
            .into_iter()
            .zip(recommendation.reached_on)
            .map(|(outcome, on)| pb::CadreOutcome {
                outcome: i32::from(outcome),
                reached_on: Some(civil(on)),
            })
            .collect(),
    }
}
