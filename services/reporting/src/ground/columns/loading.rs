//! Columns and tree from nothing: the tables, read once from end to end as they stream by.

use anyhow::{Context, ensure};
use chassis::refusal::Failure;
use futures_util::TryStreamExt;
use sqlx::PgConnection;
use std::collections::HashMap;
use std::sync::RwLock;
use uuid::Uuid;

use crate::ground::columns::day::{EVER, NEVER};
use crate::ground::columns::facts::{ByCode, Facts, Row, none};
use crate::ground::columns::history::{History, Version, Versions};
use crate::ground::columns::instant::{ALWAYS, NOW};
use crate::ground::columns::label::Label;
use crate::ground::columns::names::{NOBODY, Names};
use crate::ground::columns::tree::{Kind, Life, Span, Tree};
use crate::ground::fact::Code;

/// A field of a row: none where it is null.
pub(super) type Field<'a> = Option<&'a [u8]>;

/// All additive facts, but those of acts that are not numbered yet.
pub async fn facts(connection: &mut PgConnection, names: &RwLock<Names>) -> Result<Facts, Failure> {
    let codes: HashMap<&str, usize> =
        Code::ALL.into_iter().map(|code| (code.as_str(), code.number())).collect();
    let mut rows: ByCode = none();
    copy(
        connection,
        "copy (select unit_id, on_date, code, reason, sex, counterpart_id, amount, recorded_at from fact
               where change_id not in (select act_id from feed.pending))
         to stdout (format binary)",
        names,
        |names, [unit, day, code, reason, sex, counterpart, amount, recorded]: [Field<'_>; 8]| {
            let code = codes.get(text(code)?).context("a fact of no code")?;
            let counterpart = id(counterpart)?;
            rows[*code].push(Row {
                unit: names.units.give(&id(unit)?),
                day: self::day(day)?.context("a fact has a day")?,
                label: Label::of(names.words.give(text(reason)?), i16::from_be_bytes(fixed(sex)?)),
                counterpart: if counterpart.is_nil() {
                    NOBODY
                } else {
                    names.units.give(&counterpart)
                },
                amount: i64::from_be_bytes(fixed(amount)?),
                recorded: instant(recorded, ALWAYS)?,
            });
            Ok(())
        },
    )
    .await?;
    tokio::task::spawn_blocking(move || Facts::of(rows))
        .await
        .context("sort the facts")
        .map_err(Failure::from)
}

