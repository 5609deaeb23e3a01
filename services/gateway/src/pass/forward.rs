//! Passes a call on as it came: the bytes of its messages are counted, never decoded.
//!
//! What is one question and one answer is asked when the whole question is here, and answered
//! when the answer is: neither whoever asks slowly nor whoever reads slowly holds a place in
//! front of a service. Streams pass through.
//!
//! What changes on the way: the access token becomes an internal token for the service, the
//! deadline leaves a margin for the way back, the trace context is that of a span of our own,
//! and `congdoan-seen` has the newest change of rights or tree added. Everything else in
//! the headers, in both directions, is the two ends' own affair.

use std::collections::VecDeque;
use std::error::Error;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use chassis::access::token::Signer;
use chassis::call::{Caller, SEEN};
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, header};
use http_body_util::{BodyExt, Full};
use tokio::sync::OwnedSemaphorePermit;
use tonic::Status;
use tonic::body::Body;
use tower::retry::budget::{Budget, TpsBudget};
use tower::{Service, ServiceExt};

use crate::contract::{Backend, Contract, Method, Owner};
use crate::edge::standing::Standing;
use crate::error::Refused;
use crate::pass::backend::{self, Replicas};
use crate::pass::newest::Newest;
use crate::stream::{Broken, Deadline, Guarded, Watched, Whole};

/// Headers of one connection, or of this door: they are not passed on. `te` and
/// `content-type` are gRPC's and stay.
const NOT_FORWARDED: [HeaderName; 8] = [
    header::AUTHORIZATION,
    header::CONNECTION,
    header::HOST,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::COOKIE,
    header::FORWARDED,
];
/// What a caller's headers say to each step of a composite method, too.
const CARRIED: [HeaderName; 2] = [header::ACCEPT_LANGUAGE, HeaderName::from_static(SEEN)];
const GRPC_TIMEOUT: &str = "grpc-timeout";
/// How much of one answer is kept for its reader.
const KEPT_BYTES_MAX: usize = 4 << 20;
/// The wait before the first retry; it doubles.
const RETRY_WAIT: Duration = Duration::from_millis(20);
/// For so long the calls of a service count towards its retries.
const RETRY_WINDOW: Duration = Duration::from_secs(10);
/// So many retries a second there may be beside those that calls earn: a gateway that is asked
/// little may try again, too.
const RETRIES_PER_SECOND: u32 = 1;

/// An admitted call: who calls, and how long it may take.
#[derive(Clone, Debug)]
pub struct Inbound {
    /// The end user.
    pub caller: Caller,
    /// When the answer is no longer of use.
    pub deadline: Deadline,
    /// What the call came with.
    pub headers: Arc<HeaderMap>,
}

/// Passes calls on to the services behind.
pub struct Forwarder {
    /// In the order of [`Backend::ALL`].
    replicas: Vec<Arc<Replicas>>,
    signer: Arc<Signer>,
    newest: Arc<Newest>,
    budget: TpsBudget,
    margin: Duration,
    retries_max: u32,
}

impl Forwarder {
    /// Passes calls on to these replicas, in the order of [`Backend::ALL`].
    pub fn new(
        config: &backend::Config,
        replicas: Vec<Arc<Replicas>>,
        signer: Arc<Signer>,
        newest: Arc<Newest>,
    ) -> Self {
        Self {
            replicas,
            signer,
            newest,
            budget: retry_budget(config.retries_percent),
            margin: Duration::from_millis(config.margin_ms),
            retries_max: config.retries_max,
        }
    }

    /// True when nobody would find a place in front of this service.
    pub fn is_full(&self, backend: Backend, streams: bool) -> bool {
        self.replicas(backend).is_full(streams)
    }

    /// Asks the service that owns the method a whole question, for the whole answer. The place is
    /// given back when the answer is here; where its bytes are counted, it `stands` until it is
    /// taken.
    pub async fn ask(
        &self,
        method: &Method,
        backend: Backend,
        inbound: &Inbound,
        question: (&HeaderMap, Bytes),
        stands: Option<Arc<Standing>>,
        place: Option<OwnedSemaphorePermit>,
    ) -> Result<Response<Body>, Status> {
        let replicas = self.replicas(backend);
        let held = (replicas.enter(false)?, place);
        self.budget.deposit();
        let (came, content) = question;
        let headers = self.headers(backend, inbound, came)?;
        let sent = async {
            let request = || outgoing(method, &headers, Body::new(Full::new(content.clone())));
            if method.is_read() {
                self.try_again(replicas, inbound.deadline, request).await
            } else {
                let sent = send(replicas, request()).await;
                sent.map_err(|error| unanswered(replicas.backend, inbound.deadline, &error))
            }
        };
        let answered = async { whole(sent.await?, backend, inbound.deadline, held, stands).await };
        let answer = tokio::time::timeout_at(inbound.deadline.at.into(), answered)
            .await
            .map_err(|_| inbound.deadline.refused())??;
        if method.changes_rights_or_tree() {
            self.newest.note(answer.headers());
        }
        Ok(answer)
    }

