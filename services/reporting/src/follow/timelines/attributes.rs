//! Types, names, sectors, industries and suspensions, as they are known now.

use std::collections::{BTreeMap, BTreeSet};

use chassis::feed::Change;
use chassis::refusal::Failure;
use feeds::registry::{Status, Timeline};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::reference::Reference;

/// The columns of dated rows: organisation, first day, day after the last, value.
#[derive(Default)]
struct Rows<'a> {
    units: Vec<Uuid>,
    from: Vec<Option<Date>>,
    until: Vec<Option<Date>>,
    values: Vec<&'a str>,
}

impl<'a> Rows<'a> {
    fn add(&mut self, unit: Uuid, from: Option<Date>, until: Option<Date>, value: &'a str) {
        self.units.push(unit);
        self.from.push(from);
        self.until.push(until);
        self.values.push(value);
    }
}

/// What holds over some days: the first, the day after the last, and what.
type Row<'a> = (Option<Date>, Option<Date>, &'a str, &'a str);

/// Units of which is known otherwise what is held of them. Of most there are none: an undone plan
/// moves and ends half a country, and renames hardly anybody.
#[derive(Default)]
struct Otherwise<'a>(BTreeMap<Uuid, (BTreeSet<Row<'a>>, BTreeSet<Row<'a>>)>);

impl<'a> Otherwise<'a> {
    fn held(&mut self, unit: Uuid, row: Row<'a>) {
        self.0.entry(unit).or_default().0.insert(row);
    }

    fn known(&mut self, unit: Uuid, row: Row<'a>) {
        self.0.entry(unit).or_default().1.insert(row);
    }

    fn units(self) -> Vec<Uuid> {
        let otherwise = self.0.into_iter().filter(|(_, (held, known))| held != known);
        otherwise.map(|(unit, _)| unit).collect()
    }
}

fn units(timelines: &[Timeline]) -> Vec<Uuid> {
    timelines.iter().map(|timeline| timeline.organisation_id).collect()
}

