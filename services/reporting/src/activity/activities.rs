//! Lists activities: of a unit, or of all that lies under it.

use std::sync::Arc;

use chassis::refusal::Failure;
use sqlx::PgConnection;
use sqlx::types::Json;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::activity::reported::{Activity, Fields};
use crate::activity::versions::Version;
use crate::ground::columns::{Cut, Snapshot};
use crate::ground::period::Period;

/// Where a page ends: the day of the last activity that was looked at, and its id.
pub type After = (Date, Uuid);

/// Activities that are looked at in one statement, at most: as many as the page holds first, and more
/// each time, where most of them are those of others.
const AT_A_TIME_MAX: i64 = 1_000;
/// Statements of one page: of a part of the country, most activities are those of others, and the
/// page ends before it is full.
const TIMES_MAX: usize = 10;

/// Whose activities.
pub enum Whose {
    /// Of these units, on whatever day.
    Units(Vec<Uuid>),
    /// Of these units, on the days on which they lie in the scope.
    Few(Vec<Uuid>, Snapshot, Arc<Cut>),
    /// Of whatever lies in the scope on its day.
    Within(Snapshot, Arc<Cut>),
}

impl Whose {
    fn counts(&self, version: &Version) -> bool {
        match self {
            Whose::Units(_) => true,
            Whose::Few(_, snapshot, cut) | Whose::Within(snapshot, cut) => {
                let activity = &version.activity;
                snapshot.counts_on(cut, activity.organisation_id, activity.held_on)
            }
        }
    }
}

/// What is asked for.
pub struct Asked {
    /// Whose.
    pub whose: Whose,
    /// Of which days.
    pub period: Period,
    /// Of these kinds; of all, where there are none.
    pub kinds: Vec<String>,
    /// What was known then.
    pub known_at: Option<OffsetDateTime>,
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
}

/// A page of at most so many, and where the next one begins.
pub async fn activities(
    connection: &mut PgConnection,
    asked: &Asked,
    after: Option<After>,
    size: i64,
) -> Result<(Vec<Version>, Option<After>), Failure> {
    let mut at_a_time = size + 1;
    let size = usize::try_from(size).unwrap_or(1);
    // Before any of the first day.
    let mut after = after.unwrap_or((asked.period.from, Uuid::nil()));
    let mut page: Vec<Version> = Vec::new();
    for _ in 0..TIMES_MAX {
        let rows = look(connection, asked, after, at_a_time).await?;
        let last = i64::try_from(rows.len()).is_ok_and(|rows| rows < at_a_time);
        at_a_time = (at_a_time * 4).min(AT_A_TIME_MAX);
        for version in rows.into_iter().map(version) {
            if !asked.whose.counts(&version) {
                after = place(&version);
                continue;
            }
            if page.len() == size {
                return Ok((page, Some(after)));
            }
            after = place(&version);
            page.push(version);
        }
        if last {
            return Ok((page, None));
        }
    }
    Ok((page, Some(after)))
}

fn place(version: &Version) -> After {
    (version.activity.held_on, version.activity_id)
}

async fn look(
    connection: &mut PgConnection,
    asked: &Asked,
    (after_on, after_id): After,
    at_a_time: i64,
) -> Result<Vec<Row>, Failure> {
    let Period { from, through } = asked.period;
    // What is known now is known for ever, as far as is known now.
    let known_at = asked.known_at.unwrap_or(FOR_EVER);
    let rows = match &asked.whose {
        Whose::Units(units) | Whose::Few(units, ..) => {
            sqlx::query_file_as!(
                Row,
                "src/activity/activities_of_units.sql",
                from,
                through,
                after_on,
                after_id,
                &asked.kinds,
                known_at,
                at_a_time,
                units,
            )
            .fetch_all(connection)
            .await?
        }
        Whose::Within(..) => {
            sqlx::query_file_as!(
                Row,
                "src/activity/activities_within.sql",
                from,
                through,
                after_on,
                after_id,
                &asked.kinds,
                known_at,
                at_a_time,
            )
            .fetch_all(connection)
            .await?
        }
    };
    Ok(rows)
}

/// Later than anything is recorded.
const FOR_EVER: OffsetDateTime = time::macros::datetime!(9999-12-31 0:00 UTC);

fn version(row: Row) -> Version {
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
        replacement: None,
    }
}
