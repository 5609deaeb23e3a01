//! The other names of a person.

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::scope;
use crate::identity::add_alias::ALIASES_MAX;

/// Another name.
#[derive(Debug)]
pub struct Listed {
    /// Its id.
    pub alias_id: Uuid,
    /// As it is written.
    pub name: String,
    /// The first day on which she was called so.
    pub from_on: Option<Date>,
    /// The first on which she was not any longer.
    pub until_on: Option<Date>,
}

/// All of them, in the order in which they were written down.
pub async fn list(
    connection: &mut PgConnection,
    person_id: Uuid,
    known_at: Option<OffsetDateTime>,
) -> Result<Vec<Listed>, Failure> {
    scope::reading(connection, person_id, &[]).await?;
    let rows = match known_at {
        None => {
            sqlx::query_as!(
                Listed,
                "select alias_id, name, from_on, until_on from person_alias
                 where person_id = $1 order by alias_id limit $2",
                person_id,
                ALIASES_MAX,
            )
            .fetch_all(connection)
            .await?
        }
        Some(at) => {
            sqlx::query_as!(
                Listed,
                r#"select alias_id as "alias_id!", name as "name!", from_on as "from_on?",
                          until_on as "until_on?"
                   from person_alias_known
                   where person_id = $1 and recorded @> $3::timestamptz
                   order by alias_id limit $2"#,
                person_id,
                ALIASES_MAX,
                at,
            )
            .fetch_all(connection)
            .await?
        }
    };
    Ok(rows)
}
