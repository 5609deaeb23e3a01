//! What people of one organisation were honoured by.

use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::organisation;

/// The honour of one person.
#[derive(Debug)]
pub struct Honour {
    /// The decision about some people.
    pub honour_id: Uuid,
    /// Who.
    pub person_id: Uuid,
    /// Whose person she was honoured as.
    pub organisation_id: Uuid,
    /// A code.
    pub kind: String,
    /// A code.
    pub level: String,
    /// The organisation that honoured her.
    pub issuer_id: Option<Uuid>,
    /// Whoever else did.
    pub issuer_name: Option<String>,
    /// When.
    pub honoured_on: Date,
    /// Whether she worked directly in production.
    pub direct_production: bool,
    /// Of an initiative.
    pub initiative_id: Option<Uuid>,
    /// What it is called.
    pub title: Option<String>,
    /// The decision.
    pub decision_id: Option<Uuid>,
}

/// A page of them.
pub async fn list(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    known_at: Option<OffsetDateTime>,
    asked: &Asked<'_>,
) -> Result<Page<Honour>, Failure> {
    organisation::in_scope(connection, organisation_id).await?;
    let (honour, person) = asked.after::<(Uuid, Uuid)>()?.unzip();
    let rows = match known_at {
        None => {
            sqlx::query_as!(
                Honour,
                "select honour_id, person_id, organisation_id, kind, level, issuer_id,
                        issuer_name, honoured_on, direct_production, initiative_id, title,
                        decision_id
                 from honour
                 where organisation_id = $1
                   and ($2::uuid is null or (honour_id, person_id) > ($2, $3::uuid))
                 order by honour_id, person_id limit $4",
                organisation_id,
                honour,
                person,
                asked.limit(),
            )
            .fetch_all(connection)
            .await?
        }
        Some(at) => {
            sqlx::query_as!(
                Honour,
                r#"select honour_id as "honour_id!", person_id as "person_id!",
                          organisation_id as "organisation_id!", kind as "kind!",
                          level as "level!", issuer_id as "issuer_id?",
                          issuer_name as "issuer_name?", honoured_on as "honoured_on!",
                          direct_production as "direct_production!",
                          initiative_id as "initiative_id?", title as "title?",
                          decision_id as "decision_id?"
                   from honour_known
                   where organisation_id = $1
                     and ($2::uuid is null or (honour_id, person_id) > ($2, $3::uuid))
                     and recorded @> $5::timestamptz
                   order by honour_id, person_id limit $4"#,
                organisation_id,
                honour,
                person,
                asked.limit(),
                at,
            )
            .fetch_all(connection)
            .await?
        }
    };
    asked.page(rows, |one| (one.honour_id, one.person_id))
}
