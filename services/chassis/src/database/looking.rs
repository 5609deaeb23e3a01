//! Looks: reads that are one statement, in one round trip.
//!
//! To open and to close the transaction of a read takes longer than a look into a few indexes.
//! A statement by itself sees what is committed when it begins, all of it at one instant, as the
//! transaction of a read does; who calls, and by which method, comes to it as values. So the
//! connections of looks are used for nothing else: none was ever in a transaction that somebody
//! began, so that there is nothing to end before a look and nothing to set, and none of them can
//! write.
//!
//! A look answers what it finds. Where it finds nothing, or its connection is lost, a
//! [`super::Reading`] says why: that the caller may not, that there is no such thing, or what else.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tonic::Response;

use super::growth::Growth;
use crate::call::{Call, respond};
use crate::refusal::{Failure, is_lost, overloaded};
use crate::seen::{Keys, Seen};

/// A look takes less than a thousandth of it: what holds one up would hold up all.
const STATEMENT_TIMEOUT: &str = "5000";

/// A read that is one statement.
pub trait Look: Sync {
    /// What it finds.
    type Found: Send;

    /// The statement, which takes the rights of the call as values: whatever is found, its
    /// caller may read.
    fn look(
        &self,
        connection: &mut PgConnection,
        call: &Call,
    ) -> impl Future<Output = sqlx::Result<Option<Self::Found>>> + Send;
}

/// What a look has found.
pub struct Looked<T> {
    found: T,
    seen: Seen,
    keys: Arc<Keys>,
}

impl<T> Looked<T> {
    pub(super) fn new(found: T, seen: Seen, keys: Arc<Keys>) -> Self {
        Self { found, seen, keys }
    }

    /// The response, with the consistency token of what was waited for.
    pub fn reply<R, E>(self, make: impl FnOnce(T) -> Result<R, E>) -> Result<Response<R>, E> {
        let Self { found, seen, keys } = self;
        let message = make(found)?;
        let seen = (!seen.is_empty()).then(|| seen.encode(&keys));
        Ok(respond(message, seen))
    }
}

/// The connections on which somebody looks.
pub(super) struct Looks {
    idle: Mutex<Vec<Kept>>,
    places: Semaphore,
    options: PgConnectOptions,
    /// How long a call waits for a connection.
    patience: Duration,
    growth: Growth,
}

/// A connection, and how old it is.
struct Kept {
    connection: PgConnection,
    since: Instant,
}

impl Looks {
    /// So many at most, each made when it is needed.
    pub(super) fn new(
        most: u32,
        options: PgConnectOptions,
        patience: Duration,
        growth: Growth,
    ) -> Self {
        let options = options.options([
            ("default_transaction_read_only", "on"),
            ("statement_timeout", STATEMENT_TIMEOUT),
        ]);
        let places = usize::try_from(most).unwrap_or(Semaphore::MAX_PERMITS);
        Self { idle: Mutex::default(), places: Semaphore::new(places), options, patience, growth }
    }

    /// What a look finds. Given up half-way, its connection is closed: the next who looks does
    /// not wait for what nobody wants to know.
    pub(super) async fn look<L: Look>(
        &self,
        call: &Call,
        look: &L,
    ) -> Result<Option<L::Found>, Failure> {
        // An answer that is of no use any more is not looked for.
        call.remaining()?;
        let place = timeout(self.patience, self.places.acquire()).await;
        let _place = place.ok().and_then(Result::ok).ok_or_else(overloaded)?;
        let Some(mut kept) = self.connection().await else { return Ok(None) };
        match look.look(&mut kept.connection, call).await {
            Ok(found) => {
                self.idle().push(kept);
                Ok(found)
            }
            Err(error) if is_lost(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The connection that was used last, unless its plans are of a database long gone; or a new
    /// one, if the server takes any.
    async fn connection(&self) -> Option<Kept> {
        let idle = self.idle().pop();
        if let Some(kept) = idle.filter(|kept| !self.growth.outgrew(kept.since.elapsed())) {
            return Some(kept);
        }
        let since = Instant::now();
        let connected = timeout(self.patience, self.options.connect()).await;
        let connection = connected.ok().and_then(Result::ok)?;
        Some(Kept { connection, since })
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Kept>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
