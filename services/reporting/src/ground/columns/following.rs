//! Columns and tree, kept current: what came between two positions.

use std::sync::{PoisonError, RwLock};

use anyhow::Context;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::columns::day::{self, EVER, NEVER};
use crate::ground::columns::facts::{ByCode, Row, none};
use crate::ground::columns::history::{Version, Versions};
use crate::ground::columns::instant::{self, ALWAYS, NOW};
use crate::ground::columns::label::Label;
use crate::ground::columns::names::{NOBODY, Names};
use crate::ground::columns::position::Position;
use crate::ground::columns::tree::{Kind, Life, Span};
use crate::ground::fact::Code;

/// An additive fact, as its table has it.
struct FactTold {
    unit_id: Uuid,
    on_date: Date,
    code: String,
    reason: String,
    sex: i16,
    counterpart_id: Uuid,
    amount: i64,
    recorded_at: Option<OffsetDateTime>,
}

/// The facts of changes after one position, up to another; and those that came and went, of changes of
/// before, where what is derived was put in the place of what was.
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
        after.generation,
        through.generation,
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
                  f.reason as "reason!", f.sex as "sex!", f.counterpart_id as "counterpart_id!",
                  f.amount as "amount!", f.recorded_at as "recorded_at?"
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
            label: Label::of(names.words.give(&fact.reason), fact.sex),
            recorded: fact.recorded_at.map_or(ALWAYS, instant::number),
        });
    }
    Ok(rows)
}

/// The units that were told of otherwise, and what is known of them.
pub struct Otherwise {
    /// The units.
    pub units: Vec<u32>,
    /// All that is known of them, and all that ever was.
    pub versions: Versions,
}

