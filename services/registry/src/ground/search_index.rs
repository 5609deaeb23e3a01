//! The names, short names, other names and codes of all organisations, in memory, so that they are found
//! without accents and with typing errors: nationwide that takes a database longer than a
//! person wants to wait.
//!
//! The index proposes candidates, best first, and decides nothing: the statement that reads
//! them asks for scope, dates and filters. It knows every name that was ever recorded, also
//! those that were replaced, so that nothing is ever taken out of it.
//!
//! **Invariant:** a search finds all that its own transaction sees. Names that acts have
//! written since the index last looked are read, in that transaction, before it searches:
//! every act stands in `feed.pending` or in `feed.stream` from the moment it is visible. The
//! task in the background only keeps what is left to be read short.

mod likeness;
mod names;

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

use chassis::call::Call;
use chassis::refusal::Failure;
use futures_util::TryStreamExt;
use sqlx::{PgConnection, PgPool};
use tokio::sync::{Mutex, watch};
use tokio::time::{MissedTickBehavior, interval, timeout_at};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::names::Names;
use crate::ground::refused::Refused;

/// How often the background looks for new names.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long a search without a deadline waits for the index.
const WAIT_MAX: Duration = Duration::from_secs(10);
/// What is left of the deadline for saying, with a reason, that the wait was in vain.
const MARGIN: Duration = Duration::from_millis(50);
/// So many names are taken in before searches get a turn.
const BATCH: usize = 1_000;

/// Up to where in the feed the index knows what acts have written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Known {
    epoch: Uuid,
    position: i64,
}

/// The index of one process; clones are the same index.
#[derive(Clone)]
pub struct SearchIndex {
    pool: PgPool,
    shared: Arc<Shared>,
}

struct Shared {
    names: RwLock<Names>,
    /// Held while new names are read and taken in: what one search reads, others need not.
    known: Mutex<Option<Known>>,
    built: watch::Sender<bool>,
}

/// A name or code of an organisation, folded, that is like what was searched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Whose it is, or was.
    pub organisation_id: Uuid,
    /// The name and short name, or the code, as `fold` folded it.
    pub key: String,
}

/// What a search found: the best first, read piece by piece.
pub struct Candidates {
    shared: Arc<Shared>,
    places: Vec<u32>,
    taken: usize,
}

impl SearchIndex {
    /// An empty index; see [`SearchIndex::run`].
    pub fn new(pool: PgPool) -> Self {
        let shared = Shared {
            names: RwLock::default(),
            known: Mutex::new(None),
            built: watch::Sender::new(false),
        };
        Self { pool, shared: Arc::new(shared) }
    }

    /// Builds the index, and keeps it close to what acts write, until `stopping`.
    pub async fn run(self, stopping: CancellationToken) -> anyhow::Result<()> {
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut failing = false;
        loop {
            tokio::select! {
                biased;
                () = stopping.cancelled() => return Ok(()),
                _ = look.tick() => {}
            }
            let looked = tokio::select! {
                biased;
                () = stopping.cancelled() => return Ok(()),
                looked = self.look() => looked,
            };
            match looked {
                Ok(()) => failing = false,
                // Said once, not at every try.
                Err(failure) if !failing => {
                    failing = true;
                    tracing::warn!(cause = %failure, "cannot read the names to be searched; will try again");
                }
                Err(_) => {}
            }
        }
    }

    async fn look(&self) -> Result<(), Failure> {
        if !*self.shared.built.borrow() {
            return self.build().await;
        }
        let mut connection = self.pool.acquire().await?;
        self.catch_up(&mut connection).await
    }

    /// Reads all names from the beginning.
    async fn build(&self) -> Result<(), Failure> {
        let begun = Instant::now();
        let mut known = self.shared.known.lock().await;
        let mut connection = self.pool.acquire().await?;
        // Acts up to this position are visible to the statement that follows; those after it
        // may be, and taking in a name twice changes nothing.
        let head = sqlx::query_as!(Known, "select head.epoch, head.position from feed.head head")
            .fetch_one(&mut *connection)
            .await?;
        let mut rows = sqlx::query_file!("src/ground/search_index/all.sql").fetch(&mut *connection);
        let mut batch = Vec::with_capacity(BATCH);
        while let Some(row) = rows.try_next().await? {
            batch.push((row.organisation_id, row.key, row.is_code));
            if batch.len() == BATCH {
                self.shared.take_in(&mut batch);
            }
        }
        self.shared.take_in(&mut batch);
        *known = Some(head);
        drop(known);
        self.shared.built.send_replace(true);
        tracing::info!(
            names = self.shared.names().len(),
            milliseconds = begun.elapsed().as_millis(),
            "the names can be searched"
        );
        Ok(())
    }

