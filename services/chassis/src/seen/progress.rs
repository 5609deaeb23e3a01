//! How far this service has followed others, as this process knows; and waiting for it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use proto::refusal::v1::Reason;
use sqlx::PgPool;
use tokio::sync::watch as latest;
use tokio::time::timeout_at;
use uuid::Uuid;

use super::{Point, Seen};
use crate::database::Growth;
use crate::refusal::{Failure, Refusal};

/// How many applied ids each process keeps per source; older ones are found in
/// `feed.applied`.
const RECENT_MAX: usize = 1 << 16;

/// How long a call without a deadline waits.
const WAIT_MAX: Duration = Duration::from_secs(10);
/// What is left of the deadline for saying, with a reason, that the wait was in vain.
const MARGIN: Duration = Duration::from_millis(50);

/// How far a source has been followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// The source's epoch; `None` before it was first heard of.
    pub epoch: Option<Uuid>,
    /// The last position applied.
    pub position: i64,
    /// True when the follower has stopped loudly and waits for an operator.
    pub halted: bool,
}

/// How far this service has followed each of its sources. Clones share what they know.
#[derive(Clone)]
pub struct Progress {
    pool: PgPool,
    sources: Arc<[Source]>,
    growth: Growth,
}

struct Source {
    name: &'static str,
    applied: latest::Sender<Applied>,
    recent: Mutex<Recent>,
}

/// Where the latest changes were applied.
#[derive(Default)]
struct Recent {
    positions: HashMap<Uuid, i64>,
    oldest_first: VecDeque<Uuid>,
}

impl Recent {
    fn keep(&mut self, change_id: Uuid, position: i64) {
        if self.positions.insert(change_id, position).is_none() {
            self.oldest_first.push_back(change_id);
            if self.oldest_first.len() > RECENT_MAX
                && let Some(oldest) = self.oldest_first.pop_front()
            {
                self.positions.remove(&oldest);
            }
        }
    }
}

impl Source {
    fn recent(&self) -> MutexGuard<'_, Recent> {
        // What a panicking thread left is still a map of ids that were applied.
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The position up to which `point` asks to wait, if this service has got so far.
    fn reached(&self, epoch: Uuid, point: &Point) -> Option<i64> {
        let applied = *self.applied.borrow();
        // A position counts in its own epoch; a change is the same change in any.
        if point.position > 0 && (applied.epoch != Some(epoch) || applied.position < point.position)
        {
            return None;
        }
        let recent = self.recent();
        point
            .change_ids
            .iter()
            .map(|change_id| recent.positions.get(change_id).copied())
            .try_fold(point.position, |furthest, position| Some(furthest.max(position?)))
    }

    fn advance(&self, newest: Applied, known: Applied) {
        self.applied.send_if_modified(|applied| {
            // Two readers may tell in the wrong order. A lower position counts only if it
            // contradicts what was known before it was read: then our tables went back.
            let went_back = newest.position < known.position;
            let news = newest.position > applied.position
                || went_back
                || (newest.position == applied.position && newest != *applied);
            if news {
                *applied = newest;
            }
            news
        });
    }
}

impl Progress {
    /// Nothing is known yet of any source.
    pub fn new(pool: PgPool, sources: &[&'static str]) -> Self {
        let source = |&name: &&'static str| Source {
            name,
            applied: latest::Sender::default(),
            recent: Mutex::default(),
        };
        let sources = sources.iter().map(source).collect();
        Self { pool, sources, growth: Growth::default() }
    }

    /// Tells of what was applied also as growth of the database.
    pub fn telling(self, growth: Growth) -> Self {
        Self { growth, ..self }
    }

    /// How much was written to this service's database.
    pub(crate) fn growth(&self) -> &Growth {
        &self.growth
    }

    /// How far a source has been followed; `None` if this service does not follow it.
    pub fn of(&self, source: &str) -> Option<latest::Receiver<Applied>> {
        self.source(source).map(|source| source.applied.subscribe())
    }

    /// Waits until this service has applied all that `seen` says of the feeds it follows, at
    /// most until the deadline. What was waited for by id is now known by position.
    pub async fn wait(&self, mut seen: Seen, deadline: Option<Instant>) -> Result<Seen, Failure> {
        let patience = match deadline {
            Some(deadline) => deadline.checked_sub(MARGIN).unwrap_or(deadline),
            None => Instant::now() + WAIT_MAX,
        };
        for ((service, epoch), point) in &mut seen.feeds {
            // Its own writes a service sees anyway; what it does not follow does not show.
            let Some(source) = self.source(service) else {
                continue;
            };
            let position = self.wait_for(source, *epoch, point, patience).await?;
            *point = Point { position, change_ids: Default::default() };
        }
        Ok(seen)
    }

