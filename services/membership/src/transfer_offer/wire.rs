//! Requests of `TransferOfferService` parsed, and its answers written out.

use chassis::parse::{self, civil, id_or_empty};
use chassis::refusal::Refusal;
use proto::membership::v1 as pb;
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::ground::wire::{basis, dated, ids};
use crate::transfer_offer::accept_transfer::{AcceptTransfer, Accepted};
use crate::transfer_offer::close_offer::{CloseOffer, Closed, Closing};
use crate::transfer_offer::offer_transfer::{OfferTransfer, Offered};
use crate::transfer_offer::offers::{Listed, Wanted};

const REASON_MAX: usize = 1_000;

pub fn offer_transfer(request: pb::OfferTransferRequest) -> Result<OfferTransfer, Refusal> {
    Ok(OfferTransfer {
        from: parse::id("from_organisation_id", &request.from_organisation_id)?,
        to: parse::id("to_organisation_id", &request.to_organisation_id)?,
        offered_on: parse::optional_date("offered_on", request.offered_on)?,
        basis: basis("basis", request.basis)?,
        person_ids: ids("person_ids", &request.person_ids)?,
    })
}

pub fn accept_transfer(request: pb::AcceptTransferRequest) -> Result<AcceptTransfer, Refusal> {
    let effective_on = parse::date("effective_on", request.effective_on)?;
    Ok(AcceptTransfer {
        offer_id: parse::id("offer_id", &request.offer_id)?,
        person_ids: some(&request.person_ids)?,
        dated: dated(effective_on, "", None, request.basis)?,
    })
}

pub fn decline_transfer(request: &pb::DeclineTransferRequest) -> Result<CloseOffer, Refusal> {
    Ok(CloseOffer {
        closing: Closing::Declined,
        offer_id: parse::id("offer_id", &request.offer_id)?,
        person_ids: some(&request.person_ids)?,
        reason: parse::optional_text("reason", &request.reason, REASON_MAX)?,
    })
}

pub fn withdraw_offer(request: &pb::WithdrawOfferRequest) -> Result<CloseOffer, Refusal> {
    Ok(CloseOffer {
        closing: Closing::Withdrawn,
        offer_id: parse::id("offer_id", &request.offer_id)?,
        person_ids: some(&request.person_ids)?,
        reason: parse::optional_text("reason", &request.reason, REASON_MAX)?,
    })
}

/// Ids of people, if there are any.
fn some(texts: &[String]) -> Result<Vec<Uuid>, Refusal> {
    if texts.is_empty() { Ok(Vec::new()) } else { ids("person_ids", texts) }
}

pub fn wanted(request: &pb::ListTransferOffersRequest) -> Result<Wanted, Refusal> {
    let incoming = match pb::OfferDirection::try_from(request.direction) {
        Ok(pb::OfferDirection::Incoming) => true,
        Ok(pb::OfferDirection::Outgoing) => false,
        Ok(pb::OfferDirection::Unspecified) => return Err(parse::required("direction")),
        Err(_) => {
            return Err(Refused::EnumValueUnknown { field: "direction".to_string() }.into());
        }
    };
    Ok(Wanted {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        incoming,
        closed_too: request.closed_too,
        due_by: parse::optional_date("due_by", request.due_by)?,
    })
}

pub fn offered(offered: Offered) -> pb::OfferTransferResponse {
    pb::OfferTransferResponse {
        offer_id: offered.offer_id.to_string(),
        members: offered.members,
        lapses_on: Some(civil(offered.lapses_on)),
    }
}

pub fn accepted(accepted: Accepted) -> pb::AcceptTransferResponse {
    pb::AcceptTransferResponse {
        transfer_id: accepted.transfer_id.to_string(),
        members: accepted.members,
    }
}

pub fn declined(closed: Closed) -> pb::DeclineTransferResponse {
    pb::DeclineTransferResponse { members: closed.members }
}

pub fn withdrawn(closed: Closed) -> pb::WithdrawOfferResponse {
    pb::WithdrawOfferResponse { members: closed.members }
}

pub fn listed(offer: Listed) -> pb::list_transfer_offers_response::Offer {
    pb::list_transfer_offers_response::Offer {
        offer_id: offer.offer_id.to_string(),
        person_id: offer.person_id.to_string(),
        name: offer.name,
        sex: i32::from(offer.sex),
        from_organisation_id: offer.from.to_string(),
        to_organisation_id: offer.to.to_string(),
        offered_on: Some(civil(offer.offered_on)),
        lapses_on: Some(civil(offer.lapses_on)),
        state: offer.state,
        closed_on: offer.closed_on.map(civil),
        transfer_id: id_or_empty(offer.transfer_id),
        reason: offer.reason.unwrap_or_default(),
        decision_id: id_or_empty(offer.decision_id),
    }
}