/// Types, where there was more than one; as with those that came one by one, the first holds
/// of what is dated before the founding and the last of what is dated after the end.
pub(super) async fn replace_types(
    connection: &mut PgConnection,
    change: &Change,
    timelines: &[Timeline],
    reference: &Reference,
) -> Result<(), Failure> {
    let units = units(timelines);
    let (mut rows, mut grassroots) = (Rows::default(), Vec::new());
    for timeline in timelines.iter().filter(|timeline| timeline.types.len() > 1) {
        let types = &timeline.types;
        for (n, period) in types.iter().enumerate() {
            let from = (n > 0).then_some(period.from_on);
            let until = if n + 1 == types.len() { None } else { period.until_on };
            rows.add(timeline.organisation_id, from, until, &period.value);
            grassroots.push(reference.is_grassroots(&period.value));
        }
    }
    sqlx::query!(
        "with held as (
             delete from organisation_type where organisation_id = any ($1)
             returning organisation_id, type, valid, change_id
         )
         insert into organisation_type (organisation_id, valid, type, grassroots, change_id)
         select line.organisation_id, daterange(from_on, until_on), line.type, line.grassroots,
                case when from_on is null then o.founding_change_id
                     else coalesce(held.change_id, $7) end
         from unnest($2::uuid[], $3::date[], $4::date[], $5::text[], $6::boolean[])
              as line (organisation_id, from_on, until_on, type, grassroots)
         join organisation o on o.organisation_id = line.organisation_id
         left join held on held.organisation_id = line.organisation_id
                       and held.type = line.type
                       and lower(held.valid) = line.from_on",
        &units,
        &rows.units,
        &rows.from as &[Option<Date>],
        &rows.until as &[Option<Date>],
        &rows.values as &[&str],
        &grassroots,
        change.change_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Names: the first holds of what is dated before a founding, too. What never existed is still
/// named where a target names it.
pub(super) async fn replace_names(
    connection: &mut PgConnection,
    timelines: &[Timeline],
) -> Result<(), Failure> {
    let (mut named, mut rows) = (Vec::new(), Rows::default());
    let mut short_names = Vec::new();
    for timeline in timelines.iter().filter(|timeline| !timeline.names.is_empty()) {
        named.push(timeline.organisation_id);
        for (n, period) in timeline.names.iter().enumerate() {
            let from = (n > 0).then_some(period.from_on);
            rows.add(timeline.organisation_id, from, period.until_on, &period.value.name);
            short_names.push(period.value.short_name.as_str());
        }
    }
    let held = sqlx::query!(
        "select organisation_id, lower(valid) as from_on, upper(valid) as until_on, name, short_name
         from organisation_name where organisation_id = any ($1)",
        &named,
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut otherwise = Otherwise::default();
    for row in &held {
        otherwise
            .held(row.organisation_id, (row.from_on, row.until_on, &row.name, &row.short_name));
    }
    for (n, unit) in rows.units.iter().enumerate() {
        otherwise.known(*unit, (rows.from[n], rows.until[n], rows.values[n], short_names[n]));
    }
    let otherwise = otherwise.units();
    if otherwise.is_empty() {
        return Ok(());
    }
    sqlx::query!("delete from organisation_name where organisation_id = any ($1)", &otherwise)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "insert into organisation_name (organisation_id, valid, name, short_name)
         select organisation_id, daterange(from_on, until_on), name, short_name
         from unnest($1::uuid[], $2::date[], $3::date[], $4::text[], $5::text[])
              as line (organisation_id, from_on, until_on, name, short_name)
         where organisation_id = any ($6)",
        &rows.units,
        &rows.from as &[Option<Date>],
        &rows.until as &[Option<Date>],
        &rows.values as &[&str],
        &short_names as &[&str],
        &otherwise,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Sectors: the first holds of what is dated before a founding, too. A sector holds until the
/// next, the last for ever, as where changes came one by one: what is dated on the day of the
/// end, or while there was none, is shown in it.
pub(super) async fn replace_sectors(
    connection: &mut PgConnection,
    change: &Change,
    timelines: &[Timeline],
) -> Result<(), Failure> {
    let (units, mut rows) = (units(timelines), Rows::default());
    for timeline in timelines {
        for (n, period) in timeline.sectors.iter().enumerate() {
            let from = (n > 0).then_some(period.from_on);
            let next = timeline.sectors.get(n + 1).map(|next| next.from_on);
            rows.add(timeline.organisation_id, from, next, &period.value);
        }
    }
    let held = sqlx::query!(
        "select organisation_id, lower(valid) as from_on, upper(valid) as until_on, sector
         from organisation_sector where organisation_id = any ($1)",
        &units,
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut otherwise = Otherwise::default();
    for row in &held {
        otherwise.held(row.organisation_id, (row.from_on, row.until_on, &row.sector, ""));
    }
    for (n, unit) in rows.units.iter().enumerate() {
        otherwise.known(*unit, (rows.from[n], rows.until[n], rows.values[n], ""));
    }
    let otherwise = otherwise.units();
    if otherwise.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "with held as (
             delete from organisation_sector where organisation_id = any ($1)
             returning organisation_id, sector, valid, change_id
         )
         insert into organisation_sector (organisation_id, valid, sector, change_id)
         select line.organisation_id, daterange(from_on, until_on), line.sector,
                coalesce(held.change_id, $6)
         from unnest($2::uuid[], $3::date[], $4::date[], $5::text[])
              as line (organisation_id, from_on, until_on, sector)
         left join held on held.organisation_id = line.organisation_id
                       and held.sector = line.sector
                       and lower(held.valid) is not distinct from line.from_on
         where line.organisation_id = any ($1)",
        &otherwise,
        &rows.units,
        &rows.from as &[Option<Date>],
        &rows.until as &[Option<Date>],
        &rows.values as &[&str],
        change.change_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Industries, each on its own days: on the others it is not stated. One that begins with the life
/// holds of what is dated before the founding, too.
pub(super) async fn replace_industries(
    connection: &mut PgConnection,
    change: &Change,
    timelines: &[Timeline],
) -> Result<(), Failure> {
    let (units, mut rows) = (units(timelines), Rows::default());
    for timeline in timelines {
        for period in &timeline.industries {
            let begins_with_it = timeline.founded_on.is_some_and(|on| period.from_on <= on);
            let from = (!begins_with_it).then_some(period.from_on);
            rows.add(timeline.organisation_id, from, period.until_on, &period.value);
        }
    }
    let held = sqlx::query!(
        "select organisation_id, lower(valid) as from_on, upper(valid) as until_on, industry
         from organisation_industry where organisation_id = any ($1)",
        &units,
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut otherwise = Otherwise::default();
    for row in &held {
        otherwise.held(row.organisation_id, (row.from_on, row.until_on, &row.industry, ""));
    }
    for (n, unit) in rows.units.iter().enumerate() {
        otherwise.known(*unit, (rows.from[n], rows.until[n], rows.values[n], ""));
    }
    let otherwise = otherwise.units();
    if otherwise.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "with held as (
             delete from organisation_industry where organisation_id = any ($1)
             returning organisation_id, industry, valid, change_id
         )
         insert into organisation_industry (organisation_id, valid, industry, change_id)
         select line.organisation_id, daterange(from_on, until_on), line.industry,
                coalesce(held.change_id, $6)
         from unnest($2::uuid[], $3::date[], $4::date[], $5::text[])
              as line (organisation_id, from_on, until_on, industry)
         left join held on held.organisation_id = line.organisation_id
                       and held.industry = line.industry
                       and lower(held.valid) is not distinct from line.from_on
         where line.organisation_id = any ($1)",
        &otherwise,
        &rows.units,
        &rows.from as &[Option<Date>],
        &rows.until as &[Option<Date>],
        &rows.values as &[&str],
        change.change_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The times in which the direction was suspended.
pub(super) async fn replace_suspensions(
    connection: &mut PgConnection,
    change: &Change,
    timelines: &[Timeline],
) -> Result<(), Failure> {
    let (units, mut rows) = (units(timelines), Rows::default());
    for timeline in timelines {
        let statuses = timeline.statuses.iter();
        for period in statuses.filter(|period| period.value == Status::Suspended) {
            rows.add(timeline.organisation_id, Some(period.from_on), period.until_on, "");
        }
    }
    sqlx::query!(
        "with held as (
             delete from suspension where organisation_id = any ($1)
             returning organisation_id, valid, change_id
         )
         insert into suspension (organisation_id, valid, change_id)
         select line.organisation_id, daterange(from_on, until_on), coalesce(held.change_id, $5)
         from unnest($2::uuid[], $3::date[], $4::date[]) as line (organisation_id, from_on, until_on)
         left join held on held.organisation_id = line.organisation_id
                       and lower(held.valid) = line.from_on",
        &units,
        &rows.units,
        &rows.from as &[Option<Date>],
        &rows.until as &[Option<Date>],
        change.change_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}
