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
use crate::ground::columns::names::{NOBODY, Names};
use crate::ground::columns::tree::{Kind, Life, Span, Told, Tree};
use crate::ground::fact::Code;

/// A field of a row: none where it is null.
type Field<'a> = Option<&'a [u8]>;

/// All additive facts, but those of acts that are not numbered yet.
pub async fn facts(connection: &mut PgConnection, names: &RwLock<Names>) -> Result<Facts, Failure> {
    let codes: HashMap<&str, usize> =
        Code::ALL.into_iter().map(|code| (code.as_str(), code.number())).collect();
    let mut rows: ByCode = none();
    copy(
        connection,
        "copy (select unit_id, on_date, code, reason, counterpart_id, amount from fact
               where change_id not in (select act_id from feed.pending))
         to stdout (format binary)",
        names,
        |names, [unit, day, code, reason, counterpart, amount]: [Field<'_>; 6]| {
            let code = codes.get(text(code)?).context("a fact of no code")?;
            let counterpart = id(counterpart)?;
            rows[*code].push(Row {
                unit: names.units.give(&id(unit)?),
                day: self::day(day)?.context("a fact has a day")?,
                reason: names.words.give(text(reason)?),
                counterpart: if counterpart.is_nil() {
                    NOBODY
                } else {
                    names.units.give(&counterpart)
                },
                amount: i64::from_be_bytes(fixed(amount)?),
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

/// The whole tree.
pub async fn tree(connection: &mut PgConnection, names: &RwLock<Names>) -> Result<Tree, Failure> {
    let mut told = Told::default();
    copy(
        connection,
        "copy (select organisation_id, type, grassroots, founded_on, ended_on, heir_id,
                      last_superior_id, founded_under_id, members_to_id, never_existed
               from organisation)
         to stdout (format binary)",
        names,
        |names,
         [unit, kind, grassroots, founded, ended, heir, superior, under, members_to, never]: [Field<'_>; 10]| {
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
            };
            told.lives.push((unit, life));
            Ok(())
        },
    )
    .await?;
    copy(
        connection,
        "copy (select organisation_id, lower(valid), upper(valid), superior_id from edge)
         to stdout (format binary)",
        names,
        |names, [unit, from, until, superior]: [Field<'_>; 4]| {
            let superior = names.units.give(&id(superior)?);
            told.superiors.push((names.units.give(&id(unit)?), span(from, until, superior)?));
            Ok(())
        },
    )
    .await?;
    copy(
        connection,
        "copy (select organisation_id, lower(valid), upper(valid), type, grassroots
               from organisation_type)
         to stdout (format binary)",
        names,
        |names, [unit, from, until, kind, grassroots]: [Field<'_>; 5]| {
            let kind = Kind::of(names.words.give(text(kind)?), yes(grassroots)?);
            told.types.push((names.units.give(&id(unit)?), span(from, until, kind.value())?));
            Ok(())
        },
    )
    .await?;
    copy(
        connection,
        "copy (select organisation_id, lower(valid), upper(valid), sector from organisation_sector)
         to stdout (format binary)",
        names,
        |names, [unit, from, until, sector]: [Field<'_>; 4]| {
            let sector = names.words.give(text(sector)?);
            told.sectors.push((names.units.give(&id(unit)?), span(from, until, sector)?));
            Ok(())
        },
    )
    .await?;
    copy(
        connection,
        "copy (select organisation_id, lower(valid), upper(valid), industry
               from organisation_industry)
         to stdout (format binary)",
        names,
        |names, [unit, from, until, industry]: [Field<'_>; 4]| {
            let industry = names.words.give(text(industry)?);
            told.industries.push((names.units.give(&id(unit)?), span(from, until, industry)?));
            Ok(())
        },
    )
    .await?;
    copy(
        connection,
        "copy (select organisation_id, lower(valid), upper(valid) from suspension)
         to stdout (format binary)",
        names,
        |names, [unit, from, until]: [Field<'_>; 3]| {
            told.suspensions.push((names.units.give(&id(unit)?), span(from, until, 0)?));
            Ok(())
        },
    )
    .await?;
    let units = lock(names).units.len();
    tokio::task::spawn_blocking(move || Tree::of(units, told))
        .await
        .context("put the tree together")
        .map_err(Failure::from)
}

fn lock(names: &RwLock<Names>) -> std::sync::RwLockWriteGuard<'_, Names> {
    // What a panicking thread left are still numbers that were given.
    names.write().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// What stands before the rows, with an extension of no length.
const HEADER: usize = 19;

/// Takes each row of what a statement copies out.
async fn copy<const N: usize>(
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

fn fixed<const N: usize>(field: Field<'_>) -> anyhow::Result<[u8; N]> {
    field.context("a value is missing")?.try_into().context("a value has another length")
}

fn id(field: Field<'_>) -> anyhow::Result<Uuid> {
    fixed(field).map(Uuid::from_bytes)
}

fn maybe_id(field: Field<'_>) -> anyhow::Result<Option<Uuid>> {
    field.map(|value| id(Some(value))).transpose()
}

fn day(field: Field<'_>) -> anyhow::Result<Option<i32>> {
    field.map(|value| fixed(Some(value)).map(i32::from_be_bytes)).transpose()
}

fn text(field: Field<'_>) -> anyhow::Result<&str> {
    std::str::from_utf8(field.context("a text is missing")?).context("a text is not UTF-8")
}

fn yes(field: Field<'_>) -> anyhow::Result<bool> {
    Ok(fixed::<1>(field)? != [0])
}

fn span(from: Field<'_>, until: Field<'_>, value: u32) -> anyhow::Result<Span> {
    Ok(Span { from: day(from)?.unwrap_or(EVER), until: day(until)?.unwrap_or(NEVER), value })
}
