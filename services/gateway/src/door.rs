//! The one port: gRPC, gRPC-Web and JSON, told apart by what they say they are.
//!
//! All three become the same gRPC call, which passes the same steps here: is there such a
//! method, is there room, who calls, and where does it go.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body as AxumBody;
use axum::extract::{Request as AxumRequest, State};
use axum::response::{IntoResponse, Response as AxumResponse};
use axum::routing::get;
use chassis::call::Deadline as CallDeadline;
use chassis::refusal::{LANGUAGE, Language};
use chassis::serve::Measured;
use http::{HeaderMap, HeaderValue, Request, Response, header};
use proto::gateway::v1::gateway_service_server::GatewayServiceServer;
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::Status;
use tonic::body::Body;
use tonic_web::GrpcWebLayer;
use tower::util::BoxCloneSyncService;
use tower::{Layer, Service, ServiceExt, service_fn};

use crate::api::Composites;
use crate::authenticate::Issuers;
use crate::contract::{Contract, Method, Owner};
use crate::error::Refused;
use crate::forward::{Forwarder, Inbound};
use crate::stream::Deadline;
use crate::transcode::{GrpcDoor, Transcoder};

/// Kept of a call's time, so that our refusal is out before the connection is given up.
const MARGIN: Duration = Duration::from_millis(10);

/// How many calls may be in progress at once. Streams have a limit of their own: a hundred
/// that stay open take nothing from those who ask and go.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Calls that are answered once.
    pub calls_max: usize,
    /// Calls that stream, in either direction.
    pub streams_max: usize,
}

/// What stands behind the port.
pub struct Door {
    /// The methods.
    pub contract: Arc<Contract>,
    /// Who may come in.
    pub issuers: Issuers,
    /// To the services behind.
    pub forwarder: Arc<Forwarder>,
    /// The methods of the gateway itself.
    pub composites: GatewayServiceServer<Composites>,
    /// For JSON.
    pub transcoder: Transcoder,
    /// The longest that a call may take, when nobody says less.
    pub call_max: Duration,
    /// The largest message.
    pub message_bytes_max: usize,
    /// Room for calls.
    pub calls: Arc<Semaphore>,
    /// Room for streams.
    pub streams: Arc<Semaphore>,
}

/// The routes of the port: everything that has no place of its own goes through the door.
pub fn routes(door: Arc<Door>, openapi: String) -> Router {
    Router::new()
        .route("/openapi.json", get(move || published(openapi.clone())))
        .fallback(enter)
        .with_state(door)
}

async fn published(openapi: String) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], openapi)
}

async fn enter(State(door): State<Arc<Door>>, request: AxumRequest) -> AxumResponse {
    match Protocol::of(request.headers()) {
        Protocol::Grpc => door.grpc(request.map(Body::new)).await.map(AxumBody::new),
        Protocol::GrpcWeb => {
            // tonic's layer refuses plain HTTP/1.1: it sees what says that it is gRPC-Web.
            let web = GrpcWebLayer::new().layer(door.measured());
            match web.oneshot(request.map(Body::new)).await {
                Ok(response) => response.map(AxumBody::new),
                Err(never) => match never {},
            }
        }
        Protocol::Json => {
            let through = door.through();
            door.transcoder.answer(request, through).await
        }
    }
}

/// How a request speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    Grpc,
    GrpcWeb,
    Json,
}

impl Protocol {
    fn of(headers: &HeaderMap) -> Self {
        let content_type = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
        match content_type {
            Some(kind) if kind.starts_with(b"application/grpc-web") => Protocol::GrpcWeb,
            Some(kind) if kind.starts_with(b"application/grpc") => Protocol::Grpc,
            _ => Protocol::Json,
        }
    }
}

impl Door {
    /// The door of gRPC for callers in this process.
    fn through(self: &Arc<Self>) -> GrpcDoor {
        let door = self.clone();
        BoxCloneSyncService::new(service_fn(move |request| {
            let door = door.clone();
            async move { Ok::<_, Infallible>(door.grpc(request).await) }
        }))
    }

    /// The same for gRPC-Web, whose messages nobody has measured yet.
    fn measured(self: &Arc<Self>) -> GrpcDoor {
        let (door, limit) = (self.through(), self.message_bytes_max);
        BoxCloneSyncService::new(service_fn(move |request: Request<Body>| {
            let request = request
                .map(|body| Body::new(Measured::new(AxumBody::new(body), limit, language())));
            door.clone().oneshot(request)
        }))
    }

    /// Answers a gRPC call.
    async fn grpc(&self, request: Request<Body>) -> Response<Body> {
        match self.call(request).await {
            Ok(response) => response,
            Err(status) => status.into_http(),
        }
    }

    async fn call(&self, mut request: Request<Body>) -> Result<Response<Body>, Status> {
        let path = request.uri().path();
        let method = self
            .contract
            .method(path)
            .ok_or_else(|| Refused::MethodUnknown { path: path.chars().take(200).collect() })?
            .clone();
        let place = self.room(&method)?;
        let inbound = Inbound {
            caller: self.issuers.caller(request.headers())?,
            deadline: self.deadline(&request),
            headers: Arc::new(request.headers().clone()),
        };
        match method.owner {
            Owner::Backend(backend) => {
                self.forwarder.forward(&method, backend, &inbound, request, Some(place)).await
            }
            Owner::Gateway => {
                let deadline = inbound.deadline;
                request.extensions_mut().insert(Arc::new(inbound));
                let mut composites = self.composites.clone();
                let answered = composites.call(request);
                match tokio::time::timeout_at(deadline.at.into(), answered).await {
                    Ok(Ok(response)) => Ok(chassis::door::told(response, language())),
                    Ok(Err(never)) => match never {},
                    Err(_) => Err(deadline.refused().into()),
                }
            }
        }
    }

    fn room(&self, method: &Method) -> Result<OwnedSemaphorePermit, Refused> {
        let room = if method.is_streaming() { &self.streams } else { &self.calls };
        room.clone().try_acquire_owned().map_err(|_| Refused::Overloaded { service: "gateway" })
    }

    fn deadline(&self, request: &Request<Body>) -> Deadline {
        let now = Instant::now();
        let at = match request.extensions().get::<CallDeadline>() {
            Some(deadline) => deadline.0,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_told_apart_by_their_content_type() {
        let protocol = |kind: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            Protocol::of(&headers)
        };
        assert_eq!(protocol("application/grpc"), Protocol::Grpc);
        assert_eq!(protocol("application/grpc+proto"), Protocol::Grpc);
        assert_eq!(protocol("application/grpc-web+proto"), Protocol::GrpcWeb);
        assert_eq!(protocol("application/grpc-web-text"), Protocol::GrpcWeb);
        assert_eq!(protocol("application/json"), Protocol::Json);
        assert_eq!(Protocol::of(&HeaderMap::new()), Protocol::Json);
    }
}
