//! Steps of discipline. Sensitive: their method has a permission of its own.

use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::organisation;

/// The step of one person.
#[derive(Debug)]
pub struct Listed {
    /// The step.
    pub discipline_id: Uuid,
    /// Who.
    pub person_id: Uuid,
    /// `membership.v1.DisciplineMeasure`.
    pub measure: i16,
    /// From when on it holds.
    pub effective_on: Date,
    /// From when on it can be lifted.
    pub lifts_on: Option<Date>,
    /// The first day on which it no longer held.
    pub ended_on: Option<Date>,
    /// `membership.v1.DisciplineEnd`.
    pub ended_as: Option<i16>,
    /// The decision.
    pub decision_id: Option<Uuid>,
    /// Of an expulsion: the exit.
    pub exit_id: Option<Uuid>,
}

/// The steps that one union has taken.
pub async fn list(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    known_at: Option<OffsetDateTime>,
    asked: &Asked<'_>,
) -> Result<Page<Listed>, Failure> {
    organisation::in_scope(connection, organisation_id).await?;
    let (step, person) = asked.after::<(Uuid, Uuid)>()?.unzip();
    let rows = match known_at {
        None => {
            sqlx::query_as!(
                Listed,
                "select discipline_id, person_id, measure, effective_on, lifts_on, ended_on,
                        ended_as, decision_id, exit_id
                 from discipline
                 where organisation_id = $1
                   and ($2::uuid is null or (discipline_id, person_id) > ($2, $3::uuid))
                 order by discipline_id, person_id limit $4",
                organisation_id,
                step,
                person,
                asked.limit(),
            )
            .fetch_all(connection)
            .await?
        }
        Some(at) => {
            sqlx::query_as!(
                Listed,
                r#"select discipline_id as "discipline_id!", person_id as "person_id!",
                          measure as "measure!", effective_on as "effective_on!",
                          lifts_on as "lifts_on?", ended_on as "ended_on?",
                          ended_as as "ended_as?", decision_id as "decision_id?",
                          exit_id as "exit_id?"
                   from discipline_known
                   where organisation_id = $1
                     and ($2::uuid is null or (discipline_id, person_id) > ($2, $3::uuid))
                     and recorded @> $5::timestamptz
                   order by discipline_id, person_id limit $4"#,
                organisation_id,
                step,
                person,
                asked.limit(),
                at,
            )
            .fetch_all(connection)
            .await?
        }
    };
    asked.page(rows, |one| (one.discipline_id, one.person_id))
}
