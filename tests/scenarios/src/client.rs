//! A line of calls as the replay needs it: a name for every write, a few calls at a time,
//! and a count of what happened.
//!
//! The request id of a write is derived from the scenario's seed and from what the write is
//! called in the scenario, so that a replay that broke off is repeated without harm.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::ProgressBar;
use proto::gateway::v1::*;
use proto::membership::v1::*;
use proto::registry::v1::load_organisations_request::{Header, Line, Lines, Part};
use proto::registry::v1::*;
use proto::reporting::v1::*;
use tokio::sync::Semaphore;
use tonic::{Code, Response, Status};
use uuid::Uuid;

/// The seed of the scenarios: every request id is derived from it.
const SEED: &str = "congdoan demo 1";

/// How many calls are under way at once, over all federations.
const IN_FLIGHT: usize = 16;

/// How often a call is repeated that a service was not ready for.
const TRIES: u32 = 6;

/// Lines of one message of a load.
const LINES_PER_MESSAGE: usize = 1_000;

/// One office's way into the system.
#[derive(Clone)]
pub struct Client {
    line: system::Client,
    /// What the writes of this office are called: `ba-dinh`.
    scope: &'static str,
    progress: ProgressBar,
    shared: Arc<Shared>,
}

/// What all offices of one replay share.
struct Shared {
    namespace: Uuid,
    in_flight: Semaphore,
    events: AtomicU64,
}

impl Client {
    /// The replay's calls over this line, for writes called after `scope`.
    pub fn over(line: system::Client, scope: &'static str) -> Self {
        Self {
            line,
            scope,
            progress: ProgressBar::hidden(),
            shared: Arc::new(Shared {
                namespace: Uuid::new_v5(&Uuid::NAMESPACE_OID, SEED.as_bytes()),
                in_flight: Semaphore::new(IN_FLIGHT),
                events: AtomicU64::new(0),
            }),
        }
    }

    /// The same connection for another caller.
    pub fn for_caller(&self, token: &str, scope: &'static str) -> anyhow::Result<Self> {
        Ok(Self { line: self.line.with_token(token)?, scope, ..self.clone() })
    }

    /// The same caller with a bar that shows its progress.
    pub fn with_progress(&self, progress: ProgressBar) -> Self {
        Self { progress, ..self.clone() }
    }

    /// The line itself, for whoever wants to call by hand.
    pub fn line(&self) -> &system::Client {
        &self.line
    }

    /// The request id of a write, from what it is called in the scenario.
    pub fn request_id(&self, act: &str) -> String {
        let name = format!("{}/{act}", self.scope);
        Uuid::new_v5(&self.shared.namespace, name.as_bytes()).to_string()
    }

    /// Counts what happened: each person who moved is an event of her own.
    pub fn happened(&self, events: usize) {
        self.shared.events.fetch_add(events as u64, Ordering::Relaxed);
        self.progress.inc(events as u64);
    }

    /// How many events all offices have sent.
    pub fn events(&self) -> u64 {
        self.shared.events.load(Ordering::Relaxed)
    }

    /// Sends a whole tree as one act.
    pub async fn load_organisations(
        &self,
        header: Header,
        lines: Vec<Line>,
    ) -> anyhow::Result<LoadOrganisationsResponse> {
        let header = LoadOrganisationsRequest { part: Some(Part::Header(header)) };
        let parts = lines.chunks(LINES_PER_MESSAGE).map(|lines| LoadOrganisationsRequest {
            part: Some(Part::Lines(Lines { lines: lines.to_vec() })),
        });
        let messages: Vec<_> = std::iter::once(header).chain(parts).collect();
        self.call("load_organisations", || {
            let mut organisations = self.line.organisations();
            let messages = stream::iter(messages.clone());
            async move { organisations.load_organisations(messages).await }
        })
        .await
    }

    /// One call, and again where a service was not ready: its request id makes it harmless
    /// to repeat a write.
    async fn call<A, F>(&self, rpc: &'static str, mut send: impl FnMut() -> F) -> anyhow::Result<A>
    where
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let _permit = self.shared.in_flight.acquire().await?;
        let mut tries = 1;
        loop {
            match send().await {
                Ok(response) => return Ok(response.into_inner()),
                Err(status) if not_ready(&status) && tries < TRIES => {
                    tokio::time::sleep(Duration::from_millis(50 << tries)).await;
                    tries += 1;
                }
                Err(status) => return Err(anyhow::Error::new(status).context(rpc)),
            }
        }
    }
}

/// Each method of the API that the replay calls, by its name in the contract.
macro_rules! methods {
    ($($service:ident { $($method:ident($request:ident) -> $response:ident;)* })*) => {
        impl Client {
            $($(
                #[doc = concat!("Sends a `", stringify!($request), "`.")]
                pub async fn $method(&self, request: $request) -> anyhow::Result<$response> {
                    self.call(stringify!($method), || {
                        let mut service = self.line.$service();
                        let request = request.clone();
                        async move { service.$method(request).await }
                    })
                    .await
                }
            )*)*
        }
    };
}

