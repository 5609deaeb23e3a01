//! Emulation movements of one organisation.

use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::organisation;

/// A movement.
#[derive(Debug)]
pub struct Emulation {
    /// Its id.
    pub emulation_id: Uuid,
    /// Who launched it.
    pub organisation_id: Uuid,
    /// A code.
    pub theme: String,
    /// Its title.
    pub title: String,
    /// The first day.
    pub from_on: Date,
    /// The last day.
    pub through_on: Date,
    /// The decision.
    pub decision_id: Option<Uuid>,
}

/// A page of them.
pub async fn list(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    known_at: Option<OffsetDateTime>,
    asked: &Asked<'_>,
) -> Result<Page<Emulation>, Failure> {
    organisation::in_scope(connection, organisation_id).await?;
    let after = asked.after::<Uuid>()?;
    let rows =
        match known_at {
            None => {
                sqlx::query_as!(
                    Emulation,
                    "select emulation_id, organisation_id, theme, title, from_on, through_on,
                        decision_id
                 from emulation
                 where organisation_id = $1 and ($2::uuid is null or emulation_id > $2)
                 order by emulation_id limit $3",
                    organisation_id,
                    after,
                    asked.limit(),
                )
                .fetch_all(connection)
                .await?
            }
            Some(at) => sqlx::query_as!(
                Emulation,
                r#"select emulation_id as "emulation_id!", organisation_id as "organisation_id!",
                          theme as "theme!", title as "title!", from_on as "from_on!",
                          through_on as "through_on!", decision_id as "decision_id?"
                   from emulation_known
                   where organisation_id = $1 and ($2::uuid is null or emulation_id > $2)
                     and recorded @> $4::timestamptz
                   order by emulation_id limit $3"#,
                organisation_id,
                after,
                asked.limit(),
                at,
            )
            .fetch_all(connection)
            .await?,
        };
    asked.page(rows, |one| one.emulation_id)
}
