//! Acts of registry were undone, or an end is known otherwise: the movements that followed
//! from them are taken back, as if they had never been, for everybody whose later movement
//! does not rest on them. Who is left is listed with the reason.

use std::collections::BTreeMap;

use chassis::feed::Following;
use chassis::refusal::Failure;
use time::Date;
use uuid::Uuid;

use crate::ground::change::Moved;
use crate::ground::consequence::movement::{Movement, reopen_applications};
use crate::ground::consequence::never::put_back;
use crate::ground::consequence::{Kind, Obstacle, history, settle};
use crate::ground::roll::Enrolled;
use crate::ground::standing;

/// Whose movements are taken back.
#[derive(Debug, Default)]
pub struct TakenBack {
    /// Organisations that never existed.
    pub never_existed: Vec<Uuid>,
    /// Organisations that were founded on another day than was known.
    pub founded_otherwise: Vec<Uuid>,
    /// The movements that followed from these acts of registry.
    pub undone_acts: Vec<Uuid>,
    /// The movements by which members left these organisations, whose end is known otherwise.
    pub ended_otherwise: Vec<Uuid>,
}

impl TakenBack {
    /// Nothing is to be taken back.
    pub fn is_empty(&self) -> bool {
        self.never_existed.is_empty()
            && self.founded_otherwise.is_empty()
            && self.undone_acts.is_empty()
            && self.ended_otherwise.is_empty()
    }
}

/// Takes movements back because of the act `registry_act_id` of registry.
pub async fn take_back(
    following: &mut Following,
    registry_act_id: Uuid,
    taken: &TakenBack,
    on: Date,
) -> Result<(), Failure> {
    // Nobody is left of a division that never was.
    sqlx::query!(
        "with undone as (
             update consequence
             set undone_by = $2, finished_at = coalesce(finished_at, now()), obstacle = null
             where undone_by is null
               and (registry_act_id = any ($1)
                    or organisation_id = any ($3) and kind in (2, 3, 4, 9)
                    or organisation_id = any ($4) and kind = 7)
             returning registry_act_id, organisation_id, kind
         )
         update consequence_passed_over rest set mended_at = now()
         from undone
         where undone.kind = 9 and rest.registry_act_id = undone.registry_act_id
           and rest.organisation_id = undone.organisation_id
           and rest.kind = undone.kind and rest.mended_at is null",
        &taken.undone_acts,
        registry_act_id,
        &taken.ended_otherwise,
        &taken.founded_otherwise,
    )
    .execute(following.db())
    .await?;
    let movement_ids = sqlx::query_scalar!(
        "select movement_id from movement
         where registry_act_id = any ($1)
            or registry_act_id is not null and from_organisation_id = any ($2)
         order by movement_id",
        &taken.undone_acts,
        &taken.ended_otherwise,
    )
    .fetch_all(following.db())
    .await?;
    let mut counted = take_back_last_first(following, registry_act_id, &movement_ids).await?;
    settle_who_did_not_move_on(following, registry_act_id, &movement_ids, &mut counted).await?;
    let never = &taken.never_existed;
    put_back(following, registry_act_id, never, Kind::MembersPutBack, on).await?;
    let later = &taken.founded_otherwise;
    put_back(following, registry_act_id, later, Kind::MovementsPostponed, on).await?;
    as_decided(following, registry_act_id, taken).await?;
    list_the_left(following, registry_act_id, &movement_ids, counted, on).await
}

/// What was decided of people, and could not be carried out as it was because of what is known
/// otherwise now, can be.
async fn as_decided(
    following: &mut Following,
    registry_act_id: Uuid,
    taken: &TakenBack,
) -> Result<(), Failure> {
    let otherwise = [&taken.ended_otherwise[..], &taken.founded_otherwise[..]].concat();
    let people = sqlx::query_scalar!(
        r#"with stood as (
               select person_id from movement_taken_back
               where stands and registry_act_id = any ($1)
               union
               select person_id
               from movement join movement_taken_back using (movement_id)
               where stands
                 and (from_organisation_id = any ($2) or to_organisation_id = any ($2))
           )
           select distinct coalesce(root_id, stood.person_id) as "person_id!"
           from stood left join person_merge on person_merge.person_id = stood.person_id"#,
        &taken.undone_acts,
        &otherwise,
    )
    .fetch_all(following.db())
    .await?;
    if people.is_empty() {
        return Ok(());
    }
    settle::follow(following, registry_act_id, &people).await?;
    Ok(())
}

