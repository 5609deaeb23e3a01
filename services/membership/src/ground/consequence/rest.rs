//! A union is divided by lists: its end says where its members go on, and those of a list go from it, on
//! the day of its end, to another of its parts. The rest went where the end says, and nobody has said
//! that they are to: they are listed until each is placed, by a list, or by whatever is decided of her
//! later.

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::consequence::{Kind, Obstacle};

/// Lists the rest of those of these ended unions of which somebody went by a list: registry's act and
/// union of each.
pub async fn list(connection: &mut PgConnection, ended: &[(Uuid, Uuid)]) -> Result<(), Failure> {
    if ended.is_empty() {
        return Ok(());
    }
    let (acts, units): (Vec<Uuid>, Vec<Uuid>) = ended.iter().copied().unzip();
    let divided = sqlx::query!(
        r#"with divided as materialized (
               select done.registry_act_id, done.organisation_id, done.effective_on
               from unnest($1::uuid[], $2::uuid[]) as ended (registry_act_id, organisation_id)
               join consequence done on done.registry_act_id = ended.registry_act_id
                                    and done.organisation_id = ended.organisation_id
               where done.kind in (2, 3) and done.undone_by is null
                 and exists (select from movement list
                             where list.from_organisation_id = done.organisation_id
                               and list.effective_on = done.effective_on
                               and list.kind = 'transfer' and list.registry_act_id is null
                             offset 0)
           ), noted as (
               insert into consequence (registry_act_id, organisation_id, kind, effective_on)
               select registry_act_id, organisation_id, $3, effective_on from divided
               on conflict on constraint consequence_key do update set undone_by = null
           ), rest as (
               insert into consequence_passed_over
                   (person_id, registry_act_id, organisation_id, obstacle, kind)
               select stay.person_id, divided.registry_act_id, divided.organisation_id, $4, $3
               from divided
               join membership stay on stay.organisation_id = divided.organisation_id
                                   and stay.until_on = divided.effective_on
               join movement because on because.movement_id = stay.ended_by
               where because.registry_act_id = divided.registry_act_id
                 and because.restates is null
                 and not exists (
                     select from membership later
                     join movement next on next.movement_id in (later.begun_by, later.ended_by)
                     where later.person_id = stay.person_id
                       and later.from_on >= divided.effective_on
                       and (next.registry_act_id is null or next.restates is not null)
                     offset 0)
               on conflict on constraint consequence_passed_over_key do nothing
           )
           select registry_act_id as "registry_act_id!", organisation_id as "organisation_id!"
           from divided"#,
        &acts,
        &units,
        Kind::RestOfDivision as i16,
        Obstacle::NotOnList as i16,
    )
    .fetch_all(&mut *connection)
    .await?;
    let divided: Vec<(Uuid, Uuid)> =
        divided.into_iter().map(|row| (row.registry_act_id, row.organisation_id)).collect();
    finish(connection, &divided).await
}

/// As [`list`], for a union that ended on that day, or has not ended yet.
pub async fn list_of(connection: &mut PgConnection, union: Uuid, on: Date) -> Result<(), Failure> {
    let ended = sqlx::query!(
        "select registry_act_id, organisation_id from consequence
         where organisation_id = $1 and effective_on = $2 and kind in (2, 3)
           and undone_by is null",
        union,
        on,
    )
    .fetch_all(&mut *connection)
    .await?;
    let ended: Vec<(Uuid, Uuid)> =
        ended.into_iter().map(|row| (row.registry_act_id, row.organisation_id)).collect();
    list(connection, &ended).await
}

