//! `FoundGrassrootsUnion`: two services, one dossier, one deciding transaction.
//!
//! Membership records the applicants; registry founds the union, which decides; membership
//! admits the applicants when it applies that change. Nothing has to be undone: applications
//! that lead nowhere lapse. Each step's request id is derived from the caller's, so that
//! repeating the whole repeats its steps, and finishes what an earlier attempt began.

use std::collections::HashSet;
use std::time::Duration;

use chassis::call::SEEN;
use chassis::database::today;
use chassis::parse;
use chassis::refusal::{Failure, Refusal};
use prost::Message;
use proto::gateway::v1::{
    FoundGrassrootsUnionRequest, FoundGrassrootsUnionResponse, GrassrootsUnionDossier, NewUnion,
    PassedOverApplicant, PendingConsequence,
};
use proto::google::r#type::Date;
use proto::membership::v1::application_service_client::ApplicationServiceClient;
use proto::membership::v1::consequence_service_client::ConsequenceServiceClient;
use proto::membership::v1::membership_service_client::MembershipServiceClient;
use proto::membership::v1::{
    ConsequenceKind, CountMembersRequest, ListConsequencesRequest, ListPassedOverRequest,
    RecordApplicantsRequest,
};
use proto::registry::v1::organisation_service_client::OrganisationServiceClient;
use proto::registry::v1::{Basis, FoundOrganisationRequest, NewOffice, basis};
use tonic::metadata::MetadataMap;
use tonic::{Code, Request, Response, Status};
use tonic_types::pb;
use uuid::Uuid;

use crate::contract::Backend;
use crate::error::Refused;
use crate::pass::forward::Inward;
use crate::pass::newest::Newest;

