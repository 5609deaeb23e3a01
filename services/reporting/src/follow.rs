//! Follows the feeds of registry and of membership.
//!
//! Both keep this service's copy of the tree and its facts, in the transaction that also
//! moves their position. A change of membership waits for the position of registry's feed on
//! which it was decided, so that a member never arrives before her union.

mod membership;
mod registry;
mod timelines;

use chassis::feed::Change;
use chassis::refusal::Failure;
use sqlx::PgConnection;

pub use membership::Membership;
pub use registry::Registry;

/// Remembers what a figure may later have to point at.
async fn remember(
    connection: &mut PgConnection,
    source: &str,
    change: &Change,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into change_seen
             (change_id, source, position, act_id, kind, effective_on, decision_id, traceparent)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        change.change_id,
        source,
        change.position,
        change.act_id,
        change.kind,
        change.effective_on,
        change.decision_id,
        change.traceparent,
    )
    .execute(connection)
    .await?;
    Ok(())
}
