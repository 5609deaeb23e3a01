//! Requests of `DuplicateService` parsed, and its answers written out.

use chassis::parse::{self, civil};
use chassis::refusal::Refusal;
use proto::membership::v1 as pb;
use time::Date;
use uuid::Uuid;

use crate::duplicate::candidates::Candidate;
use crate::duplicate::dismiss_duplicate::DismissDuplicate;
use crate::duplicate::merge_persons::{MergePersons, Merged};
use crate::duplicate::unmerge_persons::{UnmergePersons, Unmerged};
use crate::ground::wire::basis;

const REASON_MAX: usize = 1_000;

pub fn dismiss(request: &pb::DismissDuplicateRequest) -> Result<DismissDuplicate, Refusal> {
    Ok(DismissDuplicate {
        person_id: parse::id("person_id", &request.person_id)?,
        other_id: parse::id("other_id", &request.other_id)?,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
    })
}

pub fn merge(request: pb::MergePersonsRequest) -> Result<MergePersons, Refusal> {
    Ok(MergePersons {
        person_id: parse::id("person_id", &request.person_id)?,
        survivor_id: parse::id("survivor_id", &request.survivor_id)?,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
        basis: basis("basis", request.basis)?,
    })
}

pub fn unmerge(request: pb::UnmergePersonsRequest) -> Result<UnmergePersons, Refusal> {
    Ok(UnmergePersons {
        person_id: parse::id("person_id", &request.person_id)?,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
        basis: basis("basis", request.basis)?,
    })
}

pub fn merged(merged: Merged) -> pb::MergePersonsResponse {
    pb::MergePersonsResponse { merge_id: merged.merge_id.to_string() }
}

pub fn unmerged(unmerged: Unmerged) -> pb::UnmergePersonsResponse {
    pb::UnmergePersonsResponse { survivor_id: unmerged.survivor_id.to_string() }
}

pub fn candidate(found: Candidate) -> pb::list_duplicate_candidates_response::Candidate {
    let person = |id: Uuid, name, date: Option<Date>, year: Option<i16>, numbered| {
        pb::list_duplicate_candidates_response::Person {
            person_id: id.to_string(),
            name,
            birth_date: date.map(civil),
            birth_year: year.map_or(0, i32::from),
            numbered,
        }
    };
    pb::list_duplicate_candidates_response::Candidate {
        person: Some(person(
            found.person_id,
            found.name,
            found.birth_date,
            found.birth_year,
            found.numbered,
        )),
        other: Some(person(
            found.other_id,
            found.other_name,
            found.other_birth_date,
            found.other_birth_year,
            found.other_numbered,
        )),
        reason: i32::from(found.reason),
        organisation_id: found.organisation_id.to_string(),
    }
}
