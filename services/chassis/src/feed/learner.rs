//! Each process, not each request, learns how far the feeds are: told by others, or, as a
//! backstop, by looking.

use std::convert::Infallible;

use sqlx::postgres::PgListener;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use super::head::{self, APPLIED, HEAD, PENDING};
use super::part::{Feed, POLL};
use crate::refusal::Failure;

/// Looks for itself, ten times a second: nothing depends on a notification.
pub(super) async fn poll(feed: &Feed, stopping: &CancellationToken) {
    let mut failing = false;
    let mut poll = interval(POLL);
    poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = stopping.cancelled() => return,
            _ = poll.tick() => {}
        }
        match learn(feed).await {
            Ok(()) => failing = false,
            // Said once, not at every try.
            Err(error) if !failing => {
                failing = true;
                tracing::warn!(
                    service = feed.service,
                    cause = %Failure::from(error),
                    "this process cannot learn how far the feeds are; it will try again"
                );
            }
            Err(_) => {}
        }
    }
}

/// Hears of heads that other processes numbered, of acts committed by processes that have no
/// sequencer, and of what followers in other processes applied.
pub(super) async fn listen(feed: &Feed, stopping: &CancellationToken) {
    loop {
        let heard = tokio::select! {
            biased;
            () = stopping.cancelled() => return,
            heard = hear(feed) => heard,
        };
        let Err(error) = heard;
        tracing::debug!(
            service = feed.service,
            cause = %Failure::from(error),
            "nothing is heard of other processes; their doings are learned by the poll"
        );
        sleep(POLL).await;
    }
}

/// Listens until the connection breaks.
async fn hear(feed: &Feed) -> Result<Infallible, sqlx::Error> {
    let own = feed.process.to_string();
    let mut listener = PgListener::connect_with(&feed.pool).await?;
    listener.listen_all([PENDING, HEAD, APPLIED]).await?;
    loop {
        let notification = listener.recv().await?;
        match notification.channel() {
            _ if notification.payload() == own => {}
            PENDING => feed.waker.wake(),
            HEAD => learn_head(feed).await?,
            _ => feed.progress.learn().await?,
        }
    }
}

async fn learn(feed: &Feed) -> Result<(), sqlx::Error> {
    learn_head(feed).await?;
    feed.progress.learn().await
}

async fn learn_head(feed: &Feed) -> Result<(), sqlx::Error> {
    let known = *feed.heads.borrow();
    let head = head::head(&feed.pool).await?;
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
        if let Err(error) = head::notify(&feed.pool, channel, feed.process).await {
            tracing::debug!(
                cause = %Failure::from(error),
                "other processes will learn by their poll"
            );
        }
    }
}