    /// Passes a stream on to the service that owns the method. What is `held` is held until the
    /// answer is through.
    pub async fn pass<Held: Send + Unpin + 'static>(
        &self,
        method: &Method,
        backend: Backend,
        inbound: &Inbound,
        request: Request<Body>,
        held: Held,
    ) -> Result<Response<Body>, Status> {
        let replicas = self.replicas(backend);
        let held = (replicas.enter(true)?, held);
        self.budget.deposit();
        let (parts, body) = request.into_parts();
        let headers = self.headers(backend, inbound, &parts.headers)?;
        let (body, broken) = Watched::new(body);
        let sent = async {
            let request = outgoing(method, &headers, Body::new(body));
            let sent = send(replicas, request).await;
            sent.map_err(|error| unanswered(replicas.backend, inbound.deadline, &error))
        };
        let (answer, request) = answered(sent, inbound.deadline, broken).await?;
        if method.changes_rights_or_tree() {
            self.newest.note(answer.headers());
        }
        let deadline = inbound.deadline;
        Ok(answer.map(|body| Body::new(Guarded::new(body, backend, deadline, request, held))))
    }

    fn replicas(&self, backend: Backend) -> &Arc<Replicas> {
        &self.replicas[backend as usize]
    }

    /// Sends a read; if no connection could be made, again, as far as the budget goes.
    async fn try_again(
        &self,
        replicas: &Replicas,
        deadline: Deadline,
        request: impl Fn() -> Request<Body>,
    ) -> Result<Response<Body>, Status> {
        let mut wait = RETRY_WAIT;
        let mut retries_left = self.retries_max;
        loop {
            match send(replicas, request()).await {
                Ok(answer) => return Ok(answer),
                Err(error) if retries_left > 0 && is_connect(&error) && self.budget.withdraw() => {
                    tracing::debug!(backend = replicas.backend.name(), "trying again");
                    tokio::time::sleep(wait).await;
                    wait *= 2;
                    retries_left -= 1;
                }
                Err(error) => return Err(unanswered(replicas.backend, deadline, &error)),
            }
        }
    }

    /// The headers that the service sees.
    fn headers(
        &self,
        backend: Backend,
        inbound: &Inbound,
        came: &HeaderMap,
    ) -> Result<HeaderMap, Status> {
        let mut headers = came.clone();
        for name in NOT_FORWARDED {
            headers.remove(name);
        }
        let token = self.signer.for_user(backend.name(), &inbound.caller).map_err(internal)?;
        let mut bearer = HeaderValue::try_from(format!("Bearer {token}")).map_err(internal)?;
        bearer.set_sensitive(true);
        headers.insert(header::AUTHORIZATION, bearer);
        let left = inbound
            .deadline
            .at
            .checked_duration_since(Instant::now())
            .and_then(|left| left.checked_sub(self.margin))
            .filter(|left| !left.is_zero())
            .ok_or_else(|| inbound.deadline.refused())?;
        headers.insert(GRPC_TIMEOUT, timeout_value(left));
        match self.newest.join(came)? {
            Some(seen) => headers.insert(SEEN, seen),
            None => headers.remove(SEEN),
        };
        Ok(headers)
    }
}

/// Takes in a whole answer. One that is larger than is kept passes through behind what is, and
/// holds its place.
async fn whole(
    answer: Response<Body>,
    backend: Backend,
    deadline: Deadline,
    held: (OwnedSemaphorePermit, Option<OwnedSemaphorePermit>),
    stands: Option<Arc<Standing>>,
) -> Result<Response<Body>, Status> {
    let (parts, mut body) = answer.into_parts();
    let (mut ready, mut size, mut trailers) = (VecDeque::new(), 0, None);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|status| {
            tracing::warn!(backend = backend.name(), code = ?status.code(), "an answer broke off");
            Refused::ServiceAway { backend }
        })?;
        match frame.into_data() {
            Ok(bytes) => {
                size += bytes.len();
                if let Some(stands) = &stands {
                    stands.hold(bytes.len())?;
                }
                ready.push_back(bytes);
            }
            Err(frame) => trailers = frame.into_trailers().ok(),
        }
        if size > KEPT_BYTES_MAX {
            let rest = Body::new(Guarded::new(body, backend, deadline, None, held));
            let whole = Whole::new(ready, None, Some(rest), stands);
            return Ok(Response::from_parts(parts, Body::new(whole)));
        }
    }
    let whole = Whole::new(ready, trailers, None, stands);
    Ok(Response::from_parts(parts, Body::new(whole)))
}

