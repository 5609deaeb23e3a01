//! Numbers what acts have committed.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Gauge};
use sqlx::PgPool;
use time::OffsetDateTime;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::head::Head;
use super::part::{Feed, POLL, meter};
use crate::refusal::Failure;

/// What one round moves at most, but for the rest of an act that reaches beyond. A round is
/// short, so that who waits for a fresh write waits little, and full when there is a backlog,
/// so that its flush is paid for many acts.
const CHANGES_PER_ROUND: i64 = 5_000;

/// Rounds begin so far apart while acts follow one another: each has a flush of its own, and one
/// for every act would take from acts what they need. Whoever acts alone waits for nobody.
const APART: Duration = Duration::from_millis(5);

struct Round {
    head: Head,
    changes: i64,
    oldest_acted_at: Option<OffsetDateTime>,
}

impl Round {
    fn full(&self) -> bool {
        self.changes >= CHANGES_PER_ROUND
    }
}

pub(super) async fn run(feed: &Feed, stopping: &CancellationToken) {
    let instruments = Instruments::of(feed.service);
    let mut failing = false;
    let mut begun = Instant::now();
    loop {
        let woken = tokio::select! {
            biased;
            () = stopping.cancelled() => return,
            () = feed.waker.woken() => true,
            () = sleep(POLL) => false,
        };
        if woken {
            // What is committed meanwhile is numbered with it.
            sleep_until(begun + APART).await;
        }
        begun = Instant::now();
        match number(feed, woken, &instruments, stopping).await {
            Ok(()) => failing = false,
            // Said once, not at every try.
            Err(error) if !failing => {
                failing = true;
                tracing::warn!(
                    service = feed.service,
                    cause = %Failure::from(error),
                    "a round of the sequencer was rolled back; it will be tried again"
                );
            }
            Err(_) => {}
        }
    }
}

/// Numbers until nothing is left.
async fn number(
    feed: &Feed,
    woken: bool,
    instruments: &Instruments,
    stopping: &CancellationToken,
) -> Result<(), sqlx::Error> {
    // A poll looks before it locks: most find nothing.
    if !woken && !pending(&feed.pool).await? {
        instruments.idle();
        return Ok(());
    }
    while !stopping.is_cancelled() {
        let known = *feed.heads.borrow();
        let round = round(&feed.pool).await?;
        feed.head_is(round.head, known);
        if round.changes > 0 {
            feed.announcements.head.notify_one();
            instruments.measure(&round);
        }
        if !round.full() {
            break;
        }
    }
    Ok(())
}

async fn pending(pool: &PgPool) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(r#"select exists (select from feed.pending) as "pending!""#)
        .fetch_one(pool)
        .await
}

/// One round: all of it, or, whatever dies in between, nothing.
async fn round(pool: &PgPool) -> Result<Round, sqlx::Error> {
    let mut transaction = pool.begin().await?;
    // Whoever holds this row numbers; others wait here, and then see what he left. Should he
    // be stuck, PostgreSQL ends his session.
    let head = sqlx::query!(
        r#"select position, epoch,
                  set_config('idle_in_transaction_session_timeout', '5s', true) as "guard!"
           from feed.head for update"#
    )
    .fetch_one(&mut *transaction)
    .await?;
    let moved = sqlx::query_file!("src/feed/sequence.sql", head.position, CHANGES_PER_ROUND,)
        .fetch_one(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(Round {
        head: Head { epoch: head.epoch, position: head.position + moved.changes },
        changes: moved.changes,
        oldest_acted_at: moved.oldest_acted_at,
    })
}

struct Instruments {
    attributes: [KeyValue; 1],
    changes: Counter<u64>,
    lag: Gauge<f64>,
}

impl Instruments {
    fn of(service: &'static str) -> Self {
        Self {
            attributes: [KeyValue::new("service", service)],
            changes: meter()
                .u64_counter("congdoan.feed.sequenced")
                .with_description("Changes that were given a position.")
                .with_unit("{change}")
                .build(),
            lag: meter()
                .f64_gauge("congdoan.feed.sequencer.lag")
                .with_description("Age of the oldest change of the last round; 0 when idle.")
                .with_unit("s")
                .build(),
        }
    }

    fn idle(&self) {
        self.lag.record(0.0, &self.attributes);
    }

    fn measure(&self, round: &Round) {
        self.changes.add(round.changes.unsigned_abs(), &self.attributes);
        if let Some(oldest) = round.oldest_acted_at {
            let age = Duration::try_from(OffsetDateTime::now_utc() - oldest).unwrap_or_default();
            self.lag.record(age.as_secs_f64(), &self.attributes);
        }
    }
}
