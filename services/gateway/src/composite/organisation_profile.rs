//! `GetOrganisationProfile`: what three services know of one organisation, read in parallel.

use std::time::Duration;

use chassis::refusal::Refusal;
use chassis::{database, parse};
use proto::gateway::v1::{
    GetOrganisationProfileRequest, GetOrganisationProfileResponse, MembershipPart, ReportingPart,
};
use proto::google::r#type::Date;
use proto::membership::v1::CountMembersRequest;
use proto::membership::v1::membership_service_client::MembershipServiceClient;
use proto::registry::v1::GetOrganisationRequest;
use proto::registry::v1::organisation_service_client::OrganisationServiceClient;
use proto::reporting::v1::figure_service_client::FigureServiceClient;
use proto::reporting::v1::{Breakdown, Period, QueryFiguresRequest, Tree};
use tonic::{Code, Response, Status};
use uuid::Uuid;

use crate::composite::parts::{Parts, within};
use crate::contract::Backend;
use crate::error::Refused;
use crate::pass::forward::Inward;
use crate::pass::newest::Newest;

/// What a profile shows of an organisation with all below it: unions, and their members.
const INDICATORS: [&str; 2] = ["ORG_STOCK", "MBR_STOCK"];

/// Which organisation, and on which day.
pub struct Asked {
    organisation_id: Uuid,
    as_of: Date,
}

impl Asked {
    /// Reads the request; the day is today in Vietnam where none is asked for.
    pub fn parse(request: GetOrganisationProfileRequest) -> Result<Self, Refusal> {
        let as_of = parse::optional_date("as_of", request.as_of)?;
        Ok(Self {
            organisation_id: parse::id("organisation_id", &request.organisation_id)?,
            as_of: parse::civil(as_of.unwrap_or_else(database::today)),
        })
    }
}

/// Asks the three services at once, and names those whose part is missing.
pub async fn get(
    services: &Inward,
    asked: Asked,
    patience: Duration,
    newest: &Newest,
) -> Result<Response<GetOrganisationProfileResponse>, Status> {
    let id = asked.organisation_id.to_string();

    let mut registry = OrganisationServiceClient::new(services.clone());
    let organisation = registry.get_organisation(GetOrganisationRequest {
        organisation_id: id.clone(),
        as_of: Some(asked.as_of),
        known_at: None,
    });
    let mut membership = MembershipServiceClient::new(services.clone());
    let counts = membership.count_members(CountMembersRequest {
        organisation_ids: vec![id.clone()],
        as_of: Some(asked.as_of),
        known_at: None,
    });
    let mut reporting = FigureServiceClient::new(services.clone());
    let figures = reporting.query_figures(QueryFiguresRequest {
        indicators: INDICATORS.map(str::to_string).to_vec(),
        organisation_id: id,
        period: Some(Period { from_on: Some(asked.as_of), through_on: Some(asked.as_of) }),
        tree: Some(Tree { as_of: Some(asked.as_of) }),
        breakdown: Breakdown::None.into(),
        ..QueryFiguresRequest::default()
    });
    let (organisation, counts, figures) = tokio::join!(
        within(patience, organisation),
        within(patience, counts),
        within(patience, figures),
    );

    // What registry refuses about the organisation itself holds for the whole: there is no
    // profile of what does not exist, or of what this caller may not see.
    let organisation = match organisation {
        Err(status) if is_about_the_organisation(&status) => return Err(status),
        organisation => organisation,
    };

    let mut parts = Parts::default();
    let organisation = parts.take(Backend::Registry, organisation);
    let counts = parts.take(Backend::Membership, counts);
    let figures = parts.take(Backend::Reporting, figures);
    if organisation.is_none() && counts.is_none() && figures.is_none() {
        return Err(Refused::AllPartsAway { reasons: parts.reasons() }.into());
    }

    let message = GetOrganisationProfileResponse {
        organisation: organisation.and_then(|part| part.organisation),
        membership: counts.and_then(|part| {
            let count = part.counts.into_iter().next()?;
            Some(MembershipPart { members: count.members, female: count.female })
        }),
        reporting: figures.map(|part| ReportingPart { figures: part.figures }),
        absent_parts: parts.absent,
    };
    Ok(newest.reply(message, &parts.seen))
}

fn is_about_the_organisation(status: &Status) -> bool {
    matches!(status.code(), Code::NotFound | Code::PermissionDenied | Code::InvalidArgument)
}
