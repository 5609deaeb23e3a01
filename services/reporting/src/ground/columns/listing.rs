//! What is told of things one by one, from nothing: the tables, read once from end to end.

use std::sync::RwLock;

use anyhow::{Context, ensure};
use chassis::refusal::Failure;
use sqlx::PgConnection;

use crate::ground::columns::day::{EVER, NEVER};
use crate::ground::columns::employers::Survey;
use crate::ground::columns::instant::ALWAYS;
use crate::ground::columns::listed::{Listed, Told};
use crate::ground::columns::loading::{Field, copy, day, fixed, id, text, yes};
use crate::ground::columns::names::Names;
use crate::ground::columns::officers::{Merged, Office};
use crate::ground::columns::ratings::{Rules, Share};
use crate::ground::columns::reach::Reached;
use crate::ground::columns::rows::Row;
use crate::ground::columns::subjects::Subject;
use crate::ground::fact::Code;

/// All of it, but what acts told that are not numbered yet.
pub async fn listed(
    connection: &mut PgConnection,
    names: &RwLock<Names>,
) -> Result<Listed, Failure> {
    let mut told = Told::nothing();
    subjects(connection, names, &mut told).await?;
    people(connection, names, &mut told).await?;
    employers(connection, names, &mut told).await?;
    activities(connection, names, &mut told).await?;
    ratings(connection, names, &mut told).await?;
    tokio::task::spawn_blocking(move || Listed::of(told))
        .await
        .context("sort what is listed")
        .map_err(Failure::from)
}

async fn subjects(
    connection: &mut PgConnection,
    names: &RwLock<Names>,
    told: &mut Told,
) -> Result<(), Failure> {
    copy(
        connection,
        "copy (select unit_id, on_date, code, reason, subject, amount, recorded_at from subject_fact
               where change_id not in (select act_id from feed.pending))
         to stdout (format binary)",
        names,
        |names, [unit, on, code, reason, subject, amount, recorded]: [Field<'_>; 7]| {
            let code = Code::parse(text(code)?).context("a fact of no code")?;
            let key = Subject {
                subject: names.subjects.give_named(text(subject)?),
                unit: names.units.give(&id(unit)?),
                day: day(on)?.context("a fact has a day")?,
                reason: names.words.give(text(reason)?),
            };
            told.subjects[code.number()].push(row(key, recorded, amount)?);
            Ok(())
        },
    )
    .await
}

async fn people(
    connection: &mut PgConnection,
    names: &RwLock<Names>,
    told: &mut Told,
) -> Result<(), Failure> {
    copy(
        &mut *connection,
        "copy (select person_id, organisation_id, lower(valid), upper(valid), amount, recorded_at
               from office_told)
         to stdout (format binary)",
        names,
        |names, [person, unit, from, until, amount, recorded]: [Field<'_>; 6]| {
            let key = Office {
                person: names.subjects.give(id(person)?),
                unit: names.units.give(&id(unit)?),
                from: day(from)?.unwrap_or(EVER),
                until: day(until)?.unwrap_or(NEVER),
            };
            told.offices.push(row(key, recorded, amount)?);
            Ok(())
        },
    )
    .await?;
    copy(
        connection,
        "copy (select person_id, root_id, amount, recorded_at from person_merge_told)
         to stdout (format binary)",
        names,
        |names, [person, root, amount, recorded]: [Field<'_>; 4]| {
            let person = names.subjects.give(id(person)?);
            let key = Merged { person, root: names.subjects.give(id(root)?) };
            told.merges.push(row(key, recorded, amount)?);
            Ok(())
        },
    )
    .await
}

async fn employers(
    connection: &mut PgConnection,
    names: &RwLock<Names>,
    told: &mut Told,
) -> Result<(), Failure> {
    copy(
        connection,
        "copy (select employer_id, surveyed_on, surveyor_id, workforce, union_ids, amount, recorded_at
               from employer_told)
         to stdout (format binary)",
        names,
        |names, [employer, on, surveyor, workforce, unions, amount, recorded]: [Field<'_>; 7]| {
            let key = Survey {
                employer: names.subjects.give(id(employer)?),
                day: day(on)?.context("a survey has a day")?,
                surveyor: names.units.give(&id(surveyor)?),
                workforce: i32::from_be_bytes(fixed(workforce)?),
                unions: names.list(ids(unions)?),
            };
            told.surveys.push(row(key, recorded, amount)?);
            Ok(())
        },
    )
    .await
}

