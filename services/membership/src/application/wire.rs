//! Requests of `ApplicationService` parsed, and its answers written out.

use std::sync::Arc;

use chassis::parse::{self, civil};
use chassis::refusal::Refusal;
use proto::membership::v1 as pb;

use crate::application::applications::Application;
use crate::application::record_applicants::{RecordApplicants, Recorded};
use crate::ground::keys::Keys;
use crate::ground::wire::{roll, warnings};

pub fn record_applicants(
    request: pb::RecordApplicantsRequest,
    keys: &Arc<Keys>,
) -> Result<RecordApplicants, Refusal> {
    let applied_on = parse::date("applied_on", request.applied_on)?;
    Ok(RecordApplicants {
        keys: keys.clone(),
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        applied_on,
        applicants: roll("applicants", request.applicants, applied_on)?,
    })
}

pub fn recorded(recorded: Recorded) -> pb::RecordApplicantsResponse {
    pb::RecordApplicantsResponse {
        applicants: recorded
            .applicants
            .into_iter()
            .map(|(person_id, application_id)| pb::record_applicants_response::Applicant {
                person_id: person_id.to_string(),
                application_id: application_id.to_string(),
            })
            .collect(),
        warnings: warnings(recorded.warnings),
    }
}

pub fn application(application: Application) -> pb::Application {
    pb::Application {
        application_id: application.application_id.to_string(),
        person_id: application.person_id.to_string(),
        name: application.name,
        organisation_id: application.organisation_id.to_string(),
        applied_on: Some(civil(application.applied_on)),
        lapses_on: Some(civil(application.lapses_on)),
        state: application.state,
    }
}
