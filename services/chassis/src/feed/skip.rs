//! An operator's way past a change that a follower cannot apply.

use sqlx::PgPool;
use uuid::Uuid;

/// Tells this service's follower of `source` to leave one change out and to go on. Who and
/// why are kept in `feed.skipped`. Answers false if the change was skipped before.
///
/// The follower still counts the change as applied: its position and its id move on.
pub async fn skip(
    pool: &PgPool,
    source: &str,
    change_id: Uuid,
    skipped_by: &str,
    reason: &str,
) -> Result<bool, sqlx::Error> {
    let skipped = sqlx::query_scalar!(
        r#"with skipped as (
               insert into feed.skipped (change_id, source, skipped_by, reason)
               values ($1, $2, $3, $4)
               on conflict (change_id) do nothing
               returning source
           ), going_on as (
               update feed.follower set halted = null, halted_at = null
               from skipped where follower.source = skipped.source
           )
           select exists (select from skipped) as "skipped!""#,
        change_id,
        source,
        skipped_by,
        reason,
    )
    .fetch_one(pool)
    .await?;
    if skipped {
        tracing::warn!(source, %change_id, "an operator skipped a change");
    }
    Ok(skipped)
}
