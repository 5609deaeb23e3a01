//! What happened in this service, in one order that everybody sees; and what happened in
//! others, followed.
//!
//! An act [`append`]s its changes to `feed.pending` in its own transaction. The sequencer of
//! any replica moves what was committed to `feed.stream`, with dense positions, many acts a
//! round. `FeedService.Watch` serves the stream; a follower in another service
//! [applies](Follow) whole acts, together with its position, in one transaction.
//!
//! **Invariant:** nobody sends a `NOTIFY` inside a transaction that writes: it would hold a
//! lock of the whole cluster while the commit is flushed. Everything here is woken in its
//! own process, is told by a `NOTIFY` of its own transaction, and polls as a backstop.

mod change;
mod follower;
mod learner;
mod pending;
mod sequencer;
mod skip;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use opentelemetry::metrics::Meter;
use proto::feed::v1::feed_service_server::FeedServiceServer;
use sqlx::PgPool;
use tokio::sync::{Notify, watch as latest};
use tokio_util::sync::CancellationToken;
use tonic::service::Interceptor;
use tonic::transport::Endpoint;
use uuid::Uuid;

pub use change::{ActStamp, Change, NewChange};
pub use follower::{Follow, Following};
pub use pending::append;
pub use skip::skip;
pub use watch::Watch;

use crate::seen::Progress;

/// How long somebody who waits for a notification trusts in it before looking himself.
const POLL: Duration = Duration::from_millis(100);

/// Told when `feed.pending` has changes of a process that runs no sequencer.
const PENDING: &str = "feed_pending";
/// Told when `feed.head` has moved.
const HEAD: &str = "feed_head";
/// Told when `feed.follower` has moved.
const APPLIED: &str = "feed_applied";

/// Wakes this process's sequencer after an act has committed. Many calls before it looks
/// count as one.
#[derive(Clone, Debug, Default)]
pub struct Waker(Arc<Notify>);

impl Waker {
    /// A waker that nobody waits on yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says that there may be something to number. Never blocks.
    pub fn wake(&self) {
        self.0.notify_one();
    }

    async fn woken(&self) {
        self.0.notified().await;
    }
}

/// How far this service's own feed is, as far as this process knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Replaced when the database is restored from a backup.
    pub epoch: Uuid,
    /// The newest position.
    pub position: i64,
}

/// One service's part in the feeds, as one process plays it: it numbers and serves the
/// changes of its own acts, and follows the feeds of others. Clones are the same feed.
#[derive(Clone)]
pub struct Feed {
    pool: PgPool,
    service: &'static str,
    waker: Waker,
    progress: Progress,
    heads: Arc<latest::Sender<Head>>,
    /// What other processes are to be told, once, however often it happened meanwhile.
    announcements: Arc<Announcements>,
    /// Signs notifications, so that a process does not answer its own.
    process: Uuid,
}

#[derive(Default)]
struct Announcements {
    head: Notify,
    applied: Notify,
}

impl Feed {
    /// Reads where the feed is. Nothing runs yet: see [`Feed::run`], [`Feed::follow`] and
    /// [`Feed::server`].
    pub async fn open(
        pool: PgPool,
        service: &'static str,
        waker: Waker,
        progress: Progress,
    ) -> Result<Self, sqlx::Error> {
        let head = head(&pool).await?;
        Ok(Self {
            pool,
            service,
            waker,
            progress,
            heads: Arc::new(latest::Sender::new(head)),
            announcements: Arc::default(),
            process: Uuid::new_v4(),
        })
    }

    /// Numbers what acts have committed, and learns what other processes do, until
    /// `stopping`. Any number of replicas may do this at once.
    pub async fn run(&self, stopping: CancellationToken) {
        tokio::join!(
            sequencer::run(self, &stopping),
            learner::poll(self, &stopping),
            learner::listen(self, &stopping),
            learner::announce(self, &stopping),
        );
    }

    /// Follows another service's feed until `stopping`. `interceptor` adds this service's
    /// internal token to each call. Any number of replicas may do this at once.
    pub async fn follow<F, I>(
        &self,
        owner: Endpoint,
        interceptor: I,
        follower: F,
        stopping: CancellationToken,
    ) where
        F: Follow,
        I: Interceptor + Clone + Send + Sync + 'static,
    {
        follower::run(self, owner, interceptor, &follower, &stopping).await;
    }

    /// Serves this feed; open streams end when `stopping`.
    pub fn server(&self, stopping: CancellationToken) -> FeedServiceServer<Watch> {
        FeedServiceServer::new(Watch::new(self.clone(), stopping))
    }

    /// How far this service's own feed is, as this process learns of it.
    pub fn heads(&self) -> latest::Receiver<Head> {
        self.heads.subscribe()
    }

    /// How far this service has followed others.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Takes note of a head that was read after `known` was the newest known. Two readers
    /// may tell in the wrong order, so a lower position counts only if it contradicts what
    /// was known before it was read: then the database was restored under us.
    fn head_is(&self, head: Head, known: Head) {
        self.heads.send_if_modified(|newest| {
            let restored = head.epoch != newest.epoch || head.position < known.position;
            let moved = head.position > newest.position || restored;
            if moved {
                *newest = head;
            }
            moved
        });
    }
}

/// The instruments of the feed; without a provider they measure nothing.
fn meter() -> Meter {
    opentelemetry::global::meter("chassis.feed")
}

/// The epoch of this service's feed, for the consistency token of a write.
pub async fn epoch(pool: &PgPool) -> Result<Uuid, sqlx::Error> {
    Ok(head(pool).await?.epoch)
}

/// Says that this service's database was restored from a backup: every follower that has
/// read what the backup does not have will notice, stop, and have to be rebuilt.
pub async fn restored(pool: &PgPool) -> Result<Uuid, sqlx::Error> {
    sqlx::query_scalar!("update feed.head set epoch = gen_random_uuid() returning epoch")
        .fetch_one(pool)
        .await
}

async fn head(pool: &PgPool) -> Result<Head, sqlx::Error> {
    sqlx::query_as!(Head, "select epoch, position from feed.head").fetch_one(pool).await
}

/// Tells other processes, in a transaction that writes nothing and waits for no flush.
async fn notify(pool: &PgPool, channel: &str, process: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"select set_config('synchronous_commit', 'off', true) as "off!",
                  pg_notify($1, $2)::text as told"#,
        channel,
        process.to_string(),
    )
    .fetch_one(pool)
    .await?;
    Ok(())
}

/// Tells a running service that a process without a sequencer of its own, such as a bulk
/// load by the schema's owner, has committed acts.
pub async fn announce_pending(pool: &PgPool) -> Result<(), sqlx::Error> {
    notify(pool, PENDING, Uuid::nil()).await
}
