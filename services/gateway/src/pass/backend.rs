//! A service behind the gateway: where its replicas are, and how much of us it bears.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context;
use chassis::serve::{self, Outgoing};
use http::Uri;
use serde::Deserialize;
use tokio::sync::mpsc::Sender;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tonic::transport::channel::Change;
use tonic::transport::{Channel, Endpoint};
use tonic_health::ServingStatus;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus as Answered;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::server::HealthReporter;

use crate::contract::Backend;
use crate::error::Refused;

/// How many replicas may come and go between two looks.
const CHANGES_AT_ONCE: usize = 64;

/// How the services behind are reached.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Registry's address, for example `http://registry:50051`. A name that stands for
    /// several addresses is balanced over all of them.
    pub registry: String,
    /// Membership's.
    pub membership: String,
    /// Reporting's.
    pub reporting: String,
    /// Calls in progress at once for each of them; one more is refused with OVERLOADED.
    pub calls_max: usize,
    /// The same for streams, which wait for their callers: they have places of their own.
    pub streams_max: usize,
    /// How long a connection may take to be made, in milliseconds.
    pub connect_ms: u64,
    /// How often a name is resolved again, in milliseconds.
    pub resolve_ms: u64,
    /// How often each service is asked whether it serves, in milliseconds.
    pub health_ms: u64,
    /// How much of a call's time is kept for the way back, in milliseconds.
    pub margin_ms: u64,
    /// How often a read is tried again when no connection could be made.
    pub retries_max: u32,
    /// How many retries there may be for a hundred calls.
    pub retries_percent: u16,
}

impl Config {
    fn endpoint(&self, backend: Backend) -> &str {
        match backend {
            Backend::Registry => &self.registry,
            Backend::Membership => &self.membership,
            Backend::Reporting => &self.reporting,
        }
    }
}

/// The replicas of one service, as one channel, and its bulkhead: a service that hangs
/// takes its own places in the gateway, and nobody else's.
pub struct Replicas {
    /// Which service.
    pub backend: Backend,
    /// To one of its replicas, the less busy of two.
    pub channel: Channel,
    /// The same, with a span for each call, and no more time than its caller has.
    pub outgoing: Outgoing,
    /// How many addresses are known.
    addresses: AtomicUsize,
    calls: Arc<Semaphore>,
    streams: Arc<Semaphore>,
}

impl Replicas {
    /// Looks the service's addresses up, and keeps looking until `stopping`. A service that
    /// is away does not keep the gateway from starting.
    pub fn find(
        config: &Config,
        backend: Backend,
        stopping: CancellationToken,
    ) -> anyhow::Result<Arc<Self>> {
        let endpoint: Uri = config
            .endpoint(backend)
            .parse()
            .with_context(|| format!("read the address of {}", backend.name()))?;
        let authority = endpoint
            .authority()
            .with_context(|| format!("the address of {} names no host", backend.name()))?
            .clone();
        let port = authority.port_u16().unwrap_or(50051);
        let host = authority.host().trim_matches(['[', ']']).to_string();
        let (channel, changes) = Channel::balance_channel(CHANGES_AT_ONCE);
        let replicas = Arc::new(Self {
            backend,
            outgoing: Outgoing::new(channel.clone()),
            channel,
            addresses: AtomicUsize::new(0),
            calls: Arc::new(Semaphore::new(config.calls_max)),
            streams: Arc::new(Semaphore::new(config.streams_max)),
        });
        let resolver = Resolver {
            replicas: replicas.clone(),
            host,
            port,
            known: HashSet::new(),
            changes,
            connect: Duration::from_millis(config.connect_ms),
            every: Duration::from_millis(config.resolve_ms),
        };
        tokio::spawn(async move {
            tokio::select! {
                () = stopping.cancelled() => {}
                () = resolver.run() => {}
            }
        });
        Ok(replicas)
    }

    /// A place among the calls in progress, or among the streams; or a refusal at once: who waits
    /// here would hold up the rest.
    pub fn enter(&self, streams: bool) -> Result<OwnedSemaphorePermit, Refused> {
        if self.addresses.load(Ordering::Relaxed) == 0 {
            return Err(Refused::ServiceAway { backend: self.backend });
        }
        self.places(streams)
            .clone()
            .try_acquire_owned()
            .map_err(|_| Refused::Overloaded { service: self.backend.name() })
    }

    /// True when nobody would find a place: looked at before a call costs anything.
    pub fn is_full(&self, streams: bool) -> bool {
        self.places(streams).available_permits() == 0
    }

    fn places(&self, streams: bool) -> &Arc<Semaphore> {
        if streams { &self.streams } else { &self.calls }
    }

    /// Asks the service whether it serves, again and again, and reports it under its name.
    pub async fn report_health(
        self: Arc<Self>,
        reporter: HealthReporter,
        every: Duration,
        stopping: CancellationToken,
    ) {
        let asking = async {
            loop {
                let status = if self.serves(every).await {
                    ServingStatus::Serving
                } else {
                    ServingStatus::NotServing
                };
                reporter.set_service_status(self.backend.name(), status).await;
                tokio::time::sleep(every).await;
            }
        };
        tokio::select! {
            () = stopping.cancelled() => {}
            () = asking => {}
        }
    }

    async fn serves(&self, within: Duration) -> bool {
        let mut health = HealthClient::new(self.channel.clone());
        let asked = health.check(HealthCheckRequest::default());
        match tokio::time::timeout(within, asked).await {
            Ok(Ok(answer)) => answer.into_inner().status() == Answered::Serving,
            Ok(Err(_)) | Err(_) => false,
        }
    }
}

/// Keeps a channel's replicas those that the name stands for.
struct Resolver {
    replicas: Arc<Replicas>,
    host: String,
    port: u16,
    known: HashSet<SocketAddr>,
    changes: Sender<Change<SocketAddr, Endpoint>>,
    connect: Duration,
    every: Duration,
}

impl Resolver {
    async fn run(mut self) {
        let backend = self.replicas.backend.name();
        loop {
            let found = tokio::net::lookup_host((self.host.as_str(), self.port)).await;
            match found.map(Iterator::collect) {
                Ok(found) => {
                    if self.become_known(found).await.is_err() {
                        // The channel is gone, and with it whoever would call.
                        return;
                    }
                }
                // What was known may well be there still: a name server that is away takes
                // nobody down.
                Err(error) => tracing::warn!(backend, %error, "the name cannot be resolved"),
            }
            tokio::time::sleep(self.every).await;
        }
    }

    async fn become_known(&mut self, found: HashSet<SocketAddr>) -> anyhow::Result<()> {
        for gone in self.known.difference(&found) {
            self.changes.send(Change::Remove(*gone)).await?;
        }
        for new in found.difference(&self.known) {
            let endpoint = serve::endpoint(&format!("http://{new}"))?.connect_timeout(self.connect);
            self.changes.send(Change::Insert(*new, endpoint)).await?;
        }
        self.replicas.addresses.store(found.len(), Ordering::Relaxed);
        self.known = found;
        Ok(())
    }
}