/// Whom only later ends have moved on from where these movements had put her: nobody decided
/// that, and what was decided of her comes to a course without them.
async fn settle_who_did_not_move_on(
    following: &mut Following,
    registry_act_id: Uuid,
    movement_ids: &[Uuid],
    counted: &mut BTreeMap<Uuid, i32>,
) -> Result<(), Failure> {
    let left = left(following, movement_ids).await?;
    if left.is_empty() {
        return Ok(());
    }
    // Her movement that is taken back, where an act moved her more than once: the first.
    let mut since: BTreeMap<Uuid, (Date, Uuid)> = BTreeMap::new();
    for left in left {
        let first = since.entry(left.person_id).or_insert((left.on, left.organisation_id));
        if left.on < first.0 {
            *first = (left.on, left.organisation_id);
        }
    }
    let people: Vec<Uuid> = since.keys().copied().collect();
    let mut moved_by_ends_only = Vec::new();
    for some in people.chunks(settle::PEOPLE_AT_A_TIME) {
        for history in history::of(following.db(), some).await? {
            let person_id = history.person.person_id;
            if since.get(&person_id).is_some_and(|(on, _)| history.follows_only_after(*on)) {
                moved_by_ends_only.push(person_id);
            }
        }
    }
    if moved_by_ends_only.is_empty() {
        return Ok(());
    }
    let unsettled = settle::follow(following, registry_act_id, &moved_by_ends_only).await?;
    for person_id in moved_by_ends_only {
        if let (Some((_, organisation_id)), false) =
            (since.get(&person_id), unsettled.contains(&person_id))
        {
            *counted.entry(*organisation_id).or_default() += 1;
        }
    }
    Ok(())
}

/// Somebody for whom a movement still counts.
struct Left {
    person_id: Uuid,
    /// The organisation that the movement is listed under.
    organisation_id: Uuid,
    /// The day of the movement.
    on: Date,
}

/// For whom these movements still count.
async fn left(following: &mut Following, movement_ids: &[Uuid]) -> Result<Vec<Left>, Failure> {
    Ok(sqlx::query_as!(
        Left,
        r#"select distinct membership.person_id,
                  coalesce(from_organisation_id, to_organisation_id) as "organisation_id!",
                  effective_on as "on"
           from movement
           join membership on movement_id in (begun_by, ended_by)
           where movement_id = any ($1)
           order by membership.person_id, effective_on"#,
        movement_ids,
    )
    .fetch_all(following.db())
    .await?)
}

/// Takes these movements back, as far as nothing later rests on them, and tells how many people
/// that concerned in each organisation.
async fn take_back_last_first(
    following: &mut Following,
    registry_act_id: Uuid,
    movement_ids: &[Uuid],
) -> Result<BTreeMap<Uuid, i32>, Failure> {
    let mut counted: BTreeMap<Uuid, i32> = BTreeMap::new();
    if movement_ids.is_empty() {
        return Ok(counted);
    }
    sqlx::query!(
        "select from lock_people(array(
             select person_id from membership
             where begun_by = any ($1) or ended_by = any ($1)))",
        movement_ids,
    )
    .execute(following.db())
    .await?;

    // What one act moved twice is taken back last movement first.
    loop {
        let movements = last_movements(following, movement_ids).await?;
        if movements.is_empty() {
            break;
        }
        write(following, registry_act_id, &movements).await?;
        for movement in &movements {
            let organisation_id = movement.from_organisation_id.or(movement.to_organisation_id);
            let people = i32::try_from(movement.lines.len()).unwrap_or(i32::MAX);
            *counted.entry(organisation_id.unwrap_or_default()).or_default() += people;
            following.publish(movement.taken_back(Some(registry_act_id), None)?);
            let people: Vec<Uuid> =
                movement.lines.iter().map(|line| line.person.person_id).collect();
            for change in standing::settle(following.db(), &people).await? {
                following.publish(change);
            }
        }
    }
    Ok(counted)
}

/// The movements of these, and their people, on which nothing rests.
async fn last_movements(
    following: &mut Following,
    movement_ids: &[Uuid],
) -> Result<Vec<Movement>, Failure> {
    let rows = sqlx::query_file!("src/ground/consequence/undone.sql", movement_ids)
        .fetch_all(following.db())
        .await?;
    let mut movements: Vec<Movement> = Vec::new();
    for row in rows {
        if movements.last().is_none_or(|last| last.movement_id != row.movement_id) {
            movements.push(Movement {
                movement_id: row.movement_id,
                kind: row.kind,
                from_organisation_id: row.from_organisation_id,
                to_organisation_id: row.to_organisation_id,
                admission_kind: row.admission_kind,
                exit_reason: row.exit_reason,
                effective_on: row.effective_on,
                registry_act_id: row.registry_act_id,
                lines: Vec::new(),
            });
        }
        if let Some(movement) = movements.last_mut() {
            movement.lines.push(Moved {
                membership_id: row.membership_id,
                person: Enrolled {
                    person_id: row.person_id,
                    sex: row.sex,
                    birth_year: row.birth_year,
                },
            });
        }
    }
    Ok(movements)
}