/// Waits for the head of the answer, no longer than the call may take, and not for a request
/// that broke off.
async fn answered(
    sent: impl Future<Output = Result<Response<Body>, Status>>,
    deadline: Deadline,
    mut broken: Broken,
) -> Result<(Response<Body>, Option<Broken>), Status> {
    let mut sent = pin!(sent);
    let mut over = pin!(tokio::time::sleep_until(deadline.at.into()));
    let mut coming = true;
    loop {
        tokio::select! {
            biased;
            told = &mut broken, if coming => match told {
                Ok(status) => return Err(status),
                Err(_) => coming = false,
            },
            answer = &mut sent => return answer.map(|answer| (answer, coming.then_some(broken))),
            () = &mut over => return Err(deadline.refused().into()),
        }
    }
}

fn internal(error: impl std::fmt::Display) -> Status {
    tracing::error!(%error, "the call cannot be forwarded");
    Status::internal("internal error")
}

fn outgoing(method: &Method, headers: &HeaderMap, body: Body) -> Request<Body> {
    let mut request = Request::new(body);
    *request.method_mut() = http::Method::POST;
    *request.version_mut() = http::Version::HTTP_2;
    *request.uri_mut() =
        http::Uri::builder().path_and_query(&*method.path).build().unwrap_or_default();
    *request.headers_mut() = headers.clone();
    request
}

async fn send(
    replicas: &Replicas,
    request: Request<Body>,
) -> Result<Response<Body>, tonic::transport::Error> {
    let mut outgoing = replicas.outgoing.clone();
    outgoing.ready().await?.call(request).await
}

/// What went wrong stays in our log; the caller learns that the time is over, or who is away.
fn unanswered(backend: Backend, deadline: Deadline, error: &tonic::transport::Error) -> Status {
    if chain(error).any(|error| error.is::<tonic::TimeoutExpired>()) {
        return deadline.refused().into();
    }
    tracing::warn!(backend = backend.name(), error = %causes(error), "a service does not answer");
    Refused::ServiceAway { backend }.into()
}

fn causes(error: &(dyn Error + 'static)) -> String {
    chain(error).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// An error, and what caused it, and so on.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    fn cause<'a>(error: &&'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
        (*error).source()
    }
    std::iter::successors(Some(error), cause)
}

/// True when the call never left: no connection could be made.
fn is_connect(error: &(dyn Error + 'static)) -> bool {
    chain(error).any(|error| error.is::<tonic::ConnectError>())
}

/// A duration as gRPC writes it: at most eight digits, and a unit.
fn timeout_value(left: Duration) -> HeaderValue {
    let text = match (left.as_micros(), left.as_millis(), left.as_secs()) {
        (micros, ..) if micros < 100_000_000 => format!("{micros}u"),
        (_, millis, _) if millis < 100_000_000 => format!("{millis}m"),
        (.., seconds) => format!("{}S", seconds.min(99_999_999)),
    };
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("1S"))
}

/// Retries may not become the load that keeps a service down: each call earns a part of one.
fn retry_budget(percent: u16) -> TpsBudget {
    TpsBudget::new(RETRY_WINDOW, RETRIES_PER_SECOND, f32::from(percent) / 100.0)
}

/// The services behind, as one admitted call may use them: what the generated clients of a
/// composite method speak to.
#[derive(Clone)]
pub struct Inward {
    /// Passes on.
    pub forwarder: Arc<Forwarder>,
    /// Knows the methods.
    pub contract: Arc<Contract>,
    /// The call in whose name.
    pub inbound: Arc<Inbound>,
}

impl Service<Request<Body>> for Inward {
    type Response = Response<Body>;
    type Error = Status;
    type Future = BoxFuture<'static, Result<Response<Body>, Status>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let inward = self.clone();
        for name in CARRIED {
            if let Some(value) = inward.inbound.headers.get(&name)
                && !request.headers().contains_key(&name)
            {
                request.headers_mut().insert(name, value.clone());
            }
        }
        Box::pin(async move {
            let path = request.uri().path().to_string();
            match inward.contract.method(&path).cloned() {
                Some(method) => match method.owner {
                    Owner::Backend(backend) => {
                        let (parts, body) = request.into_parts();
                        let question = (&parts.headers, body.collect().await?.to_bytes());
                        let forwarder = &inward.forwarder;
                        forwarder.ask(&method, backend, &inward.inbound, question, None, None).await
                    }
                    Owner::Gateway => Err(Refused::MethodUnknown { path }.into()),
                },
                None => Err(Refused::MethodUnknown { path }.into()),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_is_written_in_the_finest_unit_that_fits() {
        let written = |left| timeout_value(left);
        assert_eq!(written(Duration::from_micros(1)), "1u");
        assert_eq!(written(Duration::from_millis(29_900)), "29900000u");
        assert_eq!(written(Duration::from_secs(900)), "900000m");
        assert_eq!(written(Duration::from_secs(200_000)), "200000S");
    }

    #[test]
    fn retries_are_earned_by_calls() {
        let budget = retry_budget(10);
        assert_eq!((0..100).filter(|_| budget.withdraw()).count(), 10);
        (0..20).for_each(|_| budget.deposit());
        assert_eq!((0..100).filter(|_| budget.withdraw()).count(), 2);
    }
}
