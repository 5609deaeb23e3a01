//! Whole lives of organisations, in the place of all that was derived from earlier changes
//! of the same attributes: a correction, a back-dated act or an undoing.
//!
//! Rows that stay as they were keep the change that made them, and facts that stay are not
//! written again: only the difference is, so that roll-ups and explanations stay true.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use chassis::feed::Change;
use chassis::refusal::Failure;
use proto::registry::v1::organisation_timeline::Ending;
use proto::registry::v1::{OrganisationTimeline, TimelinesCorrected};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use super::registry::{date, id, members_to_id, optional_id};
use super::under_way;
use crate::fact::{self, Facts};
use crate::reference::Reference;

/// The status of an organisation whose direction is suspended.
const SUSPENDED: &str = "SUSPENDED";
/// The status of an organisation that is alive and directed.
const ACTIVE: &str = "ACTIVE";

/// The columns of dated rows: organisation, first day, day after the last, value.
#[derive(Default)]
struct Rows {
    units: Vec<Uuid>,
    from: Vec<Option<Date>>,
    until: Vec<Option<Date>>,
    values: Vec<String>,
}

impl Rows {
    fn add(&mut self, unit: Uuid, from: Option<Date>, until: Option<Date>, value: &str) {
        self.units.push(unit);
        self.from.push(from);
        self.until.push(until);
        self.values.push(value.to_string());
    }
}

/// What is counted of a life: unit, day, code, reason.
type Counted = (Uuid, Date, &'static str, String);

/// Replaces what is known of these organisations, and answers the facts that come or, below
/// 0, go with it.
pub async fn replace(
    connection: &mut PgConnection,
    change: &Change,
    corrected: &TimelinesCorrected,
    reference: &Reference,
) -> Result<Facts, Failure> {
    let timelines = &corrected.timelines;
    let act = (change.act_id, change.position);
    let otherwise = ended_otherwise(connection, timelines).await?;
    under_way::ended_otherwise(connection, act, &otherwise).await?;
    replace_lives(connection, change, timelines, reference).await?;
    replace_types(connection, change, timelines, reference).await?;
    replace_periods(connection, change, timelines).await?;
    replace_bodies(connection, change, timelines).await?;

    let mut kinds = BTreeMap::new();
    let mut never = BTreeSet::new();
    let mut counted: BTreeMap<Counted, i64> = BTreeMap::new();
    for timeline in timelines {
        let unit = id(&timeline.organisation_id)?;
        let kind = Kind::of(timeline, reference)?;
        count_life(timeline, &kind, &mut counted)?;
        kinds.insert(unit, kind);
        if !timeline.exists {
            never.insert(unit);
        }
    }
    let units: Vec<Uuid> = kinds.keys().copied().collect();
    let earlier = sqlx::query!(
        r#"select unit_id, on_date, code, reason, sum(amount)::bigint as "amount!"
           from fact
           where unit_id = any ($1)
             and code in ('ORG_FOUNDED', 'ORG_LOADED', 'ORG_ENDED', 'ORG_SUSPENDED', 'ORG_RESUMED',
                          'ORG_BECAME', 'ORG_CEASED', 'CONGRESS')
           group by unit_id, on_date, code, reason"#,
        &units,
    )
    .fetch_all(&mut *connection)
    .await?;
    for row in earlier {
        if row.code == CONGRESS && !never.contains(&row.unit_id) {
            // Held on the same day as before, by what the unit is known to have been then.
            let level = fact::level(kinds[&row.unit_id].is_union_on(row.on_date));
            let held = (row.unit_id, row.on_date, CONGRESS, level.to_string());
            *counted.entry(held).or_default() += row.amount;
        }
        let code = CODES.into_iter().find(|code| *code == row.code).context("no such code")?;
        *counted.entry((row.unit_id, row.on_date, code, row.reason)).or_default() -= row.amount;
    }
    reassign_elections(connection, &units).await?;
    let mut facts = Facts::default();
    for ((unit, on, code, reason), amount) in counted {
        facts.add(unit, on, code, &reason, amount);
    }
    Ok(facts)
}

/// Congresses are facts of their own, counted by what held them.
const CONGRESS: &str = "CONGRESS";

/// The facts that a life is counted by, and that depend on it.
const CODES: [&str; 8] = [
    "ORG_FOUNDED",
    "ORG_LOADED",
    "ORG_ENDED",
    "ORG_SUSPENDED",
    "ORG_RESUMED",
    "ORG_BECAME",
    "ORG_CEASED",
    CONGRESS,
];

/// From which days on an organisation counts as a union, and from which it does not.
struct Kind(Vec<(Date, bool)>);

impl Kind {
    fn of(timeline: &OrganisationTimeline, reference: &Reference) -> Result<Self, Failure> {
        let mut kinds: Vec<(Date, bool)> = Vec::with_capacity(timeline.types.len());
        for period in &timeline.types {
            let from = date(period.from_on)?.context("a type without a first day")?;
            let grassroots = reference.is_grassroots(&period.value);
            if kinds.last().is_none_or(|(_, before)| *before != grassroots) {
                kinds.push((from, grassroots));
            }
        }
        Ok(Self(kinds))
    }

    /// Before its first day an organisation is what it was founded as.
    fn is_union_on(&self, day: Date) -> bool {
        let begun = self.0.iter().rev().find(|(from, _)| *from <= day);
        begun.or(self.0.first()).is_some_and(|(_, grassroots)| *grassroots)
    }
}

fn count_life(
    timeline: &OrganisationTimeline,
    kind: &Kind,
    counted: &mut BTreeMap<Counted, i64>,
) -> Result<(), Failure> {
    if !timeline.exists {
        return Ok(());
    }
    let unit = id(&timeline.organisation_id)?;
    let mut count = |on: Date, code: &'static str, reason: &str| {
        *counted.entry((unit, on, code, reason.to_string())).or_default() += 1;
    };
    for (from, grassroots) in kind.0.iter().skip(1) {
        count(*from, if *grassroots { "ORG_BECAME" } else { "ORG_CEASED" }, "");
    }
    let mut count_union = |on: Option<Date>, code: &'static str, reason: &str| {
        if let Some(on) = on.filter(|on| kind.is_union_on(*on)) {
            count(on, code, reason);
        }
    };
    let code = if timeline.loaded { "ORG_LOADED" } else { "ORG_FOUNDED" };
    count_union(date(timeline.founded_on)?, code, "");
    for (n, period) in timeline.statuses.iter().enumerate() {
        if period.value != SUSPENDED {
            continue;
        }
        count_union(date(period.from_on)?, "ORG_SUSPENDED", "");
        if timeline.statuses.get(n + 1).is_some_and(|next| next.value == ACTIVE) {
            count_union(date(period.until_on)?, "ORG_RESUMED", "");
        }
    }
    if let Some(ending) = &timeline.ending {
        count_union(date(ending.ended_on)?, "ORG_ENDED", fact::end_kind(ending.kind()));
    }
    Ok(())
}

