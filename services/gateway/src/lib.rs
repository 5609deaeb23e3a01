//! The gateway: the one port of the system.
//!
//! It speaks gRPC, gRPC-Web and [`json`], knows every method by its contract ([`contract`]),
//! recognises its callers at the [`edge`], and passes calls on undecoded ([`pass`]); its `door` puts
//! these together, behind the one `port`. What it answers of several services' answers is [`composite`]. It keeps nothing durable; the one
//! thing that it remembers is the newest change of rights or tree ([`pass::newest`]).
//!
//! **Invariant:** a new RPC needs no line here.

pub mod composite;
mod contract;
mod door;
pub mod edge;
mod error;
pub mod json;
pub mod pass;
mod port;
pub mod stream;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use chassis::access::token::GATEWAY;
use chassis::config::SecretFile;
use chassis::seen::Keys;
use chassis::serve::{Asked, Running, Service};
use contract::{Backend, Contract};
use proto::gateway::v1::gateway_service_server::GatewayServiceServer;
use serde::Deserialize;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::composite::api::Composites;
use crate::door::Door;
use crate::edge::authenticate::Issuers;
use crate::edge::standing::Standings;
use crate::json::transcode::Transcoder;
use crate::pass::backend::Replicas;
use crate::pass::forward::Forwarder;
use crate::pass::newest::Newest;
use crate::port::Port;

pub use crate::composite::api::Patience;
pub use crate::edge::authenticate::IssuerConfig;
pub use crate::edge::standing::Limits;
pub use crate::pass::backend::Config as Backends;

/// The documented defaults.
pub const DEFAULTS: &str = include_str!("../defaults.toml");

/// What the gateway is told at its start; see `defaults.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where it listens and within which limits. `serve.key` is the private key by which it
    /// speaks for end users.
    pub serve: chassis::serve::Config,
    /// Where traces, metrics and logs go.
    pub telemetry: chassis::telemetry::Config,
    /// The secret that seals consistency tokens; the same for all services.
    pub seen_key: SecretFile,
    /// How many calls at once.
    pub limits: Limits,
    /// The services behind.
    pub backends: Backends,
    /// How long parts of composite answers may take.
    pub patience: Patience,
    /// How often the keys of issuers are read again, in milliseconds, at most.
    pub issuer_keys_ms: u64,
    /// Whose access tokens are believed.
    #[serde(default)]
    pub issuers: Vec<IssuerConfig>,
}

/// Starts the gateway. Services behind it that are away do not keep it from starting.
pub async fn start(config: Config) -> anyhow::Result<Running> {
    let keys_every = Duration::from_millis(config.issuer_keys_ms);
    let issuers = Issuers::read(&config.issuers, keys_every)?;
    ensure!(
        !issuers.has_development_issuer() || config.serve.address.ip().is_loopback(),
        "the development issuer gives tokens to anybody: with it the gateway listens on \
         loopback only, not on {}",
        config.serve.address
    );
    let contract = Arc::new(Contract::read()?);
    let routes = crate::json::route::routes(&contract)?;
    let openapi = crate::json::openapi::document(&contract, &routes).to_string();
    let streams = crate::json::route::streams(&routes);
    let signer = config.serve.signer(GATEWAY)?;
    let keys = Arc::new(Keys::new(config.seen_key.read()?.as_bytes()).context("use seen_key")?);
    let newest = Arc::new(Newest::new(keys));

    // Looking services up ends with the gateway, also with one that does not come to start.
    let looking = CancellationToken::new();
    let ends_with_the_gateway = looking.clone().drop_guard();
    let find = |backend| Replicas::find(&config.backends, backend, looking.clone());
    let replicas = Backend::ALL.into_iter().map(find).collect::<anyhow::Result<Vec<_>>>()?;
    let registry = replicas[Backend::Registry as usize].channel.clone();
    let forwarder = Arc::new(Forwarder::new(
        &config.backends,
        replicas.clone(),
        signer.clone(),
        newest.clone(),
    ));
    let composites = Composites {
        forwarder: forwarder.clone(),
        contract: contract.clone(),
        newest: newest.clone(),
        patience: config.patience.clone(),
    };
    let asked = Asked {
        message_bytes: config.serve.message_bytes_max,
        call_bytes: config.serve.call_bytes_max,
        one_message: true,
        idle: Duration::from_millis(config.serve.body_idle_ms),
    };
    let limits = config.limits;
    let (pool, values_max) = (contract.pool.clone(), limits.json_values_max);
    let door = Arc::new(Door {
        composites: GatewayServiceServer::new(composites),
        contract,
        issuers,
        forwarder,
        call_max: Duration::from_millis(config.serve.call_ms_max),
        asked,
        stream_idle: Duration::from_millis(config.serve.stream_idle_ms),
        calls: Arc::new(Semaphore::new(limits.calls_max)),
        streams: Arc::new(Semaphore::new(limits.streams_max)),
        standings: Standings::new(&limits, asked.idle),
    });

    let transcoder = Transcoder::new(routes, pool, asked.message_bytes, values_max);

    let health_every = Duration::from_millis(config.backends.health_ms);
    let mut service = Service::at_the_edge(GATEWAY, &config.serve)
        .http(crate::port::routes(Port { door, transcoder }, openapi, &limits))
        .http_streams(streams)
        .background("newest", move |stopping| async move {
            newest.watch(registry, signer, stopping).await;
            Ok(())
        })
        .background("resolve", move |stopping| async move {
            stopping.cancelled().await;
            drop(ends_with_the_gateway);
            Ok(())
        });
    for replicas in replicas {
        service = service.tell_health(replicas.backend.name(), move |reporter, stopping| {
            replicas.report_health(reporter, health_every, stopping)
        });
    }
    service.start().await
}
