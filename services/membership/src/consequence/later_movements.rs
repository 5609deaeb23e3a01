//! Whom an end of a union on a day would concern besides its members of that day, and whom the
//! undoing of an act would pass over.

use chassis::access;
use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::organisation;

/// Union and person.
pub type Key = (Uuid, Uuid);

/// What is thought of.
#[derive(Debug)]
pub enum About {
    /// These unions end on a day.
    Ends {
        /// The unions.
        organisation_ids: Vec<Uuid>,
        /// The first day on which they would no longer exist.
        ended_on: Date,
    },
    /// These acts of registry are undone.
    Undoing(Vec<Uuid>),
}

/// A later movement of one person.
#[derive(Debug)]
pub struct LaterMovement {
    /// The union.
    pub organisation_id: Uuid,
    /// Who.
    pub person_id: Uuid,
    /// When she joins it, if that is on the day or later.
    pub joins_on: Option<Date>,
    /// When she leaves by something that was decided, if that is later.
    pub leaves_on: Option<Date>,
    /// Where she goes then.
    pub to_organisation_id: Option<Uuid>,
}

/// The people, and how many of them each union has.
pub async fn list(
    connection: &mut PgConnection,
    about: &About,
    asked: &Asked<'_>,
) -> Result<(Page<LaterMovement>, Vec<(Uuid, i64)>), Failure> {
    match about {
        About::Ends { organisation_ids, ended_on } => {
            of_ends(connection, organisation_ids, *ended_on, asked).await
        }
        About::Undoing(registry_act_ids) => of_undoing(connection, registry_act_ids, asked).await,
    }
}

async fn of_ends(
    connection: &mut PgConnection,
    organisation_ids: &[Uuid],
    ended_on: Date,
    asked: &Asked<'_>,
) -> Result<(Page<LaterMovement>, Vec<(Uuid, i64)>), Failure> {
    let field = |line| format!("organisation_ids[{line}]");
    let after: Option<Key> = asked.after()?;
    organisation::all_in_scope(connection, organisation_ids, field).await?;
    let rows = sqlx::query_file_as!(
        LaterMovement,
        "src/consequence/later_movements.sql",
        organisation_ids,
        ended_on,
        after.map(|key| key.0),
        after.map(|key| key.1),
        asked.limit(),
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
    Ok((asked.page(rows, |row| (row.organisation_id, row.person_id))?, counts))
}

async fn of_undoing(
    connection: &mut PgConnection,
    registry_act_ids: &[Uuid],
    asked: &Asked<'_>,
) -> Result<(Page<LaterMovement>, Vec<(Uuid, i64)>), Failure> {
    let held = sqlx::query_scalar!(r#"select access.holds() as "holds!""#)
        .fetch_one(&mut *connection)
        .await?;
    if !held {
        return Err(access::permission_denied("membership.consequence.read").into());
    }
    let after: Option<Key> = asked.after()?;
    // All of them: how many there are of each union is told with every page.
    let rows =
        sqlx::query_file_as!(LaterMovement, "src/consequence/moved_on.sql", registry_act_ids,)
            .fetch_all(connection)
            .await?;
    let mut counts: Vec<(Uuid, i64)> = Vec::new();
    for row in &rows {
        match counts.last_mut() {
            Some((unit, people)) if *unit == row.organisation_id => *people += 1,
            Some(_) | None => counts.push((row.organisation_id, 1)),
        }
    }
    let key = |row: &LaterMovement| (row.organisation_id, row.person_id);
    let on_page = rows
        .into_iter()
        .filter(|row| after.is_none_or(|after| key(row) > after))
        .take(usize::try_from(asked.limit()).unwrap_or(usize::MAX))
        .collect();
    Ok((asked.page(on_page, key)?, counts))
}
