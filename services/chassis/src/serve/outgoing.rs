//! Calls to other services: with our trace, our token and no more than our own time.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use anyhow::Context as _;
use futures_util::future::BoxFuture;
use http::header::AUTHORIZATION;
use http::{Request, Response};
use proto::reason::code_name;
use tonic::body::Body;
use tonic::metadata::MetadataValue;
use tonic::service::Interceptor;
use tonic::transport::{Channel, Endpoint, Error};
use tonic::{Code, Status};
use tower::Service;
use tracing::field::Empty;
use tracing::{Instrument, info_span};

use super::answer::code_in;
use super::deadline;
use crate::access::token::Signer;
use crate::telemetry;

/// Kept back of the own deadline, so that there is time left to say that it was exceeded.
const MARGIN: Duration = Duration::from_millis(50);

/// How much of an answer's headers is read. Ours stay far below; but a connection that breaks
/// takes everybody's calls with it, whatever the other side did.
const HEADER_BYTES_MAX: u32 = 256 * 1024;

/// Where a service is, for example `http://registry:50051`, and how we keep in touch.
pub fn endpoint(uri: &str) -> anyhow::Result<Endpoint> {
    Ok(Endpoint::from_shared(uri.to_string())
        .with_context(|| format!("understand the address {uri:?}"))?
        .connect_timeout(Duration::from_secs(2))
        .tcp_nodelay(true)
        .http2_keep_alive_interval(Duration::from_secs(10))
        .keep_alive_timeout(Duration::from_secs(5))
        .keep_alive_while_idle(true)
        .http2_max_header_list_size(HEADER_BYTES_MAX))
}

/// A connection to a service, made when it is first used and again when it breaks.
pub fn channel(uri: &str) -> anyhow::Result<Outgoing> {
    Ok(Outgoing::new(endpoint(uri)?.connect_lazy()))
}

/// A channel whose calls have a client span, carry its trace context, and take no longer than
/// the call that is being answered.
#[derive(Clone, Debug)]
pub struct Outgoing {
    channel: Channel,
}

impl Outgoing {
    /// Over a channel that somebody else made.
    pub fn new(channel: Channel) -> Self {
        Self { channel }
    }
}

impl Service<Request<Body>> for Outgoing {
    type Response = Response<Body>;
    type Error = Error;
    type Future = BoxFuture<'static, Result<Response<Body>, Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.channel.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let path = request.uri().path().trim_start_matches('/').to_string();
        let (service, method) = path.split_once('/').unwrap_or((&path, ""));
        let span = info_span!(
            "rpc",
            otel.name = path,
            otel.kind = "client",
            otel.status_code = Empty,
            rpc.system = "grpc",
            rpc.service = service,
            rpc.method = method,
            rpc.response.status_code = Empty,
        );
        span.in_scope(|| telemetry::inject(request.headers_mut()));
        if let Some(left) = deadline::remaining() {
            let left = left.saturating_sub(MARGIN);
            let left = deadline::asked(request.headers()).map_or(left, |asked| asked.min(left));
            request.headers_mut().insert(deadline::GRPC_TIMEOUT, deadline::written(left));
        }
        let answered = self.channel.call(request);
        let entered = span.clone();
        Box::pin(
            async move {
                let response = answered.await;
                let code = match &response {
                    Ok(response) => code_in(response.headers()).unwrap_or(Code::Ok),
                    Err(_) => Code::Unavailable,
                };
                entered.record("rpc.response.status_code", code_name(code));
                if code != Code::Ok {
                    entered.record("otel.status_code", "ERROR");
                }
                response
            }
            .instrument(span),
        )
    }
}

/// Puts a token into each call, by which this service speaks for itself.
#[derive(Clone, Debug)]
pub struct SpeakForItself {
    signer: Arc<Signer>,
    audience: Arc<str>,
}

impl SpeakForItself {
    /// Speaks as `signer` to the service `audience`.
    pub fn new(signer: Arc<Signer>, audience: &str) -> Self {
        Self { signer, audience: audience.into() }
    }
}

impl Interceptor for SpeakForItself {
    fn call(&mut self, mut request: tonic::Request<()>) -> Result<tonic::Request<()>, Status> {
        let bearer = self
            .signer
            .for_itself(&self.audience)
            .and_then(|token| Ok(MetadataValue::try_from(format!("Bearer {token}"))?));
        match bearer {
            Ok(bearer) => {
                request.metadata_mut().insert(AUTHORIZATION.as_str(), bearer);
                Ok(request)
            }
            Err(error) => {
                tracing::error!(error = %format!("{error:#}"), "cannot sign an internal token");
                Err(Status::internal("internal error"))
            }
        }
    }
}
