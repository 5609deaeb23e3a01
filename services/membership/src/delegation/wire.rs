//! Requests of `DelegationService` parsed, and its answers written out.

use chassis::parse::{self, civil};
use chassis::refusal::Refusal;
use feeds::membership::Delegate;
use proto::membership::v1 as pb;

use crate::delegation::delegations::Delegation;
use crate::delegation::send_delegation::{SendDelegation, Sent};
use crate::ground::wire::{TITLE_MAX, each};

pub fn send_delegation(request: pb::SendDelegationRequest) -> Result<SendDelegation, Refusal> {
    let delegates = each("delegates", request.delegates, |field, line| {
        let person_id = parse::id(&field("person_id"), &line.person_id)?;
        Ok((person_id, parse::id(&field("organisation_id"), &line.organisation_id)?))
    })?;
    Ok(SendDelegation {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        host_id: parse::id("host_id", &request.host_id)?,
        event: request.event,
        held_on: parse::date("held_on", request.held_on)?,
        criteria: parse::optional_text("criteria", &request.criteria, TITLE_MAX)?,
        occasion: parse::optional_text("occasion", &request.occasion, TITLE_MAX)?,
        delegates,
    })
}

pub fn sent(sent: Sent) -> pb::SendDelegationResponse {
    pb::SendDelegationResponse { delegation_id: sent.delegation_id.to_string() }
}

pub fn delegation(
    (delegation, delegates): (Delegation, Vec<Delegate>),
) -> pb::GetDelegationResponse {
    pb::GetDelegationResponse {
        delegation_id: delegation.delegation_id.to_string(),
        organisation_id: delegation.organisation_id.to_string(),
        host_id: delegation.host_id.to_string(),
        event: delegation.event,
        held_on: Some(civil(delegation.held_on)),
        criteria: delegation.criteria.unwrap_or_default(),
        occasion: delegation.occasion.unwrap_or_default(),
        delegates: delegates
            .into_iter()
            .map(|delegate| pb::Delegate {
                person_id: delegate.person_id.to_string(),
                organisation_id: delegate.organisation_id.to_string(),
            })
            .collect(),
    }
}
