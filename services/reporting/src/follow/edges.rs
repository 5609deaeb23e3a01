//! This service's copy of the tree: each edge with the change that made it.

use chassis::refusal::Failure;
use feeds::edges::{Columns, Difference, Edge, Edges, units};
use feeds::registry::{Event, Organisation};
use feeds::tree::Held;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::ledger::Teller;

/// Where the units stand whose places these events tell of.
pub(super) async fn of(
    connection: &mut PgConnection,
    events: &[&Event],
) -> Result<Edges<Uuid>, Failure> {
    let units = units(events.iter().copied());
    if units.is_empty() {
        return Ok(Edges::held([]));
    }
    let rows = sqlx::query!(
        "select organisation_id, superior_id, change_id,
                lower(valid) as from_on, upper(valid) as until_on
         from edge where organisation_id = any ($1)",
        &units,
    )
    .fetch_all(connection)
    .await?;
    Ok(Edges::held(rows.into_iter().map(|row| {
        let (from, until) = (row.from_on, row.until_on);
        let held = Held { from, until, value: row.superior_id, by: row.change_id };
        (row.organisation_id, held)
    })))
}

/// Places organisations that were founded, each since what tells of it is known.
pub(super) async fn found(
    connection: &mut PgConnection,
    founded: &[(Teller, &Organisation)],
) -> Result<(), Failure> {
    let placed: Vec<(&Teller, &Organisation, Uuid)> = founded
        .iter()
        .filter_map(|(by, founded)| Some((by, *founded, founded.superior_id?)))
        .collect();
    if placed.is_empty() {
        return Ok(());
    }
    let units: Vec<Uuid> = placed.iter().map(|(_, founded, _)| founded.organisation_id).collect();
    let superiors: Vec<Uuid> = placed.iter().map(|(_, _, superior)| *superior).collect();
    let from: Vec<Date> = placed.iter().map(|(_, founded, _)| founded.founded_on).collect();
    let changes: Vec<Uuid> = placed.iter().map(|(by, ..)| by.change_id).collect();
    let recorded: Vec<OffsetDateTime> = placed.iter().map(|(by, ..)| by.recorded_at).collect();
    sqlx::query!(
        "insert into edge (organisation_id, superior_id, valid, change_id, recorded_at)
         select organisation_id, superior_id, daterange(from_on, null), change_id, recorded_at
         from unnest($1::uuid[], $2::uuid[], $3::date[], $4::uuid[], $5::timestamptz[])
              as edge (organisation_id, superior_id, from_on, change_id, recorded_at)",
        &units,
        &superiors,
        &from,
        &changes,
        &recorded,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes what differs from what is held here.
pub(super) async fn write(
    connection: &mut PgConnection,
    edges: &Edges<Uuid>,
) -> Result<(), Failure> {
    let Difference { gone, otherwise, come } = edges.difference();
    if !gone.is_empty() {
        let edges = Columns::of(&gone);
        sqlx::query!(
            "delete from edge
             using unnest($1::uuid[], $2::date[], $3::date[])
                   as gone (organisation_id, from_on, until_on)
             where edge.organisation_id = gone.organisation_id
               and edge.valid = daterange(from_on, until_on)",
            &edges.units,
            &edges.from as &[Option<Date>],
            &edges.until as &[Option<Date>],
        )
        .execute(&mut *connection)
        .await?;
    }
    if !otherwise.is_empty() {
        let (edges, was_until): (Vec<Edge<Uuid>>, Vec<Option<Date>>) =
            otherwise.into_iter().unzip();
        let edges = Columns::of(&edges);
        sqlx::query!(
            "update edge
             set superior_id = line.superior_id, valid = daterange(from_on, until_on),
                 change_id = line.change_id
             from unnest($1::uuid[], $2::uuid[], $3::date[], $4::date[], $5::date[], $6::uuid[])
                  as line (organisation_id, superior_id, from_on, until_on, was_until, change_id)
             where edge.organisation_id = line.organisation_id
               and edge.valid = daterange(from_on, was_until)",
            &edges.units,
            &edges.superiors,
            &edges.from as &[Option<Date>],
            &edges.until as &[Option<Date>],
            &was_until as &[Option<Date>],
            &edges.by,
        )
        .execute(&mut *connection)
        .await?;
    }
    if !come.is_empty() {
        let edges = Columns::of(&come);
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
    }
    Ok(())
}
