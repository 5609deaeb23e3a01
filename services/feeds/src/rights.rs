//! A service's own copy of what decides rights: the tree, what ended, and the grants.
//!
//! Membership and reporting keep it from registry's feed, in the transaction that also moves
//! their position. Registry itself has views of the same names on its own tables. What is
//! decided on it, `access.covers` says, which every service has from chassis.

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::registry::{EndedUnit, Event, Grant, HandedOver, Organisation, Timeline};
use crate::tree::{self, Columns, Held, Superiors};

/// Before every day that the register knows: from then on goes on elsewhere what never existed.
const BEGINNING: Date = time::macros::date!(1900 - 01 - 01);

/// Takes what registry tells from a day on into account. Most of it changes no rights and does
/// nothing here.
pub async fn apply(connection: &mut PgConnection, on: Date, event: &Event) -> Result<(), Failure> {
    match event {
        Event::Founded(founded) => {
            found(connection, std::slice::from_ref(&founded.organisation)).await
        }
        Event::Loaded(organisations) => found(connection, organisations).await,
        Event::HandedOver(handed) => hand_over(connection, on, handed).await,
        Event::Ended(units) => end(connection, on, units).await,
        Event::GrantMade(made) => make_grant(connection, on, made).await,
        Event::GrantEnded { grant_id } => end_grant(connection, on, *grant_id).await,
        Event::TimelinesCorrected(timelines) => replace(connection, timelines).await,
        Event::Renamed(_)
        | Event::Suspended { .. }
        | Event::Resumed { .. }
        | Event::SectorChanged { .. }
        | Event::DecisionRecorded(_)
        | Event::Body(_)
        | Event::CeremonyHeld(_)
        | Event::EmployersRecorded(_)
        | Event::CampaignStageReached(_)
        | Event::ActsUndone(_)
        | Event::Noted(_)
        | Event::TypeChanged(_) => Ok(()),
    }
}

/// New organisations hang under their superiors from their founding on; the Confederation
/// hangs nowhere.
async fn found(
    connection: &mut PgConnection,
    organisations: &[Organisation],
) -> Result<(), Failure> {
    let placed = organisations.iter().filter_map(|organisation| {
        let from = Some(organisation.founded_on);
        let value = organisation.superior_id?;
        Some((organisation.organisation_id, Held { from, until: None, value, by: () }))
    });
    write(connection, &tree::superiors(&[], placed)).await
}

/// From a date on, units hang under another superior, until whatever was known to come next.
async fn hand_over(
    connection: &mut PgConnection,
    on: Date,
    handed: &HandedOver,
) -> Result<(), Failure> {
    let units: Vec<Uuid> = handed.units.iter().map(|unit| unit.organisation_id).collect();
    let mut superiors = take(connection, &units).await?;
    for life in superiors.values_mut() {
        life.splice(on, handed.superior_id, ());
    }
    write(connection, &superiors).await
}

/// Units end. What they hung under last stays, as the way to whoever inherits.
async fn end(connection: &mut PgConnection, on: Date, ended: &[EndedUnit]) -> Result<(), Failure> {
    let units: Vec<Uuid> = ended.iter().map(|unit| unit.organisation_id).collect();
    let heirs: Vec<Option<Uuid>> = ended.iter().map(|unit| unit.principal_successor_id).collect();
    sqlx::query!(
        "insert into access.ending (organisation_id, ended_on, heir_id)
         select organisation_id, $3, heir_id
         from unnest($1::uuid[], $2::uuid[]) as ended (organisation_id, heir_id)
         on conflict (organisation_id)
         do update set ended_on = excluded.ended_on, heir_id = excluded.heir_id",
        &units,
        &heirs as &[Option<Uuid>],
        on,
    )
    .execute(&mut *connection)
    .await?;
    let mut superiors = take(connection, &units).await?;
    for life in superiors.values_mut() {
        let before = life.clone();
        life.end(on);
        // One that ends on its first day is still found by where it was to stand.
        if life.is_empty() {
            *life = before;
        }
    }
    write(connection, &superiors).await
}

