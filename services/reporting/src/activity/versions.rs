//! What is known of one activity, and what was.

use chassis::access::unknown_or_denied;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use sqlx::types::Json;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::activity::reported::{Activity, Fields};
use crate::ground::refused::Refused;

/// An activity, as it was known for some time.
#[derive(Clone, Debug)]
pub struct Version {
    /// Which.
    pub activity_id: Uuid,
    /// What was known.
    pub activity: Activity,
    /// 1, and 1 more by each correction.
    pub revision: i32,
    /// From when on.
    pub recorded_at: OffsetDateTime,
    /// What the unit was called on the day of the activity.
    pub organisation_name: String,
    /// That it is known no longer.
    pub replacement: Option<Replacement>,
}

/// That something is known no longer, and why.
#[derive(Clone, Debug)]
pub struct Replacement {
    /// From when on.
    pub replaced_at: OffsetDateTime,
    /// Who said so.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// What it rests on.
    pub decision_id: Option<Uuid>,
    /// It was taken back.
    pub undone: bool,
}

struct Row {
    activity_id: Uuid,
    organisation_id: Uuid,
    kind: String,
    held_on: Date,
    members_reached: i32,
    workers_reached: i32,
    times: i32,
    fields: Json<Fields>,
    revision: i32,
    recorded_at: OffsetDateTime,
    organisation_name: String,
    replaced_at: Option<OffsetDateTime>,
    actor: Option<String>,
    reason: Option<String>,
    decision_id: Option<Uuid>,
    undone: Option<bool>,
}

/// What was known of an activity at an instant, or is now, and, before it, what had been known
/// until then.
pub async fn known(
    connection: &mut PgConnection,
    activity_id: Uuid,
    known_at: Option<OffsetDateTime>,
) -> Result<(Vec<Version>, Version), Failure> {
    let rows = sqlx::query_file_as!(Row, "src/activity/versions.sql", activity_id)
        .fetch_all(&mut *connection)
        .await?;
    let mut versions: Vec<Version> = rows
        .into_iter()
        .map(version)
        .filter(|version| known_at.is_none_or(|at| version.recorded_at <= at))
        .collect();
    match versions.pop() {
        Some(last) => Ok((versions, last)),
        None => Err(unknown_or_denied(connection, Refused::ActivityUnknown { activity_id }).await),
    }
}

fn version(row: Row) -> Version {
    let replacement = row.replaced_at.map(|replaced_at| Replacement {
        replaced_at,
        actor: row.actor.unwrap_or_default(),
        reason: row.reason.unwrap_or_default(),
        decision_id: row.decision_id,
        undone: row.undone.unwrap_or_default(),
    });
    Version {
        activity_id: row.activity_id,
        activity: Activity {
            organisation_id: row.organisation_id,
            kind: row.kind,
            held_on: row.held_on,
            members_reached: row.members_reached,
            workers_reached: row.workers_reached,
            times: row.times,
            fields: row.fields.0,
        },
        revision: row.revision,
        recorded_at: row.recorded_at,
        organisation_name: row.organisation_name,
        replacement,
    }
}
