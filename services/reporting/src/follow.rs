//! Follows the feeds of registry and of membership.
//!
//! Both keep this service's copy of the tree and its facts, in the transaction that also
//! moves their position. A change of membership waits for the position of registry's feed on
//! which it was decided, so that a member never arrives before her union.
//!
//! **Invariant:** every kind of change is named where changes are told apart: a kind that is new
//! does not compile before somebody has said what it means.

// A wildcard would let a kind of change pass in silence, as one did that takes an exit back.
#![deny(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants)]

mod edges;
mod events;
mod membership;
mod merged;
mod movements;
mod organisations;
mod registry;
mod successions;
mod timelines;
mod under_way;

use chassis::feed::Change;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

pub use membership::Membership;
pub use registry::Registry;

/// Which acts of registry a change of membership's leads to.
#[derive(Default)]
struct Because {
    /// The act that it followed from.
    act_id: Option<Uuid>,
    /// The movement that it records, or takes back.
    movement_id: Option<Uuid>,
    /// It takes that movement back.
    takes_back: bool,
}

/// Remembers many changes that take nothing back, as [`remember`] does one.
async fn remember_all(
    connection: &mut PgConnection,
    source: &str,
    changes: &[(&Change, Because)],
) -> Result<(), Failure> {
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
    sqlx::query!(
        "insert into change_seen
             (change_id, source, position, act_id, kind, effective_on, decision_id, traceparent,
              because_act_id, origin_act_id, movement_id, acted_at)
         select change_id, $1, position, act_id, kind, effective_on, decision_id, traceparent,
                because_act_id, because_act_id, movement_id, acted_at
         from unnest($2::uuid[], $3::bigint[], $4::uuid[], $5::text[], $6::date[], $7::uuid[],
                     $8::text[], $9::uuid[], $10::uuid[], $11::timestamptz[])
              as line (change_id, position, act_id, kind, effective_on, decision_id, traceparent,
                       because_act_id, movement_id, acted_at)",
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
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Remembers what a figure may later have to point at; answers the act of registry that a
/// movement, or the one that is taken back, followed from.
async fn remember(
    connection: &mut PgConnection,
    source: &str,
    change: &Change,
    because: &Because,
) -> Result<Option<Uuid>, Failure> {
    let origin = sqlx::query_scalar!(
        "insert into change_seen
             (change_id, source, position, act_id, kind, effective_on, decision_id, traceparent,
              because_act_id, origin_act_id, movement_id, acted_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9,
                 case when $11 then (select earlier.origin_act_id from change_seen earlier
                                     where earlier.movement_id = $10
                                     order by earlier.position desc limit 1)
                      else $9 end,
                 case when not $11 then $10::uuid end,
                 $12)
         returning origin_act_id",
        change.change_id,
        source,
        change.position,
        change.act_id,
        change.kind,
        change.effective_on,
        change.decision_id,
        change.traceparent,
        because.act_id,
        because.movement_id,
        because.takes_back,
        change.acted_at,
    )
    .fetch_one(connection)
    .await?;
    Ok(origin)
}

/// Tells the table that tells who was merged (`person_merge_told`) when this change was recorded.
async fn told_at(connection: &mut PgConnection, change: &Change) -> Result<(), Failure> {
    sqlx::query!(
        r#"select set_config('congdoan.told_at', $1::timestamptz::text, true) as "told_at!""#,
        change.acted_at,
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}
