//! An owner of a feed that has no database: it serves what the test writes.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use chassis::parse::{civil, instant};
use chassis::refusal::{Failure, Refusal};
use futures_util::{Stream, stream};
use prost_types::Any;
use proto::feed::v1::feed_service_server::{FeedService, FeedServiceServer};
use proto::feed::v1::{Change, WatchRequest, WatchResponse};
use proto::refusal::v1::Reason;
use time::{Date, OffsetDateTime};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic::{Request, Response, Status};
use uuid::Uuid;

/// How many changes every message repeats.
const REPEATED: usize = 3;

/// What the kind of a change is called, from its name in the contract:
/// `registry.organisation_founded`.
///
/// # Panics
/// Never: a variant has a name.
pub fn kind(owner: &str, change: &impl std::fmt::Debug) -> String {
    let shown = format!("{change:?}");
    let name = shown.split('(').next().expect("a name");
    let mut kind = format!("{owner}.");
    for (n, letter) in name.chars().enumerate() {
        if n > 0 && letter.is_uppercase() {
            kind.push('_');
        }
        kind.extend(letter.to_lowercase());
    }
    kind
}

/// Every act is traced apart.
pub fn traceparent(act_id: Uuid) -> String {
    format!("00-{}-00f067aa0ba902b7-01", act_id.simple())
}

/// Whoever owns the feed. Clones are the same one.
#[derive(Clone)]
pub struct Owner {
    /// Of the feed.
    pub epoch: Uuid,
    /// Where it is served.
    pub address: SocketAddr,
    changes: Arc<Mutex<Vec<Change>>>,
    /// When acts are recorded: as the clock says, where nothing is said.
    clock: Arc<Mutex<Option<OffsetDateTime>>>,
    head: Arc<watch::Sender<usize>>,
}

impl Owner {
    /// Serves an empty feed.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let owner = Self {
            epoch: Uuid::new_v4(),
            address: listener.local_addr().expect("an address"),
            changes: Arc::default(),
            clock: Arc::default(),
            head: Arc::new(watch::Sender::new(0)),
        };
        let server = FeedServiceServer::new(owner.clone());
        tokio::spawn(
            Server::builder()
                .add_service(server)
                .serve_with_incoming(TcpListenerStream::new(listener)),
        );
        owner
    }

    /// How far the feed is.
    ///
    /// # Panics
    /// Never: it is short.
    pub fn position(&self) -> i64 {
        i64::try_from(*self.head.borrow()).expect("small")
    }

    /// Its database was put back to a position: what came after never happened.
    ///
    /// # Panics
    /// When it had not got so far.
    pub fn goes_back_to(&self, position: i64) {
        let mut changes = self.changes.lock().expect("not poisoned");
        let kept = usize::try_from(position).expect("not negative");
        assert!(kept <= changes.len(), "it had not got so far");
        changes.truncate(kept);
        self.head.send_replace(kept);
    }

    /// From now on acts are recorded at this instant; as the clock says again, without one.
    ///
    /// # Panics
    /// Never: nobody panics who holds the lock.
    pub fn is_at(&self, instant: Option<OffsetDateTime>) {
        *self.clock.lock().expect("not poisoned") = instant;
    }

    /// Says what another has said: changes of whole acts, in their order; numbered as they come.
    ///
    /// # Panics
    /// Never: nobody panics while the feed is written.
    pub fn repeats(&self, said: impl IntoIterator<Item = Change>) {
        let mut changes = self.changes.lock().expect("not poisoned");
        for change in said {
            let position = i64::try_from(changes.len() + 1).expect("small");
            changes.push(Change { position, ..change });
        }
        self.head.send_replace(changes.len());
    }

    /// One act: all that it changed, from one day on, each with its kind. Answers its id and
    /// those of its changes.
    ///
    /// # Panics
    /// When the act changes nothing.
    pub fn does(
        &self,
        on: Date,
        decision: Option<Uuid>,
        registry_position: i64,
        bodies: Vec<(String, Any)>,
    ) -> (Uuid, Vec<Uuid>) {
        let act_id = Uuid::now_v7();
        let mut changes = self.changes.lock().expect("not poisoned");
        let clock = *self.clock.lock().expect("not poisoned");
        let acted_at = clock.unwrap_or_else(|| OffsetDateTime::now_utc().truncate_to_microsecond());
        let last = bodies.len() - 1;
        let mut ids = Vec::new();
        for (line, (kind, body)) in bodies.into_iter().enumerate() {
            let change_id = Uuid::now_v7();
            ids.push(change_id);
            let position = i64::try_from(changes.len() + 1).expect("small");
            changes.push(Change {
                change_id: change_id.to_string(),
                position,
                act_id: act_id.to_string(),
                act_complete: line == last,
                kind,
                aggregate_id: Uuid::nil().to_string(),
                acted_at: Some(instant(acted_at)),
                effective_on: Some(civil(on)),
                actor: "test".to_string(),
                decision_id: decision.map(|id| id.to_string()).unwrap_or_default(),
                traceparent: traceparent(act_id),
                registry_position,
                body: Some(body),
            });
        }
        self.head.send_replace(changes.len());
        (act_id, ids)
    }
}

#[tonic::async_trait]
impl FeedService for Owner {
    type WatchStream = Pin<Box<dyn Stream<Item = Result<WatchResponse, Status>> + Send>>;

    async fn watch(
        &self,
        request: Request<WatchRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let asked = request.into_inner();
        let position = usize::try_from(asked.position).expect("not negative");
        if let Some(last) = position.checked_sub(1) {
            let changes = self.changes.lock().expect("not poisoned");
            if changes.get(last).is_none_or(|change| change.change_id != asked.change_id) {
                let diverged = Refusal::of(Reason::FeedDiverged)
                    .with("position", asked.position.to_string())
                    .with("epoch", self.epoch.to_string());
                return Err(Failure::from(diverged).into());
            }
        }
        let start = (self.clone(), self.head.subscribe(), position, true);
        let messages = stream::unfold(start, |(owner, mut head, position, first)| async move {
            if !first {
                // Where it was put back, whoever had read more comes again.
                head.wait_for(|head| *head != position)
                    .await
                    .ok()
                    .filter(|head| **head > position)?;
            }
            let (changes, newest) = {
                let all = owner.changes.lock().expect("not poisoned");
                // The very first message tells the head and nothing else. The others begin
                // with what was sent before: a follower applies nothing twice.
                let repeated = position.saturating_sub(REPEATED);
                let changes = if first { Vec::new() } else { all[repeated..].to_vec() };
                (changes, all.len())
            };
            let position = if first { position } else { newest };
            let message = WatchResponse {
                epoch: owner.epoch.to_string(),
                changes,
                head_position: i64::try_from(newest).expect("small"),
            };
            Some((Ok(message), (owner, head, position, false)))
        });
        Ok(Response::new(Box::pin(messages)))
    }
}
