//! A real server on a free port, whose one handler does what the message says; and callers.

use std::convert::Infallible;
use std::pin::Pin;
use std::time::Duration;

use axum::Router;
use axum::routing::post_service;
use chassis::access::token::{GATEWAY, Signer};
use chassis::access::{self, FEED_WATCH, PUBLIC};
use chassis::call::{Call, Caller};
use chassis::serve::{Outgoing, Running, Service};
use futures_util::{Stream, StreamExt, stream};
use http::uri::PathAndQuery;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tonic::metadata::MetadataValue;
use tonic::{Code, Request, Response, Status, Streaming};
use tonic_prost::ProstCodec;
use tonic_types::StatusExt;
use tower::service_fn;

/// The server, and the keys that speak to it.
pub struct World {
    pub running: Running,
    /// What the handler of `incoming()` heard of the stream that it was sent.
    pub heard: UnboundedReceiver<Heard>,
    gateway: Signer,
    membership: Signer,
    _keys: tempfile::TempDir,
}

/// Any method with one answer that end users call.
pub fn unary() -> &'static str {
    methods()[0]
}

/// Another such method, which the server answers with a stream.
pub fn streaming() -> &'static str {
    methods()[1]
}

/// A method that is sent a stream.
pub fn incoming() -> &'static str {
    "/congdoan.registry.v1.OrganisationService/LoadOrganisations"
}

/// What a handler hears of a stream that comes in.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    Message(String),
    End,
    Broken(Code),
}

pub const WATCH: &str = "/congdoan.feed.v1.FeedService/Watch";

fn methods() -> Vec<&'static str> {
    let mut paths: Vec<&str> = access::declared()
        .values()
        .filter(|declared| !declared.streams)
        .filter(|declared| ![PUBLIC, FEED_WATCH].contains(&&*declared.method.permission))
        .map(|declared| &*declared.method.rpc)
        .collect();
    paths.sort_unstable();
    paths
}

impl World {
    /// A server with the chassis' defaults and what `serve` says otherwise.
    pub async fn start(serve: &str) -> Self {
        let keys = tempfile::tempdir().expect("a folder");
        let [gateway, membership] = [GATEWAY, "membership"].map(|name| {
            let signer = Signer::generate(name).expect("a key");
            std::fs::write(keys.path().join(name), signer.public_pem()).expect("written");
            signer
        });
        let signers = [GATEWAY, "membership"]
            .map(|name| format!("{name} = {:?}\n", keys.path().join(name)))
            .concat();
        let toml = format!("[serve]\n{serve}\n[serve.signers]\n{signers}");
        let config: Config = chassis::config::with("[serve]\n[telemetry]\nfilter = 'error'", &toml)
            .expect("understood");
        let telemetry = chassis::telemetry::start(&config.telemetry, "test").expect("started");
        std::mem::forget(telemetry);
        let (hears, heard) = unbounded_channel();
        let running = Service::new("registry", &config.serve)
            .http(handlers(hears))
            .start()
            .await
            .expect("started");
        Self { running, heard, gateway, membership, _keys: keys }
    }

    pub fn stranger(&self) -> Client {
        let channel = chassis::serve::channel(&self.running.uri()).expect("an address");
        Client { channel, bearer: None, timeout: None, language: None }
    }

    /// An end user, for whom the gateway speaks.
    pub fn user(&self) -> Client {
        let an = Caller { issuer: "https://issuer.example".to_string(), ..Caller::system("an") };
        let token = self.gateway.for_user("registry", &an).expect("signed");
        Client { bearer: Some(token), ..self.stranger() }
    }

    /// Membership, which speaks for itself.
    pub fn follower(&self) -> Client {
        let token = self.membership.for_itself("registry").expect("signed");
        Client { bearer: Some(token), ..self.stranger() }
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    serve: chassis::serve::Config,
    telemetry: chassis::telemetry::Config,
}

pub struct Client {
    channel: Outgoing,
    bearer: Option<String>,
    pub timeout: Option<Duration>,
    pub language: Option<&'static str>,
}

impl Client {
    pub fn within(self, timeout: Duration) -> Self {
        Self { timeout: Some(timeout), ..self }
    }

    fn request<T>(&self, say: T) -> Request<T> {
        let mut request = Request::new(say);
        let texts = [
            ("authorization", self.bearer.as_ref().map(|token| format!("Bearer {token}"))),
            ("accept-language", self.language.map(str::to_string)),
            // Not by `set_timeout`, with which the client would cut the call itself.
            ("grpc-timeout", self.timeout.map(|timeout| format!("{}m", timeout.as_millis()))),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                let value = MetadataValue::try_from(text).expect("ascii");
                request.metadata_mut().insert(name, value);
            }
        }
        request
    }

    pub async fn call(&self, path: &'static str, say: &str) -> Result<String, Status> {
        let mut client = tonic::client::Grpc::new(self.channel.clone());
        client.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let codec = ProstCodec::<String, String>::default();
        client
            .unary(self.request(say.to_string()), PathAndQuery::from_static(path), codec)
            .await
            .map(Response::into_inner)
    }