methods! {
    gateway {
        found_grassroots_union(FoundGrassrootsUnionRequest) -> FoundGrassrootsUnionResponse;
    }
    organisations {
        found_organisation(FoundOrganisationRequest) -> FoundOrganisationResponse;
        rename_organisation(RenameOrganisationRequest) -> RenameOrganisationResponse;
        hand_over_organisations(HandOverOrganisationsRequest) -> HandOverOrganisationsResponse;
        suspend_organisation(SuspendOrganisationRequest) -> SuspendOrganisationResponse;
        end_organisations(EndOrganisationsRequest) -> EndOrganisationsResponse;
        batch_get_organisations(BatchGetOrganisationsRequest) -> BatchGetOrganisationsResponse;
    }
    grants {
        make_grant(MakeGrantRequest) -> MakeGrantResponse;
    }
    congresses {
        hold_congress(HoldCongressRequest) -> HoldCongressResponse;
        hold_by_election(HoldByElectionRequest) -> HoldByElectionResponse;
    }
    ceremonies {
        hold_ceremony(HoldCeremonyRequest) -> HoldCeremonyResponse;
    }
    employers {
        survey_employers(SurveyEmployersRequest) -> SurveyEmployersResponse;
        reach_campaign_stage(ReachCampaignStageRequest) -> ReachCampaignStageResponse;
        list_employers_without_union(ListEmployersWithoutUnionRequest) -> ListEmployersWithoutUnionResponse;
    }
    steering {
        establish_steering_committee(EstablishSteeringCommitteeRequest) -> EstablishSteeringCommitteeResponse;
        assign_unit(AssignUnitRequest) -> AssignUnitResponse;
    }
    memberships {
        admit_members(AdmitMembersRequest) -> AdmitMembersResponse;
        transfer_members(TransferMembersRequest) -> TransferMembersResponse;
        exit_members(ExitMembersRequest) -> ExitMembersResponse;
    }
    consequences {
        list_consequences(ListConsequencesRequest) -> ListConsequencesResponse;
    }
    trainings {
        hold_training_course(HoldTrainingCourseRequest) -> HoldTrainingCourseResponse;
    }
    party {
        refer_to_party(ReferToPartyRequest) -> ReferToPartyResponse;
        admit_to_party(AdmitToPartyRequest) -> AdmitToPartyResponse;
    }
    cadres {
        recommend_cadre(RecommendCadreRequest) -> RecommendCadreResponse;
    }
    honours {
        record_honours(RecordHonoursRequest) -> RecordHonoursResponse;
    }
    emulations {
        launch_emulation(LaunchEmulationRequest) -> LaunchEmulationResponse;
        join_emulation(JoinEmulationRequest) -> JoinEmulationResponse;
    }
    welfare {
        give_welfare(GiveWelfareRequest) -> GiveWelfareResponse;
    }
    delegations {
        send_delegation(SendDelegationRequest) -> SendDelegationResponse;
    }
    figures {
        query_figures(QueryFiguresRequest) -> QueryFiguresResponse;
        explain_figure(ExplainFigureRequest) -> ExplainFigureResponse;
        get_book(GetBookRequest) -> GetBookResponse;
    }
    reports {
        print_report(PrintReportRequest) -> PrintReportResponse;
    }
    targets {
        assign_target(AssignTargetRequest) -> AssignTargetResponse;
    }
    ratings {
        record_ratings(RecordRatingsRequest) -> RecordRatingsResponse;
    }
    activities {
        record_activities(RecordActivitiesRequest) -> RecordActivitiesResponse;
    }
    periodic_reports {
        list_reports_due(ListReportsDueRequest) -> ListReportsDueResponse;
    }
}

/// Performs independent acts side by side and answers in their order. The acts are called
/// up in order too, so that people are made up in order.
pub async fn at_once<T, F>(acts: impl IntoIterator<Item = F>) -> anyhow::Result<Vec<T>>
where
    F: Future<Output = anyhow::Result<T>>,
{
    stream::iter(acts).buffered(IN_FLIGHT).try_collect().await
}

/// Performs acts each after the one before: what is listed in the order in which it was recorded,
/// a report lists the same way in every replay.
pub async fn in_order<T, F>(acts: impl IntoIterator<Item = F>) -> anyhow::Result<Vec<T>>
where
    F: Future<Output = anyhow::Result<T>>,
{
    stream::iter(acts).buffered(1).try_collect().await
}

fn not_ready(status: &Status) -> bool {
    matches!(status.code(), Code::Unavailable | Code::ResourceExhausted)
}
