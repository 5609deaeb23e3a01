//! Rounds: one, or those of an organisation.

use chassis::access::unknown_or_denied;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use sqlx::types::Json;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::rating::step::State;
use crate::rating::terms::Terms;

/// A round.
pub struct Round {
    /// Which.
    pub round_id: Uuid,
    /// Who opened it.
    pub organisation_id: Uuid,
    /// What that was called then.
    pub organisation_name: String,
    /// What it rates.
    pub kind: String,
    /// The rating year.
    pub year: i32,
    /// The first day of what is rated.
    pub from: Date,
    /// The last.
    pub through: Date,
    /// The scheme's code.
    pub scheme: String,
    /// Its version.
    pub version: i32,
    /// What it said when the round was opened.
    pub terms: Json<Terms>,
    /// Only unions of a group of this grouping; both may be empty.
    pub sector_grouping: String,
    /// The group.
    pub sector_group: String,
    /// Until when unions score themselves.
    pub self_score_due_on: Date,
    /// Until when they are appraised.
    pub appraisal_due_on: Date,
    /// Until when they are decided on.
    pub decision_due_on: Date,
    /// How many days after a decision a union may appeal.
    pub appeal_days: i32,
    /// What it rests on.
    pub decision_id: Option<Uuid>,
    /// On which tree unions were listed.
    pub listed_on: Date,
    /// When it was opened.
    pub opened_at: OffsetDateTime,
    /// When it ended.
    pub ended_at: Option<OffsetDateTime>,
    /// That it was taken back.
    pub withdrawn: bool,
    /// Why it ended.
    pub end_reason: String,
}

/// One that the caller may read where it was opened, or at one below that, or at a union that it lists.
pub async fn round(
    connection: &mut PgConnection,
    round_id: Uuid,
    below: Option<Uuid>,
) -> Result<Round, Failure> {
    let round = sqlx::query_file_as!(Round, "src/rating/round.sql", round_id, below)
        .fetch_optional(&mut *connection)
        .await?;
    match round {
        Some(round) => Ok(round),
        None => {
            let unknown = Refused::RatingRoundUnknown { round_id };
            Err(unknown_or_denied(connection, unknown).await)
        }
    }
}

/// Where a page ends: year and round.
pub type After = (i32, Uuid);

/// Those that an organisation, or one above it, opened.
pub async fn rounds(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    year: i32,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<Round>, Failure> {
    let (after_year, after_round) = after.unwrap_or((i32::MAX, Uuid::max()));
    let rounds = sqlx::query_file_as!(
        Round,
        "src/rating/rounds.sql",
        organisation_id,
        year,
        after_year,
        after_round,
        limit,
    )
    .fetch_all(connection)
    .await?;
    Ok(rounds)
}

/// How many unions of a round are how far; nothing, where the caller may not read it where it was opened.
pub async fn counts(
    connection: &mut PgConnection,
    round_id: Uuid,
) -> Result<Vec<(State, i64)>, Failure> {
    let rows = sqlx::query!(
        r#"select listed.state as "state!", count(*) as "unions!"
           from rating_round r
           join rating_of_round listed on listed.round_id = r.round_id
           where r.round_id = $1 and access.covers(r.organisation_id)
           group by listed.state"#,
        round_id,
    )
    .fetch_all(connection)
    .await?;
    let mut counts: Vec<(State, i64)> =
        rows.into_iter().map(|row| (State::parse(&row.state), row.unions)).collect();
    counts.sort_unstable();
    Ok(counts)
}