    pub async fn tell(
        &self,
        path: &'static str,
        words: impl Stream<Item = String> + Send + 'static,
    ) -> Result<String, Status> {
        let mut client = tonic::client::Grpc::new(self.channel.clone());
        client.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let codec = ProstCodec::<String, String>::default();
        client
            .client_streaming(self.request(words), PathAndQuery::from_static(path), codec)
            .await
            .map(Response::into_inner)
    }

    pub async fn listen(&self, path: &'static str, say: &str) -> Result<Streaming<String>, Status> {
        let mut client = tonic::client::Grpc::new(self.channel.clone());
        client.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let codec = ProstCodec::<String, String>::default();
        client
            .server_streaming(self.request(say.to_string()), PathAndQuery::from_static(path), codec)
            .await
            .map(Response::into_inner)
    }
}

/// The reason of a refusal and what its ErrorInfo says of `key`.
pub fn reason(status: &Status, key: &str) -> (String, Option<String>) {
    let info = status.get_details_error_info().expect("an ErrorInfo");
    (info.reason, info.metadata.get(key).cloned())
}

fn handlers(hears: UnboundedSender<Heard>) -> Router {
    let one = service_fn(|request: http::Request<axum::body::Body>| async {
        let mut grpc = tonic::server::Grpc::new(ProstCodec::<String, String>::default());
        Ok::<_, Infallible>(grpc.unary(service_fn(obey), request).await)
    });
    let many = service_fn(|request: http::Request<axum::body::Body>| async {
        let mut grpc = tonic::server::Grpc::new(ProstCodec::<String, String>::default());
        Ok::<_, Infallible>(grpc.server_streaming(service_fn(obey_at_length), request).await)
    });
    let told = service_fn(move |request: http::Request<axum::body::Body>| {
        let hears = hears.clone();
        async move {
            let listen = service_fn(move |request| listen_to_the_end(request, hears.clone()));
            let mut grpc = tonic::server::Grpc::new(ProstCodec::<String, String>::default());
            Ok::<_, Infallible>(grpc.client_streaming(listen, request).await)
        }
    });
    Router::new()
        .route(incoming(), post_service(told))
        .route(unary(), post_service(one))
        .route(streaming(), post_service(many))
        .route(WATCH, post_service(many))
}

/// More than anybody reads of the headers of an answer.
fn much() -> String {
    "x".repeat(20_000)
}

/// Does what the message says.
async fn obey(request: Request<String>) -> Result<Response<String>, Status> {
    match request.get_ref().as_str() {
        "who" => {
            let call = Call::of(&request, None, false)?;
            Ok(Response::new(format!("{} {}", call.caller.principal(), call.permission)))
        }
        "trace" => Ok(Response::new(chassis::telemetry::traceparent())),
        "panic" => panic!("as told"),
        "take long" => {
            tokio::time::sleep(Duration::from_millis(400)).await;
            Ok(Response::new("done".to_string()))
        }
        "never end" => std::future::pending().await,
        "how long" => {
            let left = chassis::serve::remaining().expect("a deadline");
            Ok(Response::new(left.as_millis().to_string()))
        }
        "say much in the head" => {
            let mut response = Response::new("done".to_string());
            response.metadata_mut().insert("much", much().parse().expect("ascii"));
            Ok(response)
        }
        "refuse at length" => Err(Status::not_found(much())),
        other => Ok(Response::new(other.to_string())),
    }
}

/// Hears a stream to its end, or to where it breaks off.
async fn listen_to_the_end(
    request: Request<Streaming<String>>,
    hears: UnboundedSender<Heard>,
) -> Result<Response<String>, Status> {
    let mut words = request.into_inner();
    let hear = |heard| hears.send(heard).expect("the test listens");
    loop {
        match words.message().await {
            Ok(Some(word)) => hear(Heard::Message(word)),
            Ok(None) => {
                hear(Heard::End);
                return Ok(Response::new("heard".to_string()));
            }
            Err(status) => {
                hear(Heard::Broken(status.code()));
                return Err(status);
            }
        }
    }
}

type Words = Pin<Box<dyn Stream<Item = Result<String, Status>> + Send>>;

/// Says one word, and then does what the message says.
async fn obey_at_length(request: Request<String>) -> Result<Response<Words>, Status> {
    let then: Words = match request.get_ref().as_str() {
        "never end" => stream::pending().boxed(),
        "panic" => stream::once(async {
            // Later, or the first word would not have been sent yet.
            tokio::time::sleep(Duration::from_millis(50)).await;
            panic!("as told")
        })
        .boxed(),
        "refuse at length" => stream::once(async { Err(Status::not_found(much())) }).boxed(),
        _ => stream::empty().boxed(),
    };
    Ok(Response::new(stream::iter([Ok("first".to_string())]).chain(then).boxed()))
}
