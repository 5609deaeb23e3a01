//! Each process, not each request, learns how far the feeds are: told by others, or, as a
//! backstop, by looking.

use sqlx::PgPool;
use sqlx::postgres::{PgListener, PgNotification};
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use super::{APPLIED, Feed, HEAD, PENDING, POLL};

/// Learns of heads that other processes numbered, of acts committed by processes that have
/// no sequencer, and of what followers in other processes applied.
pub(super) async fn run(feed: &Feed, stopping: &CancellationToken) {
    let own = feed.process.to_string();
    let mut listener = None;
    let mut poll = interval(POLL);
    poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let heard = tokio::select! {
            biased;
            () = stopping.cancelled() => return,
            _ = poll.tick() => None,
            notification = hear(&mut listener, &feed.pool) => Some(notification),
        };
        let learned = match heard {
            None => learn(feed).await,
            Some(Ok(notification)) if notification.payload() == own => Ok(()),
            Some(Ok(notification)) => match notification.channel() {
                PENDING => {
                    feed.waker.wake();
                    Ok(())
                }
                HEAD => learn_head(feed).await,
                _ => feed.progress.learn().await,
            },
            Some(Err(error)) => {
                listener = None;
                // The poll goes on meanwhile; listening is tried again after it.
                sleep(POLL).await;
                Err(error)
            }
        };
        if let Err(error) = learned {
            tracing::warn!(
                service = feed.service,
                cause = %crate::refusal::Failure::from(error),
                "this process cannot learn how far the feeds are"
            );
        }
    }
}

/// The next notification; listens first if it does not yet. Safe to cancel: what was
/// buffered stays in the listener.
async fn hear(
    listener: &mut Option<PgListener>,
    pool: &PgPool,
) -> Result<PgNotification, sqlx::Error> {
    if listener.is_none() {
        let mut new = PgListener::connect_with(pool).await?;
        // Closing the pool closes the listener's connection too.
        new.listen_all([PENDING, HEAD, APPLIED]).await?;
        *listener = Some(new);
    }
    match listener {
        Some(listener) => listener.recv().await,
        None => std::future::pending().await,
    }
}

async fn learn(feed: &Feed) -> Result<(), sqlx::Error> {
    learn_head(feed).await?;
    feed.progress.learn().await
}

async fn learn_head(feed: &Feed) -> Result<(), sqlx::Error> {
    let known = *feed.heads.borrow();
    let head = super::head(&feed.pool).await?;
    feed.head_is(head, known);
    Ok(())
}

/// Tells other processes what this one did: one notification for all that happened while
/// the last was under way.
pub(super) async fn announce(feed: &Feed, stopping: &CancellationToken) {
    loop {
        let channel = tokio::select! {
            biased;
            () = stopping.cancelled() => return,
            () = feed.announcements.head.notified() => HEAD,
            () = feed.announcements.applied.notified() => APPLIED,
        };
        if let Err(error) = super::notify(&feed.pool, channel, feed.process).await {
            tracing::debug!(
                cause = %crate::refusal::Failure::from(error),
                "other processes will learn by their poll"
            );
        }
    }
}
