//! Who takes part in an emulation movement.

use chassis::access;
use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::refused::Refused;

/// Somebody who takes part.
#[derive(Debug)]
pub struct Participant {
    /// Who.
    pub person_id: Uuid,
    /// For which organisation.
    pub organisation_id: Uuid,
    /// From when on.
    pub joined_on: Date,
}

/// A page of them: of a movement that an organisation of the caller's scope launched, also of one
/// that is known otherwise since.
pub async fn list(
    connection: &mut PgConnection,
    emulation_id: Uuid,
    known_at: Option<OffsetDateTime>,
    asked: &Asked<'_>,
) -> Result<Page<Participant>, Failure> {
    let known = sqlx::query_scalar!(
        r#"select exists (select from emulation
                          where emulation_id = $1 and access.covers(organisation_id)
                          union all
                          select from emulation_past
                          where emulation_id = $1 and $2 and access.covers(organisation_id))
               as "known!""#,
        emulation_id,
        known_at.is_some(),
    )
    .fetch_one(&mut *connection)
    .await?;
    if !known {
        let unknown = Refused::EmulationUnknown { field: "emulation_id".to_string() };
        return Err(access::unknown_or_denied(connection, unknown).await);
    }
    let after = asked.after::<Uuid>()?;
    let rows = match known_at {
        None => {
            sqlx::query_as!(
                Participant,
                "select person_id, organisation_id, joined_on from emulation_participant
                 where emulation_id = $1 and ($2::uuid is null or person_id > $2)
                 order by person_id limit $3",
                emulation_id,
                after,
                asked.limit(),
            )
            .fetch_all(connection)
            .await?
        }
        Some(at) => {
            sqlx::query_as!(
                Participant,
                r#"select person_id as "person_id!", organisation_id as "organisation_id!",
                          joined_on as "joined_on!"
                   from emulation_participant_known
                   where emulation_id = $1 and ($2::uuid is null or person_id > $2)
                     and recorded @> $4::timestamptz
                   order by person_id limit $3"#,
                emulation_id,
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