/// The whole tree as it is known now, and all that was ever known of it.
pub async fn tree(
    connection: &mut PgConnection,
    names: &RwLock<Names>,
) -> Result<(Tree, History), Failure> {
    let mut versions = Versions::default();
    copy(
        connection,
        "copy (select organisation_id, type, grassroots, founded_on, ended_on, heir_id, last_superior_id,
                      founded_under_id, members_to_id, never_existed,
                      coalesce(end_kind in ('MERGED', 'CONSOLIDATED', 'DIVIDED'), false),
                      coalesce(seen.position, 0), recorded_at, null::timestamptz
               from organisation
               left join change_seen seen on seen.change_id = ending_change_id
               union all
               select organisation_id, type, grassroots, founded_on, ended_on, heir_id, last_superior_id,
                      founded_under_id, members_to_id, never_existed,
                      coalesce(end_kind in ('MERGED', 'CONSOLIDATED', 'DIVIDED'), false), 0::bigint, recorded_at,
                      replaced_at
               from organisation_past)
         to stdout (format binary)",
        names,
        |names,
         [
            unit,
            kind,
            grassroots,
            founded,
            ended,
            heir,
            superior,
            under,
            members_to,
            never,
            reorganised,
            end_position,
            since,
            until,
        ]: [Field<'_>; 14]| {
            let unit = names.units.give(&id(unit)?);
            let kind = Kind::of(names.words.give(text(kind)?), yes(grassroots)?);
            let life = Life {
                founded: day(founded)?.unwrap_or(EVER),
                ended: day(ended)?.unwrap_or(NEVER),
                heir: names.unit(maybe_id(heir)?),
                last_superior: names.unit(maybe_id(superior)?),
                founded_under: names.unit(maybe_id(under)?),
                members_to: names.unit(maybe_id(members_to)?),
                kind,
                never: yes(never)?,
                reorganised: yes(reorganised)?,
                end_position: i64::from_be_bytes(fixed(end_position)?),
            };
            versions.lives.push(version(unit, since, until, life)?);
            Ok(())
        },
    )
    .await?;
    copy(
        connection,
        "copy (select organisation_id, lower(valid), upper(valid), superior_id, recorded_at,
                      null::timestamptz
               from edge
               union all
               select organisation_id, lower(valid), upper(valid), superior_id, recorded_at, replaced_at
               from edge_past)
         to stdout (format binary)",
        names,
        |names, [unit, from, on, superior, since, until]: [Field<'_>; 6]| {
            let superior = names.units.give(&id(superior)?);
            let (unit, span) = (names.units.give(&id(unit)?), span(from, on, superior)?);
            versions.superiors.push(version(unit, since, until, span)?);
            Ok(())
        },
    )
    .await?;
    copy(
        connection,
        "copy (select organisation_id, lower(valid), upper(valid), type, grassroots, recorded_at,
                      null::timestamptz
               from organisation_type
               union all
               select organisation_id, lower(valid), upper(valid), type, grassroots, recorded_at,
                      replaced_at
               from organisation_type_past)
         to stdout (format binary)",
        names,
        |names, [unit, from, on, kind, grassroots, since, until]: [Field<'_>; 7]| {
            let kind = Kind::of(names.words.give(text(kind)?), yes(grassroots)?);
            let (unit, span) = (names.units.give(&id(unit)?), span(from, on, kind.value())?);
            versions.types.push(version(unit, since, until, span)?);
            Ok(())
        },
    )
    .await?;
    copy(
        connection,
        "copy (select organisation_id, lower(valid), upper(valid), sector, recorded_at,
                      null::timestamptz
               from organisation_sector
               union all
               select organisation_id, lower(valid), upper(valid), sector, recorded_at, replaced_at
               from organisation_sector_past)
         to stdout (format binary)",
        names,
        |names, [unit, from, on, sector, since, until]: [Field<'_>; 6]| {
            let sector = names.words.give(text(sector)?);
            let (unit, span) = (names.units.give(&id(unit)?), span(from, on, sector)?);
            versions.sectors.push(version(unit, since, until, span)?);
            Ok(())
        },
    )
    .await?;
    copy(
        connection,
        "copy (select organisation_id, lower(valid), upper(valid), industry, recorded_at, null::timestamptz
               from organisation_industry
               union all
               select organisation_id, lower(valid), upper(valid), industry, recorded_at, replaced_at
               from organisation_industry_past)
         to stdout (format binary)",
        names,
        |names, [unit, from, on, industry, since, until]: [Field<'_>; 6]| {
            let industry = names.words.give(text(industry)?);
            let (unit, span) = (names.units.give(&id(unit)?), span(from, on, industry)?);
            versions.industries.push(version(unit, since, until, span)?);
            Ok(())
        },
    )
    .await?;
    copy(
        connection,
        "copy (select organisation_id, lower(valid), upper(valid), recorded_at, null::timestamptz
               from suspension
               union all
               select organisation_id, lower(valid), upper(valid), recorded_at, replaced_at
               from suspension_past)
         to stdout (format binary)",
        names,
        |names, [unit, from, on, since, until]: [Field<'_>; 5]| {
            let (unit, span) = (names.units.give(&id(unit)?), span(from, on, 0)?);
            versions.suspensions.push(version(unit, since, until, span)?);
            Ok(())
        },
    )
    .await?;
    let units = lock(names).units.len();
    tokio::task::spawn_blocking(move || {
        let tree = Tree::of(units, versions.told());
        (tree, History::of(versions))
    })
    .await
    .context("put the tree together")
    .map_err(Failure::from)
}