/// Elections between congresses are counted by what held them, as congresses are; by nothing
/// where that never existed.
async fn reassign_elections(connection: &mut PgConnection, units: &[Uuid]) -> Result<(), Failure> {
    sqlx::query!(
        "with election as (
             select f.ctid as row_id,
                    case when o.never_existed then ''
                         when coalesce(t.grassroots, o.grassroots) then 'GRASSROOTS'
                         else 'SUPERIOR' end as level
             from subject_fact f
             join organisation o on o.organisation_id = f.unit_id
             left join organisation_type t
                    on t.organisation_id = f.unit_id and t.valid @> f.on_date
             where f.unit_id = any ($1) and f.code = 'BY_ELECTED'
         )
         update subject_fact f set reason = election.level
         from election
         where f.ctid = election.row_id and f.reason <> election.level",
        units,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Those whose end, as it was known, is known otherwise: membership takes back what it moved
/// because of it.
async fn ended_otherwise(
    connection: &mut PgConnection,
    timelines: &[OrganisationTimeline],
) -> Result<Vec<Uuid>, Failure> {
    let mut units = Vec::with_capacity(timelines.len());
    let mut ended: Vec<Option<Date>> = Vec::with_capacity(timelines.len());
    let mut members_to = Vec::with_capacity(timelines.len());
    for timeline in timelines {
        units.push(id(&timeline.organisation_id)?);
        let ending = timeline.ending.as_ref();
        ended.push(date(ending.and_then(|ending| ending.ended_on))?);
        members_to.push(ending.map(members_to_of).transpose()?.flatten());
    }
    let otherwise = sqlx::query_scalar!(
        r#"select known.organisation_id as "organisation_id!"
           from unnest($1::uuid[], $2::date[], $3::uuid[])
                as now (organisation_id, ended_on, members_to_id)
           join organisation known on known.organisation_id = now.organisation_id
           where known.ended_on is not null
             and (now.ended_on is distinct from known.ended_on
                  or known.members_to_id is not null
                     and now.members_to_id is distinct from known.members_to_id)"#,
        &units,
        &ended as &[Option<Date>],
        &members_to as &[Option<Uuid>],
    )
    .fetch_all(connection)
    .await?;
    Ok(otherwise)
}

fn members_to_of(ending: &Ending) -> Result<Option<Uuid>, Failure> {
    members_to_id(ending.members_outcome(), &ending.rehome_to_id, &ending.last_superior_id)
}

/// Founding and end. An organisation that never existed keeps its row, which targets may name;
/// what still names it lies under the superior that its founding had placed it under.
async fn replace_lives(
    connection: &mut PgConnection,
    change: &Change,
    timelines: &[OrganisationTimeline],
    reference: &Reference,
) -> Result<(), Failure> {
    let (mut units, mut types, mut grassroots) = (Vec::new(), Vec::new(), Vec::new());
    let (mut founded, mut loaded) = (Vec::new(), Vec::new());
    let mut ended: Vec<Option<Date>> = Vec::new();
    let mut kinds: Vec<Option<&str>> = Vec::new();
    let (mut heirs, mut superiors): (Vec<Option<Uuid>>, Vec<Option<Uuid>>) =
        (Vec::new(), Vec::new());
    let mut members_to: Vec<Option<Uuid>> = Vec::new();
    let (mut never, mut under): (Vec<Uuid>, Vec<Option<Uuid>>) = (Vec::new(), Vec::new());
    for timeline in timelines {
        let unit = id(&timeline.organisation_id)?;
        if !timeline.exists {
            never.push(unit);
            under.push(optional_id(&timeline.founded_under_id)?);
            continue;
        }
        units.push(unit);
        // What it was founded as; what it became since stands in its types.
        let first = timeline.types.first().context("a life without a type")?;
        types.push(first.value.as_str());
        grassroots.push(reference.is_grassroots(&first.value));
        founded.push(date(timeline.founded_on)?.context("a life without a first day")?);
        loaded.push(timeline.loaded);
        match &timeline.ending {
            Some(ending) => {
                ended.push(date(ending.ended_on)?);
                kinds.push(Some(fact::end_kind(ending.kind())));
                heirs.push(optional_id(&ending.principal_successor_id)?);
                superiors.push(optional_id(&ending.last_superior_id)?);
                members_to.push(members_to_of(ending)?);
            }
            None => {
                ended.push(None);
                kinds.push(None);
                heirs.push(None);
                superiors.push(None);
                members_to.push(None);
            }
        }
    }
    sqlx::query!(
        "insert into organisation as known
             (organisation_id, type, grassroots, founded_on, loaded, founding_change_id,
              ended_on, end_kind, heir_id, last_superior_id, ending_change_id, members_to_id)
         select organisation_id, type, grassroots, founded_on, loaded, $10::uuid,
                ended_on, kind, heir_id, superior_id, case when ended_on is not null then $10::uuid end,
                members_to_id
         from unnest($1::uuid[], $2::text[], $3::boolean[], $4::date[], $5::boolean[], $6::date[],
                     $7::text[], $8::uuid[], $9::uuid[], $11::uuid[])
              as line (organisation_id, type, grassroots, founded_on, loaded, ended_on, kind,
                       heir_id, superior_id, members_to_id)
         on conflict (organisation_id) do update
         set type = excluded.type, grassroots = excluded.grassroots,
             founded_on = excluded.founded_on, loaded = excluded.loaded,
             founding_change_id = case when known.founded_on = excluded.founded_on
                                       then known.founding_change_id
                                       else excluded.founding_change_id end,
             never_existed = false, founded_under_id = null,
             members_to_id = excluded.members_to_id,
             ended_on = excluded.ended_on, end_kind = excluded.end_kind,
             heir_id = excluded.heir_id, last_superior_id = excluded.last_superior_id,
             ending_change_id = case when known.ended_on = excluded.ended_on
                                      and known.end_kind = excluded.end_kind
                                     then known.ending_change_id
                                     else excluded.ending_change_id end",
        &units,
        &types as &[&str],
        &grassroots,
        &founded,
        &loaded,
        &ended as &[Option<Date>],
        &kinds as &[Option<&str>],
        &heirs as &[Option<Uuid>],
        &superiors as &[Option<Uuid>],
        change.change_id,
        &members_to as &[Option<Uuid>],
    )
    .execute(&mut *connection)
    .await?;
    // A registry of before does not say where: its place of that time is still known here.
    sqlx::query!(
        "update organisation
         set never_existed = true,
             founded_under_id = coalesce(
                 line.under_id, founded_under_id,
                 (select edge.superior_id from edge
                  where edge.organisation_id = line.organisation_id
                  order by lower(edge.valid) limit 1)),
             ended_on = null, end_kind = null, heir_id = null, last_superior_id = null,
             ending_change_id = null, members_to_id = null
         from unnest($1::uuid[], $2::uuid[]) as line (organisation_id, under_id)
         where organisation.organisation_id = line.organisation_id",
        &never,
        &under as &[Option<Uuid>],
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Types, where there was more than one; as with those that came one by one, the first holds
/// of what is dated before the founding and the last of what is dated after the end.
async fn replace_types(
    connection: &mut PgConnection,
    change: &Change,
    timelines: &[OrganisationTimeline],
    reference: &Reference,
) -> Result<(), Failure> {
    let mut units = Vec::with_capacity(timelines.len());
    let (mut rows, mut grassroots) = (Rows::default(), Vec::new());
    for timeline in timelines {
        let unit = id(&timeline.organisation_id)?;
        units.push(unit);
        let types = &timeline.types;
        if types.len() < 2 {
            continue;
        }
        for (n, period) in types.iter().enumerate() {
            let from = if n == 0 { None } else { date(period.from_on)? };
            let until = if n + 1 == types.len() { None } else { date(period.until_on)? };
            rows.add(unit, from, until, &period.value);
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
        &rows.values,
        &grassroots,
        change.change_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Places, names, sectors and suspensions.
async fn replace_periods(
    connection: &mut PgConnection,
    change: &Change,
    timelines: &[OrganisationTimeline],
) -> Result<(), Failure> {
    let (mut units, mut named) = (Vec::new(), Vec::new());
    let (mut edges, mut sectors) = (Rows::default(), Rows::default());
    let (mut suspensions, mut names) = (Rows::default(), Rows::default());
    let mut short_names = Vec::new();
    for timeline in timelines {
        let unit = id(&timeline.organisation_id)?;
        units.push(unit);
        for period in &timeline.superiors {
            edges.add(unit, date(period.from_on)?, date(period.until_on)?, &period.value);
        }
        // The first name and the first sector hold of what is dated before a founding, too. A
        // sector holds until the next, the last for ever, as where changes came one by one:
        // what is dated on the day of the end, or while there was none, is shown in it.
        for (n, period) in timeline.sectors.iter().enumerate() {
            let from = if n == 0 { None } else { date(period.from_on)? };
            let next = timeline.sectors.get(n + 1).map(|next| date(next.from_on)).transpose()?;
            sectors.add(unit, from, next.flatten(), &period.value);
        }
        for (n, period) in timeline.names.iter().enumerate() {
            let from = if n == 0 { None } else { date(period.from_on)? };
            names.add(unit, from, date(period.until_on)?, &period.name);
            short_names.push(period.short_name.clone());
        }
        // What never existed is still named where a target names it.
        if !timeline.names.is_empty() {
            named.push(unit);
        }
        for period in timeline.statuses.iter().filter(|period| period.value == SUSPENDED) {
            suspensions.add(unit, date(period.from_on)?, date(period.until_on)?, "");
        }
    }
    sqlx::query!(
        "with held as (
             delete from edge where organisation_id = any ($1)
             returning organisation_id, superior_id, valid, change_id
         )
         insert into edge (organisation_id, superior_id, valid, change_id)
         select line.organisation_id, line.superior_id::uuid, daterange(from_on, until_on),
                coalesce(held.change_id, $6)
         from unnest($2::uuid[], $3::date[], $4::date[], $5::text[])
              as line (organisation_id, from_on, until_on, superior_id)
         left join held on held.organisation_id = line.organisation_id
                       and held.superior_id = line.superior_id::uuid
                       and lower(held.valid) = line.from_on",
        &units,
        &edges.units,
        &edges.from as &[Option<Date>],
        &edges.until as &[Option<Date>],
        &edges.values,
        change.change_id,
    )
    .execute(&mut *connection)
    .await?;
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
                       and lower(held.valid) is not distinct from line.from_on",
        &units,
        &sectors.units,
        &sectors.from as &[Option<Date>],
        &sectors.until as &[Option<Date>],
        &sectors.values,
        change.change_id,
    )
    .execute(&mut *connection)
    .await?;
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
        &suspensions.units,
        &suspensions.from as &[Option<Date>],
        &suspensions.until as &[Option<Date>],
        change.change_id,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("delete from organisation_name where organisation_id = any ($1)", &named)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "insert into organisation_name (organisation_id, valid, name, short_name)
         select organisation_id, daterange(from_on, until_on), name, short_name
         from unnest($1::uuid[], $2::date[], $3::date[], $4::text[], $5::text[])
              as line (organisation_id, from_on, until_on, name, short_name)",
        &names.units,
        &names.from as &[Option<Date>],
        &names.until as &[Option<Date>],
        &names.values,
        &short_names,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Seats in the bodies of organisations, and who follows them.
async fn replace_bodies(
    connection: &mut PgConnection,
    change: &Change,
    timelines: &[OrganisationTimeline],
) -> Result<(), Failure> {
    let mut units = Vec::new();
    let (mut offices, mut of, mut people) = (Vec::new(), Vec::new(), Vec::new());
    let (mut bodies, mut positions) = (Vec::new(), Vec::new());
    let (mut from, mut until): (Vec<Option<Date>>, Vec<Option<Date>>) = (Vec::new(), Vec::new());
    let (mut assignments, mut committees, mut seats) = (Vec::new(), Vec::new(), Vec::new());
    let (mut followers, mut followed) = (Vec::new(), Vec::new());
    let (mut since, mut to): (Vec<Option<Date>>, Vec<Option<Date>>) = (Vec::new(), Vec::new());
    for timeline in timelines {
        units.push(id(&timeline.organisation_id)?);
        for seat in &timeline.seats {
            let office = seat.office.as_ref().context("a seat without an office")?;
            offices.push(id(&office.office_id)?);
            of.push(id(&office.organisation_id)?);
            bodies.push(office.body.as_str());
            positions.push(office.position.as_str());
            people.push(id(&office.person_id)?);
            from.push(date(office.from_on)?);
            until.push(date(seat.until_on)?);
        }
        for assignment in &timeline.assignments {
            let assigned = assignment.assigned.as_ref().context("an assignment of nobody")?;
            assignments.push(id(&assigned.assignment_id)?);
            committees.push(id(&assigned.steering_committee_id)?);
            seats.push(id(&assigned.office_id)?);
            followers.push(id(&assigned.person_id)?);
            followed.push(id(&assigned.unit_id)?);
            since.push(date(assignment.from_on)?);
            to.push(date(assignment.until_on)?);
        }
    }
    sqlx::query!(
        "with held as (
             delete from office where organisation_id = any ($1) returning office_id, change_id
         )
         insert into office (office_id, organisation_id, body, position, person_id, valid, change_id)
         select line.office_id, organisation_id, body, position, person_id,
                daterange(from_on, until_on), coalesce(held.change_id, $9)
         from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::date[], $8::date[])
              as line (office_id, organisation_id, body, position, person_id, from_on, until_on)
         left join held on held.office_id = line.office_id",
        &units,
        &offices,
        &of,
        &bodies as &[&str],
        &positions as &[&str],
        &people,
        &from as &[Option<Date>],
        &until as &[Option<Date>],
        change.change_id,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("delete from unit_assignment where unit_id = any ($1)", &units)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "insert into unit_assignment
             (assignment_id, steering_committee_id, office_id, person_id, unit_id, valid)
         select assignment_id, committee_id, office_id, person_id, unit_id,
                daterange(from_on, until_on)
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::date[], $7::date[])
              as line (assignment_id, committee_id, office_id, person_id, unit_id, from_on, until_on)",
        &assignments,
        &committees,
        &seats,
        &followers,
        &followed,
        &since as &[Option<Date>],
        &to as &[Option<Date>],
    )
    .execute(connection)
    .await?;
    Ok(())
}
