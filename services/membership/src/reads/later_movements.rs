//! Whom an end of a union on a day would concern besides its members of that day.

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use super::{Page, Rows};
use crate::organisation;

/// Union and person.
pub type Key = (Uuid, Uuid);

/// A later movement of one person in one union.
#[derive(Debug)]
pub struct LaterMovement {
    /// The union.
    pub organisation_id: Uuid,
    /// Who.
    pub person_id: Uuid,
    /// When she joins it, if that is on the day or later.
    pub joins_on: Option<Date>,
    /// When she leaves it by something that was decided, if that is later than the day.
    pub leaves_on: Option<Date>,
    /// Where she goes then.
    pub to_organisation_id: Option<Uuid>,
}

/// Those of these unions, in the caller's scope, and how many people each has.
pub async fn list(
    connection: &mut PgConnection,
    organisation_ids: &[Uuid],
    ended_on: Date,
    page: Page<Key>,
) -> Result<(Rows<LaterMovement, Key>, Vec<(Uuid, i64)>), Failure> {
    let field = |line| format!("organisation_ids[{line}]");
    organisation::all_in_scope(connection, organisation_ids, field).await?;
    let rows = sqlx::query_file_as!(
        LaterMovement,
        "src/reads/later_movements.sql",
        organisation_ids,
        ended_on,
        page.after.map(|key| key.0),
        page.after.map(|key| key.1),
        page.limit(),
    )
    .fetch_all(&mut *connection)
    .await?;
    let counts = sqlx::query!(
        r#"select organisation_id, count(distinct person_id) as "people!"
           from membership
           left join movement on movement_id = ended_by
           where organisation_id = any ($1)
             and (from_on >= $2 or until_on > $2 and registry_act_id is null)
           group by organisation_id
           order by organisation_id"#,
        organisation_ids,
        ended_on,
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(|row| (row.organisation_id, row.people))
    .collect();
    Ok((page.cut(rows, |row| (row.organisation_id, row.person_id)), counts))
}
