//! `FeedService.Watch`: this service's feed, served.

use std::pin::Pin;
use std::time::Duration;

use anyhow::Context;
use futures_util::{Stream, stream};
use prost::Message;
use prost_types::Any;
use proto::feed::v1::feed_service_server::FeedService;
use proto::feed::v1::{Change, WatchRequest, WatchResponse};
use proto::refusal::v1::Reason;
use tokio::sync::watch as latest;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::head::Head;
use super::part::Feed;
use crate::parse::{self, civil, id_or_empty, instant};
use crate::refusal::{Failure, Refusal};

/// What one message holds at most: one page per watcher is all that is kept in memory.
const CHANGES_PER_PAGE: i64 = 1_000;
const BYTES_PER_PAGE: i64 = 1 << 20;

/// A silent stream tells its head this often, so that a follower can tell silence from death.
const HEAD_EVERY: Duration = Duration::from_secs(2);

/// Serves the feed to followers.
#[derive(Clone)]
pub struct Watch {
    feed: Feed,
    stopping: CancellationToken,
}

impl Watch {
    pub(super) fn new(feed: Feed, stopping: CancellationToken) -> Self {
        Self { feed, stopping }
    }
}

#[tonic::async_trait]
impl FeedService for Watch {
    type WatchStream = Pin<Box<dyn Stream<Item = Result<WatchResponse, Status>> + Send>>;

    async fn watch(
        &self,
        request: Request<WatchRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let request = request.into_inner();
        let heads = self.feed.heads();
        let start = start(&self.feed, &request).await?;
        let watcher = Watcher {
            feed: self.feed.clone(),
            stopping: self.stopping.clone(),
            heads,
            epoch: start.epoch,
            position: start.position,
            headers_only: request.headers_only,
            tell_head: true,
            behind: true,
        };
        Ok(Response::new(Box::pin(stream::try_unfold(watcher, Watcher::next))))
    }
}

/// Where a watcher starts, if its past is the past of this feed.
async fn start(feed: &Feed, request: &WatchRequest) -> Result<Head, Failure> {
    let epoch = parse::optional_id("epoch", &request.epoch)?;
    let change_id = parse::optional_id("change_id", &request.change_id)?;
    if request.position < 0 || (request.from_head && request.position > 0) {
        return Err(Refusal::of(Reason::MessageMalformed)
            .with("cause", "position")
            .field("position")
            .into());
    }
    if request.position > 0 && change_id.is_none() {
        return Err(parse::required("change_id").into());
    }
    let known = sqlx::query!(
        r#"select head.epoch, head.position,
                  (select change_id from feed.stream where position = $1) as change_id
           from feed.head"#,
        request.position,
    )
    .fetch_one(&feed.pool)
    .await?;
    if request.from_head {
        return Ok(Head { epoch: known.epoch, position: known.position });
    }
    // The id at the position says whether the pasts are one. The epochs alone do not: a
    // restore that lost nothing of what the follower has read is none of its business.
    if request.position > 0 && known.change_id != change_id {
        tracing::error!(
            position = request.position,
            follower_epoch = ?epoch,
            epoch = %known.epoch,
            head_position = known.position,
            "a follower has read what is not in this feed"
        );
        return Err(diverged(request.position, known.epoch).into());
    }
    Ok(Head { epoch: known.epoch, position: request.position })
}

fn diverged(position: i64, epoch: Uuid) -> Refusal {
    Refusal::of(Reason::FeedDiverged)
        .with("position", position.to_string())
        .with("epoch", epoch.to_string())
}

struct Watcher {
    feed: Feed,
    stopping: CancellationToken,
    heads: latest::Receiver<Head>,
    epoch: Uuid,
    /// The last position that was sent.
    position: i64,
    headers_only: bool,
    /// The next message tells the head, even if there is no change to send.
    tell_head: bool,
    /// There may be more than the last page held.
    behind: bool,
}

impl Watcher {
    /// The next message; nothing when the service stops. Made when it is asked for, so that
    /// a slow follower holds one page and no more.
    async fn next(mut self) -> Result<Option<(WatchResponse, Self)>, Status> {
        let silent_until = Instant::now() + HEAD_EVERY;
        loop {
            if self.stopping.is_cancelled() {
                return Ok(None);
            }
            if self.tell_head {
                // The very first message; or nothing happened for a while.
                self.tell_head = false;
                let head = *self.heads.borrow();
                let message = self.message(Vec::new(), head.position.max(self.position));
                return Ok(Some((message, self)));
            }
            self.behind |= self.heads.borrow_and_update().position > self.position;
            if self.behind {
                let Some((changes, head)) = self.page().await? else {
                    return Ok(None);
                };
                self.behind = head.position > self.position;
                if !changes.is_empty() {
                    let message = self.message(changes, head.position);
                    return Ok(Some((message, self)));
                }
            }
            tokio::select! {
                () = self.stopping.cancelled() => {}
                _ = self.heads.changed() => {}
                () = sleep_until(silent_until) => self.tell_head = true,
            }
        }
    }

    fn message(&self, changes: Vec<Change>, head_position: i64) -> WatchResponse {
        WatchResponse { epoch: self.epoch.to_string(), changes, head_position }
    }

    /// The changes after the last one sent; nothing if the database was restored under the
    /// open stream, which ends then: whoever watches comes again and shows what he has read.
    async fn page(&mut self) -> Result<Option<(Vec<Change>, Head)>, Failure> {
        let rows = sqlx::query_file!(
            "src/feed/page.sql",
            self.position,
            CHANGES_PER_PAGE,
            BYTES_PER_PAGE,
            self.headers_only,
        )
        .fetch_all(&self.feed.pool)
        .await?;
        let head = rows
            .first()
            .map(|row| Head { epoch: row.epoch, position: row.head_position })
            .context("feed.head is empty")?;
        if head.epoch != self.epoch || head.position < self.position {
            return Ok(None);
        }
        let mut changes = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(position) = row.position else {
                continue;
            };
            changes.push(Change {
                change_id: id_or_empty(row.change_id),
                position,
                act_id: id_or_empty(row.act_id),
                act_complete: row.act_complete.unwrap_or_default(),
                kind: row.kind.unwrap_or_default(),
                aggregate_id: id_or_empty(row.aggregate_id),
                acted_at: row.acted_at.map(instant),
                effective_on: row.effective_on.map(civil),
                actor: row.actor.unwrap_or_default(),
                decision_id: id_or_empty(row.decision_id),
                traceparent: row.traceparent.unwrap_or_default(),
                registry_position: row.registry_position.unwrap_or_default(),
                body: row.body.map(|body| Any::decode(&*body)).transpose()?,
            });
            self.position = position;
        }
        Ok(Some((changes, head)))
    }
}
