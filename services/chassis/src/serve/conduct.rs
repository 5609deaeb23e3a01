//! What surrounds each call: its span, its measures, its language, its deadline, its place; and
//! what becomes of a panic and of tonic's own refusals, which know nothing of our reasons.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt;
use http::{HeaderMap, Method, StatusCode};
use opentelemetry::KeyValue;
use percent_encoding::percent_decode_str;
use proto::refusal::v1::Reason;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};
use tracing::field::Empty;
use tracing::{Instrument, Span, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::answer::{Answer, Cut, Held, code_in, fits};
use super::config::Config;
use super::deadline::{self, DEADLINE};
use super::form::{Form, language, overloaded};
use super::measures::{Measure, Measures};
use super::peer::Peer;
use super::question::{Asked, Measured, malformed};
use super::reader::Reader;
use super::room::Room;
use crate::access::layer::{is_open, method_unknown};
use crate::access::{FEED_WATCH, declared};
use crate::call::Deadline;
use crate::door;
use crate::refusal::{LANGUAGE, Language, Refusal, deadline_exceeded};
use crate::telemetry;

/// How long before the caller's deadline the answer that says so is sent.
const ANSWER_BEFORE: Duration = Duration::from_millis(10);

/// The largest message of the infrastructure's methods: names, and no more.
const NAME_BYTES_MAX: usize = 4 * 1024;
/// How long a caller of these methods may take to say the name.
const NAME_TIME_MAX: Duration = Duration::from_secs(5);

/// Whether a request over HTTP, by its verb and its path, asks or is answered by a stream.
pub(super) type IsStream = Arc<dyn Fn(&Method, &str) -> bool + Send + Sync>;

/// What all calls of one service share.
pub(super) struct Conduct {
    service: &'static str,
    /// At the edge callers are strangers: they have their places where they are recognised.
    edge: bool,
    call_max: Duration,
    stream_max: Duration,
    answer_max: Duration,
    asked: Asked,
    stream_idle: Duration,
    /// Which requests over HTTP are streams.
    http_streams: IsStream,
    calls: Arc<Semaphore>,
    infrastructure: Arc<Room<Peer>>,
    draining: CancellationToken,
    measures: Arc<Measures>,
}

impl Conduct {
    pub(super) fn new(
        service: &'static str,
        edge: bool,
        config: &Config,
        http_streams: IsStream,
        draining: CancellationToken,
    ) -> Self {
        Self {
            service,
            edge,
            call_max: Duration::from_millis(config.call_ms_max),
            stream_max: Duration::from_millis(config.stream_ms_max),
            answer_max: Duration::from_millis(config.answer_ms_max),
            asked: Asked {
                message_bytes: config.message_bytes_max,
                call_bytes: config.call_bytes_max,
                one_message: true,
                idle: Duration::from_millis(config.body_idle_ms),
            },
            stream_idle: Duration::from_millis(config.stream_idle_ms),
            http_streams,
            calls: Arc::new(Semaphore::new(config.calls_max)),
            infrastructure: Room::new(
                config.infrastructure_max,
                config.infrastructure_per_address_max,
            ),
            draining,
            measures: Arc::new(Measures::new()),
        }
    }

    /// How much a call of this kind may ask.
    fn asked(&self, kind: Kind) -> Asked {
        match kind {
            Kind::Call { asks_on: false, .. } | Kind::Watch => self.asked,
            Kind::Call { asks_on: true, .. } => {
                Asked { one_message: false, idle: self.stream_idle, ..self.asked }
            }
            Kind::Infrastructure { streams: false } => {
                Asked { message_bytes: NAME_BYTES_MAX, idle: NAME_TIME_MAX, ..self.asked }
            }
            Kind::Infrastructure { streams: true } => Asked {
                message_bytes: NAME_BYTES_MAX,
                one_message: false,
                idle: self.stream_idle,
                ..self.asked
            },
        }
    }

    /// The longest that a call of this kind may take.
    fn limit(&self, kind: Kind) -> Option<Duration> {
        match kind {
            Kind::Call { streams: false, .. } => Some(self.call_max),
            Kind::Call { streams: true, .. } | Kind::Infrastructure { streams: true } => {
                Some(self.stream_max)
            }
            Kind::Infrastructure { streams: false } => Some(NAME_TIME_MAX.min(self.call_max)),
            Kind::Watch => None,
        }
    }
}

/// What kind of call it is, as far as its path tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// One question and one answer, or streams that come to an end; `asks_on` where the
    /// question is a stream.
    Call { streams: bool, asks_on: bool },
    /// Following a feed: without end.
    Watch,
    /// Health and reflection: not measured, and with places of their own.
    Infrastructure { streams: bool },
}

