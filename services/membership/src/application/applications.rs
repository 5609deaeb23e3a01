//! Applications, with their state on a day.

use chassis::access;
use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::organisation;
use crate::ground::refused::Refused;

/// One application on the day asked for.
#[derive(Debug)]
pub struct Application {
    /// Its id.
    pub application_id: Uuid,
    /// Who applied.
    pub person_id: Uuid,
    /// Her name, as given.
    pub name: String,
    /// Applied under.
    pub organisation_id: Uuid,
    /// When.
    pub applied_on: Date,
    /// The first day on which it no longer counts, if nothing happens.
    pub lapses_on: Date,
    /// `membership.v1.ApplicationState`.
    pub state: i32,
}

/// One application; it lies in the scope of the organisation applied under.
pub async fn get(
    connection: &mut PgConnection,
    application_id: Uuid,
    as_of: Date,
    known_at: Option<OffsetDateTime>,
) -> Result<Application, Failure> {
    let found =
        match known_at {
            None => sqlx::query_as!(
                Application,
                r#"select application_id, person_id, name, organisation_id, applied_on, lapses_on,
                          case when applied_on > $2 then 0 when closed_on <= $2 then closed_as
                               when lapses_on <= $2 then 4 else 1 end as "state!"
                   from application join person using (person_id)
                   where application_id = $1 and access.covers(organisation_id)"#,
                application_id,
                as_of,
            )
            .fetch_optional(&mut *connection)
            .await?,
            Some(at) => {
                sqlx::query_as!(
                    Application,
                    r#"select application_id as "application_id!", made.person_id as "person_id!",
                          name as "name!", organisation_id as "organisation_id!",
                          applied_on as "applied_on!", lapses_on as "lapses_on!",
                          case when applied_on > $2 then 0 when closed_on <= $2 then closed_as
                               when lapses_on <= $2 then 4 else 1 end as "state!"
                   from application_known made
                   join person_known person
                     on person.person_id = made.person_id and person.recorded @> $3::timestamptz
                   where application_id = $1 and made.recorded @> $3::timestamptz
                     and access.covers(organisation_id)"#,
                    application_id,
                    as_of,
                    at,
                )
                .fetch_optional(&mut *connection)
                .await?
            }
        };
    match found {
        Some(application) => Ok(application),
        None => {
            let unknown = Refused::ApplicationUnknown { application_id };
            Err(access::unknown_or_denied(connection, unknown).await)
        }
    }
}

/// The applications under one organisation that were made until a day; of these perhaps only
/// those that are open on it.
pub async fn list(
    connection: &mut PgConnection,
    (organisation_id, open_only): (Uuid, bool),
    as_of: Date,
    known_at: Option<OffsetDateTime>,
    asked: &Asked<'_>,
) -> Result<Page<Application>, Failure> {
    organisation::in_scope(connection, organisation_id).await?;
    let after = asked.after::<Uuid>()?;
    let rows =
        match known_at {
            None => sqlx::query_as!(
                Application,
                r#"select application_id, person_id, name, organisation_id, applied_on, lapses_on,
                          case when applied_on > $2 then 0 when closed_on <= $2 then closed_as
                               when lapses_on <= $2 then 4 else 1 end as "state!"
                   from application join person using (person_id)
                   where organisation_id = $1 and applied_on <= $2
                     and (not $3 or coalesce(closed_on, lapses_on) > $2)
                     and ($4::uuid is null or application_id > $4)
                   order by application_id limit $5"#,
                organisation_id,
                as_of,
                open_only,
                after,
                asked.limit(),
            )
            .fetch_all(connection)
            .await?,
            Some(at) => {
                sqlx::query_as!(
                    Application,
                    r#"select application_id as "application_id!", made.person_id as "person_id!",
                          name as "name!", organisation_id as "organisation_id!",
                          applied_on as "applied_on!", lapses_on as "lapses_on!",
                          case when applied_on > $2 then 0 when closed_on <= $2 then closed_as
                               when lapses_on <= $2 then 4 else 1 end as "state!"
                   from application_known made
                   join person_known person
                     on person.person_id = made.person_id and person.recorded @> $6::timestamptz
                   where organisation_id = $1 and applied_on <= $2
                     and (not $3 or coalesce(closed_on, lapses_on) > $2)
                     and ($4::uuid is null or application_id > $4)
                     and made.recorded @> $6::timestamptz
                   order by application_id limit $5"#,
                    organisation_id,
                    as_of,
                    open_only,
                    after,
                    asked.limit(),
                    at,
                )
                .fetch_all(connection)
                .await?
            }
        };
    asked.page(rows, |application| application.application_id)
}
