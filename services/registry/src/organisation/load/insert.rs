//! Writes a tree that has been checked: one statement for each table, whatever the number of
//! lines, in the order of their ids, so that neighbours in the tables are neighbours in the
//! indexes.

use std::collections::BTreeSet;

use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::tree::{ENDED, Record};
use crate::organisation::load::check::Superior;
use crate::organisation::load::history::Period;
use crate::organisation::load::tree::Tree;

/// Rows of one attribute, column by column.
struct Rows<T> {
    organisation_ids: Vec<Uuid>,
    values: Vec<T>,
    froms: Vec<Date>,
    untils: Vec<Option<Date>>,
}

impl<T> Rows<T> {
    /// The periods of every line, with their values as the schema writes them.
    fn of<'t, P: 't>(
        tree: &'t Tree<'_>,
        periods: impl Fn(usize) -> &'t [Period<P>],
        value: impl Fn(usize, &'t P) -> T,
    ) -> Self {
        let lines = tree.lines.len();
        let mut rows = Self {
            organisation_ids: Vec::with_capacity(lines),
            values: Vec::with_capacity(lines),
            froms: Vec::with_capacity(lines),
            untils: Vec::with_capacity(lines),
        };
        for n in 0..lines {
            for period in periods(n) {
                rows.organisation_ids.push(tree.organisation_ids[n]);
                rows.values.push(value(n, &period.value));
                rows.froms.push(period.from);
                rows.untils.push(period.until);
            }
        }
        rows
    }
}

/// Inserts organisations that have been checked, with their histories.
pub async fn insert(
    db: &mut PgConnection,
    tree: &Tree<'_>,
    record: Record,
) -> Result<(), sqlx::Error> {
    organisations(db, tree, record).await?;
    superiors(db, tree, record).await?;
    names(db, tree, record).await?;
    codes(db, tree, record).await?;
    types(db, tree, record).await?;
    sectors(db, tree, record).await?;
    industries(db, tree, record).await?;
    statuses(db, tree, record).await?;
    endings(db, tree, record).await
}

async fn organisations(
    db: &mut PgConnection,
    tree: &Tree<'_>,
    record: Record,
) -> Result<(), sqlx::Error> {
    let founded_ons: Vec<Date> = tree.lines.iter().map(|line| line.founded_on).collect();
    sqlx::query!(
        "with line as (
             select * from unnest($1::uuid[], $2::date[]) as line (organisation_id, founded_on)
         ), identified as (
             insert into organisation (organisation_id, act_id, recorded_at)
             select organisation_id, $4, $5 from line
         )
         insert into organisation_founding
             (organisation_id, founded_on, origin, decision_id, recorded, act_id)
         select organisation_id, founded_on, 'LOADED', $3, tstzrange($5, null), $4 from line",
        &tree.organisation_ids,
        &founded_ons,
        record.decision_id,
        record.act_id,
        record.at,
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn superiors(
    db: &mut PgConnection,
    tree: &Tree<'_>,
    record: Record,
) -> Result<(), sqlx::Error> {
    let rows = Rows::of(
        tree,
        |n| &tree.understood[n].superiors,
        |n, superior| (tree.id_of(*superior), tree.understood[n].has_subordinates),
    );
    let (superior_ids, have_subordinates): (Vec<Uuid>, Vec<bool>) = rows.values.into_iter().unzip();
    sqlx::query!(
        "insert into organisation_parent
             (organisation_id, superior_id, has_subordinates, valid, recorded, act_id)
         select organisation_id, superior_id, has_subordinates, daterange(from_on, until_on),
                tstzrange($7, null), $6
         from unnest($1::uuid[], $2::uuid[], $3::boolean[], $4::date[], $5::date[])
              as line (organisation_id, superior_id, has_subordinates, from_on, until_on)",
        &rows.organisation_ids,
        &superior_ids,
        &have_subordinates,
        &rows.froms,
        &rows.untils as &[Option<Date>],
        record.act_id,
        record.at,
    )
    .execute(&mut *db)
    .await?;
    // Organisations of the register that now have subordinates join the skeleton; of those that
    // are loaded it is said above.
    let named = tree.understood.iter().flat_map(|line| &line.superiors);
    let registered: BTreeSet<Uuid> = named
        .filter_map(|superior| match superior.value {
            Superior::Registered(organisation_id) => Some(organisation_id),
            Superior::Line(_) => None,
        })
        .collect();
    let registered: Vec<Uuid> = registered.into_iter().collect();
    sqlx::query!(
        "update organisation_parent set has_subordinates = true
         where organisation_id = any ($1) and not has_subordinates",
        &registered,
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn names(db: &mut PgConnection, tree: &Tree<'_>, record: Record) -> Result<(), sqlx::Error> {
    let rows = Rows::of(tree, |n| &tree.understood[n].history.names, |_, name| *name);
    let (names, short_names): (Vec<&str>, Vec<&str>) = rows.values.into_iter().unzip();
    sqlx::query!(
        "insert into organisation_name (organisation_id, name, short_name, valid, recorded, act_id)
         select organisation_id, name, short_name, daterange(from_on, until_on),
                tstzrange($7, null), $6
         from unnest($1::uuid[], $2::text[], $3::text[], $4::date[], $5::date[])
              as line (organisation_id, name, short_name, from_on, until_on)",
        &rows.organisation_ids,
        &names as &[&str],
        &short_names as &[&str],
        &rows.froms,
        &rows.untils as &[Option<Date>],
        record.act_id,
        record.at,
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn codes(db: &mut PgConnection, tree: &Tree<'_>, record: Record) -> Result<(), sqlx::Error> {
    let rows = Rows::of(tree, |n| &tree.understood[n].history.codes, |_, code| *code);
    sqlx::query!(
        "insert into organisation_code (organisation_id, code, valid, recorded, act_id)
         select organisation_id, code, daterange(from_on, until_on), tstzrange($6, null), $5
         from unnest($1::uuid[], $2::text[], $3::date[], $4::date[])
              as line (organisation_id, code, from_on, until_on)",
        &rows.organisation_ids,
        &rows.values as &[&str],
        &rows.froms,
        &rows.untils as &[Option<Date>],
        record.act_id,
        record.at,
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn types(db: &mut PgConnection, tree: &Tree<'_>, record: Record) -> Result<(), sqlx::Error> {
    let rows = Rows::of(tree, |n| &tree.understood[n].history.types, |_, kind| *kind);
    sqlx::query!(
        "insert into organisation_type (organisation_id, type, valid, recorded, act_id)
         select organisation_id, type, daterange(from_on, until_on), tstzrange($6, null), $5
         from unnest($1::uuid[], $2::text[], $3::date[], $4::date[])
              as line (organisation_id, type, from_on, until_on)",
        &rows.organisation_ids,
        &rows.values as &[&str],
        &rows.froms,
        &rows.untils as &[Option<Date>],
        record.act_id,
        record.at,
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn sectors(
    db: &mut PgConnection,
    tree: &Tree<'_>,
    record: Record,
) -> Result<(), sqlx::Error> {
    let rows = Rows::of(tree, |n| &tree.understood[n].history.sectors, |_, sector| *sector);
    sqlx::query!(
        "insert into organisation_sector (organisation_id, sector, valid, recorded, act_id)
         select organisation_id, sector, daterange(from_on, until_on), tstzrange($6, null), $5
         from unnest($1::uuid[], $2::text[], $3::date[], $4::date[])
              as line (organisation_id, sector, from_on, until_on)",
        &rows.organisation_ids,
        &rows.values as &[&str],
        &rows.froms,
        &rows.untils as &[Option<Date>],
        record.act_id,
        record.at,
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn industries(
    db: &mut PgConnection,
    tree: &Tree<'_>,
    record: Record,
) -> Result<(), sqlx::Error> {
    let rows = Rows::of(tree, |n| &tree.understood[n].history.industries, |_, industry| *industry);
    sqlx::query!(
        "insert into organisation_industry (organisation_id, industry, valid, recorded, act_id)
         select organisation_id, industry, daterange(from_on, until_on), tstzrange($6, null), $5
         from unnest($1::uuid[], $2::text[], $3::date[], $4::date[])
              as line (organisation_id, industry, from_on, until_on)",
        &rows.organisation_ids,
        &rows.values as &[&str],
        &rows.froms,
        &rows.untils as &[Option<Date>],
        record.act_id,
        record.at,
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn statuses(
    db: &mut PgConnection,
    tree: &Tree<'_>,
    record: Record,
) -> Result<(), sqlx::Error> {
    let rows = Rows::of(tree, |n| &tree.understood[n].history.statuses, |_, status| status.code());
    sqlx::query!(
        "insert into organisation_status (organisation_id, status, valid, recorded, act_id)
         select organisation_id, status, daterange(from_on, until_on), tstzrange($6, null), $5
         from unnest($1::uuid[], $2::text[], $3::date[], $4::date[])
              as line (organisation_id, status, from_on, until_on)",
        &rows.organisation_ids,
        &rows.values as &[&str],
        &rows.froms,
        &rows.untils as &[Option<Date>],
        record.act_id,
        record.at,
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn endings(
    db: &mut PgConnection,
    tree: &Tree<'_>,
    record: Record,
) -> Result<(), sqlx::Error> {
    let mut organisation_ids = Vec::new();
    let mut ended_ons: Vec<Date> = Vec::new();
    let mut kinds = Vec::new();
    let mut successor_ids = Vec::new();
    let mut last_superior_ids = Vec::new();
    for (n, line) in tree.lines.iter().enumerate() {
        let understood = &tree.understood[n];
        let (Some(ending), Some(last)) = (&line.ending, understood.superiors.last()) else {
            continue;
        };
        organisation_ids.push(tree.organisation_ids[n]);
        ended_ons.push(ending.ended_on);
        kinds.push(ending.kind.code());
        successor_ids.push(understood.successor.map(|successor| tree.id_of(successor)));
        last_superior_ids.push(tree.id_of(last.value));
    }
    // Members whom they had when they ended were never in the register.
    sqlx::query!(
        "with line as (
             select * from unnest($1::uuid[], $2::date[], $3::text[], $4::uuid[], $5::uuid[])
                  as line (organisation_id, ended_on, kind, successor_id, last_superior_id)
         ), succeeded as (
             insert into organisation_succession
                 (predecessor_id, successor_id, kind, succeeded_on, share, share_whole, principal,
                  recorded, act_id)
             select organisation_id, successor_id, kind, ended_on, 1, 1, true,
                    tstzrange($8, null), $7
             from line where successor_id is not null
         ), status as (
             insert into organisation_status (organisation_id, status, valid, recorded, act_id)
             select organisation_id, $9, daterange(ended_on, null), tstzrange($8, null), $7
             from line
         )
         insert into organisation_ending
             (organisation_id, ended_on, kind, principal_successor_id, last_superior_id,
              members_outcome, decision_id, recorded, act_id)
         select organisation_id, ended_on, kind, successor_id, last_superior_id,
                'MEMBERSHIP_ENDS', $6, tstzrange($8, null), $7
         from line",
        &organisation_ids,
        &ended_ons,
        &kinds as &[&str],
        &successor_ids as &[Option<Uuid>],
        &last_superior_ids,
        record.decision_id,
        record.act_id,
        record.at,
        ENDED,
    )
    .execute(db)
    .await?;
    Ok(())
}
