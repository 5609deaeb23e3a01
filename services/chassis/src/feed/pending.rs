//! Where an act leaves its changes.

use prost::Message;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use super::change::{ActStamp, NewChange};

/// Appends an act's changes, in their order, to `feed.pending`, in the act's own
/// transaction; answers the id of the last, by which a reader can wait for the whole act.
///
/// To be called once per act, after it has locked every aggregate that it touches: that is
/// what keeps the changes of one aggregate in the order in which they happened. After the
/// commit, and never before, comes [`Waker::wake`](super::waker::Waker::wake).
pub async fn append(
    connection: &mut PgConnection,
    stamp: &ActStamp,
    changes: Vec<NewChange>,
) -> Result<Option<Uuid>, sqlx::Error> {
    let Some(last) = changes.len().checked_sub(1) else {
        return Ok(None);
    };
    let change_ids: Vec<Uuid> = changes.iter().map(|_| Uuid::now_v7()).collect();
    let completes: Vec<bool> = (0..changes.len()).map(|line| line == last).collect();
    let kinds: Vec<&str> = changes.iter().map(|change| change.kind).collect();
    let aggregate_ids: Vec<Uuid> = changes.iter().map(|change| change.aggregate_id).collect();
    let effective_ons: Vec<Date> = changes.iter().map(|change| change.effective_on).collect();
    let decision_ids: Vec<Option<Uuid>> = changes.iter().map(|change| change.decision_id).collect();
    let bodies: Vec<Vec<u8>> = changes.iter().map(|change| change.body.encode_to_vec()).collect();

    sqlx::query!(
        "insert into feed.pending
             (change_id, act_id, act_complete, kind, aggregate_id, acted_at, effective_on,
              actor, decision_id, traceparent, registry_position, body)
         select change_id, $8, act_complete, kind, aggregate_id, $9, effective_on,
                $10, decision_id, $11, $12, body
         from unnest($1::uuid[], $2::boolean[], $3::text[], $4::uuid[], $5::date[], $6::uuid[],
                     $7::bytea[])
              with ordinality as line
              (change_id, act_complete, kind, aggregate_id, effective_on, decision_id, body, line)
         order by line",
        &change_ids,
        &completes,
        &kinds as &[&str],
        &aggregate_ids,
        &effective_ons,
        &decision_ids as &[Option<Uuid>],
        &bodies,
        stamp.act_id,
        stamp.acted_at,
        stamp.actor,
        stamp.traceparent,
        stamp.registry_position,
    )
    .execute(connection)
    .await?;
    Ok(change_ids.last().copied())
}
