//! One process at a time rebuilds a database: it holds a lock there for as long as its session lives.

use sqlx::PgConnection;

/// The lock of rebuilds, in every database.
const LOCK: i64 = 0x6472_6562_7569_6c64;

/// Takes the lock for this session; answers false if another has it.
pub async fn hold(connection: &mut PgConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar("select pg_try_advisory_lock($1)").bind(LOCK).fetch_one(connection).await
}
