//! Secondments that hold on a date.

use chassis::database::Reading;
use chassis::refusal::Failure;
use time::Date;
use uuid::Uuid;

use crate::ground::reading::{AsOf, Asked, Page, in_scope};

/// A person sent by an organisation to another.
#[derive(Debug)]
pub struct Secondment {
    /// UUIDv7.
    pub secondment_id: Uuid,
    /// Who sends.
    pub organisation_id: Uuid,
    /// Who receives.
    pub host_id: Uuid,
    /// An id of membership.
    pub person_id: Uuid,
    /// What for; may be empty.
    pub task: String,
    /// The first day.
    pub from_on: Date,
    /// The first day without it.
    pub until_on: Option<Date>,
    /// The decision.
    pub decision_id: Option<Uuid>,
}

/// Whose secondments, which way, as of when.
#[derive(Debug)]
pub struct SecondmentsAsked {
    /// The organisation.
    pub organisation_id: Uuid,
    /// On which date, known when.
    pub as_of: AsOf,
    /// Those that it sends.
    pub sent: bool,
    /// Those that it receives.
    pub received: bool,
}

/// A page of secondments, in order of their ids.
pub async fn secondments(
    reading: &mut Reading,
    of: &SecondmentsAsked,
    asked: &Asked<'_>,
) -> Result<Page<Secondment>, Failure> {
    let after: Option<Uuid> = asked.after()?;
    in_scope(reading, "organisation_id", of.organisation_id).await?;
    let secondments = sqlx::query_file_as!(
        Secondment,
        "src/secondment/secondments.sql",
        of.organisation_id,
        of.as_of.on,
        of.sent,
        of.received,
        after,
        asked.limit(),
        of.as_of.known_at,
    )
    .fetch_all(&mut **reading)
    .await?;
    asked.page(secondments, |secondment| secondment.secondment_id)
}