/// Looks again whether these people, whose memberships are known otherwise, are of the rest of a union
/// that was divided by lists.
pub async fn look_again(connection: &mut PgConnection, person_ids: &[Uuid]) -> Result<(), Failure> {
    let concerned = sqlx::query!(
        r#"with hers as materialized (
               select stay.person_id, divided.registry_act_id, divided.organisation_id,
                      bool_or(stay.until_on = divided.effective_on
                              and because.registry_act_id = divided.registry_act_id
                              and because.restates is null
                              and not exists (
                                  select from membership later
                                  join movement next
                                    on next.movement_id in (later.begun_by, later.ended_by)
                                  where later.person_id = stay.person_id
                                    and later.from_on >= divided.effective_on
                                    and (next.registry_act_id is null
                                         or next.restates is not null)
                                  offset 0)) is true as is_left
               from membership stay
               join consequence divided on divided.organisation_id = stay.organisation_id
               left join movement because on because.movement_id = stay.ended_by
               where stay.person_id = any ($1) and divided.kind = $2 and divided.undone_by is null
               group by stay.person_id, divided.registry_act_id, divided.organisation_id
               union all
               select gone.person_id, gone.registry_act_id, gone.organisation_id, false
               from consequence_passed_over gone
               where gone.person_id = any ($1) and gone.kind = $2 and gone.mended_at is null
                 and not exists (select from membership
                                 where membership.person_id = gone.person_id
                                   and membership.organisation_id = gone.organisation_id
                                 offset 0)
           ), listed as (
               insert into consequence_passed_over
                   (person_id, registry_act_id, organisation_id, obstacle, kind)
               select person_id, registry_act_id, organisation_id, $3, $2
               from hers where is_left
               on conflict on constraint consequence_passed_over_key do update
               set obstacle = excluded.obstacle, kind = excluded.kind, mended_at = null
               where consequence_passed_over.mended_at is not null
           ), placed as (
               update consequence_passed_over set mended_at = now()
               from hers
               where consequence_passed_over.person_id = hers.person_id
                 and consequence_passed_over.registry_act_id = hers.registry_act_id
                 and consequence_passed_over.organisation_id = hers.organisation_id
                 and consequence_passed_over.kind = $2 and mended_at is null and not is_left
           )
           select distinct registry_act_id as "registry_act_id!",
                           organisation_id as "organisation_id!"
           from hers"#,
        person_ids,
        Kind::RestOfDivision as i16,
        Obstacle::NotOnList as i16,
    )
    .fetch_all(&mut *connection)
    .await?;
    let concerned: Vec<(Uuid, Uuid)> =
        concerned.into_iter().map(|row| (row.registry_act_id, row.organisation_id)).collect();
    finish(connection, &concerned).await
}

/// A division is finished when nobody is left; it says how many were.
async fn finish(connection: &mut PgConnection, divided: &[(Uuid, Uuid)]) -> Result<(), Failure> {
    if divided.is_empty() {
        return Ok(());
    }
    let (acts, units): (Vec<Uuid>, Vec<Uuid>) = divided.iter().copied().unzip();
    sqlx::query!(
        "update consequence
         set members = placed,
             finished_at = case when unplaced = 0 then coalesce(finished_at, now()) end,
             obstacle = case when unplaced > 0 then $4::smallint end
         from (select line.registry_act_id, line.organisation_id,
                      (select count(*) from consequence_passed_over rest
                       where rest.registry_act_id = line.registry_act_id
                         and rest.organisation_id = line.organisation_id
                         and rest.kind = $3 and mended_at is null) as unplaced,
                      (select count(*) from consequence_passed_over rest
                       where rest.registry_act_id = line.registry_act_id
                         and rest.organisation_id = line.organisation_id
                         and rest.kind = $3 and mended_at is not null)::integer as placed
               from unnest($1::uuid[], $2::uuid[]) as line (registry_act_id, organisation_id))
              as counted
         where consequence.registry_act_id = counted.registry_act_id
           and consequence.organisation_id = counted.organisation_id
           and consequence.kind = $3 and consequence.undone_by is null",
        &acts,
        &units,
        Kind::RestOfDivision as i16,
        Obstacle::NotOnList as i16,
    )
    .execute(connection)
    .await?;
    Ok(())
}
