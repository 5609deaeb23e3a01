//! A client of the gateway: one person's, or one program's, line of calls.
//!
//! It sends the access token, the language and the consistency token of the answers so far,
//! so that a read sees the writes before it, in whichever service they happened.

use std::sync::{Arc, Mutex, PoisonError};
use std::task;
use std::time::Duration;

use anyhow::Context;
use futures_util::future::BoxFuture;
use proto::gateway::v1 as gateway;
use proto::membership::v1 as membership;
use proto::registry::v1 as registry;
use proto::reporting::v1 as reporting;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};
use tonic_types::StatusExt;

use crate::fault::{GATEWAY_AWAY, fault};
use crate::kept::Kept;
use crate::language::{current, tell};
pub use crate::told::told;

/// The consistency token, in requests and in answers.
const SEEN: &str = "congdoan-seen";

/// The reason with which a consistency token is refused that another system made.
const SEEN_TOKEN_INVALID: &str = "SEEN_TOKEN_INVALID";

/// How long a call may take that says nothing else.
const DEADLINE: Duration = Duration::from_secs(30);

/// A line of calls in the name of one subject. Clones share what has been seen; calls that
/// run side by side and do not depend on each other each want a [`Client::fork`].
#[derive(Clone)]
pub struct Client {
    door: Door,
}

impl Client {
    /// Connects to a gateway, such as `http://127.0.0.1:8080`, with an access token.
    pub async fn connect(gateway: &str, token: &str) -> anyhow::Result<Self> {
        let channel = Endpoint::from_shared(gateway.to_owned())
            .with_context(|| {
                tell!("{gateway} không phải là địa chỉ", "{gateway} is not an address")
            })?
            .tcp_nodelay(true)
            .connect()
            .await
            // What the transport says of it is for programmers.
            .map_err(|_| {
                fault(
                    GATEWAY_AWAY,
                    tell!(
                        "không có hệ thống nào trả lời ở {gateway}; nó có đang chạy không?",
                        "no system answers at {gateway}; is it running?"
                    ),
                )
            })?;
        Self::over(channel, token)
    }

    /// Calls over a channel that is there already.
    pub fn over(channel: Channel, token: &str) -> anyhow::Result<Self> {
        let token = format!("Bearer {}", token.trim()).parse().map_err(|_| {
            anyhow::Error::msg(tell!(
                "mã truy cập có ký tự lạ; nó chỉ gồm chữ cái không dấu, chữ số và dấu chấm",
                "the access token has strange characters; it is letters, digits and full stops"
            ))
        })?;
        let language = MetadataValue::from_static(current().tag());
        let door = Door { channel, token, language, seen: Arc::default(), kept: None };
        Ok(Self { door })
    }

    /// Takes up where an earlier command left off, and keeps what is seen for the next. What
    /// was kept of another system, which this gateway does not understand, is forgotten.
    pub async fn going_on(mut self, kept: Kept) -> anyhow::Result<Self> {
        if let Some(seen) = kept.read() {
            *self.door.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
            let asked = self.figures().list_indicators(reporting::ListIndicatorsRequest {}).await;
            if asked.is_err_and(|status| reason(&status).as_deref() == Some(SEEN_TOKEN_INVALID)) {
                self.forget();
                kept.forget();
            }
        }
        self.door.kept = Some(kept);
        Ok(self)
    }

    /// The same subject over the same connection, on a line of its own that begins with what
    /// has been seen so far.
    pub fn fork(&self) -> Self {
        let mut door = self.door.clone();
        door.seen = Arc::new(Mutex::new(self.seen()));
        Self { door }
    }

    /// The same connection for another subject, who has seen nothing.
    pub fn with_token(&self, token: &str) -> anyhow::Result<Self> {
        Self::over(self.door.channel.clone(), token)
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
    memberships: membership::membership_service_client::MembershipServiceClient;
    trainings: membership::training_service_client::TrainingServiceClient;
    party: membership::party_service_client::PartyServiceClient;
    cadres: membership::cadre_service_client::CadreServiceClient;
    delegations: membership::delegation_service_client::DelegationServiceClient;
    consequences: membership::consequence_service_client::ConsequenceServiceClient;
    figures: reporting::figure_service_client::FigureServiceClient;
    targets: reporting::target_service_client::TargetServiceClient;
    ratings: reporting::rating_service_client::RatingServiceClient;
    activities: reporting::activity_service_client::ActivityServiceClient;
    periodic_reports: reporting::periodic_report_service_client::PeriodicReportServiceClient;
    reports: reporting::report_service_client::ReportServiceClient;
}

/// Where calls go out: adds what every call says, remembers what every answer says.
#[derive(Clone)]
pub struct Door {
    channel: Channel,
    token: MetadataValue<Ascii>,
    language: MetadataValue<Ascii>,
    seen: Arc<Mutex<Option<String>>>,
    /// Where what was seen is kept for the next command.
    kept: Option<Kept>,
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
        let answer = self.channel.call(request);
        let remembered = self.seen.clone();
        let kept = self.kept.clone();
        Box::pin(async move {
            let answer = answer.await?;
            if let Some(seen) = answer.headers().get(SEEN).and_then(|value| value.to_str().ok()) {
                *remembered.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen.to_owned());
                if let Some(kept) = kept {
                    kept.keep(seen);
                }
            }
            Ok(answer)
        })
    }
}

/// The reason of a refusal, where it has one.
fn reason(status: &Status) -> Option<String> {
    status.get_error_details().error_info().map(|info| info.reason.clone())
}
