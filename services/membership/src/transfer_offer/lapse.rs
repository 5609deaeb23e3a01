//! Offers that nobody accepted in time are closed. From the day on which they lapse nobody can
//! accept them, and no figure counts them, whether this has been done or not: it only says so.

use std::time::Duration;

use chassis::database::today;
use sqlx::PgPool;
use time::Date;
use tokio_util::sync::CancellationToken;

/// How long it is from one look to the next.
const LOOK: Duration = Duration::from_secs(600);

/// So many are closed at once: locks are short.
const BATCH: i64 = 1_000;

/// `membership.v1.OfferState`.
const LAPSED: i16 = 5;

/// Closes what has lapsed, now and every ten minutes, until `stopping`. Any number of replicas may
/// do this at once: none waits for what another closes.
pub async fn run(pool: PgPool, stopping: CancellationToken) -> anyhow::Result<()> {
    loop {
        tokio::select! {
            closed = close(&pool, today()) => match closed {
                Ok(0) => {}
                Ok(people) => tracing::info!(people, "offers of transfers have lapsed"),
                Err(error) => tracing::warn!(%error, "closing offers that have lapsed failed"),
            },
            () = stopping.cancelled() => return Ok(()),
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = stopping.cancelled() => return Ok(()),
        }
    }
}

/// Closes the offers that have lapsed by a day; answers for how many people.
pub async fn close(pool: &PgPool, by: Date) -> Result<u64, sqlx::Error> {
    let mut closed = 0;
    loop {
        let rows = sqlx::query!(
            "update standing set ended_on = due_on, ended_as = $2
             where (person_id, standing_id) in (
                 select person_id, standing_id from standing
                 where kind = 1 and ended_on is null and transfer_id is null and left_on is null
                   and due_on <= $1
                 order by due_on
                 limit $3
                 for update skip locked)",
            by,
            LAPSED,
            BATCH,
        )
        .execute(pool)
        .await?
        .rows_affected();
        closed += rows;
        if rows < BATCH.unsigned_abs() {
            return Ok(closed);
        }
    }
}
