//! What membership has yet to carry out of what registry decided.
//!
//! A figure of people is not complete before: members of a union that has ended are still
//! counted in it, and movements of an act that was undone still stand. Each row here goes when
//! membership has told of it; one that stays is of people whom membership passed over.

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::fact::{Code, Facts};

/// A union was founded with applicants whom membership will admit.
pub async fn founded(
    connection: &mut PgConnection,
    (act_id, position): (Uuid, i64),
    unit: Uuid,
    founded_on: Date,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into founding_under_way (registry_act_id, organisation_id, position, founded_on)
         values ($1, $2, $3, $4)
         on conflict (registry_act_id, organisation_id) do nothing",
        act_id,
        unit,
        position,
        founded_on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Acts were undone by another: what membership has moved because of them is to be taken back.
pub async fn undone(
    connection: &mut PgConnection,
    (undone_by, position): (Uuid, i64),
    act_ids: &[Uuid],
) -> Result<(), Failure> {
    sqlx::query!("delete from founding_under_way where registry_act_id = any ($1)", act_ids)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "insert into act_undone (act_id, undone_by, position)
         select act_id, $2, $3 from unnest($1::uuid[]) as undone (act_id)
         on conflict (act_id) do nothing",
        act_ids,
        undone_by,
        position,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into movement_left (registry_act_id, unit_id, code, amount, from_on, undone_by, position)
         select seen.origin_act_id, fact.unit_id, fact.code, sum(fact.amount),
                min(fact.on_date), $2, $3
         from change_seen seen
         join fact on fact.change_id = seen.change_id
         where seen.origin_act_id = any ($1)
         group by seen.origin_act_id, fact.unit_id, fact.code
         having sum(fact.amount) <> 0
         on conflict (registry_act_id, unit_id, code) do update
         set undone_by = excluded.undone_by, position = excluded.position",
        act_ids,
        undone_by,
        position,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The ends of these organisations are known otherwise: what their members left by because of
/// the ends known before is to be taken back.
pub async fn ended_otherwise(
    connection: &mut PgConnection,
    (because, position): (Uuid, i64),
    units: &[Uuid],
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into movement_left (registry_act_id, unit_id, code, amount, from_on, undone_by, position)
         select seen.origin_act_id, fact.unit_id, fact.code, sum(fact.amount),
                min(fact.on_date), $2, $3
         from fact
         join change_seen seen on seen.change_id = fact.change_id
         where fact.unit_id = any ($1) and fact.code = any ($4)
           and seen.origin_act_id is not null
         group by seen.origin_act_id, fact.unit_id, fact.code
         having sum(fact.amount) > 0
         on conflict (registry_act_id, unit_id, code) do nothing",
        units,
        because,
        position,
        &[Code::TransferOut, Code::MembersExited].map(Code::as_str) as &[&str],
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Membership has moved people, or has taken it back, because of an act of registry: what is
/// left of an act that is undone is told by the sum of both.
pub async fn moved(
    connection: &mut PgConnection,
    origin: Uuid,
    facts: &Facts,
) -> Result<(), Failure> {
    let (mut units, mut codes, mut amounts) = (Vec::new(), Vec::new(), Vec::new());
    let mut days = Vec::new();
    for fact in &facts.additive {
        units.push(fact.unit_id);
        codes.push(fact.code.as_str());
        amounts.push(fact.amount);
        days.push(fact.on_date);
    }
    sqlx::query!(
        "with moved as (
             select unit_id, code, sum(amount) as amount, min(on_date) as from_on
             from unnest($2::uuid[], $3::text[], $4::bigint[], $5::date[])
                  as line (unit_id, code, amount, on_date)
             group by unit_id, code
         )
         insert into movement_left as held
             (registry_act_id, unit_id, code, amount, from_on, undone_by, position)
         select $1, moved.unit_id, moved.code, moved.amount, moved.from_on, known.undone_by,
                known.position
         from moved
         cross join lateral (
             select undone.undone_by, undone.position
             from act_undone undone where undone.act_id = $1
             union all
             select known.undone_by, known.position
             from movement_left known
             where known.registry_act_id = $1 and known.unit_id = moved.unit_id
               and known.code = moved.code
             limit 1
         ) known
         on conflict (registry_act_id, unit_id, code) do update
         set amount = held.amount + excluded.amount,
             from_on = least(held.from_on, excluded.from_on)",
        origin,
        &units,
        &codes as &[&str],
        &amounts,
        &days,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("delete from movement_left where registry_act_id = $1 and amount = 0", origin)
        .execute(connection)
        .await?;
    Ok(())
}

/// Membership says that what acts meant for the members of organisations is done.
pub async fn finished(
    connection: &mut PgConnection,
    act_ids: &[Uuid],
    units: &[Uuid],
) -> Result<(), Failure> {
    sqlx::query!(
        "delete from founding_under_way
         using unnest($1::uuid[], $2::uuid[]) as done (act_id, unit_id)
         where founding_under_way.registry_act_id = done.act_id
           and founding_under_way.organisation_id = done.unit_id",
        act_ids,
        units,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "delete from movement_left
         using unnest($1::uuid[], $2::uuid[]) as done (act_id, unit_id)
         where movement_left.undone_by = done.act_id and movement_left.unit_id = done.unit_id",
        act_ids,
        units,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Membership carries out in parts what acts from this position on mean; or nothing is left of them.
pub async fn left(
    connection: &mut PgConnection,
    from_position: Option<i64>,
) -> Result<(), Failure> {
    sqlx::query!("update membership_told set left_from = $1", from_position)
        .execute(connection)
        .await?;
    Ok(())
}

/// Membership has told what it decided on this position of registry's feed; it carries out an
/// act before it goes on to the next, but for what it says is left.
pub async fn told(connection: &mut PgConnection, registry_position: i64) -> Result<(), Failure> {
    sqlx::query!(
        "update membership_told set registry_position = $1 where registry_position < $1",
        registry_position,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("delete from founding_under_way where position <= $1", registry_position)
        .execute(connection)
        .await?;
    Ok(())
}
