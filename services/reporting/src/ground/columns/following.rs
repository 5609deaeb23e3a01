//! Columns and tree, kept current: what came between two positions.

use std::sync::{PoisonError, RwLock};

use anyhow::Context;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::columns::day::{self, EVER, NEVER};
use crate::ground::columns::facts::{ByCode, Row, none};
use crate::ground::columns::names::{NOBODY, Names};
use crate::ground::columns::position::Position;
use crate::ground::columns::tree::{Kind, Life, Span, Told};
use crate::ground::fact::Code;

/// An additive fact, as its table has it.
struct FactTold {
    unit_id: Uuid,
    on_date: Date,
    code: String,
    reason: String,
    counterpart_id: Uuid,
    amount: i64,
}

/// The facts of changes after one position, up to another.
pub async fn facts(
    connection: &mut PgConnection,
    names: &RwLock<Names>,
    after: &Position,
    through: &Position,
) -> Result<ByCode, Failure> {
    let told = sqlx::query_file_as!(
        FactTold,
        "src/ground/columns/facts_since.sql",
        after.registry,
        through.registry,
        after.membership,
        through.membership,
        after.own,
        through.own,
    )
    .fetch_all(connection)
    .await?;
    by_code(names, told)
}

/// The facts of our own acts that are not numbered yet.
pub async fn unnumbered(
    connection: &mut PgConnection,
    names: &RwLock<Names>,
) -> Result<ByCode, Failure> {
    let told = sqlx::query_as!(
        FactTold,
        r#"select f.unit_id as "unit_id!", f.on_date as "on_date!", f.code as "code!",
                  f.reason as "reason!", f.counterpart_id as "counterpart_id!", f.amount as "amount!"
           from feed.pending p
           cross join lateral (select * from fact where fact.change_id = p.act_id offset 0) f
           where p.act_complete"#,
    )
    .fetch_all(connection)
    .await?;
    by_code(names, told)
}

fn by_code(names: &RwLock<Names>, told: Vec<FactTold>) -> Result<ByCode, Failure> {
    let mut rows = none();
    let mut names = names.write().unwrap_or_else(PoisonError::into_inner);
    for fact in told {
        let code = Code::parse(&fact.code).context("a fact of no code")?;
        let counterpart = (!fact.counterpart_id.is_nil()).then_some(fact.counterpart_id);
        rows[code.number()].push(Row {
            amount: fact.amount,
            unit: names.units.give(&fact.unit_id),
            counterpart: names.unit(counterpart),
            day: day::number(fact.on_date),
            reason: names.words.give(&fact.reason),
        });
    }
    Ok(rows)
}

/// The units that were told of otherwise, and what is known of them.
pub struct Otherwise {
    /// The units.
    pub units: Vec<u32>,
    /// All that is known of them.
    pub told: Told,
}

/// What is known of the units that registry told of after one position, up to another; none, if
/// of no unit.
pub async fn units(
    connection: &mut PgConnection,
    names: &RwLock<Names>,
    after: i64,
    through: i64,
) -> Result<Option<Otherwise>, Failure> {
    let units = sqlx::query_scalar!(
        "select distinct organisation_id from unit_told where position > $1 and position <= $2",
        after,
        through,
    )
    .fetch_all(&mut *connection)
    .await?;
    if units.is_empty() {
        return Ok(None);
    }
    let lives = sqlx::query!(
        "select organisation_id, type, grassroots, founded_on, ended_on, heir_id, last_superior_id,
                founded_under_id, members_to_id, never_existed
         from organisation where organisation_id = any($1)",
        &units,
    )
    .fetch_all(&mut *connection)
    .await?;
    let edges = sqlx::query!(
        "select organisation_id, lower(valid) as from_on, upper(valid) as until_on, superior_id
         from edge where organisation_id = any($1)",
        &units,
    )
    .fetch_all(&mut *connection)
    .await?;
    let types = sqlx::query!(
        "select organisation_id, lower(valid) as from_on, upper(valid) as until_on, type, grassroots
         from organisation_type where organisation_id = any($1)",
        &units,
    )
    .fetch_all(&mut *connection)
    .await?;
    let sectors = sqlx::query!(
        "select organisation_id, lower(valid) as from_on, upper(valid) as until_on, sector
         from organisation_sector where organisation_id = any($1)",
        &units,
    )
    .fetch_all(&mut *connection)
    .await?;
    let industries = sqlx::query!(
        "select organisation_id, lower(valid) as from_on, upper(valid) as until_on, industry
         from organisation_industry where organisation_id = any($1)",
        &units,
    )
    .fetch_all(&mut *connection)
    .await?;
    let suspensions = sqlx::query!(
        "select organisation_id, lower(valid) as from_on, upper(valid) as until_on
         from suspension where organisation_id = any($1)",
        &units,
    )
    .fetch_all(connection)
    .await?;

    let mut names = names.write().unwrap_or_else(PoisonError::into_inner);
    let units: Vec<u32> = units.iter().map(|unit| names.units.give(unit)).collect();
    let mut told = Told::default();
    for row in lives {
        let life = Life {
            founded: day::number(row.founded_on),
            ended: row.ended_on.map_or(NEVER, day::number),
            heir: names.unit(row.heir_id),
            last_superior: names.unit(row.last_superior_id),
            founded_under: names.unit(row.founded_under_id),
            members_to: names.unit(row.members_to_id),
            kind: Kind::of(names.words.give(&row.r#type), row.grassroots),
            never: row.never_existed,
        };
        told.lives.push((names.units.give(&row.organisation_id), life));
    }
    for row in edges {
        let superior = names.units.give(&row.superior_id);
        let span = span(row.from_on, row.until_on, superior);
        told.superiors.push((names.units.give(&row.organisation_id), span));
    }
    for row in types {
        let kind = Kind::of(names.words.give(&row.r#type), row.grassroots);
        let span = span(row.from_on, row.until_on, kind.value());
        told.types.push((names.units.give(&row.organisation_id), span));
    }
    for row in sectors {
        let span = span(row.from_on, row.until_on, names.words.give(&row.sector));
        told.sectors.push((names.units.give(&row.organisation_id), span));
    }
    for row in industries {
        let span = span(row.from_on, row.until_on, names.words.give(&row.industry));
        told.industries.push((names.units.give(&row.organisation_id), span));
    }
    for row in suspensions {
        let span = span(row.from_on, row.until_on, NOBODY);
        told.suspensions.push((names.units.give(&row.organisation_id), span));
    }
    Ok(Some(Otherwise { units, told }))
}

fn span(from: Option<Date>, until: Option<Date>, value: u32) -> Span {
    Span { from: from.map_or(EVER, day::number), until: until.map_or(NEVER, day::number), value }
}