const APPLICANTS_MOST: usize = 1_000;
/// How many people passed over are asked for at a time.
const PASSED_OVER_PAGE: i32 = 500;
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
    /// Reads the request. What the services decide is left to them; what would leave
    /// applicants behind for a dossier that cannot succeed is refused here.
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
    let mut applications = ApplicationServiceClient::new(services.clone());
    let recorded = applications
        .record_applicants(founding.record_applicants())
        .await
        .map_err(|status| in_dossier_words(status, &MEMBERSHIP_FIELDS, founding.request_id))?;
    let (recorded_metadata, recorded, _) = recorded.into_parts();
    let person_ids: Vec<String> =
        recorded.applicants.into_iter().map(|applicant| applicant.person_id).collect();

    let mut organisations = OrganisationServiceClient::new(services.clone());
    let founded = organisations
        .found_organisation(founding.found_organisation(&person_ids))
        .await
        .map_err(|status| in_dossier_words(status, &REGISTRY_FIELDS, founding.request_id))?;
    let (founded_metadata, founded, _) = founded.into_parts();

    let mut told = Told::default();
    if !founding.validate_only {
        told = consequences(
            services,
            &founding,
            &founded.organisation_id,
            &person_ids,
            &founded_metadata,
            patience,
        )
        .await;
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

/// What a founding tells of its applicants.
#[derive(Default)]
struct Told {
    pending: Vec<PendingConsequence>,
    passed_over: Vec<PassedOverApplicant>,
}

/// Asks membership how many members the union has, once it has applied the founding, and who
/// was passed over if they are not all. It waits for that change as every reader who has seen
/// it; we do not wait for long.
async fn consequences(
    services: &Inward,
    founding: &Founding,
    organisation_id: &str,
    person_ids: &[String],
    founded: &MetadataMap,
    patience: Duration,
) -> Told {
    let applicants = founding.dossier.applicants.len();
    let request = having_seen(
        CountMembersRequest {
            organisation_ids: vec![organisation_id.to_string()],
            as_of: founding.effective_on().1,
        },
        founded,
    );
    let mut membership = MembershipServiceClient::new(services.clone());
    let counted = tokio::time::timeout(patience, membership.count_members(request)).await;
    // Away, slow, or not for this caller to know: what is not known to be done is pending.
    let admitted = match counted {
        Ok(Ok(answer)) => answer.get_ref().counts.first().map_or(0, |count| count.members),
        Ok(Err(_)) | Err(_) => 0,
    };
    let not_admitted = i32::try_from(applicants).unwrap_or(i32::MAX).saturating_sub(admitted);
    if not_admitted <= 0 {
        return Told::default();
    }
    let asked = passed_over(services, organisation_id, person_ids, founded);
    let passed_over = match tokio::time::timeout(patience, asked).await {
        Ok(Ok(passed_over)) => passed_over,
        Ok(Err(_)) | Err(_) => Vec::new(),
    };
    let people = not_admitted.saturating_sub(i32::try_from(passed_over.len()).unwrap_or(i32::MAX));
    let pending = (people > 0).then(|| PendingConsequence {
        service: Backend::Membership.name().to_string(),
        kind: "APPLICANTS_ADMITTED".to_string(),
        people,
    });
    Told { pending: pending.into_iter().collect(), passed_over }
}

/// The applicants whom membership passed over, each by her place in the dossier, with the
/// reason.
async fn passed_over(
    services: &Inward,
    organisation_id: &str,
    person_ids: &[String],
    founded: &MetadataMap,
) -> Result<Vec<PassedOverApplicant>, Status> {
    let mut client = ConsequenceServiceClient::new(services.clone());
    let request = ListConsequencesRequest {
        include_finished: true,
        organisation_ids: vec![organisation_id.to_string()],
        ..ListConsequencesRequest::default()
    };
    let listed = client.list_consequences(having_seen(request, founded)).await?.into_inner();
    let Some(founding) = listed
        .consequences
        .into_iter()
        .find(|consequence| consequence.kind() == ConsequenceKind::ApplicantsAdmitted)
    else {
        return Ok(Vec::new());
    };
    let mut passed_over = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListPassedOverRequest {
            registry_act_id: founding.registry_act_id.clone(),
            organisation_id: organisation_id.to_string(),
            page_size: PASSED_OVER_PAGE,
            page_token,
            ..ListPassedOverRequest::default()
        };
        let page = client.list_passed_over(having_seen(request, founded)).await?.into_inner();
        for one in page.passed_over {
            let Some(applicant) = person_ids.iter().position(|id| *id == one.person_id) else {
                continue;
            };
            passed_over.push(PassedOverApplicant {
                applicant: i32::try_from(applicant).unwrap_or(i32::MAX),
                obstacle: one.obstacle,
                person_id: one.person_id,
            });
        }
        if page.next_page_token.is_empty() {
            passed_over.sort_unstable_by_key(|one| one.applicant);
            return Ok(passed_over);
        }
        page_token = page.next_page_token;
    }
}

/// A question whose answer knows of the founding.
fn having_seen<M>(message: M, founded: &MetadataMap) -> Request<M> {
    let mut request = Request::new(message);
    if let Some(seen) = founded.get(SEEN) {
        request.metadata_mut().insert(SEEN, seen.clone());
    }
    request
}

/// How a step's fields are called in the dossier. The first that fits counts.
type FieldNames = [(&'static str, &'static str)];

const MEMBERSHIP_FIELDS: [(&str, &str); 3] = [
    ("applicants", "dossier.applicants"),
    ("organisation_id", "dossier.union.superior_id"),
    ("applied_on", "dossier.applied_on"),
];

const REGISTRY_FIELDS: [(&str, &str); 14] = [
    ("code", "dossier.union.code"),
    ("name", "dossier.union.name"),
    ("short_name", "dossier.union.short_name"),
    ("type", "dossier.union.type"),
    ("sector", "dossier.union.sector"),
    ("superior_id", "dossier.union.superior_id"),
    ("effective_on", "dossier.union.effective_on"),
    ("congress_on", "dossier.union.congress_on"),
    ("employer_ids", "dossier.union.employer_ids"),
    ("basis.new_decision", "dossier.decision"),
    ("basis", "dossier.decision"),
    ("offices", "dossier.committee"),
    ("applicant_ids", "dossier.applicants"),
    ("founders", "dossier.applicants"),
];

