//! How many identity numbers somebody may ask about.
//!
//! Whether the register knows a number is personal data. Whoever writes people down has to be
//! told that a number is taken, though never by whom, nor where; so it is told, and counted,
//! like a read. What is written in the end counts nothing: it is there for others to see. Nor
//! does a search, which tells nothing of people outside the caller's scope.
//!
//! The count of a day is in the database, where all replicas share it; each process adds to it
//! some hundreds at a time, so that a clerk who tries a short list costs no write.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chassis::call::Call;
use chassis::database::{Database, today};
use chassis::refusal::Failure;
use serde::Deserialize;
use time::{Date, Duration};
use tonic::{Code, Status};

use crate::ground::refused::Refused;

/// What can be configured.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// How many numbers a subject may ask about in a day by calls that write nothing.
    pub numbers_a_day: i32,
}

/// So many numbers a process counts by itself before it adds them to the day's.
const ADDED_AT_A_TIME: i32 = 500;
/// For how many days the counts are kept.
const KEPT: Duration = Duration::days(31);

/// What this process has not yet added to the day's count of a subject.
#[derive(Clone, Copy, Default)]
struct Own {
    numbers: i32,
    /// The subject has been refused today: from now on each number is added at once.
    refused: bool,
}

#[derive(Default)]
struct Day {
    on: Option<Date>,
    of: HashMap<String, Own>,
}

/// Counts, for all calls of one process.
#[derive(Clone)]
pub struct Quota {
    database: Database,
    config: Config,
    own: Arc<Mutex<Day>>,
}

impl Quota {
    /// Counts in this database.
    pub fn new(database: Database, config: Config) -> Self {
        Self { database, config, own: Arc::default() }
    }

    /// Counts so many numbers as asked about by this caller today, or refuses where they would
    /// be more than she may ask about.
    pub async fn count(&self, call: &Call, numbers: usize) -> Result<(), Failure> {
        let numbers = i32::try_from(numbers).unwrap_or(i32::MAX);
        if numbers == 0 {
            return Ok(());
        }
        let (principal, on) = (call.caller.principal(), today());
        let Some(all) = self.of_own(&principal, on, numbers) else {
            return Ok(());
        };
        if self.add(&principal, on, all).await? {
            return Ok(());
        }
        let mut day = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        let own = day.of.entry(principal).or_default();
        own.numbers = own.numbers.saturating_add(all - numbers);
        own.refused = true;
        let most = self.config.numbers_a_day;
        Err(Refused::IdentityQuotaExhausted { most }.into())
    }

    /// Counts them in this process or, once they are many, takes what is to be added.
    fn of_own(&self, principal: &str, on: Date, numbers: i32) -> Option<i32> {
        let mut day = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if day.on != Some(on) {
            *day = Day { on: Some(on), of: HashMap::new() };
        }
        let own = day.of.entry(principal.to_string()).or_default();
        let all = own.numbers.saturating_add(numbers);
        if all < ADDED_AT_A_TIME && !own.refused {
            own.numbers = all;
            return None;
        }
        own.numbers = 0;
        Some(all)
    }

    /// Adds to the day's count, unless it would become too large.
    async fn add(&self, principal: &str, on: Date, numbers: i32) -> Result<bool, Failure> {
        let most = self.config.numbers_a_day;
        // In a transaction of its own: a refused act takes its own along, and is counted still.
        let counted = sqlx::query!(
            "insert into identity_asked as known (principal, asked_on, numbers)
             select $1, $2, $3::integer where $3 <= $4::integer
             on conflict on constraint identity_asked_key do update
             set numbers = known.numbers + excluded.numbers
             where known.numbers <= $4 - excluded.numbers",
            principal,
            on,
            numbers,
            most,
        )
        .execute(self.database.pool())
        .await?
        .rows_affected();
        sqlx::query!(
            "delete from identity_asked where principal = $1 and asked_on < $2",
            principal,
            on - KEPT,
        )
        .execute(self.database.pool())
        .await?;
        Ok(counted > 0)
    }
}

/// Whether this refusal may tell that a number is known, or is not: one that an act gives after
/// it has looked.
pub fn tells(refusal: &Status) -> bool {
    matches!(refusal.code(), Code::AlreadyExists | Code::FailedPrecondition | Code::Internal)
}
