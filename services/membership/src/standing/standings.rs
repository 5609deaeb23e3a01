//! Who stands so in a union.

use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use feeds::membership::StandingKind;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::organisation;

/// Which standings.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The union.
    pub organisation_id: Uuid,
    /// How they stand.
    pub kind: StandingKind,
    /// On which day.
    pub as_of: Date,
    /// Only those that are due by this day.
    pub due_by: Option<Date>,
    /// Those who take part in the union and are members of another.
    pub hosted: bool,
}

/// Somebody who stands so.
#[derive(Debug)]
pub struct Listed {
    /// The standing.
    pub standing_id: Uuid,
    /// Who.
    pub person_id: Uuid,
    /// As given.
    pub name: String,
    /// ISO 5218.
    pub sex: i16,
    /// The union that counts her, or that has named her.
    pub organisation_id: Uuid,
    /// Where she takes part.
    pub host: Option<Uuid>,
    /// `membership.v1.DormancyReason`.
    pub reason: Option<i16>,
    /// The first day.
    pub from_on: Date,
    /// By when she has to be back.
    pub due_on: Option<Date>,
    /// The first day after it.
    pub until_on: Option<Date>,
    /// The decision that it rests on.
    pub decision_id: Option<Uuid>,
}

/// In order of their ids.
pub async fn list(
    connection: &mut PgConnection,
    wanted: Wanted,
    known_at: Option<OffsetDateTime>,
    asked: &Asked<'_>,
) -> Result<Page<Listed>, Failure> {
    organisation::in_scope(connection, wanted.organisation_id).await?;
    let after = asked.after::<Uuid>()?;
    let rows = match known_at {
        None => {
            sqlx::query_file_as!(
                Listed,
                "src/standing/standings.sql",
                wanted.organisation_id,
                wanted.kind as i16,
                wanted.as_of,
                wanted.due_by,
                wanted.hosted,
                after,
                asked.limit(),
            )
            .fetch_all(connection)
            .await?
        }
        Some(at) => {
            sqlx::query_file_as!(
                Listed,
                "src/standing/standings_known.sql",
                wanted.organisation_id,
                wanted.kind as i16,
                wanted.as_of,
                wanted.due_by,
                wanted.hosted,
                after,
                asked.limit(),
                at,
            )
            .fetch_all(connection)
            .await?
        }
    };
    asked.page(rows, |one| one.person_id)
}