/// `offices[1].position` is `dossier.committee[1].position`; a person's id is not in the
/// dossier, where a seat names an applicant.
fn field_in_dossier(field: &str, names: &FieldNames) -> String {
    for (step, dossier) in names {
        let Some(rest) = field.strip_prefix(step) else { continue };
        if rest.is_empty() || rest.starts_with(['.', '[']) {
            let field = format!("{dossier}{rest}");
            return match field.strip_suffix("].person_id") {
                Some(seat) if field.starts_with("dossier.committee") => {
                    format!("{seat}].applicant")
                }
                _ => field,
            };
        }
    }
    field.to_string()
}

/// A step's refusal, as it is but for the names of the fields, and for the id of the step, which
/// is that of the request to whoever made it.
fn in_dossier_words(status: Status, names: &FieldNames, request_id: Uuid) -> Status {
    let Ok(mut rich) = pb::Status::decode(status.details()) else { return status };
    for detail in &mut rich.details {
        match detail.type_url.rsplit('/').next() {
            Some("google.rpc.BadRequest") => rewrite(detail, |bad: &mut pb::BadRequest| {
                for violation in &mut bad.field_violations {
                    violation.field = field_in_dossier(&violation.field, names);
                }
            }),
            Some("google.rpc.ErrorInfo") => rewrite(detail, |info: &mut pb::ErrorInfo| {
                if let Some(field) = info.metadata.get_mut("field") {
                    *field = field_in_dossier(field, names);
                }
                if let Some(step) = info.metadata.get_mut("request_id") {
                    *step = request_id.to_string();
                }
            }),
            _ => {}
        }
    }
    let code: Code = status.code();
    Status::with_details_and_metadata(
        code,
        status.message(),
        rich.encode_to_vec().into(),
        status.metadata().clone(),
    )
}

fn rewrite<M: Message + Default>(detail: &mut prost_types::Any, change: impl FnOnce(&mut M)) {
    if let Ok(mut message) = M::decode(&*detail.value) {
        change(&mut message);
        detail.value = message.encode_to_vec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proto::gateway::v1::CommitteeMember;
    use proto::membership::v1::PersonLine;
    use proto::registry::v1::NewDecision;
    use tonic_types::StatusExt;

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
    fn the_fields_of_a_step_are_named_as_in_the_dossier() {
        for (step, in_dossier) in [
            ("applicants[3].identity_number", "dossier.applicants[3].identity_number"),
            ("organisation_id", "dossier.union.superior_id"),
            ("request_id", "request_id"),
        ] {
            assert_eq!(field_in_dossier(step, &MEMBERSHIP_FIELDS), in_dossier);
        }
        for (step, in_dossier) in [
            ("code", "dossier.union.code"),
            ("basis.new_decision.issued_on", "dossier.decision.issued_on"),
            ("basis", "dossier.decision"),
            ("offices[1].position", "dossier.committee[1].position"),
            ("offices[1].person_id", "dossier.committee[1].applicant"),
            ("applicant_ids[2]", "dossier.applicants[2]"),
            ("employer_ids[0]", "dossier.union.employer_ids[0]"),
        ] {
            assert_eq!(field_in_dossier(step, &REGISTRY_FIELDS), in_dossier);
        }
    }

    #[test]
    fn a_refusal_keeps_all_but_the_names_of_its_fields() {
        let refusal = Refusal::of(proto::registry::v1::Reason::PositionUnknown)
            .field("offices[0].position")
            .with("position", "KING")
            .with("request_id", Uuid::now_v7().to_string());
        let request_id = Uuid::now_v7();
        let status = in_dossier_words(refusal.status(), &REGISTRY_FIELDS, request_id);
        let said = "this body has no such position";
        assert_eq!((status.code(), status.message()), (Code::InvalidArgument, said));
        let info = status.get_details_error_info().expect("kept");
        assert_eq!(info.reason, "POSITION_UNKNOWN");
        assert_eq!(info.metadata["position"], "KING");
        assert_eq!(info.metadata["field"], "dossier.committee[0].position");
        assert_eq!(info.metadata["request_id"], request_id.to_string());
        let bad = status.get_details_bad_request().expect("kept");
        assert_eq!(bad.field_violations[0].field, "dossier.committee[0].position");
        assert!(status.get_details_localized_message().is_some());
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
