//! Organisations as registry's feed tells of them, one change after the other: names, types,
//! sectors, industries, suspensions, ends.

use chassis::feed::Change;
use chassis::refusal::Failure;
use feeds::registry::{EndedUnit, Organisation, Renamed, TypeChanged};
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::ledger::Teller;
use crate::ground::reference::Reference;

/// New organisations, or such as existed before the register did, each with what
/// tells of it.
pub(super) async fn found(
    connection: &mut PgConnection,
    states: &[(Teller, &Organisation)],
    loaded: bool,
    reference: &Reference,
) -> Result<(), Failure> {
    let column =
        |of: fn(&Organisation) -> &str| states.iter().map(|(_, s)| of(s)).collect::<Vec<_>>();
    let changes: Vec<Uuid> = states.iter().map(|(by, _)| by.change_id).collect();
    let recorded: Vec<OffsetDateTime> = states.iter().map(|(by, _)| by.recorded_at).collect();
    let units: Vec<Uuid> = states.iter().map(|(_, state)| state.organisation_id).collect();
    let founded: Vec<Date> = states.iter().map(|(_, state)| state.founded_on).collect();
    let types = column(|state| &state.type_code);
    let grassroots: Vec<bool> = types.iter().map(|code| reference.is_grassroots(code)).collect();
    let names = column(|state| &state.name);
    let short_names = column(|state| &state.short_name);
    let sectors = column(|state| state.sector.as_deref().unwrap_or_default());
    sqlx::query!(
        "insert into organisation (organisation_id, type, grassroots, founded_on, loaded, founding_change_id,
                                   recorded_at)
         select organisation_id, type, grassroots, founded_on, $5, change_id, recorded_at
         from unnest($1::uuid[], $2::text[], $3::boolean[], $4::date[], $6::uuid[], $7::timestamptz[])
              as line (organisation_id, type, grassroots, founded_on, change_id, recorded_at)",
        &units,
        &types as &[&str],
        &grassroots,
        &founded,
        loaded,
        &changes,
        &recorded,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into organisation_name (organisation_id, valid, name, short_name)
         select organisation_id, daterange(null, null), name, short_name
         from unnest($1::uuid[], $2::text[], $3::text[]) as line (organisation_id, name, short_name)",
        &units,
        &names as &[&str],
        &short_names as &[&str],
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into organisation_sector (organisation_id, valid, sector, change_id, recorded_at)
         select organisation_id, daterange(null, null), sector, change_id, recorded_at
         from unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[])
              as line (organisation_id, sector, change_id, recorded_at)
         where sector <> ''",
        &units,
        &sectors as &[&str],
        &changes,
        &recorded,
    )
    .execute(&mut *connection)
    .await?;
    let industries = column(|state| state.industry.as_deref().unwrap_or_default());
    sqlx::query!(
        "insert into organisation_industry (organisation_id, valid, industry, change_id, recorded_at)
         select organisation_id, daterange(null, null), industry, change_id, recorded_at
         from unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[])
              as line (organisation_id, industry, change_id, recorded_at)
         where industry <> ''",
        &units,
        &industries as &[&str],
        &changes,
        &recorded,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Of another type from the date on, and in another sector where that changes with it. One
/// that has none any more goes on being shown in its last.
pub(super) async fn change_type(
    connection: &mut PgConnection,
    change: &Change,
    changed: &TypeChanged,
    reference: &Reference,
) -> Result<(), Failure> {
    let unit = changed.organisation_id;
    sqlx::query!(
        "with held as (
             delete from organisation_type where organisation_id = $1 and valid @> $2::date
             returning valid, type, grassroots, change_id
         ),
         was as (
             select * from held
             union all
             -- At the first change of its type: what it has been ever since.
             select daterange(null, null), type, grassroots, founding_change_id
             from organisation
             where organisation_id = $1
               and not exists (select from organisation_type where organisation_id = $1)
         )
         insert into organisation_type (organisation_id, valid, type, grassroots, change_id)
         select $1, s.valid,
                case when s.anew then $3 else was.type end,
                case when s.anew then $4 else was.grassroots end,
                case when s.anew then $5 else was.change_id end
         from was
         cross join lateral spliced(was.valid, $2) s",
        unit,
        change.effective_on,
        changed.type_code,
        reference.is_grassroots(&changed.type_code),
        change.change_id,
    )
    .execute(&mut *connection)
    .await?;
    let Some(sector) = &changed.sector else { return Ok(()) };
    let keeps = sqlx::query_scalar!(
        r#"select exists (select from organisation_sector
                          where organisation_id = $1 and valid @> $2::date
                            and sector = $3) as "keeps!""#,
        unit,
        change.effective_on,
        sector,
    )
    .fetch_one(&mut *connection)
    .await?;
    if keeps {
        return Ok(());
    }
    change_sector(connection, change, unit, sector).await
}