/// Whole lives, in the place of all that was known of the same organisations. What never
/// existed goes on, from the beginning of time, in the superior that it was founded under:
/// people and facts that still name it lie there.
async fn replace(connection: &mut PgConnection, timelines: &[Timeline]) -> Result<(), Failure> {
    let units: Vec<Uuid> = timelines.iter().map(|timeline| timeline.organisation_id).collect();
    let (mut ended, mut ended_on, mut heirs) = (Vec::new(), Vec::new(), Vec::new());
    for timeline in timelines {
        let unit = timeline.organisation_id;
        if let Some(ending) = &timeline.ending {
            ended.push(unit);
            ended_on.push(ending.ended_on);
            heirs.push(ending.principal_successor_id);
        }
        if !timeline.exists() {
            let under = match timeline.founded_under_id {
                Some(superior) => Some(superior),
                None => first_superior(connection, unit).await?,
            };
            ended.push(unit);
            ended_on.push(BEGINNING);
            heirs.push(under);
        }
    }
    let mut superiors = take(connection, &units).await?;
    for timeline in timelines {
        let known = timeline.superiors.iter().map(|period| Held {
            from: Some(period.from_on),
            until: period.until_on,
            value: period.value,
            by: (),
        });
        superiors.entry(timeline.organisation_id).or_default().replace(known);
    }
    write(connection, &superiors).await?;
    sqlx::query!("delete from access.ending where organisation_id = any ($1)", &units)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "insert into access.ending (organisation_id, ended_on, heir_id)
         select organisation_id, ended_on, heir_id
         from unnest($1::uuid[], $2::date[], $3::uuid[])
              as known (organisation_id, ended_on, heir_id)",
        &ended,
        &ended_on,
        &heirs as &[Option<Uuid>],
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes the edges of units out of the copy, to be written back by [`write`].
async fn take(connection: &mut PgConnection, units: &[Uuid]) -> Result<Superiors, Failure> {
    let rows = sqlx::query!(
        "delete from access.superior where organisation_id = any ($1)
         returning organisation_id, superior_id, lower(valid) as from_on, upper(valid) as until_on",
        units,
    )
    .fetch_all(connection)
    .await?;
    let edges = rows.into_iter().map(|row| {
        let (from, until) = (row.from_on, row.until_on);
        (row.organisation_id, Held { from, until, value: row.superior_id, by: () })
    });
    Ok(tree::superiors(units, edges))
}

async fn write(connection: &mut PgConnection, superiors: &Superiors) -> Result<(), Failure> {
    let edges = Columns::of(superiors);
    sqlx::query!(
        "insert into access.superior (organisation_id, superior_id, valid)
         select organisation_id, superior_id, daterange(from_on, until_on)
         from unnest($1::uuid[], $2::uuid[], $3::date[], $4::date[])
              as edge (organisation_id, superior_id, from_on, until_on)",
        &edges.units,
        &edges.superiors,
        &edges.from as &[Option<Date>],
        &edges.until as &[Option<Date>],
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The superior under which an organisation was first placed, as far as it is still known:
/// what is known never to have existed has none, but still goes on where it went on before.
async fn first_superior(
    connection: &mut PgConnection,
    unit: Uuid,
) -> Result<Option<Uuid>, Failure> {
    let superior = sqlx::query_scalar!(
        r#"select coalesce(
               (select superior_id from access.superior where organisation_id = $1
                order by lower(valid) limit 1),
               (select heir_id from access.ending where organisation_id = $1)) as superior_id"#,
        unit,
    )
    .fetch_one(connection)
    .await?;
    Ok(superior)
}

async fn make_grant(
    connection: &mut PgConnection,
    from: Date,
    made: &Grant,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into access.grant_held (grant_id, issuer, subject, role, organisation_id, valid)
         values ($1, $2, $3, $4, $5, daterange($6, $7))
         -- One that an undoing had taken along, and that is made known again.
         on conflict (grant_id) do update set valid = excluded.valid",
        made.grant_id,
        made.issuer,
        made.subject,
        made.role,
        made.organisation_id,
        from,
        made.until_on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A grant that ends before it began holds on no day: an empty range.
async fn end_grant(connection: &mut PgConnection, on: Date, grant_id: Uuid) -> Result<(), Failure> {
    sqlx::query!(
        "update access.grant_held set valid = valid * daterange(null, $2) where grant_id = $1",
        grant_id,
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}
