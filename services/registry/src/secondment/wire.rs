//! `secondment.proto`.

use chassis::parse::{self, civil, id_or_empty};
use chassis::refusal::Refusal;
use proto::registry::v1 as pb;
use time::Date;

use crate::ground::reading::Page;
use crate::ground::wire::REASON_MAX;
use crate::ground::wire::basis::optional_basis;
use crate::ground::wire::organisation::{AS_OF, as_of};
use crate::secondment::begin_secondment::{BeginSecondment, SecondmentBegun};
use crate::secondment::end_secondment::{EndSecondment, SecondmentEnded};
use crate::secondment::secondments::{Secondment, SecondmentsAsked};

/// A person to be sent.
pub fn begin(request: pb::BeginSecondmentRequest) -> Result<BeginSecondment, Refusal> {
    Ok(BeginSecondment {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        host_id: parse::id("host_id", &request.host_id)?,
        person_id: parse::id("person_id", &request.person_id)?,
        task: parse::optional_text("task", &request.task, REASON_MAX)?.unwrap_or_default(),
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        until_on: parse::optional_date("until_on", request.until_on)?,
        basis: optional_basis(request.basis)?,
    })
}

/// The answer of [`begin`].
pub fn begun(begun: SecondmentBegun) -> pb::BeginSecondmentResponse {
    pb::BeginSecondmentResponse {
        secondment_id: begun.secondment_id.to_string(),
        decision_id: id_or_empty(begun.decision_id),
    }
}

/// A secondment to be ended.
pub fn end(request: pb::EndSecondmentRequest) -> Result<EndSecondment, Refusal> {
    Ok(EndSecondment {
        secondment_id: parse::id("secondment_id", &request.secondment_id)?,
        effective_on: parse::date("effective_on", request.effective_on)?,
    })
}

/// The answer of [`end`].
pub fn ended(SecondmentEnded: SecondmentEnded) -> pb::EndSecondmentResponse {
    pb::EndSecondmentResponse {}
}

/// Whose secondments, which way, as of when.
pub fn secondments(
    request: &pb::ListSecondmentsRequest,
    today: Date,
) -> Result<SecondmentsAsked, Refusal> {
    let direction = request.direction();
    Ok(SecondmentsAsked {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        as_of: as_of(AS_OF, request.as_of, request.known_at, today)?,
        sent: direction != pb::SecondmentDirection::Received,
        received: direction != pb::SecondmentDirection::Sent,
    })
}

/// A page of secondments.
pub fn secondments_page(page: Page<Secondment>) -> pb::ListSecondmentsResponse {
    pb::ListSecondmentsResponse {
        secondments: page
            .rows
            .into_iter()
            .map(|secondment| pb::Secondment {
                secondment_id: secondment.secondment_id.to_string(),
                organisation_id: secondment.organisation_id.to_string(),
                host_id: secondment.host_id.to_string(),
                person_id: secondment.person_id.to_string(),
                task: secondment.task,
                from_on: Some(civil(secondment.from_on)),
                until_on: secondment.until_on.map(civil),
                decision_id: id_or_empty(secondment.decision_id),
            })
            .collect(),
        next_page_token: page.next_page_token,
    }
}