/// How it is called from a day on.
pub(super) async fn rename(
    connection: &mut PgConnection,
    on: Date,
    renamed: &Renamed,
) -> Result<(), Failure> {
    sqlx::query!(
        "with held as (
             delete from organisation_name where organisation_id = $1 and valid @> $2::date
             returning valid, name, short_name
         )
         insert into organisation_name (organisation_id, valid, name, short_name)
         select $1, s.valid,
                case when s.anew then $3 else held.name end,
                case when s.anew then $4 else held.short_name end
         from held
         cross join lateral spliced(held.valid, $2) s",
        renamed.organisation_id,
        on,
        renamed.name,
        renamed.short_name,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// In another sector, until whatever was known to come next.
pub(super) async fn change_sector(
    connection: &mut PgConnection,
    change: &Change,
    unit: Uuid,
    sector: &str,
) -> Result<(), Failure> {
    sqlx::query!(
        "with held as (
             delete from organisation_sector where organisation_id = $1 and valid @> $2::date
             returning valid, sector, change_id
         )
         insert into organisation_sector (organisation_id, valid, sector, change_id)
         select $1, s.valid,
                case when s.anew then $3 else held.sector end,
                case when s.anew then $4 else held.change_id end
         from held
         cross join lateral spliced(held.valid, $2) s
         union all
         select $1, daterange(null, null), $3, $4
         where not exists (select from organisation_sector where organisation_id = $1)",
        unit,
        change.effective_on,
        sector,
        change.change_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// In another industry, until whatever was known to come next; in its first, from the day on, unless
/// its life begins with it.
pub(super) async fn change_industry(
    connection: &mut PgConnection,
    change: &Change,
    unit: Uuid,
    industry: &str,
) -> Result<(), Failure> {
    sqlx::query!(
        "with held as (
             delete from organisation_industry where organisation_id = $1 and valid @> $2::date
             returning valid, industry, change_id
         )
         insert into organisation_industry (organisation_id, valid, industry, change_id)
         select $1, s.valid,
                case when s.anew then $3 else held.industry end,
                case when s.anew then $4 else held.change_id end
         from held
         cross join lateral spliced(held.valid, $2) s
         union all
         select $1,
                daterange(case when o.founded_on < $2 then $2 end,
                          (select min(lower(next.valid)) from organisation_industry next
                           where next.organisation_id = $1 and lower(next.valid) > $2)),
                $3, $4
         from organisation o
         where o.organisation_id = $1
           and not exists (select from organisation_industry known
                           where known.organisation_id = $1 and known.valid @> $2::date)",
        unit,
        change.effective_on,
        industry,
        change.change_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Its direction is suspended.
pub(super) async fn suspend(
    connection: &mut PgConnection,
    change: &Change,
    unit: Uuid,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into suspension (organisation_id, valid, change_id) values ($1, daterange($2, null), $3)",
        unit,
        change.effective_on,
        change.change_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// It is resumed.
pub(super) async fn resume(
    connection: &mut PgConnection,
    on: Date,
    unit: Uuid,
) -> Result<(), Failure> {
    // Resumed on the day of its suspension, it was suspended on no day.
    sqlx::query!(
        "with held as (
             delete from suspension where organisation_id = $1 and valid @> $2::date
             returning valid, change_id
         )
         insert into suspension (organisation_id, valid, change_id)
         select $1, s.valid, held.change_id
         from held
         cross join lateral spliced(held.valid, $2) s
         where not s.anew",
        unit,
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Units end; seats in their bodies, and who follows them, with them.
pub(super) async fn end(
    connection: &mut PgConnection,
    change: &Change,
    ended: &[EndedUnit],
) -> Result<(), Failure> {
    let on = change.effective_on;
    let units: Vec<Uuid> = ended.iter().map(|unit| unit.organisation_id).collect();
    let kinds: Vec<&str> = ended.iter().map(|unit| unit.kind.code()).collect();
    let heirs: Vec<Option<Uuid>> = ended.iter().map(|unit| unit.principal_successor_id).collect();
    let superiors: Vec<Option<Uuid>> = ended.iter().map(|unit| unit.last_superior_id).collect();
    let members_to: Vec<Option<Uuid>> = ended.iter().map(EndedUnit::members_to).collect();
    sqlx::query!(
        "update organisation o
         set ended_on = $5, end_kind = line.kind, heir_id = line.heir_id,
             last_superior_id = line.last_superior_id, ending_change_id = $6,
             members_to_id = line.members_to_id
         from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $7::uuid[])
              as line (organisation_id, kind, heir_id, last_superior_id, members_to_id)
         where o.organisation_id = line.organisation_id",
        &units,
        &kinds as &[&str],
        &heirs as &[Option<Uuid>],
        &superiors as &[Option<Uuid>],
        on,
        change.change_id,
        &members_to as &[Option<Uuid>],
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update office set valid = valid * daterange(null, $2) where organisation_id = any($1)",
        &units,
        on,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update unit_assignment set valid = valid * daterange(null, $2) where unit_id = any($1)",
        &units,
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}
