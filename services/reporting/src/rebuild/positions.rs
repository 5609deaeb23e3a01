//! How far a database has followed.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

/// How far a source was followed.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Position {
    /// The source.
    pub source: String,
    /// Its epoch.
    pub epoch: Option<Uuid>,
    /// The last position applied.
    pub position: i64,
    /// The change there.
    pub change_id: Option<Uuid>,
    /// Why it is followed no further.
    pub halted: Option<String>,
}

/// How far everything is followed.
pub async fn positions(database: impl PgExecutor<'_>) -> sqlx::Result<Vec<Position>> {
    sqlx::query_as(
        "select source, epoch, position, change_id, halted from feed.follower order by source",
    )
    .fetch_all(database)
    .await
}

/// The same, of what follows no further until the transaction ends.
pub async fn held(served: &mut PgConnection) -> sqlx::Result<Vec<Position>> {
    sqlx::query_as(
        "select source, epoch, position, change_id, halted from feed.follower order by source
         for update",
    )
    .fetch_all(served)
    .await
}

/// By source, the positions alone.
pub fn plain(positions: &[Position]) -> Vec<(String, i64)> {
    positions.iter().map(|position| (position.source.clone(), position.position)).collect()
}
