//! What membership has yet to carry out of what registry decided.
//!
//! A figure of people is not complete before: members of a union that has ended are still
//! counted in it, and movements of an act that was undone still stand. Each row here goes when
//! membership has told of it; one that stays is of people whom membership passed over.

use chassis::refusal::Failure;
use feeds::membership::Finished;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::fact::{Code, Facts};

/// Unions were founded with applicants whom membership will admit: by which acts, at which positions of
/// registry's feed, and from which days on.
pub async fn founded(
    connection: &mut PgConnection,
    founded: &[(Uuid, i64, Uuid, Date)],
) -> Result<(), Failure> {
    if founded.is_empty() {
        return Ok(());
    }
    let acts: Vec<Uuid> = founded.iter().map(|(act_id, ..)| *act_id).collect();
    let positions: Vec<i64> = founded.iter().map(|(_, position, ..)| *position).collect();
    let units: Vec<Uuid> = founded.iter().map(|(_, _, unit, _)| *unit).collect();
    let days: Vec<Date> = founded.iter().map(|(.., on)| *on).collect();
    sqlx::query!(
        "insert into founding_under_way (registry_act_id, organisation_id, position, founded_on)
         select act_id, unit_id, position, founded_on
         from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::date[])
              as line (act_id, unit_id, position, founded_on)
         on conflict (registry_act_id, organisation_id) do nothing",
        &acts,
        &units,
        &positions,
        &days,
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

/// Membership has moved people, or has taken it back, because of acts of registry: what is left of an
/// act that is undone is told by the sum of both.
pub async fn moved(connection: &mut PgConnection, moved: &[(Uuid, &Facts)]) -> Result<(), Failure> {
    if moved.is_empty() {
        return Ok(());
    }
    let (mut origins, mut units, mut codes) = (Vec::new(), Vec::new(), Vec::new());
    let (mut amounts, mut days) = (Vec::new(), Vec::new());
    for (origin, facts) in moved {
        for fact in &facts.additive {
            origins.push(*origin);
            units.push(fact.unit_id);
            codes.push(fact.code.as_str());
            amounts.push(fact.amount);
            days.push(fact.on_date);
        }
    }
    sqlx::query!(
        "with moved as (
             select origin_id, unit_id, code, sum(amount) as amount, min(on_date) as from_on
             from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::date[])
                  as line (origin_id, unit_id, code, amount, on_date)
             group by origin_id, unit_id, code
         )
         insert into movement_left as held
             (registry_act_id, unit_id, code, amount, from_on, undone_by, position)
         select moved.origin_id, moved.unit_id, moved.code, moved.amount, moved.from_on,
                known.undone_by, known.position
         from moved
         cross join lateral (
             select undone.undone_by, undone.position
             from act_undone undone where undone.act_id = moved.origin_id
             union all
             select known.undone_by, known.position
             from movement_left known
             where known.registry_act_id = moved.origin_id and known.unit_id = moved.unit_id
               and known.code = moved.code
             limit 1
         ) known
         on conflict (registry_act_id, unit_id, code) do update
         set amount = held.amount + excluded.amount,
             from_on = least(held.from_on, excluded.from_on)",
        &origins,
        &units,
        &codes as &[&str],
        &amounts,
        &days,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "delete from movement_left where registry_act_id = any ($1) and amount = 0",
        &origins,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Membership says that what acts meant for the members of organisations is done: nothing more comes
/// of it.
pub async fn finished(
    connection: &mut PgConnection,
    finished: &[&Finished],
) -> Result<(), Failure> {
    if finished.is_empty() {
        return Ok(());
    }
    let (act_ids, units): (Vec<Uuid>, Vec<Uuid>) = finished
        .iter()
        .map(|finished| (finished.registry_act_id, finished.organisation_id))
        .unzip();
    sqlx::query!(
        "delete from founding_under_way
         using unnest($1::uuid[], $2::uuid[]) as done (act_id, unit_id)
         where founding_under_way.registry_act_id = done.act_id
           and founding_under_way.organisation_id = done.unit_id",
        &act_ids,
        &units,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "delete from movement_left
         using unnest($1::uuid[], $2::uuid[]) as done (act_id, unit_id)
         where movement_left.undone_by = done.act_id and movement_left.unit_id = done.unit_id",
        &act_ids,
        &units,
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