    async fn wait_for(
        &self,
        source: &Source,
        epoch: Uuid,
        point: &Point,
        patience: Instant,
    ) -> Result<i64, Failure> {
        let mut applied = source.applied.subscribe();
        if let Some(position) = source.reached(epoch, point) {
            return Ok(position);
        }
        // Perhaps it was applied long ago, or this process has only just started.
        self.look_up(source, point).await?;
        loop {
            let halted = applied.borrow_and_update().halted;
            if let Some(position) = source.reached(epoch, point) {
                return Ok(position);
            }
            if halted {
                // It will not come before an operator has.
                return Err(not_yet_seen(source, epoch, point).into());
            }
            if timeout_at(patience.into(), applied.changed()).await.is_err() {
                // The last look is at the truth itself.
                self.look_up(source, point).await?;
                return source
                    .reached(epoch, point)
                    .ok_or_else(|| not_yet_seen(source, epoch, point).into());
            }
        }
    }

    /// Finds in the database what the process may have forgotten, or has not learned yet.
    async fn look_up(&self, source: &Source, point: &Point) -> Result<(), sqlx::Error> {
        let change_ids: Vec<Uuid> = point.change_ids.iter().copied().collect();
        let found = sqlx::query!(
            "select change_id, position from feed.applied
             where source = $1 and change_id = any($2)",
            source.name,
            &change_ids,
        )
        .fetch_all(&self.pool)
        .await?;
        {
            let mut recent = source.recent();
            for row in found {
                recent.keep(row.change_id, row.position);
            }
        }
        self.learn().await
    }

    /// Learns from the database what followers, in this process or in others, have applied.
    pub(crate) async fn learn(&self) -> Result<(), sqlx::Error> {
        if self.sources.is_empty() {
            return Ok(());
        }
        let known: Vec<Applied> =
            self.sources.iter().map(|source| *source.applied.borrow()).collect();
        let followers = sqlx::query!(
            r#"select source, epoch, position, halted is not null as "halted!" from feed.follower"#
        )
        .fetch_all(&self.pool)
        .await?;
        for (source, known) in self.sources.iter().zip(known) {
            let Some(row) = followers.iter().find(|row| row.source == source.name) else {
                continue;
            };
            if row.position > known.position {
                self.learn_changes(source, known.position).await?;
            }
            let newest = Applied { epoch: row.epoch, position: row.position, halted: row.halted };
            source.advance(newest, known);
        }
        Ok(())
    }

    async fn learn_changes(&self, source: &Source, after: i64) -> Result<(), sqlx::Error> {
        let newest_first = sqlx::query!(
            "select change_id, position from feed.applied
             where source = $1 and position > $2
             order by position desc limit $3",
            source.name,
            after,
            RECENT_MAX as i64,
        )
        .fetch_all(&self.pool)
        .await?;
        let mut recent = source.recent();
        for row in newest_first.into_iter().rev() {
            recent.keep(row.change_id, row.position);
        }
        Ok(())
    }

    /// Takes note of what this process's follower has committed.
    pub(crate) fn applied(
        &self,
        source: &str,
        newest: Applied,
        changes: impl Iterator<Item = (Uuid, i64)>,
    ) {
        let Some(source) = self.source(source) else {
            return;
        };
        {
            let mut recent = source.recent();
            for (change_id, position) in changes {
                recent.keep(change_id, position);
            }
        }
        source.advance(newest, Applied::default());
    }

    fn source(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.name == name)
    }
}

fn not_yet_seen(source: &Source, seen_epoch: Uuid, point: &Point) -> Refusal {
    let applied = *source.applied.borrow();
    let refusal = match applied.epoch {
        Some(epoch) if epoch != seen_epoch => Refusal::of(Reason::NotYetSeen)
            .with("epoch", epoch.to_string())
            .with("seen_epoch", seen_epoch.to_string()),
        _ => Refusal::of(Reason::NotYetSeen),
    };
    refusal
        .with("source", source.name)
        .with("applied", applied.position.to_string())
        .with("seen", point.position.to_string())
        .retry_after(Duration::from_millis(if applied.halted { 5_000 } else { 200 }))
}