pub(super) fn lock(names: &RwLock<Names>) -> std::sync::RwLockWriteGuard<'_, Names> {
    // What a panicking thread left are still numbers that were given.
    names.write().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// What stands before the rows, with an extension of no length.
const HEADER: usize = 19;

/// Takes each row of what a statement copies out.
pub(super) async fn copy<const N: usize>(
    connection: &mut PgConnection,
    statement: &str,
    names: &RwLock<Names>,
    mut take: impl FnMut(&mut Names, [Field<'_>; N]) -> anyhow::Result<()>,
) -> Result<(), Failure> {
    let mut stream = connection.copy_out_raw(statement).await?;
    let mut held: Vec<u8> = Vec::new();
    let mut begun = false;
    while let Some(bytes) = stream.try_next().await? {
        held.extend_from_slice(&bytes);
        let mut rest = &held[..];
        if !begun {
            if rest.len() < HEADER {
                continue;
            }
            rest = &rest[HEADER..];
            begun = true;
        }
        let mut names = lock(names);
        while let Some((fields, after)) = row::<N>(rest)? {
            take(&mut names, fields)?;
            rest = after;
        }
        let read = held.len() - rest.len();
        held.drain(..read);
    }
    Ok(())
}

/// The first row of some bytes and what comes after it; none if it is not whole yet, or the last.
fn row<const N: usize>(bytes: &[u8]) -> anyhow::Result<Option<([Field<'_>; N], &[u8])>> {
    let Some((count, mut rest)) = bytes.split_first_chunk() else { return Ok(None) };
    let count = i16::from_be_bytes(*count);
    if count == -1 {
        return Ok(None);
    }
    ensure!(usize::try_from(count) == Ok(N), "a row of {count} fields instead of {N}");
    let mut fields = [None; N];
    for field in &mut fields {
        let Some((length, after)) = rest.split_first_chunk() else { return Ok(None) };
        rest = after;
        // A negative length is null.
        if let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) {
            let Some((value, after)) = rest.split_at_checked(length) else { return Ok(None) };
            *field = Some(value);
            rest = after;
        }
    }
    Ok(Some((fields, rest)))
}

pub(super) fn fixed<const N: usize>(field: Field<'_>) -> anyhow::Result<[u8; N]> {
    field.context("a value is missing")?.try_into().context("a value has another length")
}

pub(super) fn id(field: Field<'_>) -> anyhow::Result<Uuid> {
    fixed(field).map(Uuid::from_bytes)
}

pub(super) fn maybe_id(field: Field<'_>) -> anyhow::Result<Option<Uuid>> {
    field.map(|value| id(Some(value))).transpose()
}

pub(super) fn day(field: Field<'_>) -> anyhow::Result<Option<i32>> {
    field.map(|value| fixed(Some(value)).map(i32::from_be_bytes)).transpose()
}

pub(super) fn text(field: Field<'_>) -> anyhow::Result<&str> {
    std::str::from_utf8(field.context("a text is missing")?).context("a text is not UTF-8")
}

pub(super) fn yes(field: Field<'_>) -> anyhow::Result<bool> {
    Ok(fixed::<1>(field)? != [0])
}

fn span(from: Field<'_>, until: Field<'_>, value: u32) -> anyhow::Result<Span> {
    Ok(Span { from: day(from)?.unwrap_or(EVER), until: day(until)?.unwrap_or(NEVER), value })
}

/// Microseconds, counted as PostgreSQL does.
fn instant(field: Field<'_>, none: i64) -> anyhow::Result<i64> {
    match field {
        Some(value) => fixed(Some(value)).map(i64::from_be_bytes),
        None => Ok(none),
    }
}

/// What nobody says since when it is known of, is known for as long as anybody knows.
fn version<T>(
    unit: u32,
    since: Field<'_>,
    until: Field<'_>,
    what: T,
) -> anyhow::Result<Version<T>> {
    let (known_from, known_until) = (instant(since, ALWAYS)?, instant(until, NOW)?);
    Ok(Version { unit, known_from, known_until, what })
}
