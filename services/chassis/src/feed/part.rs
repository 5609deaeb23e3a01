//! What one process knows and has, that plays its service's part in the feeds.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry::metrics::Meter;
use sqlx::PgPool;
use tokio::sync::{Notify, watch as latest};
use uuid::Uuid;

use super::head::{Head, head};
use super::waker::Waker;
use crate::seen::Progress;

/// How long somebody who waits for a notification trusts in it before looking himself.
pub(super) const POLL: Duration = Duration::from_millis(100);

/// One service's part in the feeds, as one process plays it: it numbers and serves the
/// changes of its own acts, and follows the feeds of others. Clones are the same feed.
#[derive(Clone)]
pub struct Feed {
    pub(super) pool: PgPool,
    pub(super) service: &'static str,
    pub(super) waker: Waker,
    pub(super) progress: Progress,
    pub(super) heads: Arc<latest::Sender<Head>>,
    /// What other processes are to be told, once, however often it happened meanwhile.
    pub(super) announcements: Arc<Announcements>,
    /// Signs notifications, so that a process does not answer its own.
    pub(super) process: Uuid,
}

#[derive(Default)]
pub(super) struct Announcements {
    pub(super) head: Notify,
    pub(super) applied: Notify,
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
    pub(super) fn head_is(&self, head: Head, known: Head) {
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
pub(super) fn meter() -> Meter {
    opentelemetry::global::meter("chassis.feed")
}