async fn activities(
    connection: &mut PgConnection,
    names: &RwLock<Names>,
    told: &mut Told,
) -> Result<(), Failure> {
    copy(
        connection,
        "copy (select organisation_id, held_on, people, amount::smallint, recorded_at
               from activity_reached
               where act_id not in (select act_id from feed.pending))
         to stdout (format binary)",
        names,
        |names, [unit, on, people, amount, recorded]: [Field<'_>; 5]| {
            let key = Reached {
                unit: names.units.give(&id(unit)?),
                day: day(on)?.context("an activity has a day")?,
                people: i64::from_be_bytes(fixed(people)?),
            };
            told.reached.push(row(key, recorded, amount)?);
            Ok(())
        },
    )
    .await
}

async fn ratings(
    connection: &mut PgConnection,
    names: &RwLock<Names>,
    told: &mut Told,
) -> Result<(), Failure> {
    // What no rating of counts by other rules than everybody's is never asked.
    copy(
        &mut *connection,
        "copy (select organisation_id, year, written, eligible_after_months,
                      eligible_after_succession_months, recorded_at
               from rating_rules_told told
               where act_id not in (select act_id from feed.pending)
                 and exists (select from rating_rules_told other
                             where other.organisation_id = told.organisation_id and other.year = told.year
                               and (other.eligible_after_months,
                                    other.eligible_after_succession_months) <> (12, 6)))
         to stdout (format binary)",
        names,
        |names, [unit, year, written, months, succession_months, recorded]: [Field<'_>; 6]| {
            let key = Rules {
                unit: names.units.give(&id(unit)?),
                year: i32::from_be_bytes(fixed(year)?),
                written: i64::from_be_bytes(fixed(written)?),
                months: i32::from_be_bytes(fixed(months)?),
                succession_months: i32::from_be_bytes(fixed(succession_months)?),
            };
            told.rules.push(Row { key, recorded: self::recorded(recorded)?, amount: 1 });
            Ok(())
        },
    )
    .await?;
    copy(
        &mut *connection,
        "copy (select s.successor_id, s.predecessor_id, s.on_date, s.split_off, seen.act_id, seen.acted_at
               from succession_share s
               join change_seen seen on seen.change_id = s.change_id)
         to stdout (format binary)",
        names,
        |names, [successor, predecessor, on, split_off, act, recorded]: [Field<'_>; 6]| {
            let key = Share {
                successor: names.units.give(&id(successor)?),
                predecessor: names.units.give(&id(predecessor)?),
                day: day(on)?.context("a share has a day")?,
                split_off: yes(split_off)?,
                act: names.subjects.give(id(act)?),
            };
            told.shares.push(Row { key, recorded: self::recorded(recorded)?, amount: 1 });
            Ok(())
        },
    )
    .await?;
    copy(
        connection,
        "copy (select undone.act_id, seen.acted_at
               from act_undone undone
               left join feed.applied a on a.source = 'registry' and a.position = undone.position
               left join change_seen seen on seen.change_id = a.change_id)
         to stdout (format binary)",
        names,
        |names, [act, recorded]: [Field<'_>; 2]| {
            let key = names.subjects.give(id(act)?);
            told.undone.push(Row { key, recorded: self::recorded(recorded)?, amount: 1 });
            Ok(())
        },
    )
    .await
}

fn row<K>(key: K, recorded: Field<'_>, amount: Field<'_>) -> anyhow::Result<Row<K>> {
    let amount = i32::from(i16::from_be_bytes(fixed(amount)?));
    Ok(Row { key, recorded: self::recorded(recorded)?, amount })
}

fn recorded(instant: Field<'_>) -> anyhow::Result<i64> {
    let instant = instant.map(|value| fixed(Some(value)).map(i64::from_be_bytes)).transpose()?;
    // What a program of before wrote is known whenever anybody asks.
    Ok(instant.unwrap_or(ALWAYS))
}

/// The ids of an array: its dimensions, whether one is null, and the type of all; the length of each
/// dimension and its first number; and then the ids, each after its length.
fn ids(array: Field<'_>) -> anyhow::Result<Vec<uuid::Uuid>> {
    let array = array.context("a list is missing")?;
    let (head, rest) = array.split_at_checked(12).context("a list has no head")?;
    if head[..4] == [0; 4] {
        return Ok(Vec::new());
    }
    ensure!(head[..4] == 1_i32.to_be_bytes(), "a list of lists");
    let (_, entries) = rest.split_at_checked(8).context("a list has no length")?;
    let (entries, rest) = entries.as_chunks::<20>();
    ensure!(rest.is_empty(), "a list ends in the midst of an id");
    Ok(entries
        .iter()
        .map(|entry| {
            let mut bytes = [0; 16];
            bytes.copy_from_slice(&entry[4..]);
            uuid::Uuid::from_bytes(bytes)
        })
        .collect())
}
