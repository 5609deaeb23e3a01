//! Requests of `DisputeCaseService` parsed, and its answers written out.

use chassis::parse::{self, civil, id_or_empty};
use chassis::refusal::Refusal;
use proto::membership::v1 as pb;

use crate::dispute_case::cases::Case;
use crate::dispute_case::conclude_dispute_case::ConcludeDisputeCase;
use crate::dispute_case::open_dispute_case::{OpenDisputeCase, Opened};
use crate::ground::dispute::{Kind, Outcome};
use crate::ground::refused::Refused;
use crate::ground::wire::{basis, ids};

const TOPICS_MAX: usize = 20;

pub fn open_dispute_case(request: pb::OpenDisputeCaseRequest) -> Result<OpenDisputeCase, Refusal> {
    let kind = match pb::DisputeKind::try_from(request.kind) {
        Ok(pb::DisputeKind::Individual) => Kind::Individual,
        Ok(pb::DisputeKind::Collective) => Kind::Collective,
        Ok(pb::DisputeKind::Strike) => Kind::Strike,
        Ok(pb::DisputeKind::CollectiveMatter) => Kind::CollectiveMatter,
        Ok(pb::DisputeKind::Unspecified) => return Err(parse::required("kind")),
        Err(_) => return Err(Refused::EnumValueUnknown { field: "kind".to_string() }.into()),
    };
    if request.topics.is_empty() {
        return Err(Refused::LinesEmpty { field: "topics" }.into());
    }
    parse::at_most("topics", request.topics.len(), TOPICS_MAX)?;
    let person_ids = match &request.person_ids[..] {
        [] => Vec::new(),
        some => ids("person_ids", some)?,
    };
    Ok(OpenDisputeCase {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        kind,
        topics: request.topics,
        opened_on: parse::date("opened_on", request.opened_on)?,
        people_concerned: request.people_concerned,
        person_ids,
        basis: basis("basis", request.basis)?,
    })
}

pub fn conclude_dispute_case(
    request: pb::ConcludeDisputeCaseRequest,
) -> Result<ConcludeDisputeCase, Refusal> {
    let outcome = match pb::DisputeOutcome::try_from(request.outcome) {
        Ok(pb::DisputeOutcome::Negotiated) => Outcome::Negotiated,
        Ok(pb::DisputeOutcome::Conciliated) => Outcome::Conciliated,
        Ok(pb::DisputeOutcome::Arbitrated) => Outcome::Arbitrated,
        Ok(pb::DisputeOutcome::Judged) => Outcome::Judged,
        Ok(pb::DisputeOutcome::Withdrawn) => Outcome::Withdrawn,
        Ok(pb::DisputeOutcome::Unresolved) => Outcome::Unresolved,
        Ok(pb::DisputeOutcome::Unspecified) => return Err(parse::required("outcome")),
        Err(_) => return Err(Refused::EnumValueUnknown { field: "outcome".to_string() }.into()),
    };
    Ok(ConcludeDisputeCase {
        case_id: parse::id("case_id", &request.case_id)?,
        concluded_on: parse::date("concluded_on", request.concluded_on)?,
        outcome,
        basis: basis("basis", request.basis)?,
    })
}

pub fn opened(opened: Opened) -> pb::OpenDisputeCaseResponse {
    pb::OpenDisputeCaseResponse { case_id: opened.case_id.to_string() }
}

pub fn case(case: Case) -> pb::DisputeCase {
    pb::DisputeCase {
        case_id: case.case_id.to_string(),
        organisation_id: case.organisation_id.to_string(),
        kind: i32::from(case.kind),
        topics: case.topics,
        people_concerned: case.people_concerned,
        opened_on: Some(civil(case.opened_on)),
        concluded_on: case.concluded_on.map(civil),
        outcome: case.outcome.map_or(0, i32::from),
        decision_id: id_or_empty(case.decision_id),
        concluded_decision_id: id_or_empty(case.concluded_decision_id),
    }
}
