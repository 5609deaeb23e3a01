//! What membership has made of a founding by the time it is answered.

use std::time::Duration;

use chassis::call::SEEN;
use proto::gateway::v1::{PassedOverApplicant, PendingConsequence};
use proto::google::r#type::Date;
use proto::membership::v1::consequence_service_client::ConsequenceServiceClient;
use proto::membership::v1::membership_service_client::MembershipServiceClient;
use proto::membership::v1::{
    ConsequenceKind, CountMembersRequest, ListConsequencesRequest, ListPassedOverRequest,
};
use tonic::metadata::MetadataMap;
use tonic::{Request, Status};

use crate::contract::Backend;
use crate::pass::forward::Inward;

/// How many people passed over are asked for at a time.
const PASSED_OVER_PAGE: i32 = 500;

/// A union that has been founded.
#[derive(Clone, Copy)]
pub struct Union<'a> {
    /// Its id.
    pub organisation_id: &'a str,
    /// The day from which it exists.
    pub from_on: Option<Date>,
    /// Its applicants, in the order of the dossier.
    pub person_ids: &'a [String],
}

/// What a founding tells of its applicants.
#[derive(Default)]
pub struct Told {
    /// What is still under way.
    pub pending: Vec<PendingConsequence>,
    /// Whom membership could not admit, in the order of the dossier.
    pub passed_over: Vec<PassedOverApplicant>,
}

/// Asks membership how many members the union has, once it has applied the founding, and who
/// was passed over if they are not all. It waits for that change as every reader who has seen
/// it; we do not wait for long.
pub async fn consequences(
    services: &Inward,
    union: Union<'_>,
    founded: &MetadataMap,
    patience: Duration,
) -> Told {
    let request = having_seen(
        CountMembersRequest {
            organisation_ids: vec![union.organisation_id.to_string()],
            as_of: union.from_on,
            known_at: None,
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
    let not_admitted =
        i32::try_from(union.person_ids.len()).unwrap_or(i32::MAX).saturating_sub(admitted);
    if not_admitted <= 0 {
        return Told::default();
    }
    let asked = passed_over(services, union.organisation_id, union.person_ids, founded);
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