/// What is and was known of the units that registry told of after one position, up to another, and of
/// those of which something else was derived; none, if of no unit.
pub async fn units(
    connection: &mut PgConnection,
    names: &RwLock<Names>,
    after: &Position,
    through: &Position,
) -> Result<Option<Otherwise>, Failure> {
    let units = sqlx::query_scalar!(
        r#"select organisation_id as "organisation_id!"
           from unit_told where position > $1 and position <= $2
           union
           select organisation_id
           from rebuild_unit where generation > $3 and generation <= $4"#,
        after.registry,
        through.registry,
        after.generation,
        through.generation,
    )
    .fetch_all(&mut *connection)
    .await?;
    if units.is_empty() {
        return Ok(None);
    }
    let lives = sqlx::query!(
        r#"select organisation_id as "organisation_id!", type as "type!", grassroots as "grassroots!",
                  founded_on as "founded_on!", ended_on, heir_id, last_superior_id, founded_under_id,
                  members_to_id, never_existed as "never_existed!",
                  coalesce(end_kind in ('MERGED', 'CONSOLIDATED', 'DIVIDED'), false) as "reorganised!",
                  coalesce((select seen.position from change_seen seen
                            where seen.change_id = ending_change_id), 0) as "end_position!",
                  recorded_at, null::timestamptz as replaced_at
           from organisation where organisation_id = any($1)
           union all
           select organisation_id, type, grassroots, founded_on, ended_on, heir_id, last_superior_id,
                  founded_under_id, members_to_id, never_existed,
                  coalesce(end_kind in ('MERGED', 'CONSOLIDATED', 'DIVIDED'), false), 0, recorded_at,
                  replaced_at
           from organisation_past where organisation_id = any($1)"#,
        &units,
    )
    .fetch_all(&mut *connection)
    .await?;
    let edges = sqlx::query!(
        r#"select organisation_id as "organisation_id!", lower(valid) as from_on,
                  upper(valid) as until_on, superior_id as "superior_id!", recorded_at,
                  null::timestamptz as replaced_at
           from edge where organisation_id = any($1)
           union all
           select organisation_id, lower(valid), upper(valid), superior_id, recorded_at, replaced_at
           from edge_past where organisation_id = any($1)"#,
        &units,
    )
    .fetch_all(&mut *connection)
    .await?;
    let types = sqlx::query!(
        r#"select organisation_id as "organisation_id!", lower(valid) as from_on,
                  upper(valid) as until_on, type as "type!", grassroots as "grassroots!", recorded_at,
                  null::timestamptz as replaced_at
           from organisation_type where organisation_id = any($1)
           union all
           select organisation_id, lower(valid), upper(valid), type, grassroots, recorded_at, replaced_at
           from organisation_type_past where organisation_id = any($1)"#,
        &units,
    )
    .fetch_all(&mut *connection)
    .await?;
    let sectors = sqlx::query!(
        r#"select organisation_id as "organisation_id!", lower(valid) as from_on,
                  upper(valid) as until_on, sector as "sector!", recorded_at,
                  null::timestamptz as replaced_at
           from organisation_sector where organisation_id = any($1)
           union all
           select organisation_id, lower(valid), upper(valid), sector, recorded_at, replaced_at
           from organisation_sector_past where organisation_id = any($1)"#,
        &units,
    )
    .fetch_all(&mut *connection)
    .await?;
    let industries = sqlx::query!(
        r#"select organisation_id as "organisation_id!", lower(valid) as from_on,
                  upper(valid) as until_on, industry as "industry!", recorded_at,
                  null::timestamptz as replaced_at
           from organisation_industry where organisation_id = any($1)
           union all
           select organisation_id, lower(valid), upper(valid), industry, recorded_at, replaced_at
           from organisation_industry_past where organisation_id = any($1)"#,
        &units,
    )
    .fetch_all(&mut *connection)
    .await?;
    let suspensions = sqlx::query!(
        r#"select organisation_id as "organisation_id!", lower(valid) as from_on,
                  upper(valid) as until_on, recorded_at, null::timestamptz as replaced_at
           from suspension where organisation_id = any($1)
           union all
           select organisation_id, lower(valid), upper(valid), recorded_at, replaced_at
           from suspension_past where organisation_id = any($1)"#,
        &units,
    )
    .fetch_all(connection)
    .await?;

    let mut names = names.write().unwrap_or_else(PoisonError::into_inner);
    let units: Vec<u32> = units.iter().map(|unit| names.units.give(unit)).collect();
    let mut versions = Versions::default();
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
            reorganised: row.reorganised,
            end_position: row.end_position,
        };
        let unit = names.units.give(&row.organisation_id);
        versions.lives.push(version(unit, row.recorded_at, row.replaced_at, life));
    }
    for row in edges {
        let superior = names.units.give(&row.superior_id);
        let span = span(row.from_on, row.until_on, superior);
        let unit = names.units.give(&row.organisation_id);
        versions.superiors.push(version(unit, row.recorded_at, row.replaced_at, span));
    }
    for row in types {
        let kind = Kind::of(names.words.give(&row.r#type), row.grassroots);
        let span = span(row.from_on, row.until_on, kind.value());
        let unit = names.units.give(&row.organisation_id);
        versions.types.push(version(unit, row.recorded_at, row.replaced_at, span));
    }
    for row in sectors {
        let span = span(row.from_on, row.until_on, names.words.give(&row.sector));
        let unit = names.units.give(&row.organisation_id);
        versions.sectors.push(version(unit, row.recorded_at, row.replaced_at, span));
    }
    for row in industries {
        let span = span(row.from_on, row.until_on, names.words.give(&row.industry));
        let unit = names.units.give(&row.organisation_id);
        versions.industries.push(version(unit, row.recorded_at, row.replaced_at, span));
    }
    for row in suspensions {
        let span = span(row.from_on, row.until_on, NOBODY);
        let unit = names.units.give(&row.organisation_id);
        versions.suspensions.push(version(unit, row.recorded_at, row.replaced_at, span));
    }
    Ok(Some(Otherwise { units, versions }))
}

fn span(from: Option<Date>, until: Option<Date>, value: u32) -> Span {
    Span { from: from.map_or(EVER, day::number), until: until.map_or(NEVER, day::number), value }
}

/// What nobody says since when it is known of, is known for as long as anybody knows.
fn version<T>(
    unit: u32,
    since: Option<OffsetDateTime>,
    until: Option<OffsetDateTime>,
    what: T,
) -> Version<T> {
    let known_from = since.map_or(ALWAYS, instant::number);
    Version { unit, known_from, known_until: until.map_or(NOW, instant::number), what }
}
