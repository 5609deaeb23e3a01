//! Requests of `StandingService` parsed, and its answers written out.

use chassis::database::today;
use chassis::parse::{self, civil, id_or_empty};
use chassis::refusal::Refusal;
use feeds::membership::StandingKind;
use proto::google::r#type::Date as WireDate;
use proto::membership::v1 as pb;

use crate::ground::dormancy::Reason;
use crate::ground::movement::Dated;
use crate::ground::refused::Refused;
use crate::ground::wire::{dated, ids};
use crate::standing::end_standing::{EndStanding, Ended};
use crate::standing::make_dormant::{Dormant, MakeDormant};
use crate::standing::name_honorary_members::{NameHonoraryMembers, Named};
use crate::standing::park_members::{ParkMembers, Parked};
use crate::standing::standings::{Listed, Wanted};

pub fn make_dormant(request: pb::MakeDormantRequest) -> Result<MakeDormant, Refusal> {
    let reason = match pb::DormancyReason::try_from(request.reason) {
        Ok(pb::DormancyReason::ContractSuspended) => Reason::ContractSuspended,
        Ok(pb::DormancyReason::JobLost) => Reason::JobLost,
        Ok(pb::DormancyReason::Illness) => Reason::Illness,
        Ok(pb::DormancyReason::Other) => Reason::Other,
        Ok(pb::DormancyReason::Unspecified) => return Err(parse::required("reason")),
        Err(_) => return Err(Refused::EnumValueUnknown { field: "reason".to_string() }.into()),
    };
    Ok(MakeDormant {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        reason,
        dated: since(request.effective_on, request.basis)?,
        expected_until: parse::optional_date("expected_until", request.expected_until)?,
        person_ids: ids("person_ids", &request.person_ids)?,
    })
}

pub fn park_members(request: pb::ParkMembersRequest) -> Result<ParkMembers, Refusal> {
    Ok(ParkMembers {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        host: parse::id("host_organisation_id", &request.host_organisation_id)?,
        dated: since(request.effective_on, request.basis)?,
        expected_until: parse::optional_date("expected_until", request.expected_until)?,
        person_ids: ids("person_ids", &request.person_ids)?,
    })
}

pub fn name_honorary_members(
    request: pb::NameHonoraryMembersRequest,
) -> Result<NameHonoraryMembers, Refusal> {
    Ok(NameHonoraryMembers {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        dated: since(request.effective_on, request.basis)?,
        person_ids: ids("person_ids", &request.person_ids)?,
    })
}

pub fn end_dormancy(request: pb::EndDormancyRequest) -> Result<EndStanding, Refusal> {
    Ok(EndStanding {
        kind: StandingKind::Dormant,
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        dated: since(request.effective_on, request.basis)?,
        person_ids: ids("person_ids", &request.person_ids)?,
    })
}

pub fn end_parking(request: pb::EndParkingRequest) -> Result<EndStanding, Refusal> {
    Ok(EndStanding {
        kind: StandingKind::Parked,
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        dated: since(request.effective_on, request.basis)?,
        person_ids: ids("person_ids", &request.person_ids)?,
    })
}

pub fn end_honorary_memberships(
    request: pb::EndHonoraryMembershipsRequest,
) -> Result<EndStanding, Refusal> {
    Ok(EndStanding {
        kind: StandingKind::Honorary,
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        dated: since(request.effective_on, request.basis)?,
        person_ids: ids("person_ids", &request.person_ids)?,
    })
}

/// From when on, and by which decision.
fn since(
    effective_on: Option<WireDate>,
    basis: Option<pb::MovementBasis>,
) -> Result<Dated, Refusal> {
    dated(parse::date("effective_on", effective_on)?, "", None, basis)
}

pub fn wanted(request: &pb::ListStandingsRequest) -> Result<Wanted, Refusal> {
    let kind = match pb::StandingKind::try_from(request.kind) {
        Ok(pb::StandingKind::Dormant) => StandingKind::Dormant,
        Ok(pb::StandingKind::Parked) => StandingKind::Parked,
        Ok(pb::StandingKind::Honorary) => StandingKind::Honorary,
        Ok(pb::StandingKind::Unspecified) => return Err(parse::required("kind")),
        // Offers have a list of their own.
        Ok(pb::StandingKind::InTransfer) | Err(_) => {
            return Err(Refused::EnumValueUnknown { field: "kind".to_string() }.into());
        }
    };
    Ok(Wanted {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        kind,
        as_of: parse::optional_date("as_of", request.as_of)?.unwrap_or_else(today),
        due_by: parse::optional_date("due_by", request.due_by)?,
        hosted: request.hosted,
    })
}

pub fn dormant(dormant: Dormant) -> pb::MakeDormantResponse {
    pb::MakeDormantResponse {
        standing_id: dormant.standing_id.to_string(),
        members: dormant.members,
        due_on: dormant.due_on.map(civil),
    }
}

pub fn parked(parked: Parked) -> pb::ParkMembersResponse {
    pb::ParkMembersResponse { standing_id: parked.standing_id.to_string(), members: parked.members }
}

pub fn named(named: Named) -> pb::NameHonoraryMembersResponse {
    pb::NameHonoraryMembersResponse {
        standing_id: named.standing_id.to_string(),
        people: named.people,
    }
}

pub fn awake(ended: Ended) -> pb::EndDormancyResponse {
    pb::EndDormancyResponse { members: ended.people }
}

pub fn back(ended: Ended) -> pb::EndParkingResponse {
    pb::EndParkingResponse { members: ended.people }
}

pub fn honorary_no_longer(ended: Ended) -> pb::EndHonoraryMembershipsResponse {
    pb::EndHonoraryMembershipsResponse { people: ended.people }
}

pub fn listed(one: Listed) -> pb::list_standings_response::Standing {
    pb::list_standings_response::Standing {
        standing_id: one.standing_id.to_string(),
        person_id: one.person_id.to_string(),
        name: one.name,
        sex: i32::from(one.sex),
        organisation_id: one.organisation_id.to_string(),
        host_organisation_id: id_or_empty(one.host),
        reason: one.reason.map_or(0, i32::from),
        from_on: Some(civil(one.from_on)),
        due_on: one.due_on.map(civil),
        until_on: one.until_on.map(civil),
        decision_id: id_or_empty(one.decision_id),
    }
}
