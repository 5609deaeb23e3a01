//! What surrounds each call: its span, its measures, its language, its deadline; and what
//! becomes of a panic and of tonic's own refusals, which know nothing of our reasons.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt;
use http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, UpDownCounter};
use percent_encoding::percent_decode_str;
use proto::refusal::v1::Reason;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};
use tracing::field::Empty;
use tracing::{Instrument, Span, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::Config;
use super::answer::{Answer, Cut, code_in, fits};
use super::deadline::{self, DEADLINE};
use super::question::Measured;
use crate::access::layer::{is_open, method_unknown};
use crate::access::{FEED_WATCH, declared};
use crate::call::Deadline;
use crate::door;
use crate::refusal::{LANGUAGE, Language, Refusal, deadline_exceeded};
use crate::telemetry;

/// How long before the caller's deadline the answer that says so is sent.
const ANSWER_BEFORE: Duration = Duration::from_millis(10);

/// What all calls of one service share.
pub(super) struct Conduct {
    service: &'static str,
    call_max: Duration,
    stream_max: Duration,
    message_bytes_max: usize,
    calls: Arc<Semaphore>,
    draining: CancellationToken,
    measures: Arc<Measures>,
}

impl Conduct {
    pub(super) fn new(service: &'static str, config: &Config, draining: CancellationToken) -> Self {
        Self {
            service,
            call_max: Duration::from_millis(config.call_ms_max),
            stream_max: Duration::from_millis(config.stream_ms_max),
            message_bytes_max: config.message_bytes_max,
            calls: Arc::new(Semaphore::new(config.calls_max)),
            draining,
            measures: Arc::new(Measures::new()),
        }
    }
}

/// What kind of call it is, as far as its path tells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One question and one answer, or streams that come to an end.
    Call { streams: bool },
    /// Following a feed: without end.
    Watch,
    /// Health and reflection: neither measured nor counted.
    Infrastructure,
}

/// Rate, errors and duration of every method.
struct Measures {
    requests: Counter<u64>,
    errors: Counter<u64>,
    duration: Histogram<f64>,
    active: UpDownCounter<i64>,
}

impl Measures {
    fn new() -> Self {
        let meter = telemetry::meter();
        Self {
            requests: meter
                .u64_counter("rpc.server.requests")
                .with_description("Calls that came in.")
                .build(),
            errors: meter
                .u64_counter("rpc.server.errors")
                .with_description("Calls that were not answered with OK, by status code.")
                .build(),
            duration: meter
                .f64_histogram("rpc.server.call.duration")
                .with_unit("s")
                .with_description("From the first header in to the last frame out.")
                .with_boundaries(vec![
                    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
                ])
                .build(),
            active: meter
                .i64_up_down_counter("rpc.server.active")
                .with_description("Calls in progress.")
                .build(),
        }
    }
}

/// One call's part in the measures; counted when it is over.
pub(super) struct Measure {
    measures: Arc<Measures>,
    labels: Vec<KeyValue>,
    begun: Instant,
}

impl Measure {
    fn begin(measures: &Arc<Measures>, labels: Vec<KeyValue>) -> Self {
        measures.requests.add(1, &labels);
        measures.active.add(1, &labels);
        Self { measures: measures.clone(), labels, begun: Instant::now() }
    }

    /// The call is over.
    pub(super) fn finish(mut self, span: &Span, code: Code) {
        self.measures.active.add(-1, &self.labels);
        self.labels.push(KeyValue::new("rpc.response.status_code", name(code)));
        self.measures.duration.record(self.begun.elapsed().as_secs_f64(), &self.labels);
        span.record("rpc.response.status_code", name(code));
        if code != Code::Ok {
            self.measures.errors.add(1, &self.labels);
        }
        // What the caller did wrong is no error of ours.
        if matches!(code, Code::Unknown | Code::Internal | Code::DataLoss) {
            span.record("otel.status_code", "ERROR");
        }
    }
}

