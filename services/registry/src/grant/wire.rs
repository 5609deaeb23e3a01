//! `grant.proto`.

use chassis::parse::{self, civil};
use chassis::refusal::Refusal;
use proto::registry::v1 as pb;
use time::Date;
use uuid::Uuid;

use crate::grant::end_grant::{EndGrant, GrantEnded};
use crate::grant::grants::Grant;
use crate::grant::make_grant::{GrantMade, MakeGrant};
use crate::ground::reading::Page;
use crate::ground::wire::reference_code;

const IDENTITY_MAX: usize = 300;

/// A grant to be made.
pub fn make_grant(request: pb::MakeGrantRequest) -> Result<MakeGrant, Refusal> {
    Ok(MakeGrant {
        issuer: parse::text("issuer", &request.issuer, IDENTITY_MAX)?,
        subject: parse::text("subject", &request.subject, IDENTITY_MAX)?,
        role: reference_code("role", &request.role)?,
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        from_on: parse::optional_date("from_on", request.from_on)?,
        until_on: parse::optional_date("until_on", request.until_on)?,
    })
}

/// The answer of [`make_grant`].
pub fn grant_made(made: GrantMade) -> pb::MakeGrantResponse {
    pb::MakeGrantResponse { grant_id: made.grant_id.to_string() }
}

/// A grant to be ended.
pub fn end_grant(request: pb::EndGrantRequest) -> Result<EndGrant, Refusal> {
    Ok(EndGrant {
        grant_id: parse::id("grant_id", &request.grant_id)?,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
    })
}

/// The answer of [`end_grant`].
pub fn grant_ended(GrantEnded: GrantEnded) -> pb::EndGrantResponse {
    pb::EndGrantResponse {}
}

/// Whose grants, as of when, and whether only the organisation's own.
pub fn grants(request: &pb::ListGrantsRequest, today: Date) -> Result<(Uuid, Date, bool), Refusal> {
    Ok((
        parse::id("organisation_id", &request.organisation_id)?,
        parse::optional_date("as_of", request.as_of)?.unwrap_or(today),
        request.own_only,
    ))
}

/// A page of grants.
pub fn grants_page(page: Page<Grant>) -> pb::ListGrantsResponse {
    pb::ListGrantsResponse {
        grants: page
            .rows
            .into_iter()
            .map(|grant| pb::Grant {
                grant_id: grant.grant_id.to_string(),
                issuer: grant.issuer,
                subject: grant.subject,
                role: grant.role,
                organisation_id: grant.organisation_id.to_string(),
                from_on: Some(civil(grant.from_on)),
                until_on: grant.until_on.map(civil),
            })
            .collect(),
        next_page_token: page.next_page_token,
    }
}
