//! `congress.proto`.

use chassis::parse::{self, id_or_empty};
use chassis::refusal::Refusal;
use feeds::registry::Office;
use proto::registry::v1 as pb;
use time::Date;
use uuid::Uuid;

use crate::congress::appoint_committee::{AppointCommittee, CommitteeAppointed};
use crate::congress::end_offices::{EndOffices, OfficesEnded};
use crate::congress::hold_by_election::{ByElectionHeld, HoldByElection};
use crate::congress::hold_congress::{CongressHeld, HoldCongress};
use crate::congress::sizes::DecidedSize;
use crate::congress::term::{Congress, CongressForm};
use crate::ground::bodies::Bodies;
use crate::ground::reading::{AsOf, Page};
use crate::ground::refused::Refused;
use crate::ground::wire::basis::{basis, optional_basis};
use crate::ground::wire::organisation::{AS_OF, as_of};
use crate::ground::wire::seats::{
    OFFICES_MAX, TERM_YEARS_MAX, new_offices, some_new_offices, term,
};
use crate::ground::wire::{REASON_MAX, count, ids, reference_code, texts};

/// Terms are usually of so many years; others say why.
const USUAL_TERM_YEARS: i32 = 5;
const ORDINAL_MAX: i32 = 999;
/// More members than there will be in the whole country.
const MEMBERS_MAX: i32 = 100_000_000;

/// A congress that was held.
pub fn hold_congress(request: pb::HoldCongressRequest) -> Result<HoldCongress, Refusal> {
    let ordinal = request.ordinal;
    if !(1..=ORDINAL_MAX).contains(&ordinal) {
        return Err(Refused::OrdinalInvalid { ordinal }.refusal().field("ordinal"));
    }
    let held_on = parse::date("held_on", request.held_on)?;
    let form = CongressForm::parse(&request.form).ok_or_else(|| {
        Refused::CongressFormUnknown { form: request.form.chars().take(REASON_MAX).collect() }
            .refusal()
            .field("form")
    })?;
    let (from, to) = (request.term_from_year, request.term_to_year);
    let years = to.saturating_sub(from);
    let begins_well = from == held_on.year() || from == held_on.year() + 1;
    if !begins_well || !(1..=TERM_YEARS_MAX).contains(&years) {
        return Err(Refused::TermInvalid { from, to }.refusal().field("term_from_year"));
    }
    let term_reason = parse::optional_text("term_reason", &request.term_reason, REASON_MAX)?;
    if years != USUAL_TERM_YEARS && term_reason.is_none() {
        return Err(Refused::TermReasonRequired { years }.refusal().field("term_reason"));
    }
    Ok(HoldCongress {
        congress: Congress {
            organisation_id: parse::id("organisation_id", &request.organisation_id)?,
            ordinal,
            held_on,
            term_from_year: from,
            term_to_year: to,
            form,
            term_reason: term_reason.unwrap_or_default(),
            member_count: member_count(request.member_count)?,
        },
        offices: new_offices("offices", None, request.offices)?,
        sizes: decided_sizes(&request.sizes)?,
        consent_id: parse::optional_id("consent_decision_id", &request.consent_decision_id)?,
        merged: request.merged,
        basis: optional_basis(request.basis)?,
    })
}

/// How many members a congress was held for, where that is stated.
fn member_count(members: i32) -> Result<Option<i32>, Refusal> {
    match members {
        0 => Ok(None),
        1..=MEMBERS_MAX => Ok(Some(members)),
        _ => Err(Refused::MemberCountInvalid { members }.refusal().field("member_count")),
    }
}

/// How many seats a congress decided, body by body.
fn decided_sizes(sizes: &[pb::BodySize]) -> Result<Vec<DecidedSize>, Refusal> {
    let mut decided: Vec<DecidedSize> = Vec::with_capacity(sizes.len());
    for (n, size) in sizes.iter().enumerate() {
        let part = |part: &str| format!("sizes[{n}].{part}");
        let body = reference_code(&part("body"), &size.body)?;
        let seats = size.seats;
        if decided.iter().any(|other| other.body == body) {
            return Err(Refused::BodySizeInvalid { body }.refusal().field(part("body")));
        }
        if usize::try_from(seats).map_or(true, |seats| !(1..=OFFICES_MAX).contains(&seats)) {
            return Err(Refused::BodySizeInvalid { body }.refusal().field(part("seats")));
        }
        decided.push(DecidedSize { body, seats });
    }
    Ok(decided)
}

