//! What is told of things one by one, kept current: what came between two positions, and what acts
//! told.

use std::sync::{PoisonError, RwLock, RwLockWriteGuard};

use anyhow::Context;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::columns::day::{self, EVER, NEVER};
use crate::ground::columns::employers::Survey;
use crate::ground::columns::instant;
use crate::ground::columns::listed::Told;
use crate::ground::columns::names::Names;
use crate::ground::columns::officers::{Merged, Office};
use crate::ground::columns::position::Position;
use crate::ground::columns::ratings::{Rules, Share};
use crate::ground::columns::reach::Reached;
use crate::ground::columns::rows::Row;
use crate::ground::columns::subjects::{ByCode, Subject};
use crate::ground::fact::Code;

/// A fact about a subject, as its table has it.
struct SubjectTold {
    unit_id: Uuid,
    on_date: Date,
    code: String,
    reason: String,
    subject: String,
    amount: i16,
    recorded_at: Option<OffsetDateTime>,
}

/// What came after one position, up to another.
pub async fn since(
    connection: &mut PgConnection,
    names: &RwLock<Names>,
    after: &Position,
    through: &Position,
) -> Result<Told, Failure> {
    let acts = sqlx::query_scalar!(
        "select act_id from feed.stream where position > $1 and position <= $2 and act_complete",
        after.own,
        through.own,
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut told = match acts.is_empty() {
        true => Told::nothing(),
        false => of_acts(&mut *connection, names, &acts).await?,
    };
    let subjects = sqlx::query_file_as!(
        SubjectTold,
        "src/ground/columns/subjects_since.sql",
        after.registry,
        through.registry,
        after.membership,
        through.membership,
    )
    .fetch_all(&mut *connection)
    .await?;
    put_subjects(names, &mut told.subjects, subjects)?;
    if after.registry < through.registry {
        of_registry(&mut *connection, names, (after.registry, through.registry), &mut told).await?;
    }
    if after.membership < through.membership {
        let merges = sqlx::query!(
            "select person_id, root_id, amount, recorded_at from person_merge_told
             where position > $1 and position <= $2",
            after.membership,
            through.membership,
        )
        .fetch_all(connection)
        .await?;
        let mut names = lock(names);
        told.merges.extend(merges.into_iter().map(|row| {
            let person = names.subjects.give(row.person_id);
            let key = Merged { person, root: names.subjects.give(row.root_id) };
            self::row(key, row.recorded_at, row.amount)
        }));
    }
    Ok(told)
}

/// What our own acts told that are not numbered yet.
pub async fn unnumbered(connection: &mut PgConnection) -> Result<Vec<Uuid>, Failure> {
    Ok(sqlx::query_scalar!("select act_id from feed.pending where act_complete")
        .fetch_all(connection)
        .await?)
}

/// What some of our own acts told.
pub async fn of_acts(
    connection: &mut PgConnection,
    names: &RwLock<Names>,
    acts: &[Uuid],
) -> Result<Told, Failure> {
    let mut told = Told::nothing();
    let subjects = sqlx::query_as!(
        SubjectTold,
        "select unit_id, on_date, code, reason, subject, amount, recorded_at from subject_fact
         where change_id = any($1)",
        acts,
    )
    .fetch_all(&mut *connection)
    .await?;
    let reached = sqlx::query!(
        r#"select organisation_id as "organisation_id!", held_on as "held_on!", people as "people!",
                  amount as "amount!", recorded_at
           from activity_reached where act_id = any($1)"#,
        acts,
    )
    .fetch_all(&mut *connection)
    .await?;
    let rules = sqlx::query!(
        "select organisation_id, year, written, eligible_after_months,
                eligible_after_succession_months, recorded_at
         from rating_rules_told where act_id = any($1)",
        acts,
    )
    .fetch_all(connection)
    .await?;
    put_subjects(names, &mut told.subjects, subjects)?;
    let mut names = lock(names);
    told.reached.extend(reached.into_iter().map(|row| {
        let unit = names.units.give(&row.organisation_id);
        let key = Reached { unit, day: day::number(row.held_on), people: row.people };
        Row { key, recorded: recorded(row.recorded_at), amount: row.amount }
    }));
    told.rules.extend(rules.into_iter().map(|row| {
        let key = Rules {
            unit: names.units.give(&row.organisation_id),
            year: row.year,
            written: row.written,
            months: row.eligible_after_months,
            succession_months: row.eligible_after_succession_months,
        };
        self::row(key, row.recorded_at, 1)
    }));
    Ok(told)
}

/// What registry told of seats, of employers and of what came of what.
async fn of_registry(
    connection: &mut PgConnection,
    names: &RwLock<Names>,
    (after, through): (i64, i64),
    told: &mut Told,
) -> Result<(), Failure> {
    let offices = sqlx::query!(
        "select person_id, organisation_id, lower(valid) as from_on, upper(valid) as until_on, amount,
                recorded_at
         from office_told where position > $1 and position <= $2",
        after,
        through,
    )
    .fetch_all(&mut *connection)
    .await?;
    let surveys = sqlx::query!(
        "select employer_id, surveyed_on, surveyor_id, workforce, union_ids, amount, recorded_at
         from employer_told where position > $1 and position <= $2",
        after,
        through,
    )
    .fetch_all(&mut *connection)
    .await?;
    let shares = sqlx::query!(
        r#"select s.successor_id, s.predecessor_id, s.on_date, s.split_off, seen.act_id, seen.acted_at
           from feed.applied a
           join change_seen seen on seen.change_id = a.change_id
           join succession_share s on s.change_id = a.change_id
           where a.source = 'registry' and a.position > $1 and a.position <= $2"#,
        after,
        through,
    )
    .fetch_all(&mut *connection)
    .await?;
    let undone = sqlx::query!(
        r#"select undone.act_id, seen.acted_at as "acted_at?"
           from act_undone undone
           left join feed.applied a on a.source = 'registry' and a.position = undone.position
           left join change_seen seen on seen.change_id = a.change_id
           where undone.position > $1 and undone.position <= $2"#,
        after,
        through,
    )
    .fetch_all(connection)
    .await?;
    let mut names = lock(names);
    told.offices.extend(offices.into_iter().map(|row| {
        let key = Office {
            person: names.subjects.give(row.person_id),
            unit: names.units.give(&row.organisation_id),
            from: row.from_on.map_or(EVER, day::number),
            until: row.until_on.map_or(NEVER, day::number),
        };
        self::row(key, row.recorded_at, row.amount)
    }));
    told.surveys.extend(surveys.into_iter().map(|row| {
        let key = Survey {
            employer: names.subjects.give(row.employer_id),
            day: day::number(row.surveyed_on),
            surveyor: names.units.give(&row.surveyor_id),
            workforce: row.workforce,
            unions: names.list(row.union_ids),
        };
        self::row(key, row.recorded_at, row.amount)
    }));
    told.shares.extend(shares.into_iter().map(|row| {
        let key = Share {
            successor: names.units.give(&row.successor_id),
            predecessor: names.units.give(&row.predecessor_id),
            day: day::number(row.on_date),
            split_off: row.split_off,
            act: names.subjects.give(row.act_id),
        };
        self::row(key, row.acted_at, 1)
    }));
    told.undone.extend(
        undone.into_iter().map(|row| self::row(names.subjects.give(row.act_id), row.acted_at, 1)),
    );
    Ok(())
}

fn put_subjects(
    names: &RwLock<Names>,
    by_code: &mut ByCode,
    told: Vec<SubjectTold>,
) -> Result<(), Failure> {
    let mut names = lock(names);
    for fact in told {
        let code = Code::parse(&fact.code).context("a fact of no code")?;
        let key = Subject {
            subject: names.subjects.give_named(&fact.subject),
            unit: names.units.give(&fact.unit_id),
            day: day::number(fact.on_date),
            reason: names.words.give(&fact.reason),
        };
        by_code[code.number()].push(row(key, fact.recorded_at, fact.amount));
    }
    Ok(())
}

fn row<K>(key: K, at: Option<OffsetDateTime>, amount: i16) -> Row<K> {
    Row { key, recorded: recorded(at), amount: i32::from(amount) }
}

fn lock(names: &RwLock<Names>) -> RwLockWriteGuard<'_, Names> {
    names.write().unwrap_or_else(PoisonError::into_inner)
}

/// What a program of before wrote is known whenever anybody asks.
fn recorded(at: Option<OffsetDateTime>) -> i64 {
    at.map_or(instant::ALWAYS, instant::number)
}