/// The stays that the movements began leave the books, those that they ended go on, and an
/// application that led to an admission is open again.
async fn write(
    following: &mut Following,
    registry_act_id: Uuid,
    movements: &[Movement],
) -> Result<(), Failure> {
    let (mut person_ids, mut movement_ids, mut begun_ids) = (Vec::new(), Vec::new(), Vec::new());
    for movement in movements {
        for line in &movement.lines {
            person_ids.push(line.person.person_id);
            movement_ids.push(movement.movement_id);
            begun_ids.push((movement.kind != "exit").then_some(line.membership_id));
        }
    }
    let (act_id, acted_at) = (following.act_id, following.acted_at);
    sqlx::query!(
        "insert into movement_taken_back
             (person_id, movement_id, membership_id, registry_act_id, act_id, recorded_at)
         select person_id, movement_id, membership_id, $4, $5, $6
         from unnest($1::uuid[], $2::uuid[], $3::uuid[])
              as line (person_id, movement_id, membership_id)",
        &person_ids,
        &movement_ids,
        &begun_ids as &[Option<Uuid>],
        registry_act_id,
        act_id,
        acted_at,
    )
    .execute(following.db())
    .await?;
    sqlx::query!(
        "delete from membership
         using unnest($1::uuid[], $2::uuid[]) as line (person_id, membership_id)
         where membership.person_id = line.person_id
           and membership.membership_id = line.membership_id",
        &person_ids,
        &begun_ids as &[Option<Uuid>],
    )
    .execute(following.db())
    .await?;
    sqlx::query!(
        "update membership set until_on = null, ended_by = null
         from unnest($1::uuid[], $2::uuid[]) as line (person_id, movement_id)
         where membership.person_id = line.person_id and membership.ended_by = line.movement_id",
        &person_ids,
        &movement_ids,
    )
    .execute(following.db())
    .await?;
    reopen_applications(following.db(), &person_ids, &movement_ids).await
}

/// Notes how many were taken back, and who was not.
async fn list_the_left(
    following: &mut Following,
    registry_act_id: Uuid,
    movement_ids: &[Uuid],
    mut counted: BTreeMap<Uuid, i32>,
    on: Date,
) -> Result<(), Failure> {
    let mut left: Vec<(Uuid, Uuid)> = left(following, movement_ids)
        .await?
        .into_iter()
        .map(|left| (left.person_id, left.organisation_id))
        .collect();
    left.dedup();
    let (people, of): (Vec<Uuid>, Vec<Uuid>) = left.into_iter().unzip();
    for organisation_id in &of {
        counted.entry(*organisation_id).or_default();
    }
    let organisation_ids: Vec<Uuid> = counted.keys().copied().collect();
    let members: Vec<i32> = counted.values().copied().collect();
    sqlx::query!(
        "insert into consequence (registry_act_id, organisation_id, kind, effective_on, members,
                                  finished_at, obstacle)
         select $1, organisation_id, $4, $5, members,
                case when organisation_id <> all ($6) then now() end,
                case when organisation_id = any ($6) then $7::smallint end
         from unnest($2::uuid[], $3::integer[]) as line (organisation_id, members)
         on conflict on constraint consequence_key do nothing",
        registry_act_id,
        &organisation_ids,
        &members,
        Kind::MovementsTakenBack as i16,
        on,
        &of,
        Obstacle::LaterMovement as i16,
    )
    .execute(following.db())
    .await?;
    sqlx::query!(
        "insert into consequence_passed_over
             (person_id, registry_act_id, organisation_id, obstacle, kind)
         select person_id, $3, organisation_id, $4, $5
         from unnest($1::uuid[], $2::uuid[]) as line (person_id, organisation_id)
         on conflict on constraint consequence_passed_over_key do nothing",
        &people,
        &of,
        registry_act_id,
        Obstacle::LaterMovement as i16,
        Kind::MovementsTakenBack as i16,
    )
    .execute(following.db())
    .await?;
    if !of.is_empty() {
        tracing::warn!(people = people.len(), "movements stay: later ones rest on them");
    }
    Ok(())
}
