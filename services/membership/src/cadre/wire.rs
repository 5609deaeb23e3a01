//! Requests of `CadreService` parsed, and its answers written out.

use std::sync::Arc;

use chassis::parse::{self, civil};
use chassis::refusal::Refusal;
use proto::membership::v1 as pb;
use uuid::Uuid;

use crate::cadre::recommend_cadre::{RecommendCadre, Recommended};
use crate::cadre::recommendations::Recommendation;
use crate::ground::cadre::CadrePurpose;
use crate::ground::keys::Keys;
use crate::ground::refused::Refused;
use crate::ground::wire::{TITLE_MAX, each};

pub fn recommend_cadre(
    request: pb::RecommendCadreRequest,
    keys: &Arc<Keys>,
) -> Result<RecommendCadre, Refusal> {
    let lines = each("lines", request.lines, |field, line| {
        let person_id = parse::id(&field("person_id"), &line.person_id)?;
        let purposes = line
            .purposes
            .iter()
            .map(|purpose| match pb::CadrePurpose::try_from(*purpose) {
                Ok(pb::CadrePurpose::Planning) => Ok(CadrePurpose::Planning),
                Ok(pb::CadrePurpose::Training) => Ok(CadrePurpose::Training),
                Ok(pb::CadrePurpose::Appointment) => Ok(CadrePurpose::Appointment),
                Ok(pb::CadrePurpose::Unspecified) | Err(_) => {
                    Err(Refused::EnumValueUnknown { field: field("purposes") }.into())
                }
            })
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
    }
}