/// The answer of [`hold_congress`].
pub fn congress_held(held: CongressHeld) -> pb::HoldCongressResponse {
    pb::HoldCongressResponse {
        congress_id: held.congress_id.to_string(),
        office_ids: texts(&held.office_ids),
        offices_ended: count(held.offices_ended),
        decision_id: id_or_empty(held.decision_id),
    }
}

/// A by-election that was held.
pub fn hold_by_election(request: pb::HoldByElectionRequest) -> Result<HoldByElection, Refusal> {
    let body = reference_code("body", &request.body)?;
    Ok(HoldByElection {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        held_on: parse::date("held_on", request.held_on)?,
        offices: some_new_offices("offices", &body, request.offices)?,
        consent_id: parse::optional_id("consent_decision_id", &request.consent_decision_id)?,
        basis: optional_basis(request.basis)?,
        body,
    })
}

/// The answer of [`hold_by_election`].
pub fn by_election_held(held: ByElectionHeld) -> pb::HoldByElectionResponse {
    pb::HoldByElectionResponse {
        by_election_id: held.by_election_id.to_string(),
        office_ids: texts(&held.office_ids),
        decision_id: id_or_empty(held.decision_id),
    }
}

/// Members of a body to be appointed.
pub fn appoint_committee(
    request: pb::AppointCommitteeRequest,
) -> Result<AppointCommittee, Refusal> {
    let body = reference_code("body", &request.body)?;
    Ok(AppointCommittee {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        offices: some_new_offices("offices", &body, request.offices)?,
        basis: basis(request.basis)?,
        body,
    })
}

/// The answer of [`appoint_committee`].
pub fn committee_appointed(appointed: CommitteeAppointed) -> pb::AppointCommitteeResponse {
    pb::AppointCommitteeResponse {
        office_ids: texts(&appointed.office_ids),
        decision_id: id_or_empty(appointed.decision_id),
    }
}

/// Offices to be ended.
pub fn end_offices(request: pb::EndOfficesRequest) -> Result<EndOffices, Refusal> {
    let offices = request.office_ids.len();
    if offices == 0 {
        return Err(Refused::OfficesEmpty.refusal().field("office_ids"));
    }
    if offices > OFFICES_MAX {
        let refused = Refused::TooManyOffices { offices, limit: OFFICES_MAX };
        return Err(refused.refusal().field("office_ids"));
    }
    Ok(EndOffices {
        office_ids: ids("office_ids", &request.office_ids)?,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        basis: optional_basis(request.basis)?,
    })
}

/// The answer of [`end_offices`].
pub fn offices_ended(ended: OfficesEnded) -> pb::EndOfficesResponse {
    pb::EndOfficesResponse {
        offices: count(ended.offices),
        decision_id: id_or_empty(ended.decision_id),
    }
}

/// Whose bodies, as of when.
pub fn bodies(request: &pb::GetBodiesRequest, today: Date) -> Result<(Uuid, AsOf), Refusal> {
    let organisation_id = parse::id("organisation_id", &request.organisation_id)?;
    Ok((organisation_id, as_of(AS_OF, request.as_of, request.known_at, today)?))
}

/// Bodies and the term, as they were read.
pub fn bodies_read(read: Bodies) -> pb::GetBodiesResponse {
    pb::GetBodiesResponse {
        bodies: read
            .bodies
            .into_iter()
            .map(|body| pb::Body {
                body_id: body.body_id.to_string(),
                body: body.body,
                name: body.name,
                offices: body.offices.iter().cloned().map(pb::Office::from).collect(),
            })
            .collect(),
        term: read.term.map(term),
    }
}

/// Whose offices are listed, as of when, in which body.
pub struct OfficesAsked {
    /// The organisation.
    pub organisation_id: Uuid,
    /// On which date, known when.
    pub as_of: AsOf,
    /// Only in this body.
    pub body: Option<String>,
    /// Only the organisation's own.
    pub own_only: bool,
}

/// Whose offices, as of when.
pub fn offices(request: &pb::ListOfficesRequest, today: Date) -> Result<OfficesAsked, Refusal> {
    Ok(OfficesAsked {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        as_of: as_of(AS_OF, request.as_of, request.known_at, today)?,
        body: match request.body.as_str() {
            "" => None,
            given => Some(reference_code("body", given)?),
        },
        own_only: request.own_only,
    })
}

/// A page of offices.
pub fn offices_page(page: Page<Office>) -> pb::ListOfficesResponse {
    pb::ListOfficesResponse {
        offices: page.rows.iter().cloned().map(pb::Office::from).collect(),
        next_page_token: page.next_page_token,
    }
}
