//! Printings whose time is over are deleted; that they were there is not forgotten.

use std::time::Duration;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

/// How long it is from one look to the next.
const LOOK: Duration = Duration::from_secs(600);

/// Deletes what is over, now and every ten minutes, until `stopping`.
pub async fn run(pool: PgPool, stopping: CancellationToken) -> anyhow::Result<()> {
    loop {
        tokio::select! {
            deleted = delete(&pool) => match deleted {
                Ok(0) => {}
                Ok(printings) => tracing::info!(printings, "printings were deleted"),
                Err(error) => tracing::warn!(%error, "deleting printings failed"),
            },
            () = stopping.cancelled() => return Ok(()),
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = stopping.cancelled() => return Ok(()),
        }
    }
}

/// Deletes the files whose time is over, those of each printing in a transaction of their own; answers
/// of how many. Any number of replicas may do this at once: none waits for what another deletes.
pub async fn delete(pool: &PgPool) -> Result<u64, sqlx::Error> {
    let mut printings = 0;
    loop {
        let mut transaction = pool.begin().await?;
        let over = sqlx::query_scalar!(
            "update report_printing set state = 6
             where printing_key = (select printing_key from report_printing
                                   where state = 3 and kept_until <= now()
                                   order by kept_until limit 1
                                   for update skip locked)
             returning printing_key",
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(key) = over else { return Ok(printings) };
        sqlx::query!("delete from report_printing_file where printing_key = $1", key)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        printings += 1;
    }
}
