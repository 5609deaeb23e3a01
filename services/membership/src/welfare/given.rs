//! What one organisation gave. Sensitive: its method has a permission of its own.

use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::organisation;

/// What one person was given.
#[derive(Debug)]
pub struct Given {
    /// The act for some people.
    pub welfare_id: Uuid,
    /// Who.
    pub person_id: Uuid,
    /// `membership.v1.WelfareKind`.
    pub kind: i16,
    /// A code.
    pub occasion: String,
    /// A code.
    pub source: String,
    /// When.
    pub given_on: Date,
    /// Of a loan: by when it is to be paid back.
    pub due_on: Option<Date>,
    /// In đồng.
    pub amount_vnd: i64,
    /// The decision.
    pub decision_id: Option<Uuid>,
}

/// A page of it.
pub async fn list(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    known_at: Option<OffsetDateTime>,
    asked: &Asked<'_>,
) -> Result<Page<Given>, Failure> {
    organisation::in_scope(connection, organisation_id).await?;
    let (welfare, person) = asked.after::<(Uuid, Uuid)>()?.unzip();
    let rows =
        match known_at {
            None => {
                sqlx::query_as!(
                    Given,
                    "select welfare_id, person_id, kind, occasion, source, given_on, due_on,
                        amount_vnd, decision_id
                 from welfare
                 where organisation_id = $1
                   and ($2::uuid is null or (welfare_id, person_id) > ($2, $3::uuid))
                 order by welfare_id, person_id limit $4",
                    organisation_id,
                    welfare,
                    person,
                    asked.limit(),
                )
                .fetch_all(connection)
                .await?
            }
            Some(at) => sqlx::query_as!(
                Given,
                r#"select welfare_id as "welfare_id!", person_id as "person_id!", kind as "kind!",
                          occasion as "occasion!", source as "source!", given_on as "given_on!",
                          due_on as "due_on?", amount_vnd as "amount_vnd!",
                          decision_id as "decision_id?"
                   from welfare_known
                   where organisation_id = $1
                     and ($2::uuid is null or (welfare_id, person_id) > ($2, $3::uuid))
                     and recorded @> $5::timestamptz
                   order by welfare_id, person_id limit $4"#,
                organisation_id,
                welfare,
                person,
                asked.limit(),
                at,
            )
            .fetch_all(connection)
            .await?,
        };
    asked.page(rows, |one| (one.welfare_id, one.person_id))
}
