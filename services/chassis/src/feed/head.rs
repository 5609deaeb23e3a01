//! The head of a service's own feed, as its database has it, and telling other processes of it.

use sqlx::PgPool;
use uuid::Uuid;

/// Told when `feed.pending` has changes of a process that runs no sequencer.
pub(super) const PENDING: &str = "feed_pending";
/// Told when `feed.head` has moved.
pub(super) const HEAD: &str = "feed_head";
/// Told when `feed.follower` has moved.
pub(super) const APPLIED: &str = "feed_applied";

/// How far this service's own feed is, as far as this process knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Replaced when the database is restored from a backup.
    pub epoch: Uuid,
    /// The newest position.
    pub position: i64,
}

/// The epoch of this service's feed, for the consistency token of a write.
pub async fn epoch(pool: &PgPool) -> Result<Uuid, sqlx::Error> {
    Ok(head(pool).await?.epoch)
}

/// Says that this service's database was restored from a backup: every follower that has
/// read what the backup does not have will notice, stop, and have to be rebuilt.
pub async fn restored(pool: &PgPool) -> Result<Uuid, sqlx::Error> {
    sqlx::query_scalar!("update feed.head set epoch = gen_random_uuid() returning epoch")
        .fetch_one(pool)
        .await
}

pub(super) async fn head(pool: &PgPool) -> Result<Head, sqlx::Error> {
    sqlx::query_as!(Head, "select epoch, position from feed.head").fetch_one(pool).await
}

/// Tells other processes, in a transaction that writes nothing and waits for no flush.
pub(super) async fn notify(pool: &PgPool, channel: &str, process: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"select set_config('synchronous_commit', 'off', true) as "off!",
                  pg_notify($1, $2)::text as told"#,
        channel,
        process.to_string(),
    )
    .fetch_one(pool)
    .await?;
    Ok(())
}

/// Tells a running service that a process without a sequencer of its own, such as a bulk
/// load by the schema's owner, has committed acts.
pub async fn announce_pending(pool: &PgPool) -> Result<(), sqlx::Error> {
    notify(pool, PENDING, Uuid::nil()).await
}
