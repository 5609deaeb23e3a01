//! A client of the gateway: one person's, or one program's, line of calls.
//!
//! It sends the access token, the language and the consistency token of the answers so far,
//! so that a read sees the writes before it, in whichever service they happened.

use std::sync::{Arc, Mutex, PoisonError};
use std::task;
use std::time::Duration;

use futures_util::future::BoxFuture;
use proto::gateway::v1 as gateway;
use proto::membership::v1 as membership;
use proto::registry::v1 as registry;
use proto::reporting::v1 as reporting;
use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};

/// The consistency token, in requests and in answers.
const SEEN: &str = "congdoan-seen";

/// How long a call may take that says nothing else.
const DEADLINE: Duration = Duration::from_secs(30);

/// Why there is no line to a gateway.
#[derive(Debug, thiserror::Error)]
pub enum NoLine {
    /// What was given as its address is none.
    #[error("the gateway's address is no address")]
    NoAddress,
    /// Nobody answers there.
    #[error("no system answers at the gateway's address")]
    Nobody,
    /// What was given as the access token cannot be one.
    #[error("the access token has strange characters")]
    NoToken,
}

/// A line of calls in the name of one subject. Clones share what has been seen; calls that
/// run side by side and do not depend on each other each want a [`Client::fork`].
#[derive(Clone)]
pub struct Client {
    door: Door,
}

impl Client {
    /// Connects to a gateway, such as `http://127.0.0.1:8080`, with an access token.
    pub async fn connect(gateway: &str, token: &str) -> Result<Self, NoLine> {
        let channel = Endpoint::from_shared(gateway.to_owned())
            .map_err(|_| NoLine::NoAddress)?
            .tcp_nodelay(true)
            .connect()
            .await
            // What the transport says of it is for programmers.
            .map_err(|_| NoLine::Nobody)?;
        let door = Door {
            channel,
            token: bearing(token)?,
            language: MetadataValue::from_static("en"),
            seen: Arc::default(),
            kept: None,
            heard: None,
        };
        Ok(Self { door })
    }

    /// Asks for answers in a language, as `accept-language` names it; in English otherwise.
    pub fn speaking(mut self, language: &'static str) -> Self {
        self.door.language = MetadataValue::from_static(language);
        self
    }

    /// Goes on from what was seen on another line.
    pub fn having_seen(self, seen: String) -> Self {
        *self.door.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
        self
    }

    /// Gives the consistency token of each answer to whoever keeps it.
    pub fn keeping(mut self, keep: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.door.kept = Some(Arc::new(keep));
        self
    }

    /// Lets somebody hear the head of each answer, with the path of its method; whoever speaks on
    /// lines that are made of this one is heard as well.
    pub fn heard_by(
        mut self,
        hears: impl Fn(&str, &http::HeaderMap) + Send + Sync + 'static,
    ) -> Self {
        self.door.heard = Some(Arc::new(hears));
        self
    }

    /// The same subject over the same connection, on a line of its own that begins with what
    /// has been seen so far.
    pub fn fork(&self) -> Self {
        let mut door = self.door.clone();
        door.seen = Arc::new(Mutex::new(self.seen()));
        Self { door }
    }

    /// The same connection for another subject, who has seen nothing.
    pub fn with_token(&self, token: &str) -> Result<Self, NoLine> {
        let door =
            Door { token: bearing(token)?, seen: Arc::default(), kept: None, ..self.door.clone() };
        Ok(Self { door })
    }

