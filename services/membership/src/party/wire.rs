//! Requests of `PartyService` parsed, and its answers written out.

use std::sync::Arc;

use chassis::parse::{self, civil};
use chassis::refusal::Refusal;
use proto::membership::v1 as pb;

use crate::ground::keys::Keys;
use crate::ground::wire::{ids, roll, warnings};
use crate::party::admit_to_party::{AdmitToParty, AdmittedToParty};
use crate::party::confirm_in_party::{ConfirmInParty, Confirmed};
use crate::party::refer_to_party::{ReferToParty, Referred};
use crate::party::referrals::PartyReferral;

pub fn refer_to_party(
    request: pb::ReferToPartyRequest,
    keys: &Arc<Keys>,
) -> Result<ReferToParty, Refusal> {
    let referred_on = parse::date("referred_on", request.referred_on)?;
    Ok(ReferToParty {
        keys: keys.clone(),
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        referred_on,
        roll: roll("lines", request.lines, referred_on)?,
    })
}

pub fn admit_to_party(request: pb::AdmitToPartyRequest) -> Result<AdmitToParty, Refusal> {
    Ok(AdmitToParty {
        admitted_on: parse::date("admitted_on", request.admitted_on)?,
        referral_ids: ids("referral_ids", &request.referral_ids)?,
    })
}

pub fn confirm_in_party(request: pb::ConfirmInPartyRequest) -> Result<ConfirmInParty, Refusal> {
    Ok(ConfirmInParty {
        confirmed_on: parse::date("confirmed_on", request.confirmed_on)?,
        referral_ids: ids("referral_ids", &request.referral_ids)?,
    })
}

pub fn referred(referred: Referred) -> pb::ReferToPartyResponse {
    pb::ReferToPartyResponse {
        referrals: referred
            .referrals
            .into_iter()
            .map(|(referral_id, person_id)| pb::refer_to_party_response::Referral {
                referral_id: referral_id.to_string(),
                person_id: person_id.to_string(),
            })
            .collect(),
        warnings: warnings(referred.warnings),
    }
}

pub fn admitted_to_party(admitted: AdmittedToParty) -> pb::AdmitToPartyResponse {
    pb::AdmitToPartyResponse { admitted: admitted.admitted }
}

pub fn confirmed(confirmed: Confirmed) -> pb::ConfirmInPartyResponse {
    pb::ConfirmInPartyResponse { confirmed: confirmed.confirmed }
}

pub fn party_referral(case: PartyReferral) -> pb::PartyReferral {
    pb::PartyReferral {
        referral_id: case.referral_id.to_string(),
        organisation_id: case.organisation_id.to_string(),
        person_id: case.person_id.to_string(),
        referred_on: Some(civil(case.referred_on)),
        admitted_on: case.admitted_on.map(civil),
        confirmed_on: case.confirmed_on.map(civil),
    }
}
