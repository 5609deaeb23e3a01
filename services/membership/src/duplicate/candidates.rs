//! Who are likely to be one person.

use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::organisation;

/// Two people.
#[derive(Debug)]
pub struct Candidate {
    /// The one with the lower id.
    pub person_id: Uuid,
    /// The other.
    pub other_id: Uuid,
    /// `membership.v1.DuplicateReason`.
    pub reason: i16,
    /// The union in which both were found.
    pub organisation_id: Uuid,
    /// As given.
    pub name: String,
    /// As given.
    pub other_name: String,
    /// The day, where it is known.
    pub birth_date: Option<Date>,
    /// The day, where it is known.
    pub other_birth_date: Option<Date>,
    /// The year, where it is known.
    pub birth_year: Option<i16>,
    /// The year, where it is known.
    pub other_birth_year: Option<i16>,
    /// The register knows a number.
    pub numbered: bool,
    /// The register knows a number.
    pub other_numbered: bool,
}

/// Those in one organisation or below it, in the order of their unions and ids.
pub async fn list(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    today: Date,
    asked: &Asked<'_>,
) -> Result<Page<Candidate>, Failure> {
    organisation::in_scope(connection, organisation_id).await?;
    let after = asked.after::<(Uuid, Uuid, Uuid)>()?;
    let rows = sqlx::query_file_as!(
        Candidate,
        "src/duplicate/candidates.sql",
        organisation_id,
        today,
        after.map(|key| key.0),
        after.map(|key| key.1),
        after.map(|key| key.2),
        asked.limit(),
    )
    .fetch_all(connection)
    .await?;
    asked.page(rows, |one| (one.organisation_id, one.person_id, one.other_id))
}
