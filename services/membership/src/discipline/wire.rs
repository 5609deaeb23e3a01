//! Requests of `DisciplineService` parsed, and its answers written out.

use std::sync::Arc;

use chassis::parse::{self, civil, id_or_empty};
use chassis::refusal::Refusal;
use proto::membership::v1 as pb;

use crate::discipline::discipline_members::{DisciplineMembers, Disciplined};
use crate::discipline::end_discipline::{EndDiscipline, Ended};
use crate::discipline::steps::Listed;
use crate::ground::discipline::Measure;
use crate::ground::keys::Keys;
use crate::ground::refused::Refused;
use crate::ground::wire::{dated, ids, kinds};

pub fn discipline_members(
    request: pb::DisciplineMembersRequest,
    keys: &Arc<Keys>,
) -> Result<DisciplineMembers, Refusal> {
    let measure = match pb::DisciplineMeasure::try_from(request.measure) {
        Ok(pb::DisciplineMeasure::Reprimand) => Measure::Reprimand,
        Ok(pb::DisciplineMeasure::Warning) => Measure::Warning,
        Ok(pb::DisciplineMeasure::Expulsion) => Measure::Expulsion,
        Ok(pb::DisciplineMeasure::Unspecified) => return Err(parse::required("measure")),
        Err(_) => return Err(Refused::EnumValueUnknown { field: "measure".to_string() }.into()),
    };
    let effective_on = parse::date("effective_on", request.effective_on)?;
    Ok(DisciplineMembers {
        keys: keys.clone(),
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        measure,
        dated: dated(effective_on, "", None, request.basis)?,
        person_ids: ids("person_ids", &request.person_ids)?,
    })
}

pub fn end_discipline(request: pb::EndDisciplineRequest) -> Result<EndDiscipline, Refusal> {
    let Some(outcome) = kinds::discipline_end("outcome", request.outcome)? else {
        return Err(parse::required("outcome"));
    };
    let effective_on = parse::date("effective_on", request.effective_on)?;
    let person_ids = match &request.person_ids[..] {
        [] => Vec::new(),
        some => ids("person_ids", some)?,
    };
    Ok(EndDiscipline {
        discipline_id: parse::id("discipline_id", &request.discipline_id)?,
        person_ids,
        outcome,
        dated: dated(effective_on, "", None, request.basis)?,
    })
}

pub fn disciplined(disciplined: Disciplined) -> pb::DisciplineMembersResponse {
    pb::DisciplineMembersResponse {
        discipline_id: disciplined.discipline_id.to_string(),
        people: disciplined.people,
        lifts_on: disciplined.lifts_on.map(civil),
        exit_id: id_or_empty(disciplined.exit_id),
    }
}

pub fn ended(ended: Ended) -> pb::EndDisciplineResponse {
    pb::EndDisciplineResponse { people: ended.people }
}

pub fn step(step: Listed) -> pb::list_discipline_response::Step {
    pb::list_discipline_response::Step {
        discipline_id: step.discipline_id.to_string(),
        person_id: step.person_id.to_string(),
        measure: i32::from(step.measure),
        effective_on: Some(civil(step.effective_on)),
        lifts_on: step.lifts_on.map(civil),
        ended_on: step.ended_on.map(civil),
        ended_as: step.ended_as.map_or(0, i32::from),
        decision_id: id_or_empty(step.decision_id),
        exit_id: id_or_empty(step.exit_id),
    }
}
