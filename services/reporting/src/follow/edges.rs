//! This service's copy of the tree: each edge with the change that made it.

use chassis::refusal::Failure;
use feeds::registry::{HandedOver, Organisation, Timeline};
use feeds::tree::{self, Columns, Held, Superiors};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

/// New organisations stand under their superiors from their founding on.
pub(super) async fn found(
    connection: &mut PgConnection,
    change_id: Uuid,
    organisations: &[Organisation],
) -> Result<(), Failure> {
    let placed = organisations.iter().filter_map(|organisation| {
        let from = Some(organisation.founded_on);
        let value = organisation.superior_id?;
        Some((organisation.organisation_id, Held { from, until: None, value, by: change_id }))
    });
    write(connection, &tree::superiors(&[], placed)).await
}

/// From the date on, until whatever was known to come next.
pub(super) async fn hand_over(
    connection: &mut PgConnection,
    change_id: Uuid,
    on: Date,
    handed: &HandedOver,
) -> Result<(), Failure> {
    let units: Vec<Uuid> = handed.units.iter().map(|unit| unit.organisation_id).collect();
    let mut superiors = take(connection, &units).await?;
    for life in superiors.values_mut() {
        life.splice(on, handed.superior_id, change_id);
    }
    write(connection, &superiors).await
}

/// A place lasts as long as the unit.
pub(super) async fn end(
    connection: &mut PgConnection,
    on: Date,
    units: &[Uuid],
) -> Result<(), Failure> {
    let mut superiors = take(connection, units).await?;
    for life in superiors.values_mut() {
        life.end(on);
    }
    write(connection, &superiors).await
}

/// Places as they are known now; those that stay as they were keep the change that made them.
pub(super) async fn replace(
    connection: &mut PgConnection,
    change_id: Uuid,
    timelines: &[Timeline],
) -> Result<(), Failure> {
    let units: Vec<Uuid> = timelines.iter().map(|timeline| timeline.organisation_id).collect();
    let mut superiors = take(connection, &units).await?;
    for timeline in timelines {
        let known = timeline.superiors.iter().map(|period| Held {
            from: Some(period.from_on),
            until: period.until_on,
            value: period.value,
            by: change_id,
        });
        superiors.entry(timeline.organisation_id).or_default().replace(known);
    }
    write(connection, &superiors).await
}

/// Takes the edges of units out of the copy, to be written back by [`write`].
async fn take(connection: &mut PgConnection, units: &[Uuid]) -> Result<Superiors<Uuid>, Failure> {
    let rows = sqlx::query!(
        "delete from edge where organisation_id = any ($1)
         returning organisation_id, superior_id, change_id,
                   lower(valid) as from_on, upper(valid) as until_on",
        units,
    )
    .fetch_all(connection)
    .await?;
    let edges = rows.into_iter().map(|row| {
        let (from, until) = (row.from_on, row.until_on);
        let held = Held { from, until, value: row.superior_id, by: row.change_id };
        (row.organisation_id, held)
    });
    Ok(tree::superiors(units, edges))
}

async fn write(connection: &mut PgConnection, superiors: &Superiors<Uuid>) -> Result<(), Failure> {
    let edges = Columns::of(superiors);
    sqlx::query!(
        "insert into edge (organisation_id, superior_id, valid, change_id)
         select organisation_id, superior_id, daterange(from_on, until_on), change_id
         from unnest($1::uuid[], $2::uuid[], $3::date[], $4::date[], $5::uuid[])
              as edge (organisation_id, superior_id, from_on, until_on, change_id)",
        &edges.units,
        &edges.superiors,
        &edges.from as &[Option<Date>],
        &edges.until as &[Option<Date>],
        &edges.by,
    )
    .execute(connection)
    .await?;
    Ok(())
}
