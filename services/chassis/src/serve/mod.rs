//! Serving: one port, with limits on everything, and a stop that loses no call.
//!
//! ```text
//! connection -> limits, handshake, who takes his answers -> conduct (span, metrics, language,
//! deadline, panics, sizes) -> access (who speaks, which permission) -> a place -> the handler
//! ```
//!
//! **Invariant:** every call has a deadline, except following a feed; every answer that is no
//! success carries a reason of a contract, or says "internal error" and no more; whatever is
//! served has a place and a limit, and an answer that nobody takes is cut.
//!
//! We serve on hyper itself, as tonic's own server does: that one says nothing of how an answer
//! fares once it is made, and leaves what waits for its reader without a bound.

mod answer;
mod conduct;
mod config;
mod connections;
mod deadline;
mod form;
mod in_progress;
mod incoming;
mod measures;
mod outgoing;
mod peer;
mod question;
mod reader;
mod ready;
mod reflection;
mod rest;
pub mod room;

use std::collections::BTreeSet;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use axum::Router;
use axum::middleware::from_fn_with_state;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::service::Routes;
use tonic_health::server::HealthReporter;
use tracing::Instrument;

use crate::access::layer::{admit, admit_to_speak_on, method_unknown};
use crate::access::token::Verifier;
use crate::access::{FEED_WATCH, declared};
use crate::database::{Database, housekeeping};
use crate::feed::{Feed, Follow};

pub use config::Config;
pub use deadline::remaining;
pub use form::Form;
pub use outgoing::{Outgoing, SpeakForItself, channel, endpoint};
pub use peer::Peer;
pub use question::{Asked, Measured, Unbroken, body_too_slow};

type Task = Box<dyn FnOnce(CancellationToken) -> BoxFuture<'static, anyhow::Result<()>> + Send>;
type Teller = Box<dyn FnOnce(HealthReporter, CancellationToken) -> BoxFuture<'static, ()> + Send>;
type Follower = Box<dyn FnOnce(Feed, CancellationToken) -> BoxFuture<'static, ()> + Send>;

