//! The changes that were followed, by which a figure points at what happened.

use std::collections::HashMap;

use chassis::feed::Change;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Which acts of registry a change of membership's leads to.
#[derive(Clone, Copy, Default)]
pub(super) struct Because {
    /// The act that it followed from.
    pub act_id: Option<Uuid>,
    /// The movement that it records, or takes back.
    pub movement_id: Option<Uuid>,
    /// It takes that movement back.
    pub takes_back: bool,
}

/// Remembers what a figure may later have to point at; answers, of each, the act of registry that it
/// followed from, or that the movement did which it takes back. Such a movement is remembered already: not
/// among these.
pub(super) async fn remember(
    connection: &mut PgConnection,
    source: &str,
    changes: &[(&Change, Because)],
) -> Result<HashMap<Uuid, Option<Uuid>>, Failure> {
    if changes.is_empty() {
        return Ok(HashMap::new());
    }
    let change_ids: Vec<Uuid> = changes.iter().map(|(change, _)| change.change_id).collect();
    let positions: Vec<i64> = changes.iter().map(|(change, _)| change.position).collect();
    let acts: Vec<Uuid> = changes.iter().map(|(change, _)| change.act_id).collect();
    let kinds: Vec<&str> = changes.iter().map(|(change, _)| change.kind.as_str()).collect();
    let days: Vec<Date> = changes.iter().map(|(change, _)| change.effective_on).collect();
    let decisions: Vec<Option<Uuid>> =
        changes.iter().map(|(change, _)| change.decision_id).collect();
    let instants: Vec<OffsetDateTime> = changes.iter().map(|(change, _)| change.acted_at).collect();
    let traces: Vec<&str> = changes.iter().map(|(change, _)| change.traceparent.as_str()).collect();
    let origins: Vec<Option<Uuid>> = changes.iter().map(|(_, because)| because.act_id).collect();
    let movements: Vec<Option<Uuid>> =
        changes.iter().map(|(_, because)| because.movement_id).collect();
    let taken_back: Vec<bool> = changes.iter().map(|(_, because)| because.takes_back).collect();
    let remembered = sqlx::query!(
        "insert into change_seen
             (change_id, source, position, act_id, kind, effective_on, decision_id, traceparent,
              because_act_id, origin_act_id, movement_id, acted_at)
         select change_id, $1, position, act_id, kind, effective_on, decision_id, traceparent,
                because_act_id,
                case when takes_back
                     then (select earlier.origin_act_id from change_seen earlier
                           where earlier.movement_id = line.movement_id and earlier.position < line.position
                           order by earlier.position desc limit 1)
                     else because_act_id end,
                case when not takes_back then movement_id end,
                acted_at
         from unnest($2::uuid[], $3::bigint[], $4::uuid[], $5::text[], $6::date[], $7::uuid[],
                     $8::text[], $9::uuid[], $10::uuid[], $11::timestamptz[], $12::boolean[])
              as line (change_id, position, act_id, kind, effective_on, decision_id, traceparent,
                       because_act_id, movement_id, acted_at, takes_back)
         returning change_id, origin_act_id",
        source,
        &change_ids,
        &positions,
        &acts,
        &kinds as &[&str],
        &days,
        &decisions as &[Option<Uuid>],
        &traces as &[&str],
        &origins as &[Option<Uuid>],
        &movements as &[Option<Uuid>],
        &instants,
        &taken_back,
    )
    .fetch_all(connection)
    .await?;
    Ok(remembered.into_iter().map(|row| (row.change_id, row.origin_act_id)).collect())
}

/// Tells the tables that tell what changes in them (`office_told` and others) since when what is written
/// from now on is known; without an instant, each row since the change that it comes with was recorded.
pub(super) async fn told_at(
    connection: &mut PgConnection,
    known_at: Option<OffsetDateTime>,
) -> Result<(), Failure> {
    sqlx::query!(
        r#"select set_config('congdoan.told_at', coalesce($1::timestamptz::text, ''), true) as "told!""#,
        known_at,
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}
