//! Requests of `EmulationService` parsed, and its answers written out.

use chassis::parse::{self, civil, id_or_empty};
use chassis::refusal::Refusal;
use proto::membership::v1 as pb;

use crate::emulation::emulations::Emulation;
use crate::emulation::join_emulation::{JoinEmulation, Joined};
use crate::emulation::launch_emulation::{LaunchEmulation, Launched};
use crate::emulation::participants::Participant;
use crate::ground::wire::{TITLE_MAX, basis, ids};

pub fn launch_emulation(request: pb::LaunchEmulationRequest) -> Result<LaunchEmulation, Refusal> {
    Ok(LaunchEmulation {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        theme: request.theme,
        title: parse::text("title", &request.title, TITLE_MAX)?,
        from_on: parse::date("from_on", request.from_on)?,
        through_on: parse::date("through_on", request.through_on)?,
        basis: basis("basis", request.basis)?,
    })
}

pub fn join_emulation(request: pb::JoinEmulationRequest) -> Result<JoinEmulation, Refusal> {
    Ok(JoinEmulation {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        emulation_id: parse::id("emulation_id", &request.emulation_id)?,
        joined_on: parse::date("joined_on", request.joined_on)?,
        person_ids: ids("person_ids", &request.person_ids)?,
    })
}

pub fn launched(launched: Launched) -> pb::LaunchEmulationResponse {
    pb::LaunchEmulationResponse { emulation_id: launched.emulation_id.to_string() }
}

pub fn joined(joined: Joined) -> pb::JoinEmulationResponse {
    pb::JoinEmulationResponse { people: joined.people }
}

pub fn emulation(emulation: Emulation) -> pb::Emulation {
    pb::Emulation {
        emulation_id: emulation.emulation_id.to_string(),
        organisation_id: emulation.organisation_id.to_string(),
        theme: emulation.theme,
        title: emulation.title,
        from_on: Some(civil(emulation.from_on)),
        through_on: Some(civil(emulation.through_on)),
        decision_id: id_or_empty(emulation.decision_id),
    }
}

pub fn participant(
    participant: Participant,
) -> pb::list_emulation_participants_response::Participant {
    pb::list_emulation_participants_response::Participant {
        person_id: participant.person_id.to_string(),
        organisation_id: participant.organisation_id.to_string(),
        joined_on: Some(civil(participant.joined_on)),
    }
}
