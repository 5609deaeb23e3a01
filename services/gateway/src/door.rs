//! The door that every call goes through, whichever way it came.
//!
//! Is there such a method, is there room at all, who calls, does the caller have room, what is
//! asked, and where does it go. Nothing of a body is read before it is known who sends it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body as AxumBody;
use chassis::call::{Caller, Deadline as CallDeadline};
use chassis::refusal::{LANGUAGE, Language};
use chassis::serve::{Asked, Measured};
use http::{Extensions, HeaderMap, Request, Response};
use http_body_util::Full;
use proto::gateway::v1::gateway_service_server::GatewayServiceServer;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::Status;
use tonic::body::Body;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt, service_fn};

use crate::composite::api::Composites;
use crate::contract::{Contract, Method, Owner};
use crate::edge::authenticate::Issuers;
use crate::edge::standing::{Standing, Standings};
use crate::error::Refused;
use crate::pass::forward::{Forwarder, Inbound};
use crate::stream::{Deadline, Whole};

/// Kept of a call's time, so that our refusal is out before the connection is given up.
const MARGIN: Duration = Duration::from_millis(10);
/// In front of a gRPC message.
const HEAD: usize = 5;

/// The door, as it is entered by callers in this process.
pub type GrpcDoor = BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>;

/// What stands behind the door.
pub struct Door {
    /// The methods.
    pub contract: Arc<Contract>,
    /// Who may come in.
    pub issuers: Issuers,
    /// To the services behind.
    pub forwarder: Arc<Forwarder>,
    /// The methods of the gateway itself.
    pub composites: GatewayServiceServer<Composites>,
    /// The longest that a call may take, when nobody says less.
    pub call_max: Duration,
    /// How much one call may ask.
    pub asked: Asked,
    /// How long a stream may bring nothing.
    pub stream_idle: Duration,
    /// Room for calls.
    pub calls: Arc<Semaphore>,
    /// Room for streams.
    pub streams: Arc<Semaphore>,
    /// Each caller's own.
    pub standings: Standings,
}

/// A call whose caller is known.
#[derive(Clone)]
pub struct Admitted {
    caller: Caller,
    /// Its place among its caller's.
    pub standing: Arc<Standing>,
    /// When its time is over.
    pub deadline: Deadline,
}

impl Door {
    /// The door of gRPC for callers in this process.
    pub fn through(self: &Arc<Self>) -> GrpcDoor {
        let door = self.clone();
        BoxCloneSyncService::new(service_fn(move |request| {
            let door = door.clone();
            async move { Ok::<_, Infallible>(door.grpc(request).await) }
        }))
    }

    /// The same for gRPC-Web, whose messages nobody has measured yet.
    pub fn measured(self: &Arc<Self>, path: &str) -> GrpcDoor {
        let mut asked = self.asked;
        if self.contract.method(path).is_some_and(|method| method.asks_on()) {
            (asked.one_message, asked.idle) = (false, self.stream_idle);
        }
        let door = self.through();
        BoxCloneSyncService::new(service_fn(move |request: Request<Body>| {
            let request = request
                .map(|body| Body::new(Measured::new(AxumBody::new(body), asked, language())));
            door.clone().oneshot(request)
        }))
    }

    /// Answers a gRPC call.
    pub async fn grpc(&self, request: Request<Body>) -> Response<Body> {
        match self.call(request).await {
            Ok(response) => response,
            Err(status) => status.into_http(),
        }
    }

    /// Learns who calls, and whether there is room: for anybody, before the caller's token costs
    /// anything, and then among the caller's own calls.
    pub fn admit(
        &self,
        method: &Method,
        headers: &HeaderMap,
        extensions: &Extensions,
    ) -> Result<Admitted, Refused> {
        let room = if method.is_streaming() { &self.streams } else { &self.calls };
        if room.available_permits() == 0 {
            return Err(Refused::Overloaded { service: "gateway" });
        }
        if let Owner::Backend(backend) = method.owner
            && self.forwarder.is_full(backend, method.is_streaming())
        {
            return Err(Refused::Overloaded { service: backend.name() });
        }
        let caller = self.issuers.caller(headers)?;
        let standing = self.standings.enter(caller.principal(), method.is_streaming())?;
        Ok(Admitted { caller, standing, deadline: self.deadline(method, extensions) })
    }

    async fn call(&self, mut request: Request<Body>) -> Result<Response<Body>, Status> {
        let path = request.uri().path();
        let method = self
            .contract
            .method(path)
            .ok_or_else(|| Refused::MethodUnknown { path: path.chars().take(200).collect() })?
            .clone();
        // What came as JSON was admitted before it was read.
        let admitted = match request.extensions_mut().remove::<Admitted>() {
            Some(admitted) => admitted,
            None => self.admit(&method, request.headers(), request.extensions())?,
        };
        let Admitted { caller, standing, deadline } = admitted;
        let headers = Arc::new(request.headers().clone());
        let inbound = Inbound { caller, deadline, headers };
        if let Owner::Backend(backend) = method.owner
            && method.asks_on()
        {
            let held = (self.room(&self.streams)?, standing);
            return self.forwarder.pass(&method, backend, &inbound, request, held).await;
        }
        // One question is heard to its end, and is one, before a service hears of it.
        let (mut parts, body) = request.into_parts();
        let limit = self.asked.message_bytes.saturating_add(HEAD);
        let content = self.standings.take_in(&standing, body, limit, deadline).await?;
        if let Owner::Backend(backend) = method.owner
            && method.is_streaming()
        {
            let question = Request::from_parts(parts, Body::new(Full::new(content)));
            let held = (self.room(&self.streams)?, standing);
            return self.forwarder.pass(&method, backend, &inbound, question, held).await;
        }
        let place = self.room(&self.calls)?;
        match method.owner {
            Owner::Backend(backend) => {
                let question = (&parts.headers, content);
                let stands = Some(standing);
                self.forwarder.ask(&method, backend, &inbound, question, stands, Some(place)).await
            }
            Owner::Gateway => {
                parts.extensions.insert(Arc::new(inbound));
                let mut composites = self.composites.clone();
                let question = Request::from_parts(parts, Body::new(Full::new(content)));
                let answered = composites.call(question);
                match tokio::time::timeout_at(deadline.at.into(), answered).await {
                    Ok(Ok(response)) => {
                        drop(place);
                        let response = chassis::door::told(response, language());
                        Ok(response.map(|body| Body::new(Whole::of(body, standing))))
                    }
                    Ok(Err(never)) => match never {},
                    Err(_) => Err(deadline.refused().into()),
                }
            }
        }
    }

    fn room(&self, room: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Refused> {
        room.clone().try_acquire_owned().map_err(|_| Refused::Overloaded { service: "gateway" })
    }

    /// What is no stream takes no longer, whatever it says of itself.
    fn deadline(&self, method: &Method, extensions: &Extensions) -> Deadline {
        let now = Instant::now();
        let at = match extensions.get::<CallDeadline>() {
            Some(deadline) if method.is_streaming() => deadline.0,
            Some(deadline) => deadline.0.min(now + self.call_max),
            None => now + self.call_max,
        };
        Deadline {
            at: at.checked_sub(MARGIN).unwrap_or(at),
            limit_ms: at.saturating_duration_since(now).as_millis(),
        }
    }
}

/// The language of the call that is being answered.
fn language() -> Language {
    LANGUAGE.try_with(|language| *language).unwrap_or_default()
}