    /// The consistency token of the newest answer.
    pub fn seen(&self) -> Option<String> {
        self.door.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Goes on as if nothing had been seen.
    pub fn forget(&self) {
        *self.door.seen.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// One method per service of the contracts.
macro_rules! services {
    ($($name:ident: $package:ident :: $module:ident :: $client:ident;)*) => {
        impl Client {
            $(
                #[doc = concat!("The methods of `", stringify!($client), "`.")]
                pub fn $name(&self) -> $package::$module::$client<Door> {
                    $package::$module::$client::new(self.door.clone())
                }
            )*
        }
    };
}

services! {
    gateway: gateway::gateway_service_client::GatewayServiceClient;
    organisations: registry::organisation_service_client::OrganisationServiceClient;
    life_cycle: registry::life_cycle_service_client::LifeCycleServiceClient;
    corrections: registry::correction_service_client::CorrectionServiceClient;
    attributes: registry::attribute_service_client::AttributeServiceClient;
    decisions: registry::decision_service_client::DecisionServiceClient;
    congresses: registry::congress_service_client::CongressServiceClient;
    bodies: registry::body_service_client::BodyServiceClient;
    succession: registry::succession_service_client::SuccessionServiceClient;
    secondments: registry::secondment_service_client::SecondmentServiceClient;
    ceremonies: registry::ceremony_service_client::CeremonyServiceClient;
    employers: registry::employer_service_client::EmployerServiceClient;
    steering: registry::steering_service_client::SteeringServiceClient;
    grants: registry::grant_service_client::GrantServiceClient;
    histories: registry::history_service_client::HistoryServiceClient;
    references: registry::reference_service_client::ReferenceServiceClient;
    plans: registry::plan_service_client::PlanServiceClient;
    operations: registry::operation_service_client::OperationServiceClient;
    applications: membership::application_service_client::ApplicationServiceClient;
    imports: membership::import_service_client::ImportServiceClient;
    exports: membership::export_service_client::ExportServiceClient;
    memberships: membership::membership_service_client::MembershipServiceClient;
    identities: membership::identity_service_client::IdentityServiceClient;
    profiles: membership::profile_service_client::ProfileServiceClient;
    protection: membership::protection_service_client::ProtectionServiceClient;
    membership_corrections: membership::correction_service_client::CorrectionServiceClient;
    trainings: membership::training_service_client::TrainingServiceClient;
    party: membership::party_service_client::PartyServiceClient;
    transfer_offers: membership::transfer_offer_service_client::TransferOfferServiceClient;
    standings: membership::standing_service_client::StandingServiceClient;
    duplicates: membership::duplicate_service_client::DuplicateServiceClient;
    cards: membership::card_service_client::CardServiceClient;
    discipline: membership::discipline_service_client::DisciplineServiceClient;
    honours: membership::honour_service_client::HonourServiceClient;
    emulations: membership::emulation_service_client::EmulationServiceClient;
    dispute_cases: membership::dispute_case_service_client::DisputeCaseServiceClient;
    timelines: membership::timeline_service_client::TimelineServiceClient;
    welfare: membership::welfare_service_client::WelfareServiceClient;
    cadres: membership::cadre_service_client::CadreServiceClient;
    delegations: membership::delegation_service_client::DelegationServiceClient;
    consequences: membership::consequence_service_client::ConsequenceServiceClient;
    figures: reporting::figure_service_client::FigureServiceClient;
    targets: reporting::target_service_client::TargetServiceClient;
    ratings: reporting::rating_service_client::RatingServiceClient;
    activities: reporting::activity_service_client::ActivityServiceClient;
    audits: reporting::audit_service_client::AuditServiceClient;
    indicators: reporting::indicator_service_client::IndicatorServiceClient;
    periodic_reports: reporting::periodic_report_service_client::PeriodicReportServiceClient;
    closings: reporting::closing_service_client::ClosingServiceClient;
    reports: reporting::report_service_client::ReportServiceClient;
}

/// What keeps a consistency token.
type Keep = dyn Fn(&str) + Send + Sync;
/// What hears the heads of answers, with the paths of their methods.
type Hear = dyn Fn(&str, &http::HeaderMap) + Send + Sync;

/// Where calls go out: adds what every call says, remembers what every answer says.
#[derive(Clone)]
pub struct Door {
    channel: Channel,
    token: MetadataValue<Ascii>,
    language: MetadataValue<Ascii>,
    seen: Arc<Mutex<Option<String>>>,
    /// Who keeps what was seen.
    kept: Option<Arc<Keep>>,
    /// Who hears each answer.
    heard: Option<Arc<Hear>>,
}

impl Service<http::Request<Body>> for Door {
    type Response = http::Response<Body>;
    type Error = tonic::transport::Error;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(
        &mut self,
        context: &mut task::Context<'_>,
    ) -> task::Poll<Result<(), Self::Error>> {
        self.channel.poll_ready(context)
    }

    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        let headers = request.headers_mut();
        for (name, value) in [("authorization", &self.token), ("accept-language", &self.language)] {
            if let Ok(value) = http::HeaderValue::from_bytes(value.as_bytes()) {
                headers.insert(name, value);
            }
        }
        if !headers.contains_key("grpc-timeout") {
            let deadline = format!("{}S", DEADLINE.as_secs());
            if let Ok(value) = deadline.parse() {
                headers.insert("grpc-timeout", value);
            }
        }
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(value) = seen.and_then(|seen| seen.parse().ok()) {
            headers.entry(SEEN).or_insert(value);
        }
        let heard = self.heard.clone().map(|heard| (heard, request.uri().path().to_owned()));
        let answer = self.channel.call(request);
        let remembered = self.seen.clone();
        let kept = self.kept.clone();
        Box::pin(async move {
            let answer = answer.await?;
            if let Some((heard, path)) = heard {
                heard(&path, answer.headers());
            }
            if let Some(seen) = answer.headers().get(SEEN).and_then(|value| value.to_str().ok()) {
                *remembered.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen.to_owned());
                if let Some(kept) = kept {
                    kept(seen);
                }
            }
            Ok(answer)
        })
    }
}

fn bearing(token: &str) -> Result<MetadataValue<Ascii>, NoLine> {
    format!("Bearer {}", token.trim()).parse().map_err(|_| NoLine::NoToken)
}