/// Answers one call, or refuses it in our own words.
pub(super) async fn conduct(
    State(conduct): State<Arc<Conduct>>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_string();
    let form = Form::of(request.headers());
    let grpc = form == Form::Grpc;
    let streams = || (conduct.http_streams)(request.method(), &path);
    let (kind, rpc_service, rpc_method) = kind_of(&path, grpc, request.method(), streams);
    let language = language(request.headers());
    let (span, measure) = match kind {
        Kind::Infrastructure { .. } => (Span::none(), None),
        Kind::Call { .. } | Kind::Watch => {
            let span = span(&conduct, request.headers(), rpc_service, rpc_method);
            let labels = vec![
                KeyValue::new("service", conduct.service),
                KeyValue::new("rpc.service", rpc_service.to_string()),
                KeyValue::new("rpc.method", rpc_method.to_string()),
            ];
            (span, Some(Measure::begin(&conduct.measures, labels)))
        }
    };
    let permit = match conduct.place(kind, &request) {
        Ok(permit) => permit,
        Err(refusal) => {
            let refused = form.refuse(&refusal.status_in(language));
            return answer(refused, span, language, measure, Vec::new(), None);
        }
    };
    if let Some(refused) = form.refuse_encoded(request.headers()) {
        return answer(refused, span, language, measure, Vec::new(), permit);
    }

    let asked = deadline::asked(request.headers())
        .map(|asked| asked.saturating_sub(ANSWER_BEFORE.min(asked / 2)));
    let allowed = match (asked, conduct.limit(kind)) {
        (Some(asked), Some(limit)) => Some(asked.min(limit)),
        (asked, limit) => asked.or(limit),
    };
    let deadline = allowed.and_then(|allowed| Instant::now().checked_add(allowed));
    if let Some(reader) = request.extensions().get::<Arc<Reader>>() {
        match kind {
            Kind::Watch => reader.at_its_own_pace(),
            Kind::Call { streams: true, .. } | Kind::Infrastructure { streams: true } => {
                // Past its deadline, an answer has only its end to give.
                if let Some(over) = deadline.and_then(|end| end.checked_add(conduct.answer_max)) {
                    reader.until(over);
                }
            }
            Kind::Call { streams: false, .. } | Kind::Infrastructure { streams: false } => {}
        }
    }

    let mut request = request;
    if let Some(deadline) = deadline {
        request.extensions_mut().insert(Deadline(deadline));
    }
    if grpc {
        let asked = conduct.asked(kind);
        request = request.map(|body| Body::new(Measured::new(body, asked, language)));
    }

    let handled = AssertUnwindSafe(next.run(request)).catch_unwind();
    let handled = DEADLINE.scope(deadline, LANGUAGE.scope(language, handled));
    let handled = async {
        let Some(deadline) = deadline else {
            return Ok(handled.await);
        };
        tokio::time::timeout_at(deadline.into(), handled).await
    };
    let over = || {
        let limit_ms = allowed.unwrap_or_default().as_millis().to_string();
        deadline_exceeded().with("limit_ms", limit_ms).status_in(language)
    };
    let response = match handled.instrument(span.clone()).await {
        Ok(Ok(response)) if grpc => ours(response, &path, language),
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            span.in_scope(|| tracing::error!("the handler panicked"));
            form.refuse(&Status::internal("internal error"))
        }
        Err(_) => form.refuse(&over()),
    };
    let response = if fits(response.headers()) {
        response
    } else {
        let too_large = "the headers of an answer are larger than what is read of them";
        span.in_scope(|| tracing::error!("{too_large}"));
        form.refuse(&Status::internal("internal error"))
    };
    let mut cuts = Vec::new();
    if grpc && let Some(deadline) = deadline {
        let sleep = tokio::time::sleep_until(deadline.into());
        cuts.push(Cut::Deadline(Box::pin(sleep), over()));
    }
    if grpc && matches!(kind, Kind::Watch | Kind::Infrastructure { .. }) {
        let stop = Box::pin(conduct.draining.clone().cancelled_owned());
        cuts.push(Cut::Draining(stop, stopping(conduct.service).status_in(language)));
    }
    answer(response, span, language, measure, cuts, permit)
}

impl Conduct {
    /// What a call holds as long as it is in progress. Inside the system those whom an internal
    /// token names are counted, when it is believed ([`occupy`]): here it is only looked
    /// whether there is a place at all, so that what would be refused costs nothing.
    fn place(&self, kind: Kind, request: &Request) -> Result<Option<Held>, Refusal> {
        match kind {
            Kind::Watch => Ok(None),
            Kind::Infrastructure { .. } => {
                let Some(peer) = request.extensions().get::<Peer>() else { return Ok(None) };
                match self.infrastructure.enter(*peer) {
                    Some(place) => Ok(Some(Held::Infrastructure(place))),
                    None => Err(overloaded()),
                }
            }
            Kind::Call { .. } if self.edge => self.permit().map(|permit| Some(Held::Call(permit))),
            Kind::Call { .. } if self.calls.available_permits() == 0 => Err(overloaded()),
            Kind::Call { .. } => Ok(None),
        }
    }

    fn permit(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        self.calls.clone().try_acquire_owned().map_err(|_| overloaded())
    }
}

