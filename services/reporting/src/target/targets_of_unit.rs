//! The targets of a unit, one after the other.

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::target::{Row, Target, read_rows};

/// The one that a page begins behind: its first day, its indicator and its id.
pub type After = (Date, String, Uuid);

/// A unit's targets of one indicator (of all, if it is empty), as they were known at an instant, at
/// most so many, after one.
pub async fn targets_of_unit(
    connection: &mut PgConnection,
    (organisation_id, indicator): (Uuid, &str),
    known_at: Option<OffsetDateTime>,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<Target>, Failure> {
    let (from, after_indicator, target_id) = match after {
        Some((from, indicator, target_id)) => (Some(from), indicator, target_id),
        None => (None, String::new(), Uuid::nil()),
    };
    let rows = sqlx::query_file_as!(
        Row,
        "src/target/targets_of_unit.sql",
        organisation_id,
        indicator,
        from,
        after_indicator,
        target_id,
        limit,
        known_at,
    )
    .fetch_all(connection)
    .await?;
    read_rows(rows)
}
