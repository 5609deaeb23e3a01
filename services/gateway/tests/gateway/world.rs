//! A gateway on a free port, three services behind it, and callers.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use chassis::access::token::{self, GATEWAY};
use chassis::refusal::testing::Heard;
use chassis::seen::{Keys, Seen};
use chassis::serve::Running;
use gateway::edge::development_issuer::DevelopmentIssuer;
use http::{HeaderMap, Method, StatusCode};
use proto::feed::v1::WatchResponse;
use serde_json::{Value as Json, json};
use stage::browser;
use tonic::metadata::MetadataValue;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Response, Status};
use uuid::Uuid;

use super::behind::Behind;

pub const WATCH: &str = "/congdoan.feed.v1.FeedService/Watch";

/// An address at which nobody listens.
pub async fn nobody() -> SocketAddr {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("bound");
    closed.local_addr().expect("bound")
}

/// The gateway and what stands behind it.
pub struct World {
    pub registry: Behind,
    pub membership: Behind,
    pub reporting: Behind,
    pub gateway: Running,
    pub issuer: DevelopmentIssuer,
    pub keys: token::Keys,
    pub epoch: Uuid,
    _folder: tempfile::TempDir,
}

impl World {
    pub async fn start() -> Self {
        Self::start_with("").await
    }

    /// With further configuration, as TOML.
    pub async fn start_with(further: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = token::keys_in(folder.path().join("keys")).expect("made");
        let anywhere = "127.0.0.1:0".parse().expect("an address");
        let issuer = DevelopmentIssuer::start(&folder.path().join("issuer"), anywhere)
            .await
            .expect("started");
        let registry = Behind::start("registry").await;
        let membership = Behind::start("membership").await;
        let reporting = Behind::start("reporting").await;
        // Registry's feed stands at position 7, and stays there.
        let epoch = Uuid::now_v7();
        registry.on(WATCH, move |_| {
            let head =
                WatchResponse { epoch: epoch.to_string(), changes: vec![], head_position: 7 };
            Box::pin(async move {
                use futures_util::{StreamExt, stream};
                let head = bytes::Bytes::from(prost::Message::encode_to_vec(&head));
                let open = stream::pending().boxed();
                Ok(Response::new(stream::iter([Ok(head)]).chain(open).boxed()))
            })
        });
        let settings = settings(&keys, &issuer, [&registry, &membership, &reporting], further);
        let config: gateway::Config =
            chassis::config::with(gateway::DEFAULTS, &settings).expect("understood");
        let telemetry = chassis::telemetry::start(&config.telemetry, "gateway").expect("started");
        // For all tests of this process.
        std::mem::forget(telemetry);
        let gateway = gateway::start(config).await.expect("started");
        let world =
            Self { registry, membership, reporting, gateway, issuer, keys, epoch, _folder: folder };
        world.settle().await;
        world
    }

    /// Waits until the gateway has begun to watch registry's feed and has found everybody.
    async fn settle(&self) {
        let began = std::time::Instant::now();
        while self.registry.calls(WATCH).is_empty() {
            assert!(began.elapsed() < Duration::from_secs(10), "nobody watches the feed");
            tokio::task::yield_now().await;
        }
    }

    pub fn token(&self) -> String {
        self.issuer.token("an").expect("signed")
    }

    /// A channel on which nobody is refused for what the contract of the method does not say.
    pub async fn channel(&self) -> Heard<Channel> {
        let endpoint = Endpoint::from_shared(self.gateway.uri()).expect("an address");
        Heard(endpoint.connect().await.expect("connected"))
    }

    /// A channel on which An calls.
    pub async fn an(&self) -> InterceptedService<Heard<Channel>, Bearer> {
        InterceptedService::new(self.channel().await, Bearer(self.token()))
    }

    /// What a call was forwarded with.
    pub fn seen(&self, headers: &HeaderMap) -> Seen {
        let token = headers["congdoan-seen"].to_str().expect("ascii");
        Seen::decode(&self.seen_keys(), token).expect("sealed")
    }

    pub fn seen_keys(&self) -> Keys {
        Keys::new(self.keys.seen().read().expect("read").as_bytes()).expect("a key")
    }

    pub fn gateway_pem(&self) -> String {
        std::fs::read_to_string(self.keys.public(GATEWAY)).expect("read")
    }

    /// A JSON request, in An's name.
    pub async fn json(&self, method: Method, path: &str, body: Option<Json>) -> JsonAnswer {
        let body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        let bearer = format!("Bearer {}", self.token());
        let headers = [("authorization", bearer.as_str()), ("accept-language", "en")];
        let (status, headers, body) = self.http(method, path, &headers, body).await;
        let body = serde_json::from_slice(&body).unwrap_or(Json::Null);
        JsonAnswer { status, headers, body }
    }

    pub async fn http(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> (StatusCode, HeaderMap, Vec<u8>) {
        let answer = browser::send(&self.gateway.uri(), method, path, headers, body).await;
        (answer.status, answer.headers, answer.body.to_vec())
    }
}

/// The gateway's settings over its defaults.
pub fn settings(
    keys: &token::Keys,
    issuer: &DevelopmentIssuer,
    behind: [&Behind; 3],
    further: &str,
) -> String {
    let quoted = |path: &Path| format!("{:?}", path.display().to_string());
    let issuer = issuer.configuration();
    // What a test says of a service is meant instead of the service that was started.
    let backends: String = proto::services::OWNERS
        .into_iter()
        .zip(behind)
        .map(|(name, behind)| (format!("backends.{name} = "), behind.uri()))
        .filter(|(key, _)| !further.contains(key))
        .map(|(key, uri)| format!("{key}'{uri}'\n"))
        .collect();
    format!(
        "seen_key = {seen}
         serve.address = '127.0.0.1:0'
         serve.key = {key}
         telemetry.filter = 'error'
         {backends}
         {further}
         [[issuers]]
         issuer = '{name}'
         audience = '{audience}'
         algorithm = 'ES256'
         keys = {jwks}
         development = true
        ",
        seen = quoted(keys.seen().path()),
        key = quoted(keys.private(GATEWAY).path()),
        name = issuer.issuer,
        audience = issuer.audience,
        jwks = quoted(&issuer.keys),
    )
}

/// An answer in JSON.
#[derive(Debug)]
pub struct JsonAnswer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Json,
}

impl JsonAnswer {
    /// The reason of a refusal.
    pub fn reason(&self) -> &str {
        self.detail("google.rpc.ErrorInfo")["reason"].as_str().unwrap_or_default()
    }

    /// The metadata of a refusal.
    pub fn metadata(&self) -> Json {
        self.detail("google.rpc.ErrorInfo")["metadata"].clone()
    }

    pub fn detail(&self, name: &str) -> &Json {
        const NONE: &Json = &Json::Null;
        let details = self.body["error"]["details"].as_array();
        details
            .into_iter()
            .flatten()
            .find(|detail| detail["@type"] == json!(format!("type.googleapis.com/{name}")))
            .unwrap_or(NONE)
    }
}

/// Puts an access token into each call.
#[derive(Clone)]
pub struct Bearer(pub String);

impl tonic::service::Interceptor for Bearer {
    fn call(&mut self, mut request: tonic::Request<()>) -> Result<tonic::Request<()>, Status> {
        let value = MetadataValue::try_from(format!("Bearer {}", self.0)).expect("ascii");
        request.metadata_mut().insert("authorization", value);
        Ok(request)
    }
}
