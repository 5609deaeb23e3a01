//! What is kept of a rebuild: who began it and why, how far it is, and what became of it.

use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::rebuild::asked::{Asked, Progress};

/// A rebuild, as it is kept.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Kept {
    /// Which.
    pub rebuild_id: Uuid,
    /// Who began it.
    pub begun_by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub begun_at: OffsetDateTime,
    /// How often a process has taken it up.
    pub attempts: i32,
    /// RUNNING, whether or not a process is at it; DONE, CANCELLED.
    pub state: String,
    /// How far registry's feed is followed beside ...
    pub registry_position: i64,
    /// ... and where it ends.
    pub registry_head: i64,
    /// The same of membership's ...
    pub membership_position: i64,
    /// ... and where that ends.
    pub membership_head: i64,
    /// How many changes were applied in a second, when it was told.
    pub changes_per_second: i64,
    /// When that was.
    pub told_at: OffsetDateTime,
    /// Why the last process stopped before it was done.
    pub hindrance: Option<String>,
    /// Who cancelled it.
    pub cancelled_by: Option<String>,
    /// When it was done or cancelled.
    pub ended_at: Option<OffsetDateTime>,
    /// From which generation on readers count what was derived anew.
    pub generation: Option<i64>,
}

/// How many rows of a table were not as they are derived.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Differed {
    /// With its schema, but for `public`.
    pub table_name: String,
    /// Rows that were missing.
    pub missing: i64,
    /// Rows that were too many.
    pub surplus: i64,
    /// Rows that said something else.
    pub otherwise: i64,
}

/// By what facts of a code became more or fewer.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Counted {
    /// The code.
    pub code: String,
    /// How many facts came or went.
    pub facts: i64,
    /// What they come to.
    pub amount: i64,
}

/// Takes up the one that is running, or begins one.
pub async fn begin(served: &mut PgConnection, asked: &Asked) -> sqlx::Result<Uuid> {
    let running = sqlx::query_scalar(
        "update rebuild set attempts = attempts + 1, hindrance = null
         where state = 'RUNNING' returning rebuild_id",
    )
    .fetch_optional(&mut *served)
    .await?;
    if let Some(running) = running {
        return Ok(running);
    }
    sqlx::query_scalar(
        "insert into rebuild (rebuild_id, begun_by, reason) values ($1, $2, $3) returning rebuild_id",
    )
    .bind(Uuid::now_v7())
    .bind(&asked.begun_by)
    .bind(&asked.reason)
    .fetch_one(served)
    .await
}

/// Tells how far it is; answers false if it was cancelled.
pub async fn tell(
    served: &mut PgConnection,
    rebuild_id: Uuid,
    progress: Progress,
) -> sqlx::Result<bool> {
    let told = sqlx::query(
        "update rebuild
         set registry_position = $2, registry_head = $3, membership_position = $4,
             membership_head = $5, changes_per_second = $6, told_at = now()
         where rebuild_id = $1 and state = 'RUNNING'",
    )
    .bind(rebuild_id)
    .bind(progress.registry.0)
    .bind(progress.registry.1)
    .bind(progress.membership.0)
    .bind(progress.membership.1)
    .bind(progress.changes_per_second)
    .execute(served)
    .await?;
    Ok(told.rows_affected() == 1)
}

/// Says why it could not be done now.
pub async fn hindered(
    served: &mut PgConnection,
    rebuild_id: Uuid,
    hindrance: &str,
) -> sqlx::Result<()> {
    sqlx::query("update rebuild set hindrance = $2 where rebuild_id = $1 and state = 'RUNNING'")
        .bind(rebuild_id)
        .bind(hindrance)
        .execute(served)
        .await?;
    Ok(())
}

/// Cancels the one that is running, whether or not a process is at it; answers which.
pub async fn cancel(served: impl PgExecutor<'_>, by: &str) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar(
        "update rebuild set state = 'CANCELLED', cancelled_by = $1, ended_at = now()
         where state = 'RUNNING' returning rebuild_id",
    )
    .bind(by)
    .fetch_optional(served)
    .await
}

/// The last ones, the newest first, at most so many.
pub async fn last(served: impl PgExecutor<'_>, most: i64) -> sqlx::Result<Vec<Kept>> {
    sqlx::query_as("select * from rebuild order by begun_at desc, rebuild_id desc limit $1")
        .bind(most)
        .fetch_all(served)
        .await
}

/// What differed, table by table.
pub async fn differed(
    served: impl PgExecutor<'_>,
    rebuild_id: Uuid,
) -> sqlx::Result<Vec<Differed>> {
    sqlx::query_as(
        "select table_name, missing, surplus, otherwise from rebuild_difference
         where rebuild_id = $1 order by table_name",
    )
    .bind(rebuild_id)
    .fetch_all(served)
    .await
}

/// By what facts became more or fewer, code by code.
pub async fn counted(served: impl PgExecutor<'_>, rebuild_id: Uuid) -> sqlx::Result<Vec<Counted>> {
    sqlx::query_as(
        "select code, facts, amount from rebuild_counted where rebuild_id = $1 order by code",
    )
    .bind(rebuild_id)
    .fetch_all(served)
    .await
}
