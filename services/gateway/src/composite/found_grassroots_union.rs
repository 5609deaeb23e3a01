//! `FoundGrassrootsUnion`: two services, one dossier, one deciding transaction.
//!
//! Registry tries the founding, so that a dossier that it refuses leaves nobody written down.
//! Then membership records the applicants; registry founds the union, which decides; membership
//! admits the applicants when it applies that change. Nothing has to be undone: applications
//! that lead nowhere lapse. Each step's request id is derived from the caller's, so that
//! repeating the whole repeats its steps, and finishes what an earlier attempt began.

mod consequences;
mod words;

use std::collections::HashSet;
use std::time::Duration;

use chassis::database::today;
use chassis::parse;
use chassis::refusal::{Failure, Refusal};
use proto::gateway::v1::{
    FoundGrassrootsUnionRequest, FoundGrassrootsUnionResponse, GrassrootsUnionDossier, NewUnion,
};
use proto::google::r#type::Date;
use proto::membership::v1::RecordApplicantsRequest;
use proto::membership::v1::application_service_client::ApplicationServiceClient;
use proto::reason::Reason as _;
use proto::refusal::v1::Reason;
use proto::registry::v1::organisation_service_client::OrganisationServiceClient;
use proto::registry::v1::{Basis, FoundOrganisationRequest, NewOffice, basis};
use tonic::{Response, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

use self::consequences::{Told, Union, consequences};
use self::words::{MEMBERSHIP_FIELDS, REGISTRY_FIELDS, in_dossier_words};
use crate::error::Refused;
use crate::pass::forward::Inward;
use crate::pass::newest::Newest;

const APPLICANTS_MOST: usize = 1_000;
/// An application counts on its day and the 29 days after it, as membership counts them.
const LAPSES_AFTER: time::Duration = time::Duration::days(30);

/// A dossier that is complete enough to begin with.
pub struct Founding {
    request_id: Uuid,
    validate_only: bool,
    union: NewUnion,
    dossier: GrassrootsUnionDossier,
}

impl Founding {
    /// Reads the request. What the services decide is left to them; what neither of them sees, or
    /// only once the applicants are written down, is refused here.
    pub fn parse(request: FoundGrassrootsUnionRequest) -> Result<Self, Failure> {
        let request_id = parse::id("request_id", &request.request_id)?;
        let mut dossier = request.dossier.ok_or_else(|| parse::required("dossier"))?;
        let union = dossier.union.take().ok_or_else(|| parse::required("dossier.union"))?;
        parse::id("dossier.union.superior_id", &union.superior_id)?;
        if dossier.decision.is_none() {
            return Err(parse::required("dossier.decision").into());
        }
        parse::at_most("dossier.applicants", dossier.applicants.len(), APPLICANTS_MOST)?;
        seats(&dossier)?;
        let founding = Self { request_id, validate_only: request.validate_only, union, dossier };
        founding.applications_are_open()?;
        Ok(founding)
    }

    /// Refuses applications that are not open on the day from which the union exists: nobody
    /// would be admitted by them, and a union without members would be founded.
    fn applications_are_open(&self) -> Result<(), Refusal> {
        let applied_on = parse::optional_date("dossier.applied_on", self.dossier.applied_on)?;
        let (field, founded_on) = match self.effective_on() {
            (field, Some(day)) => (field, parse::date(field, Some(day))?),
            // What is missing is for registry to say.
            (_, None) => return Ok(()),
        };
        let Some(applied_on) = applied_on else { return Ok(()) };
        let issued_on = self.dossier.decision.as_ref().and_then(|decision| decision.issued_on);
        if parse::optional_date("dossier.decision.issued_on", issued_on)?.is_some_and(signed_later)
        {
            // So is a decision that is not signed yet.
            return Ok(());
        }
        let lapses_on = applied_on.saturating_add(LAPSES_AFTER);
        if founded_on < applied_on {
            return Err(Refused::AppliedAfterFounding { applied_on, founded_on }.into());
        }
        if founded_on >= lapses_on {
            return Err(Refused::ApplicationsLapsed { lapses_on, founded_on, field }.into());
        }
        Ok(())
    }

    /// The id of one step, always the same for the same founding.
    fn step_id(&self, step: &str) -> String {
        Uuid::new_v5(&self.request_id, step.as_bytes()).to_string()
    }

    /// The day from which the union exists, with the field that says so.
    fn effective_on(&self) -> (&'static str, Option<Date>) {
        let decision = self.dossier.decision.as_ref();
        [
            ("dossier.union.effective_on", self.union.effective_on),
            ("dossier.decision.effective_on", decision.and_then(|known| known.effective_on)),
            ("dossier.decision.issued_on", decision.and_then(|known| known.issued_on)),
        ]
        .into_iter()
        .find(|(_, day)| day.is_some())
        .unwrap_or(("dossier.decision", None))
    }

    fn record_applicants(&self) -> RecordApplicantsRequest {
        RecordApplicantsRequest {
            request_id: self.step_id("membership.RecordApplicants"),
            validate_only: self.validate_only,
            organisation_id: self.union.superior_id.clone(),
            applied_on: self.dossier.applied_on,
            applicants: self.dossier.applicants.clone(),
        }
    }

    /// The founding, tried: as it will be asked for, but for the people, of whom nobody may have an
    /// id yet. Who they are, registry does not know; it counts them.
    fn trial(&self) -> FoundOrganisationRequest {
        let people = 0..self.dossier.applicants.len();
        let stand_ins: Vec<String> = people.map(|n| self.step_id(&format!("person {n}"))).collect();
        FoundOrganisationRequest { validate_only: true, ..self.found_organisation(&stand_ins) }
    }

    fn found_organisation(&self, person_ids: &[String]) -> FoundOrganisationRequest {
        let union = &self.union;
        let offices = self.dossier.committee.iter().filter_map(|member| {
            let person = usize::try_from(member.applicant).ok().and_then(|n| person_ids.get(n))?;
            Some(NewOffice {
                position: member.position.clone(),
                person_id: person.clone(),
                term_until: member.term_until,
                ..NewOffice::default()
            })
        });
        FoundOrganisationRequest {
            request_id: self.step_id("registry.FoundOrganisation"),
            validate_only: self.validate_only,
            code: union.code.clone(),
            name: union.name.clone(),
            short_name: union.short_name.clone(),
            r#type: union.r#type.clone(),
            sector: union.sector.clone(),
            industry: union.industry.clone(),
            superior_id: union.superior_id.clone(),
            effective_on: union.effective_on,
            congress_on: union.congress_on,
            basis: Some(Basis {
                basis: self.dossier.decision.clone().map(basis::Basis::NewDecision),
            }),
            applicant_ids: person_ids.to_vec(),
            offices: offices.collect(),
            employer_ids: union.employer_ids.clone(),
            ..FoundOrganisationRequest::default()
        }
    }
}

fn signed_later(issued_on: time::Date) -> bool {
    issued_on > today()
}

/// Every seat is one applicant's, and no applicant has two.
fn seats(dossier: &GrassrootsUnionDossier) -> Result<(), Refusal> {
    let mut taken = HashSet::new();
    for (seat, member) in dossier.committee.iter().enumerate() {
        let known = usize::try_from(member.applicant)
            .is_ok_and(|applicant| applicant < dossier.applicants.len());
        if !known || !taken.insert(member.applicant) {
            return Err(Refused::CommitteeMemberUnknown { seat }.into());
        }
    }
    Ok(())
}

/// Takes the steps, and tells what is still under way.
pub async fn found(
    services: &Inward,
    founding: Founding,
    patience: Duration,
    newest: &Newest,
) -> Result<Response<FoundGrassrootsUnionResponse>, Status> {
    let mut organisations = OrganisationServiceClient::new(services.clone());
    // A dossier of which only a trial is asked for leaves nothing behind whatever is refused.
    if !founding.validate_only {
        refuse_what_would_be_refused(&mut organisations, &founding).await?;
    }
    let mut applications = ApplicationServiceClient::new(services.clone());
    let recorded = applications
        .record_applicants(founding.record_applicants())
        .await
        .map_err(|status| in_dossier_words(status, &MEMBERSHIP_FIELDS, founding.request_id))?;
    let (recorded_metadata, recorded, _) = recorded.into_parts();
    let person_ids: Vec<String> =
        recorded.applicants.into_iter().map(|applicant| applicant.person_id).collect();

    let founded = organisations
        .found_organisation(founding.found_organisation(&person_ids))
        .await
        .map_err(|status| in_dossier_words(status, &REGISTRY_FIELDS, founding.request_id))?;
    let (founded_metadata, founded, _) = founded.into_parts();

    let mut told = Told::default();
    if !founding.validate_only {
        let union = Union {
            organisation_id: &founded.organisation_id,
            from_on: founding.effective_on().1,
            person_ids: &person_ids,
        };
        told = consequences(services, union, &founded_metadata, patience).await;
    }
    let message = FoundGrassrootsUnionResponse {
        organisation_id: founded.organisation_id,
        decision_id: founded.decision_id,
        person_ids,
        office_ids: founded.office_ids,
        pending_consequences: told.pending,
        passed_over: told.passed_over,
    };
    let steps = [recorded_metadata.into_headers(), founded_metadata.into_headers()];
    Ok(newest.reply(message, &steps))
}

/// Refuses a dossier that registry would refuse once the applicants are written down.
async fn refuse_what_would_be_refused(
    organisations: &mut OrganisationServiceClient<Inward>,
    founding: &Founding,
) -> Result<(), Status> {
    match organisations.found_organisation(founding.trial()).await {
        Ok(_) => Ok(()),
        // An earlier attempt founded the union: its steps, repeated, answer what they answered.
        Err(status) if is_taken(&status) => Ok(()),
        Err(status) => Err(in_dossier_words(status, &REGISTRY_FIELDS, founding.request_id)),
    }
}

/// Whether the step was taken before: its request id stands for what was asked then, and a trial is
/// something else.
fn is_taken(status: &Status) -> bool {
    let info = status.get_details_error_info();
    info.is_some_and(|info| {
        info.domain == Reason::DOMAIN && info.reason == Reason::RequestIdReused.told().reason
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proto::gateway::v1::CommitteeMember;
    use proto::membership::v1::PersonLine;
    use proto::registry::v1::NewDecision;

    fn dossier(applicants: usize, seats: &[i32]) -> GrassrootsUnionDossier {
        GrassrootsUnionDossier {
            union: Some(NewUnion {
                superior_id: Uuid::now_v7().to_string(),
                ..NewUnion::default()
            }),
            decision: Some(NewDecision::default()),
            applicants: vec![PersonLine::default(); applicants],
            committee: seats
                .iter()
                .map(|applicant| CommitteeMember {
                    applicant: *applicant,
                    ..CommitteeMember::default()
                })
                .collect(),
            ..GrassrootsUnionDossier::default()
        }
    }

    fn refused(dossier: GrassrootsUnionDossier) -> Option<&'static str> {
        let request = FoundGrassrootsUnionRequest {
            request_id: Uuid::now_v7().to_string(),
            dossier: Some(dossier),
            ..FoundGrassrootsUnionRequest::default()
        };
        let failure = Founding::parse(request).err()?;
        failure.refusal().map(Refusal::reason)
    }

    #[test]
    fn a_dossier_has_so_many_applicants_at_most_and_seats_for_them_only() {
        assert_eq!(refused(dossier(5, &[0, 4])), None);
        assert_eq!(refused(dossier(1_001, &[])), Some("TOO_MANY_LINES"));
        for seats in [&[5][..], &[-1], &[2, 2]] {
            assert_eq!(refused(dossier(5, seats)), Some("COMMITTEE_MEMBER_UNKNOWN"));
        }
    }

    #[test]
    fn the_steps_of_a_repeated_founding_have_the_same_ids() {
        let request_id = Uuid::now_v7();
        let founding = || {
            Founding::parse(FoundGrassrootsUnionRequest {
                request_id: request_id.to_string(),
                dossier: Some(dossier(5, &[])),
                ..FoundGrassrootsUnionRequest::default()
            })
            .expect("complete")
        };
        assert_eq!(founding().step_id("a"), founding().step_id("a"));
        assert_ne!(founding().step_id("a"), founding().step_id("b"));
    }
}
