//! Files whose time is over are deleted; that they were there is not forgotten.

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
                Ok(files) => tracing::info!(files, "files of exports were deleted"),
                Err(error) => tracing::warn!(%error, "deleting files of exports failed"),
            },
            () = stopping.cancelled() => return Ok(()),
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = stopping.cancelled() => return Ok(()),
        }
    }
}

/// Deletes the files whose time is over, each in a transaction of its own; answers how many. Any
/// number of replicas may do this at once: none waits for what another deletes.
pub async fn delete(pool: &PgPool) -> Result<u64, sqlx::Error> {
    let mut files = 0;
    loop {
        let mut transaction = pool.begin().await?;
        let over = sqlx::query_scalar!(
            "update member_export set state = 6
             where export_key = (select export_key from member_export
                                 where state = 3 and kept_until <= now()
                                 order by kept_until limit 1
                                 for update skip locked)
             returning export_key",
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(export_key) = over else { return Ok(files) };
        sqlx::query!("delete from member_export_piece where export_key = $1", export_key)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        files += 1;
    }
}
