//! Offices that go on although their holders have left.

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

/// An office whose holder has left.
#[derive(Debug)]
pub struct OfficeOfPersonWhoLeft {
    /// It.
    pub office_id: Uuid,
    /// Whose office it is.
    pub organisation_id: Uuid,
    /// For example `EXECUTIVE`.
    pub body: String,
    /// For example `CHAIR`.
    pub position: String,
    /// Who holds it.
    pub person_id: Uuid,
    /// The first day without membership, or of the membership elsewhere.
    pub left_on: Date,
    /// Where the holder is a member now.
    pub member_of_id: Option<Uuid>,
}

/// Such offices of an organisation and what lay below it on a date, in order of their ids:
/// at most so many, after one.
pub async fn offices_of_people_who_left(
    connection: &mut PgConnection,
    (organisation_id, on): (Uuid, Date),
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<OfficeOfPersonWhoLeft>, Failure> {
    let offices = sqlx::query_file_as!(
        OfficeOfPersonWhoLeft,
        "src/office/offices_of_people_who_left.sql",
        organisation_id,
        on,
        after,
        limit,
    )
    .fetch_all(connection)
    .await?;
    Ok(offices)
}