/// Answers one call, or refuses it in our own words.
pub(super) async fn conduct(
    State(conduct): State<Arc<Conduct>>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_string();
    let grpc = is_grpc(request.headers());
    let (kind, rpc_service, rpc_method) = kind_of(&path, grpc, request.method());
    let language = Language::accepted(
        request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()),
    );
    let (span, measure) = match kind {
        Kind::Infrastructure => (Span::none(), None),
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
    let permit = match kind {
        Kind::Call { .. } => match conduct.calls.clone().try_acquire_owned() {
            Ok(permit) => Some(permit),
            Err(_) => {
                let refused = refuse(grpc, &overloaded().status_in(language));
                return answer(refused, span, language, measure, Vec::new(), None);
            }
        },
        Kind::Watch | Kind::Infrastructure => None,
    };

    // tonic, too, cuts a call at its deadline, with a bare CANCELLED: ours comes before.
    let asked = deadline::asked(request.headers())
        .map(|asked| asked.saturating_sub(ANSWER_BEFORE.min(asked / 2)));
    let limit = match kind {
        Kind::Call { streams: false } => Some(conduct.call_max),
        Kind::Call { streams: true } => Some(conduct.stream_max),
        Kind::Watch | Kind::Infrastructure => None,
    };
    let allowed = match (asked, limit) {
        (Some(asked), Some(limit)) => Some(asked.min(limit)),
        (asked, limit) => asked.or(limit),
    };
    let deadline = allowed.and_then(|allowed| Instant::now().checked_add(allowed));

    let mut request = request;
    if let Some(deadline) = deadline {
        request.extensions_mut().insert(Deadline(deadline));
    }
    if grpc {
        let limit = conduct.message_bytes_max;
        request = request.map(|body| Body::new(Measured::new(body, limit, language)));
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
            refuse(grpc, &Status::internal("internal error"))
        }
        Err(_) => refuse(grpc, &over()),
    };
    let response = if fits(response.headers()) {
        response
    } else {
        let too_large = "the headers of an answer are larger than what is read of them";
        span.in_scope(|| tracing::error!("{too_large}"));
        refuse(grpc, &Status::internal("internal error"))
    };
    let mut cuts = Vec::new();
    if grpc && let Some(deadline) = deadline {
        let sleep = tokio::time::sleep_until(deadline.into());
        cuts.push(Cut::Deadline(Box::pin(sleep), over()));
    }
    if grpc && matches!(kind, Kind::Watch | Kind::Infrastructure) {
        let stop = Box::pin(conduct.draining.clone().cancelled_owned());
        cuts.push(Cut::Draining(stop, stopping(conduct.service).status_in(language)));
    }
    answer(response, span, language, measure, cuts, permit)
}

/// Watches the answer to its end, unless its head says all there is.
fn answer(
    response: Response,
    span: Span,
    language: Language,
    measure: Option<Measure>,
    cuts: Vec<Cut>,
    permit: Option<tokio::sync::OwnedSemaphorePermit>,
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
        Body::new(Answer { body, span, language, measure, cuts, ended: false, _permit: permit })
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
fn kind_of<'a>(path: &'a str, grpc: bool, verb: &Method) -> (Kind, &'a str, &'a str) {
    if is_open(path) {
        return (Kind::Infrastructure, "", "");
    }
    match declared().get(path) {
        Some(declared) => {
            let method = path.rsplit('/').next().unwrap_or_default();
            let kind = if &*declared.method.permission == FEED_WATCH {
                Kind::Watch
            } else {
                Kind::Call { streams: declared.streams }
            };
            (kind, &declared.service, method)
        }
        None if grpc => (Kind::Call { streams: false }, "unknown", "unknown"),
        None => {
            let verb = match *verb {
                Method::GET => "GET",
                Method::POST => "POST",
                _ => "other",
            };
            (Kind::Call { streams: false }, "http", verb)
        }
    }
}

fn is_grpc(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    content_type.is_some_and(|content_type| {
        content_type == b"application/grpc"
            || content_type.starts_with(b"application/grpc+")
            || content_type.starts_with(b"application/grpc;")
    })
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
            Refusal::shared(
                Code::InvalidArgument,
                Reason::MessageMalformed,
                "Không giải mã được thông điệp.",
                "the message cannot be decoded",
            )
        }
        _ => return response,
    };
    refusal.status_in(language).into_http()
}

fn stopping(service: &str) -> Refusal {
    Refusal::shared(
        Code::Unavailable,
        Reason::ServiceAway,
        "Dịch vụ đang dừng; hãy kết nối lại.",
        "the service is stopping; connect again",
    )
    .with("service", service)
    .retry_after(Duration::from_millis(500))
}

fn overloaded() -> Refusal {
    Refusal::shared(
        Code::Unavailable,
        Reason::Overloaded,
        "Hệ thống đang quá tải; yêu cầu chưa được thực hiện.",
        "too many calls at once; this one was not begun",
    )
    .retry_after(Duration::from_millis(500))
}

/// An answer that only refuses. Outside gRPC, where the edge has its own forms, only by the
/// status of HTTP.
fn refuse(grpc: bool, status: &Status) -> Response {
    if grpc {
        return status.clone().into_http();
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = match status.code() {
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    response
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

/// A code as the contracts write it.
pub(super) fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