/// Gives a call whose caller is known its place: nobody else's is taken by strangers.
pub(super) async fn occupy(
    State(conduct): State<Arc<Conduct>>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let counted = !is_open(path)
        && declared().get(path).is_some_and(|declared| &*declared.method.permission != FEED_WATCH);
    if !counted {
        return next.run(request).await;
    }
    match conduct.permit() {
        Ok(permit) => next.run(request).await.map(|body| Held::Call(permit).until_end_of(body)),
        Err(refusal) => refusal.status().into_http(),
    }
}

/// Watches the answer to its end, unless its head says all there is.
fn answer(
    response: Response,
    span: Span,
    language: Language,
    measure: Option<Measure>,
    cuts: Vec<Cut>,
    held: Option<Held>,
) -> Response {
    let told = code_in(response.headers())
        .or_else(|| (!response.status().is_success()).then(|| code_of(response.status())));
    if let Some(code) = told {
        if let Some(measure) = measure {
            measure.finish(&span, code);
        }
        return response;
    }
    response.map(|body| {
        Body::new(Answer { body, span, language, measure, cuts, ended: false, _held: held })
    })
}

fn span(conduct: &Conduct, headers: &HeaderMap, service: &str, method: &str) -> Span {
    let span = info_span!(
        "rpc",
        otel.name = format!("{service}/{method}"),
        otel.kind = "server",
        otel.status_code = Empty,
        service = conduct.service,
        rpc.system = if service == "http" { "http" } else { "grpc" },
        rpc.service = service,
        rpc.method = method,
        rpc.response.status_code = Empty,
        trace_id = Empty,
    );
    // Fails only where nobody traces.
    let _ = span.set_parent(telemetry::parent(headers));
    if let Some(trace_id) = telemetry::trace_id(&span) {
        span.record("trace_id", trace_id);
    }
    span
}

/// What a path says; names that no contract knows are not repeated, or strangers could make
/// as many labels as they like.
fn kind_of<'a>(
    path: &'a str,
    grpc: bool,
    verb: &Method,
    http_streams: impl FnOnce() -> bool,
) -> (Kind, &'a str, &'a str) {
    if is_open(path) {
        // Of the infrastructure's methods one answers once and for all.
        return (Kind::Infrastructure { streams: !path.ends_with("/Check") }, "", "");
    }
    match declared().get(path) {
        Some(declared) => {
            let method = path.rsplit('/').next().unwrap_or_default();
            let kind = if &*declared.method.permission == FEED_WATCH {
                Kind::Watch
            } else {
                Kind::Call { streams: declared.streams, asks_on: declared.asks_on }
            };
            (kind, &declared.service, method)
        }
        None if grpc => (Kind::Call { streams: false, asks_on: false }, "unknown", "unknown"),
        None => {
            let verb = match *verb {
                Method::GET => "GET",
                Method::POST => "POST",
                _ => "other",
            };
            (Kind::Call { streams: http_streams(), asks_on: false }, "http", verb)
        }
    }
}

/// tonic's bare refusals, turned into ours.
fn ours(response: Response, path: &str, language: Language) -> Response {
    let headers = response.headers();
    if headers.contains_key(Status::GRPC_STATUS_DETAILS) {
        return response;
    }
    if let Some(refusal) = door::refused_in(&response) {
        return refusal.status_in(language).into_http();
    }
    let message = headers
        .get(Status::GRPC_MESSAGE)
        .and_then(|value| value.to_str().ok())
        .map(|text| percent_decode_str(text).decode_utf8_lossy());
    let refusal = match (code_in(headers), message) {
        (Some(Code::Unimplemented), _) => method_unknown(path),
        (Some(Code::Internal), Some(message))
            if message.starts_with("failed to decode Protobuf message") =>
        {
            malformed("content")
        }
        _ => return response,
    };
    refusal.status_in(language).into_http()
}

fn stopping(service: &str) -> Refusal {
    Refusal::of(Reason::ServiceAway)
        .with("service", service)
        .with("cause", "stopping")
        .retry_after(Duration::from_millis(500))
}

/// The code that comes nearest to a status of HTTP, for the measures.
fn code_of(status: StatusCode) -> Code {
    match status {
        StatusCode::BAD_REQUEST => Code::InvalidArgument,
        StatusCode::UNAUTHORIZED => Code::Unauthenticated,
        StatusCode::FORBIDDEN => Code::PermissionDenied,
        StatusCode::NOT_FOUND => Code::NotFound,
        StatusCode::CONFLICT => Code::Aborted,
        StatusCode::TOO_MANY_REQUESTS => Code::ResourceExhausted,
        StatusCode::NOT_IMPLEMENTED => Code::Unimplemented,
        StatusCode::SERVICE_UNAVAILABLE => Code::Unavailable,
        StatusCode::GATEWAY_TIMEOUT => Code::DeadlineExceeded,
        _ if status.is_client_error() => Code::FailedPrecondition,
        _ if status.is_server_error() => Code::Internal,
        _ => Code::Ok,
    }
}
