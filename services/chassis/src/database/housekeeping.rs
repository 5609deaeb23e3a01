//! What is kept for a while, and then no longer: an answered request for 30 days.

use std::time::Duration;

use opentelemetry::KeyValue;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

/// How long it is from one look to the next.
const LOOK: Duration = Duration::from_secs(600);

/// So many rows are forgotten at once: locks are short, and a plan that was asked for by a
/// hundred thousand calls is no long transaction.
const BATCH: i64 = 1_000;

/// Forgets what is old, now and every ten minutes, until `stopping`. Any number of replicas may
/// do this at once: none waits for what another forgets.
pub(crate) async fn run(pool: PgPool, service: &'static str, stopping: CancellationToken) {
    let forgotten = opentelemetry::global::meter("chassis.act")
        .u64_counter("congdoan.act.forgotten")
        .with_description("Requests whose answers were kept for 30 days and are no longer")
        .build();
    loop {
        tokio::select! {
            rows = forget_requests(&pool) => match rows {
                Ok(rows) => forgotten.add(rows, &[KeyValue::new("service", service)]),
                Err(error) => tracing::warn!(%error, "forgetting old requests failed"),
            },
            () = stopping.cancelled() => return,
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = stopping.cancelled() => return,
        }
    }
}

/// Removes the answers of requests that are older than 30 days, in batches; answers how many.
pub async fn forget_requests(pool: &PgPool) -> Result<u64, sqlx::Error> {
    let mut forgotten = 0;
    loop {
        let rows = sqlx::query!(
            "delete from act.request
             where ctid = any (array(select ctid from act.request
                                     where answered_at < now() - interval '30 days'
                                     order by answered_at
                                     limit $1
                                     for update skip locked))",
            BATCH,
        )
        .execute(pool)
        .await?
        .rows_affected();
        forgotten += rows;
        if rows < BATCH.unsigned_abs() {
            return Ok(forgotten);
        }
    }
}
