//! How far unions are in a round.

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::rating::rounds::Round;

/// A union in a round.
pub struct Union {
    /// Which.
    pub organisation_id: Uuid,
    /// What it was called when it was listed.
    pub organisation_name: String,
    /// Its sector then.
    pub sector: String,
    /// How far it is.
    pub state: String,
    /// Why it is not rated.
    pub ineligible: Option<String>,
    /// What it gives itself, in tenths.
    pub self_tenths: Option<i32>,
    /// What it is appraised at, in tenths.
    pub appraised_tenths: Option<i32>,
    /// As it is decided.
    pub grade: Option<String>,
    /// When that was.
    pub decided_on: Option<Date>,
}

/// Those that stood under an organisation when they were listed, after one of them, by id.
pub async fn ratings(
    connection: &mut PgConnection,
    round: &Round,
    head: Uuid,
    states: &[String],
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Union>, Failure> {
    let unions = sqlx::query_file_as!(
        Union,
        "src/rating/ratings_under.sql",
        head,
        round.round_id,
        round.listed_on,
        states,
        after.unwrap_or_else(Uuid::nil),
        limit,
    )
    .fetch_all(connection)
    .await?;
    Ok(unions)
}