/// A service that is being put together.
pub struct Service {
    name: &'static str,
    config: Config,
    /// At the edge callers are strangers, who bring their own tokens and their own HTTP/1.1.
    edge: bool,
    router: Option<Router>,
    /// Over HTTP, at the edge.
    streams: conduct::IsStream,
    database: Option<Database>,
    followers: Vec<(&'static str, String, Follower)>,
    tasks: Vec<(&'static str, Task)>,
    tellers: Vec<(&'static str, Teller)>,
}

impl Service {
    /// A service inside the system: it believes internal tokens only.
    pub fn new(name: &'static str, config: &Config) -> Self {
        Self {
            name,
            config: config.clone(),
            edge: false,
            router: None,
            streams: Arc::new(|_, _| false),
            database: None,
            followers: Vec::new(),
            tasks: Vec::new(),
            tellers: Vec::new(),
        }
    }

    /// A service that strangers reach: it recognises its callers itself, and speaks HTTP/1.1
    /// as well.
    pub fn at_the_edge(name: &'static str, config: &Config) -> Self {
        Self { edge: true, ..Self::new(name, config) }
    }

    /// Adds gRPC services.
    pub fn routes(mut self, routes: Routes) -> Self {
        // A router with a fallback of its own cannot be merged; ours names the method.
        let added = routes.into_axum_router().reset_fallback();
        self.router = Some(match self.router {
            Some(router) => router.merge(added),
            None => added,
        });
        self
    }

    /// Adds what is served beside gRPC; a fallback in it holds for the whole port.
    pub fn http(mut self, added: Router) -> Self {
        self.router = Some(match self.router {
            Some(router) => router.merge(added),
            None => added,
        });
        self
    }

    /// Says which requests over HTTP, by verb and path, are streams or are answered by one: they may
    /// take as long as streams do.
    pub fn http_streams(
        mut self,
        is_stream: impl Fn(&http::Method, &str) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.streams = Arc::new(is_stream);
        self
    }

    /// The service is ready only while this database answers; its feed is numbered and
    /// served.
    pub fn database(mut self, database: Database) -> Self {
        self.database = Some(database);
        self
    }

    /// Follows the feed of the service at `owner`, for example `http://registry:50051`.
    /// Needs [`Service::database`], and a private key in the configuration.
    pub fn follow<F: Follow>(mut self, owner: &str, follower: F) -> Self {
        let name = self.name;
        let (config, owner_uri) = (self.config.clone(), owner.to_string());
        let run: Follower = Box::new(move |feed, stopping| {
            async move {
                let parts = endpoint(&owner_uri).and_then(|owner| {
                    Ok((owner, SpeakForItself::new(config.signer(name)?, F::SOURCE)))
                });
                match parts {
                    Ok((owner, token)) => feed.follow(owner, token, follower, stopping).await,
                    Err(error) => tracing::error!(error = %format!("{error:#}"), "cannot follow"),
                }
            }
            .boxed()
        });
        self.followers.push((F::SOURCE, owner.to_string(), run));
        self
    }

    /// Runs something beside the calls, until the token is cancelled. If it ends before, the
    /// service is no longer ready.
    pub fn background<T, F>(mut self, name: &'static str, task: T) -> Self
    where
        T: FnOnce(CancellationToken) -> F + Send + 'static,
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        self.tasks.push((name, Box::new(move |stopping| task(stopping).boxed())));
        self
    }

    /// Runs something beside the calls that tells, by `grpc.health.v1`, of what stands behind
    /// this service: under `name`, apart from the service's own health.
    pub fn tell_health<T, F>(mut self, name: &'static str, teller: T) -> Self
    where
        T: FnOnce(HealthReporter, CancellationToken) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let tell: Teller = Box::new(move |reporter, stopping| teller(reporter, stopping).boxed());
        self.tellers.push((name, tell));
        self
    }

    /// Listens, and serves until [`Running::stop`].
    pub async fn start(mut self) -> anyhow::Result<Running> {
        let config = self.config.clone();
        ensure!(
            config.message_bytes_max <= question::LIMIT,
            "serve.message_bytes_max is at most {}",
            question::LIMIT
        );
        // Draining begins: endless streams end. Stopping: what runs beside the calls ends.
        let (draining, stopping, cut) =
            (CancellationToken::new(), CancellationToken::new(), CancellationToken::new());
        let mut guards = Vec::new();

        if let Some(database) = self.database.clone() {
            let feed = Feed::open(
                database.pool().clone(),
                database.service(),
                database.waker().clone(),
                database.progress().clone(),
            )
            .await
            .context("open the feed")?;
            self = self.routes(Routes::new(feed.server(draining.clone())));
            for (source, owner, run) in std::mem::take(&mut self.followers) {
                // Fail now rather than in the background.
                endpoint(&owner)?;
                config.signer(self.name)?;
                let feed = feed.clone();
                self = self.background(source, move |stopping| run(feed, stopping).map(Ok));
            }
            let (pool, service) = (database.pool().clone(), self.name);
            self = self.background("housekeeping", move |stopping| {
                housekeeping::run(pool, service, stopping).map(Ok)
            });
            self = self.background("feed", move |stopping| async move {
                feed.run(stopping).await;
                Ok(())
            });
        }
        ensure!(self.followers.is_empty(), "following a feed needs a database");

        let (health, readiness) = ready::service(self.name);
        for (name, tell) in std::mem::take(&mut self.tellers) {
            let reporter = readiness.reporter();
            self = self.background(name, move |stopping| tell(reporter, stopping).map(Ok));
        }
        let answered = answered(self.name, self.edge);
        let infrastructure = reflection::routes(&answered).context("serve reflection")?;
        let infrastructure = infrastructure.add_service(health);
        self = self.routes(infrastructure);
        let mut router = self.router.take().unwrap_or_default();
        let streams = self.streams.clone();
        let conduct =
            conduct::Conduct::new(self.name, self.edge, &config, streams, draining.clone());
        let conduct = Arc::new(conduct);
        if !self.edge {
            let verifier = Verifier::from_files(self.name, &config.signers)?;
            router = router
                .fallback(|uri: http::Uri| async move {
                    method_unknown(uri.path()).status().into_http::<axum::body::Body>()
                })
                .layer(from_fn_with_state(self.database.clone(), admit_to_speak_on))
                .layer(from_fn_with_state(conduct.clone(), conduct::occupy))
                .layer(from_fn_with_state(Arc::new(verifier), admit));
        }
        let router = router.layer(from_fn_with_state(conduct, conduct::conduct));

        let listener = TcpListener::bind(config.address)
            .await
            .with_context(|| format!("listen on {}", config.address))?;
        let address = listener.local_addr().context("learn the address")?;
        let drain = Duration::from_millis(config.drain_ms);

        let background = tracing::info_span!("background", service = self.name);
        let mut tasks = Vec::new();
        for (name, task) in self.tasks {
            let ended = readiness.task(name);
            let running = task(stopping.clone()).instrument(background.clone());
            let stopping = stopping.clone();
            let watched = async move {
                match std::panic::AssertUnwindSafe(running).catch_unwind().await {
                    _ if stopping.is_cancelled() => {}
                    Ok(Ok(())) => tracing::error!(task = name, "a background task ended"),
                    Ok(Err(error)) => {
                        tracing::error!(task = name, error = %format!("{error:#}"), "a background task failed");
                    }
                    Err(_) => tracing::error!(task = name, "a background task panicked"),
                }
                drop(ended);
            };
            tasks.push((name, tokio::spawn(watched)));
        }
        readiness.check(self.database.as_ref()).await;
        tokio::spawn(readiness.clone().watch(self.database.clone(), draining.clone()));

        let (edge, tokens) = (self.edge, (draining.clone(), cut.clone()));
        let server = tokio::spawn(async move {
            connections::serve(listener, router, edge, &config, tokens.0, tokens.1).await;
        });
        tracing::info!(service = self.name, %address, "serving");
        for token in [&draining, &stopping, &cut] {
            guards.push(token.clone().drop_guard());
        }
        Ok(Running {
            address,
            name: self.name,
            drain,
            draining,
            stopping,
            cut,
            server,
            tasks,
            _guards: guards,
        })
    }
}

/// A service that runs. Dropping it stops it at once; [`Running::stop`] lets calls finish.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    name: &'static str,
    drain: Duration,
    draining: CancellationToken,
    stopping: CancellationToken,
    cut: CancellationToken,
    server: JoinHandle<()>,
    tasks: Vec<(&'static str, JoinHandle<()>)>,
    _guards: Vec<DropGuard>,
}

/// How long what runs beside the calls may take to end.
const TASKS_END: Duration = Duration::from_secs(10);

impl Running {
    /// Where clients connect to: `http://127.0.0.1:50051`.
    pub fn uri(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes no more calls, lets those in progress finish within the configured time, cuts
    /// the rest, and ends what runs beside them.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        tracing::info!(service = self.name, "stopping");
        self.draining.cancel();
        let drained = tokio::time::timeout(self.drain, &mut self.server).await;
        let served = match drained {
            Ok(served) => served,
            Err(_) => {
                tracing::warn!(service = self.name, "calls are cut that did not finish in time");
                self.cut.cancel();
                (&mut self.server).await
            }
        };
        // Only now: calls in progress may still have acts for the sequencer.
        self.stopping.cancel();
        for (name, mut task) in std::mem::take(&mut self.tasks) {
            if tokio::time::timeout(TASKS_END, &mut task).await.is_err() {
                tracing::warn!(service = self.name, task = name, "a background task is cut");
                task.abort();
            }
        }
        tracing::info!(service = self.name, "stopped");
        served.context("serve")
    }

    /// Serves until the process is told to end (SIGTERM or SIGINT), or until serving fails;
    /// then stops.
    pub async fn wait(mut self) -> anyhow::Result<()> {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).context("listen for SIGTERM")?;
        let mut interrupt = signal(SignalKind::interrupt()).context("listen for SIGINT")?;
        tokio::select! {
            _ = terminate.recv() => self.stop().await,
            _ = interrupt.recv() => self.stop().await,
            served = &mut self.server => served.context("serve"),
        }
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("name", &self.name)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// What reflection names: what is answered here, not all that the contracts have.
fn answered(name: &str, edge: bool) -> BTreeSet<&'static str> {
    let own = format!("congdoan.{name}.");
    let ours = declared().values().filter(|declared| match &*declared.method.permission {
        FEED_WATCH => !edge,
        _ => edge || declared.service.starts_with(&own),
    });
    let infrastructure = [
        "grpc.health.v1.Health",
        "grpc.reflection.v1.ServerReflection",
        "grpc.reflection.v1alpha.ServerReflection",
    ];
    ours.map(|declared| &*declared.service).chain(infrastructure).collect()
}