    /// Takes in what acts have written that the transaction of this connection sees.
    async fn catch_up(&self, connection: &mut PgConnection) -> Result<(), Failure> {
        let mut known = self.shared.known.lock().await;
        let after = known.map_or(0, |known| known.position);
        let mut newest = *known;
        {
            let mut rows =
                sqlx::query_file!("src/ground/search_index/new.sql", after).fetch(connection);
            let mut batch = Vec::new();
            while let Some(row) = rows.try_next().await? {
                newest = Some(Known { epoch: row.epoch, position: row.position });
                if let (Some(organisation_id), Some(key), Some(is_code)) =
                    (row.organisation_id, row.key, row.is_code)
                {
                    batch.push((organisation_id, key, is_code));
                }
                if batch.len() == BATCH {
                    self.shared.take_in(&mut batch);
                }
            }
            self.shared.take_in(&mut batch);
        }
        let restored = match (*known, newest) {
            (Some(known), Some(newest)) => {
                known.epoch != newest.epoch || newest.position < known.position
            }
            _ => false,
        };
        if restored {
            // The database was put back under us: positions mean something else now. What is
            // known beside what there is does no harm.
            self.shared.built.send_replace(false);
        }
        *known = newest;
        Ok(())
    }

    /// Waits until the index is built, at most until the deadline of the call.
    pub async fn ready(&self, call: &Call) -> Result<(), Failure> {
        let left = call.remaining()?.unwrap_or(WAIT_MAX).min(WAIT_MAX);
        let until = tokio::time::Instant::now() + left.saturating_sub(MARGIN);
        let mut built = self.shared.built.subscribe();
        match timeout_at(until, built.wait_for(|built| *built)).await {
            Ok(Ok(_)) => Ok(()),
            _ => Err(Refused::SearchIndexUnready.into()),
        }
    }

    /// The candidates for a text that `fold` folded, after taking in what the transaction of
    /// this connection sees and the index does not know yet.
    pub async fn find(
        &self,
        connection: &mut PgConnection,
        folded: String,
    ) -> Result<Candidates, Failure> {
        self.catch_up(connection).await?;
        let shared = self.shared.clone();
        let places = tokio::task::spawn_blocking({
            let shared = shared.clone();
            move || shared.names().find(&folded)
        })
        .await
        .map_err(anyhow::Error::from)?;
        Ok(Candidates { shared, places, taken: 0 })
    }
}

impl Shared {
    // What a panicking thread left is still a list of names; each was taken in or was not.
    fn names(&self) -> RwLockReadGuard<'_, Names> {
        self.names.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_in(&self, batch: &mut Vec<(Uuid, String, bool)>) {
        if batch.is_empty() {
            return;
        }
        let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
        for (organisation_id, key, is_code) in batch.drain(..) {
            names.add(organisation_id, &key, is_code);
        }
    }
}

impl Candidates {
    /// The next best, at most `limit`; none when there are no more.
    pub fn take(&mut self, limit: usize) -> Vec<Candidate> {
        let names = self.shared.names();
        let end = (self.taken + limit).min(self.places.len());
        let next = self.places[self.taken..end]
            .iter()
            .map(|place| {
                let (organisation_id, key) = names.at(*place);
                Candidate { organisation_id, key: key.to_string() }
            })
            .collect();
        self.taken = end;
        next
    }
}

#[cfg(test)]
mod tests {
    use chassis::call::{Caller, Deadline, Method};
    use sqlx::postgres::PgPoolOptions;
    use tonic::Request;

    use super::*;

    fn call(deadline: Option<Deadline>) -> Call {
        let mut request = Request::new(());
        request.extensions_mut().insert(Caller::system("test"));
        request.extensions_mut().insert(Method { rpc: "/x".into(), permission: "x.y.z".into() });
        if let Some(deadline) = deadline {
            request.extensions_mut().insert(deadline);
        }
        Call::of(&request, None, false).expect("a call")
    }

    #[tokio::test]
    async fn a_search_before_the_names_are_read_is_refused_at_its_deadline() {
        let pool = PgPoolOptions::new().connect_lazy("postgres://127.0.0.1/none").expect("a url");
        let index = SearchIndex::new(pool);
        let soon = Deadline(Instant::now() + 10 * MARGIN);
        let Err(Failure::Refused(refusal)) = index.ready(&call(Some(soon))).await else {
            panic!("refused");
        };
        assert_eq!(refusal.reason(), "SEARCH_INDEX_UNREADY");
        index.shared.built.send_replace(true);
        assert!(index.ready(&call(None)).await.is_ok());
    }
}
