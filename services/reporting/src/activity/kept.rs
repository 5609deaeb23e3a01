//! What is known of an activity, about to be known otherwise: read, locked, and kept beside what
//! takes its place.

use chassis::access::unknown_or_denied;
use chassis::database::Acting;
use chassis::refusal::Failure;
use sqlx::types::Json;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::activity::counted::Counted;
use crate::activity::reported::{Activity, Fields};
use crate::ground::refused::Refused;

/// An activity as it is known now.
pub struct Held {
    /// What was said last.
    pub activity: Activity,
    /// 1, and 1 more by each correction.
    pub revision: i32,
    /// What it is counted as.
    pub counted: Counted,
}

/// Why something is known no longer.
pub struct Because<'a> {
    /// In words.
    pub reason: &'a str,
    /// What it rests on.
    pub decision_id: Option<Uuid>,
    /// It was taken back, rather than corrected.
    pub undone: bool,
}

struct Row {
    organisation_id: Uuid,
    kind: String,
    held_on: Date,
    members_reached: i32,
    workers_reached: i32,
    times: i32,
    fields: Json<Fields>,
    counted: Option<Json<Counted>>,
    revision: i32,
}

/// The unit of an activity of the caller's scope; refuses what is unknown, and what was taken back.
pub async fn unit(acting: &mut Acting, activity_id: Uuid) -> Result<Uuid, Failure> {
    let unit = sqlx::query_scalar!(
        "select organisation_id from activity
         where activity_id = $1 and access.covers(organisation_id)",
        activity_id,
    )
    .fetch_optional(acting.db())
    .await?;
    if let Some(unit) = unit {
        return Ok(unit);
    }
    let undone = sqlx::query_scalar!(
        r#"select exists (select from activity_past
                          where activity_id = $1 and undone and access.covers(organisation_id)) as "undone!""#,
        activity_id,
    )
    .fetch_one(acting.db())
    .await?;
    if undone {
        return Err(Refused::ActivityUndone { activity_id }.into());
    }
    Err(unknown_or_denied(acting.db(), Refused::ActivityUnknown { activity_id }).await)
}

/// Locks an activity, whose unit is locked already, and reads it; another revision than the one that
/// the caller has read, and another unit, are refused.
pub async fn hold(
    acting: &mut Acting,
    activity_id: Uuid,
    unit: Uuid,
    read: Option<i32>,
) -> Result<Held, Failure> {
    let row = sqlx::query_as!(
        Row,
        r#"select organisation_id, kind, held_on, members_reached, workers_reached, times,
                  fields as "fields: Json<Fields>", counted as "counted: Json<Counted>", revision
           from activity where activity_id = $1 and access.covers(organisation_id)
           for update"#,
        activity_id,
    )
    .fetch_optional(acting.db())
    .await?;
    // Somebody who held it took it back.
    let Some(row) = row else { return Err(Refused::ActivityUndone { activity_id }.into()) };
    if row.organisation_id != unit || read.is_some_and(|read| read != row.revision) {
        return Err(Refused::ActivityChanged { revision: row.revision }.into());
    }
    let activity = Activity {
        organisation_id: row.organisation_id,
        kind: row.kind,
        held_on: row.held_on,
        members_reached: row.members_reached,
        workers_reached: row.workers_reached,
        times: row.times,
        fields: row.fields.0,
    };
    let counted = match row.counted {
        Some(Json(counted)) => counted,
        None => Counted::of_before(&activity),
    };
    Ok(Held { activity, revision: row.revision, counted })
}

/// Keeps what was known beside what is; answers from when on it is known no longer.
pub async fn keep(
    acting: &mut Acting,
    activity_id: Uuid,
    because: Because<'_>,
) -> Result<OffsetDateTime, Failure> {
    let (acted_at, act_id, actor) = (acting.acted_at, acting.act_id, acting.caller.principal());
    let replaced_at = sqlx::query_scalar!(
        "insert into activity_past (activity_id, organisation_id, kind, held_on, members_reached,
                                    workers_reached, times, act_id, fields, counted, revision, recorded_at,
                                    replaced_at, replaced_by, actor, reason, decision_id, undone)
         select activity_id, organisation_id, kind, held_on, members_reached, workers_reached, times,
                act_id, fields, counted, revision, recorded_at,
                greatest($2, recorded_at + interval '1 microsecond'), $3, $4, $5, $6, $7
         from activity where activity_id = $1
         returning replaced_at",
        activity_id,
        acted_at,
        act_id,
        actor,
        because.reason,
        because.decision_id,
        because.undone,
    )
    .fetch_one(acting.db())
    .await?;
    Ok(replaced_at)
}
