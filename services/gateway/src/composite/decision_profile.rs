//! `GetDecisionProfile`: what a document did, and what membership has yet to do about it.

use std::collections::HashMap;
use std::time::Duration;

use chassis::parse;
use chassis::refusal::Refusal;
use proto::gateway::v1::get_decision_profile_response::Effect;
use proto::gateway::v1::{GetDecisionProfileRequest, GetDecisionProfileResponse};
use proto::membership::v1::consequence_service_client::ConsequenceServiceClient;
use proto::membership::v1::{Consequence, ListConsequencesRequest};
use proto::registry::v1::GetDecisionEffectsRequest;
use proto::registry::v1::decision_service_client::DecisionServiceClient;
use tonic::{Response, Status};
use uuid::Uuid;

use crate::composite::parts::{Parts, within};
use crate::contract::Backend;
use crate::pass::forward::Inward;
use crate::pass::newest::Newest;

/// Consequences on one page, at most: as many as membership lists at once.
const CONSEQUENCES_MAX: i32 = 500;

/// Which document, and which page of its effects.
pub struct Asked {
    decision_id: Uuid,
    page_size: i32,
    page_token: String,
}

impl Asked {
    /// Reads the request.
    pub fn parse(request: GetDecisionProfileRequest) -> Result<Self, Refusal> {
        Ok(Self {
            decision_id: parse::id("decision_id", &request.decision_id)?,
            page_size: request.page_size,
            page_token: request.page_token,
        })
    }
}

/// Asks registry what the document did, then membership, once, about the acts on this page.
pub async fn get(
    services: &Inward,
    asked: Asked,
    patience: Duration,
    newest: &Newest,
) -> Result<Response<GetDecisionProfileResponse>, Status> {
    let mut parts = Parts::default();
    let mut registry = DecisionServiceClient::new(services.clone());
    let effects = registry.get_decision_effects(GetDecisionEffectsRequest {
        decision_id: asked.decision_id.to_string(),
        page_size: asked.page_size,
        page_token: asked.page_token,
    });
    // Without what it did there is nothing to show anything beside.
    let (metadata, page, _) = within(patience, effects).await?.into_parts();
    parts.seen.push(metadata.into_headers());

    let mut registry_act_ids: Vec<String> =
        page.effects.iter().map(|effect| effect.registry_act_id.clone()).collect();
    registry_act_ids.sort_unstable();
    registry_act_ids.dedup();
    let mut pending: HashMap<(String, String), Vec<Consequence>> = HashMap::new();
    let mut more_consequences = false;
    if !registry_act_ids.is_empty() {
        let mut membership = ConsequenceServiceClient::new(services.clone());
        let consequences = membership.list_consequences(ListConsequencesRequest {
            registry_act_ids,
            page_size: CONSEQUENCES_MAX,
            ..ListConsequencesRequest::default()
        });
        let consequences = within(patience, consequences).await;
        if let Some(listed) = parts.take(Backend::Membership, consequences) {
            more_consequences = !listed.next_page_token.is_empty();
            for one in listed.consequences {
                let of = (one.registry_act_id.clone(), one.organisation_id.clone());
                pending.entry(of).or_default().push(one);
            }
        }
    }

    let message = GetDecisionProfileResponse {
        effects: page
            .effects
            .into_iter()
            .map(|effect| {
                let of = (effect.registry_act_id.clone(), effect.organisation_id.clone());
                // A founding and an appointment of one act: the first of them shows it.
                let pending = pending.remove(&of).unwrap_or_default();
                Effect { effect: Some(effect), pending }
            })
            .collect(),
        more_consequences,
        next_page_token: page.next_page_token,
        absent_parts: parts.absent,
    };
    Ok(newest.reply(message, &parts.seen))
}
