//! Steering committees in which somebody sat on a date.

use chassis::database::Reading;
use chassis::refusal::Failure;
use time::Date;
use uuid::Uuid;

use crate::ground::reading::{AsOf, Asked, Page, in_scope};

/// A steering committee as it stood on a date.
#[derive(Debug)]
pub struct SteeringCommittee {
    /// UUIDv7.
    pub steering_committee_id: Uuid,
    /// Whose it is.
    pub organisation_id: Uuid,
    /// NFC.
    pub name: String,
    /// The first day on which anybody sat in it.
    pub established_on: Date,
    /// How many sat in it.
    pub members: i32,
    /// How many units they followed.
    pub units: i32,
}

/// Whose committees, as of when.
#[derive(Debug)]
pub struct CommitteesAsked {
    /// The organisation.
    pub organisation_id: Uuid,
    /// On which date, known when.
    pub as_of: AsOf,
    /// Only the organisation's own.
    pub own_only: bool,
}

/// A page of steering committees, in order of their ids.
pub async fn steering_committees(
    reading: &mut Reading,
    of: &CommitteesAsked,
    asked: &Asked<'_>,
) -> Result<Page<SteeringCommittee>, Failure> {
    let after: Option<Uuid> = asked.after()?;
    in_scope(reading, "organisation_id", of.organisation_id).await?;
    let committees = sqlx::query_file_as!(
        SteeringCommittee,
        "src/steering/steering_committees.sql",
        of.organisation_id,
        of.own_only,
        of.as_of.on,
        after,
        asked.limit(),
        of.as_of.known_at,
    )
    .fetch_all(&mut **reading)
    .await?;
    asked.page(committees, |committee| committee.steering_committee_id)
}
