//! Connections: how many, how many of one address, how old and how idle they may become; and
//! what is asked on each of them, with how it fares on its way back ([`super::reader`]).

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tower::Service;

use super::config::Config;
use super::form::Form;
use super::in_progress::{InProgress, Occupied};
use super::incoming::Connection;
use super::peer::Peer;
use super::reader::{Given, Reader, Readers, Tasks};
use super::rest::Heard;
use super::room::{Place, Room};

/// HTTP/2: how much of one answer is taken from its body before the reader has room for it.
const SEND_BYTES_MAX: usize = 64 * 1024;
/// HTTP/1.1: how much of a head, and how much of an answer, waits in memory.
const HTTP1_BYTES_MAX: usize = 64 * 1024;
/// After a connection could not be taken for want of files or memory.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(50);

/// What all connections of one listener share.
struct Shared {
    router: Router,
    builder: Builder<Tasks>,
    connections: Arc<Room<Peer>>,
    requests: Arc<Room<Peer>>,
    limits: Limits,
}

/// How long a connection and its answers may take.
#[derive(Clone, Copy)]
struct Limits {
    handshake: Duration,
    answer_idle: Duration,
    answer: Duration,
    age: Option<Duration>,
    idle: Option<Duration>,
    /// How long calls in progress may go on once a connection is asked to end.
    grace: Duration,
}

impl Limits {
    fn of(config: &Config) -> Self {
        let limit = |ms: u64| (ms > 0).then(|| Duration::from_millis(ms));
        Self {
            handshake: Duration::from_millis(config.handshake_ms),
            answer_idle: Duration::from_millis(config.answer_idle_ms),
            answer: Duration::from_millis(config.answer_ms_max),
            age: limit(config.connection_age_ms_max),
            idle: limit(config.connection_idle_ms_max),
            grace: Duration::from_millis(config.stream_ms_max),
        }
    }

    /// How often a connection is looked after.
    fn look(&self) -> Duration {
        let shortest = self.idle.map_or(self.answer_idle, |idle| idle.min(self.answer_idle));
        (shortest / 4).clamp(Duration::from_millis(10), Duration::from_secs(1))
    }
}

/// Takes connections and answers what is asked on them, until `draining`; then lets what is in
/// progress finish. With `cut`, all of them break.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    http1: bool,
    config: &Config,
    draining: CancellationToken,
    cut: CancellationToken,
) {
    let limits = Limits::of(config);
    let shared = Arc::new(Shared {
        router: router.with_state(()),
        builder: builder(http1, config, limits),
        connections: Room::new(config.connections_max, config.connections_per_address_max),
        requests: Room::new(usize::MAX, config.requests_per_address_max),
        limits,
    });
    let mut talks = JoinSet::new();
    loop {
        tokio::select! {
            () = draining.cancelled() => break,
            Some(_) = talks.join_next(), if !talks.is_empty() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, address)) => {
                    let peer = Peer::of(address.ip());
                    // Without room the stream is dropped here, and with it the connection.
                    if let Some(place) = shared.connections.enter(peer) {
                        let talk = Talk::new(peer, place);
                        let parts = (shared.clone(), draining.clone(), cut.clone());
                        talks.spawn(converse(stream, talk, parts));
                    }
                }
                Err(error) => {
                    tracing::debug!(%error, "a connection cannot be taken");
                    tokio::time::sleep(ACCEPT_AGAIN_AFTER).await;
                }
            },
        }
    }
    drop(listener);
    while talks.join_next().await.is_some() {}
}

fn builder(http1: bool, config: &Config, limits: Limits) -> Builder<Tasks> {
    let resets = (config.resets_max > 0).then_some(config.resets_max);
    let mut builder = Builder::new(Tasks);
    if !http1 {
        builder = builder.http2_only();
    }
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(config.streams_max)
        .max_send_buf_size(SEND_BYTES_MAX)
        .max_pending_accept_reset_streams(resets.unwrap_or(usize::MAX))
        .max_local_error_reset_streams(resets)
        .max_header_list_size(config.header_bytes_max)
        .keep_alive_interval(Duration::from_millis(config.keepalive_interval_ms))
        .keep_alive_timeout(Duration::from_millis(config.keepalive_timeout_ms));
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.handshake.max(Duration::from_secs(1)))
        .max_buf_size(HTTP1_BYTES_MAX);
    builder
}

/// One connection, as it is talked on.
struct Talk {
    peer: Peer,
    readers: Readers,
    occupied: Arc<Occupied>,
}

impl Talk {
    fn new(peer: Peer, place: Place<Peer>) -> Arc<Self> {
        Arc::new(Self { peer, readers: Readers::default(), occupied: Occupied::new(place) })
    }
}

async fn converse(
    stream: TcpStream,
    talk: Arc<Talk>,
    (shared, draining, cut): (Arc<Shared>, CancellationToken, CancellationToken),
) {
    let limits = shared.limits;
    // Small answers are not kept back for larger ones.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection ended before it began");
        return;
    }
    let stream = Connection::new(stream, limits.handshake, limits.answer_idle, cut);
    let service = service_fn({
        let (talk, shared) = (talk.clone(), shared.clone());
        move |request| answer(talk.clone(), shared.clone(), request)
    });
    let mut connection = pin!(shared.builder.serve_connection(TokioIo::new(stream), service));
    let mut look = tokio::time::interval(limits.look());
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let begun = Instant::now();
    // When the connection breaks, once it was asked to end.
    let mut breaks: Option<Instant> = None;
    let mut drains = false;
    loop {
        let now = tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection broke");
                }
                return;
            }
            () = draining.cancelled(), if !drains => {
                connection.as_mut().graceful_shutdown();
                drains = true;
                continue;
            }
            now = look.tick() => now.into_std(),
        };
        let stuck = talk.readers.look(now);
        let old = limits.age.is_some_and(|age| now > begun + age);
        let idle = limits.idle.is_some_and(|idle| talk.occupied.is_idle_for(idle, now));
        if breaks.is_none() && (stuck || old || idle) {
            connection.as_mut().graceful_shutdown();
        }
        let ends = match (stuck, old, idle) {
            // What it was given and does not take is in memory as long as it is there.
            (true, ..) | (.., true) => Some(now + limits.answer_idle),
            (_, true, _) => Some(now + limits.grace),
            _ => None,
        };
        if let Some(ends) = ends {
            breaks = Some(breaks.map_or(ends, |breaks| breaks.min(ends)));
        }
        if breaks.is_some_and(|breaks| now > breaks) {
            tracing::debug!("a connection is cut");
            return;
        }
    }
}

/// Answers one request, and stays with the answer until it is taken.
async fn answer(
    talk: Arc<Talk>,
    shared: Arc<Shared>,
    mut request: Request<Incoming>,
) -> Result<Response<Given>, Infallible> {
    let limits = shared.limits;
    let reader = Reader::new(limits.answer_idle, limits.answer);
    reader.attend();
    talk.readers.add(reader.clone());
    let place = shared.requests.enter(talk.peer);
    let has_place = place.is_some();
    let in_progress = InProgress::begin(&talk.occupied, place);
    let response = if has_place {
        request.extensions_mut().insert(talk.peer);
        request.extensions_mut().insert(reader.clone());
        let request = request.map(|body| Body::new(Heard::new(body)));
        let answered = shared.router.clone().call(request).await;
        answered.unwrap_or_else(|never| match never {})
    } else {
        Form::of(request.headers()).overloaded(request.headers())
    };
    Ok(response.map(|body| reader.watch(body, in_progress)))
}
