//! Cases, and the people who are named in them.

use chassis::access;
use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::organisation;
use crate::ground::refused::Refused;

/// A case.
#[derive(Debug)]
pub struct Case {
    /// Its id.
    pub case_id: Uuid,
    /// The union that takes part in it.
    pub organisation_id: Uuid,
    /// `membership.v1.DisputeKind`.
    pub kind: i16,
    /// Codes.
    pub topics: Vec<String>,
    /// Named or not.
    pub people_concerned: i32,
    /// The first day.
    pub opened_on: Date,
    /// The last day.
    pub concluded_on: Option<Date>,
    /// `membership.v1.DisputeOutcome`.
    pub outcome: Option<i16>,
    /// The document that opened it.
    pub decision_id: Option<Uuid>,
    /// The document that concluded it.
    pub concluded_decision_id: Option<Uuid>,
}

/// One case of the caller's scope, with the people who are named in it.
pub async fn get(
    connection: &mut PgConnection,
    case_id: Uuid,
    known_at: Option<OffsetDateTime>,
) -> Result<(Case, Vec<Uuid>), Failure> {
    let case = match known_at {
        None => {
            sqlx::query_as!(
                Case,
                "select case_id, organisation_id, kind, topics, people_concerned, opened_on,
                        concluded_on, outcome, decision_id, concluded_decision_id
                 from dispute_case
                 where case_id = $1 and access.covers(organisation_id)",
                case_id,
            )
            .fetch_optional(&mut *connection)
            .await?
        }
        Some(at) => {
            sqlx::query_as!(
                Case,
                r#"select case_id as "case_id!", organisation_id as "organisation_id!",
                          kind as "kind!", topics as "topics!",
                          people_concerned as "people_concerned!", opened_on as "opened_on!",
                          concluded_on as "concluded_on?", outcome as "outcome?",
                          decision_id as "decision_id?",
                          concluded_decision_id as "concluded_decision_id?"
                   from dispute_case_known
                   where case_id = $1 and recorded @> $2::timestamptz
                     and access.covers(organisation_id)"#,
                case_id,
                at,
            )
            .fetch_optional(&mut *connection)
            .await?
        }
    };
    let Some(case) = case else {
        let unknown = Refused::DisputeCaseUnknown;
        return Err(access::unknown_or_denied(connection, unknown).await);
    };
    let people =
        match known_at {
            None => sqlx::query_scalar!(
                "select person_id from dispute_case_person where case_id = $1 order by person_id",
                case_id,
            )
            .fetch_all(connection)
            .await?,
            Some(at) => {
                sqlx::query_scalar!(
                    r#"select person_id as "person_id!" from dispute_case_person_known
                   where case_id = $1 and recorded @> $2::timestamptz
                   order by person_id"#,
                    case_id,
                    at,
                )
                .fetch_all(connection)
                .await?
            }
        };
    Ok((case, people))
}

/// The cases of one organisation.
pub async fn list(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    known_at: Option<OffsetDateTime>,
    asked: &Asked<'_>,
) -> Result<Page<Case>, Failure> {
    organisation::in_scope(connection, organisation_id).await?;
    let after = asked.after::<Uuid>()?;
    let rows = match known_at {
        None => {
            sqlx::query_as!(
                Case,
                "select case_id, organisation_id, kind, topics, people_concerned, opened_on,
                        concluded_on, outcome, decision_id, concluded_decision_id
                 from dispute_case
                 where organisation_id = $1 and ($2::uuid is null or case_id > $2)
                 order by case_id limit $3",
                organisation_id,
                after,
                asked.limit(),
            )
            .fetch_all(connection)
            .await?
        }
        Some(at) => {
            sqlx::query_as!(
                Case,
                r#"select case_id as "case_id!", organisation_id as "organisation_id!",
                          kind as "kind!", topics as "topics!",
                          people_concerned as "people_concerned!", opened_on as "opened_on!",
                          concluded_on as "concluded_on?", outcome as "outcome?",
                          decision_id as "decision_id?",
                          concluded_decision_id as "concluded_decision_id?"
                   from dispute_case_known
                   where organisation_id = $1 and ($2::uuid is null or case_id > $2)
                     and recorded @> $4::timestamptz
                   order by case_id limit $3"#,
                organisation_id,
                after,
                asked.limit(),
                at,
            )
            .fetch_all(connection)
            .await?
        }
    };
    asked.page(rows, |case| case.case_id)
}
