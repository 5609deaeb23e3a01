//! Unions ended: their members continue where the act says, or their memberships end. All of
//! it in statements on sets: an act may end tens of thousands of unions.

use std::collections::{BTreeMap, HashSet};

use chassis::feed::Following;
use chassis::refusal::Failure;
use feeds::membership::{Event, Exit, ExitReason, Finished, Transfer};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::change::{self, Moved};
use crate::ground::consequence::{Obstacle, rest, settle, waiting};
use crate::ground::roll::{Enrolled, LINES_MAX};
use crate::ground::standing;

/// Units that are looked at together, of those that were left: how many members each has is
/// counted.
const UNITS_AT_A_TIME: i64 = 1_000;

/// Records what an act that ended these units means for their members.
pub async fn of_ends(
    connection: &mut PgConnection,
    registry_act_id: Uuid,
    units: &[Uuid],
    outcomes: &[i16],
    destinations: &[Option<Uuid>],
    on: Date,
) -> Result<(), Failure> {
    // The contract's outcomes 1, 2, 3 are the consequences 2, 3, 4.
    sqlx::query!(
        "insert into consequence (registry_act_id, organisation_id, kind, effective_on,
                                  to_organisation_id)
         select $1, organisation_id, outcome + 1, $5, to_id
         from unnest($2::uuid[], $3::smallint[], $4::uuid[])
              as unit (organisation_id, outcome, to_id)
         on conflict on constraint consequence_key do nothing",
        registry_act_id,
        units,
        outcomes,
        destinations as &[Option<Uuid>],
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// An ended unit whose members have somewhere to go.
struct Ended {
    registry_act_id: Uuid,
    organisation_id: Uuid,
    kind: i16,
    effective_on: Date,
    /// None: membership ends.
    to_id: Option<Uuid>,
    /// The destination's own end is known already, and was carried out before they came.
    ends_later: bool,
    members: i64,
}

/// At most 1,000 members who go the same way on the same day.
struct Movement {
    movement_id: Uuid,
    unit: usize,
    leaves_on: Date,
    lines: Vec<Line>,
}

struct Line {
    ended_id: Uuid,
    begun_id: Uuid,
    person: Enrolled,
}

/// Which of what waits is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// All: what an act has changed may let go on what could not.
    All,
    /// What nothing stands against, and so much of it as fits into one transaction: it is left
    /// from an act before.
    Left,
}

/// Carries out what waits, as far as it can be, for so many members and not many more: the rest is
/// left to another transaction. A union goes whole.
pub async fn carry_out(
    following: &mut Following,
    waiting: Waiting,
    members_at_a_time: i64,
) -> Result<(), Failure> {
    let mut room = members_at_a_time;
    loop {
        let Some(ready) = ready(following.db(), waiting).await? else {
            return waiting::nothing_left(following).await;
        };
        let mut rest = &ready[..];
        loop {
            // The first goes even where it is larger than all the room.
            let least = usize::from(room == members_at_a_time);
            let fit = how_many(rest, room).max(least).min(rest.len());
            let (now, later) = rest.split_at(fit);
            if now.is_empty() {
                break;
            }
            move_members(following, now).await?;
            room -= now.iter().map(|ended| ended.members).sum::<i64>();
            rest = later;
        }
        // Whoever was moved into a union whose own end is known goes on from there.
        let again: Vec<Uuid> = ready[..ready.len() - rest.len()]
            .iter()
            .filter(|ended| ended.ends_later && ended.members > 0)
            .filter_map(|ended| ended.to_id)
            .collect();
        sqlx::query!(
            "update consequence set finished_at = null, obstacle = null
             where organisation_id = any ($1) and kind between 2 and 4 and undone_by is null",
            &again,
        )
        .execute(following.db())
        .await?;
        if room <= 0 || !rest.is_empty() {
            leave(following.db(), rest).await?;
            waiting::something_left(following).await?;
            following.leave_the_rest();
            return Ok(());
        }
    }
}

/// Nothing stands any more against what is left.
async fn leave(connection: &mut PgConnection, left: &[Ended]) -> Result<(), Failure> {
    let acts: Vec<Uuid> = left.iter().map(|ended| ended.registry_act_id).collect();
    let units: Vec<Uuid> = left.iter().map(|ended| ended.organisation_id).collect();
    sqlx::query!(
        "update consequence set obstacle = null
         from unnest($1::uuid[], $2::uuid[]) as rest (registry_act_id, organisation_id)
         where consequence.registry_act_id = rest.registry_act_id
           and consequence.organisation_id = rest.organisation_id
           and consequence.kind between 2 and 4 and obstacle is not null",
        &acts,
        &units,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// How many of these units have no more members together than that.
fn how_many(units: &[Ended], room: i64) -> usize {
    let mut members = 0;
    units
        .iter()
        .take_while(|ended| {
            members += ended.members;
            members <= room
        })
        .count()
}

/// What waits and has a destination that lives; says of the rest why it goes on waiting. None where
/// nothing is to be done any more.
async fn ready(
    connection: &mut PgConnection,
    waiting: Waiting,
) -> Result<Option<Vec<Ended>>, Failure> {
    let most = (waiting == Waiting::Left).then_some(UNITS_AT_A_TIME);
    let looked_at = sqlx::query_file!("src/ground/consequence/destination.sql", most)
        .fetch_all(&mut *connection)
        .await?;
    let nothing_left = looked_at.is_empty();
    let mut ready = Vec::with_capacity(looked_at.len());
    let (mut acts, mut units, mut obstacles) = (Vec::new(), Vec::new(), Vec::new());
    for ended in looked_at {
        let obstacle = match (ended.to_id, ended.known, ended.lives) {
            (Some(_), false, _) => Obstacle::OrganisationUnknown,
            (Some(_), true, false) => Obstacle::OrganisationEnded,
            (None, _, _) | (Some(_), true, true) => {
                ready.push(Ended {
                    registry_act_id: ended.registry_act_id,
                    organisation_id: ended.organisation_id,
                    kind: ended.kind,
                    effective_on: ended.effective_on,
                    to_id: ended.to_id,
                    ends_later: ended.ends_later,
                    members: ended.members,
                });
                continue;
            }
        };
        acts.push(ended.registry_act_id);
        units.push(ended.organisation_id);
        obstacles.push(obstacle as i16);
    }
    if !units.is_empty() {
        sqlx::query!(
            "update consequence set obstacle = waits.obstacle
             from unnest($1::uuid[], $2::uuid[], $3::smallint[])
                  as waits (registry_act_id, organisation_id, obstacle)
             where consequence.registry_act_id = waits.registry_act_id
               and consequence.organisation_id = waits.organisation_id
               and consequence.kind between 2 and 4",
            &acts,
            &units,
            &obstacles,
        )
        .execute(connection)
        .await?;
        tracing::warn!(
            organisations = units.len(),
            "members of ended unions wait: what would receive them is unknown or has ended"
        );
    }
    let done = match waiting {
        Waiting::All => ready.is_empty(),
        Waiting::Left => nothing_left,
    };
    Ok((!done).then_some(ready))
}

async fn move_members(following: &mut Following, units: &[Ended]) -> Result<(), Failure> {
    let movements = movements(following.db(), units).await?;
    record(following.db(), units, &movements).await?;

    let mut moved = vec![0; units.len()];
    for Movement { movement_id, unit, leaves_on, lines } in &movements {
        let ended = &units[*unit];
        moved[*unit] += lines.len();
        let published = |membership_id: fn(&Line) -> Uuid| -> Vec<Moved> {
            lines
                .iter()
                .map(|line| Moved { membership_id: membership_id(line), person: line.person })
                .collect()
        };
        let (from, registry_act_id) = (ended.organisation_id, Some(ended.registry_act_id));
        let moved = match ended.to_id {
            Some(to) => Event::Transferred(Transfer {
                transfer_id: Some(*movement_id),
                from_organisation_id: from,
                to_organisation_id: to,
                lines: change::lines(&published(|line| line.begun_id)),
                registry_act_id,
            }),
            None => Event::Exited(Exit {
                exit_id: Some(*movement_id),
                organisation_id: from,
                reason: ExitReason::UnionEnded,
                lines: change::lines(&published(|line| line.ended_id)),
                registry_act_id,
            }),
        };
        following.publish(moved.on(*leaves_on));
    }
    let people: Vec<Uuid> = movements
        .iter()
        .flat_map(|movement| &movement.lines)
        .map(|line| line.person.person_id)
        .collect();
    for change in standing::settle(following.db(), &people).await? {
        following.publish(change);
    }
    settle_the_rest(following, units).await?;
    let finished = finish(following.db(), units, &moved).await?;
    let ended: Vec<(Uuid, Uuid)> = units
        .iter()
        .filter(|ended| ended.to_id.is_some())
        .map(|ended| (ended.registry_act_id, ended.organisation_id))
        .collect();
    rest::list(following.db(), &ended).await?;
    for (ended, members) in units.iter().zip(moved) {
        if !finished.contains(&(ended.registry_act_id, ended.organisation_id)) {
            continue;
        }
        let finished = Event::ConsequenceFinished(Finished {
            registry_act_id: ended.registry_act_id,
            organisation_id: ended.organisation_id,
            members: i32::try_from(members).unwrap_or(i32::MAX),
        });
        following.publish(finished.on(ended.effective_on));
    }
    Ok(())
}

/// Whom an end concerns besides: who came after it, or left later than it. What was decided
/// about her then starts from where she was, or falls away; where it contradicts the end, she
/// is passed over and listed.
async fn settle_the_rest(following: &mut Following, units: &[Ended]) -> Result<(), Failure> {
    let ids: Vec<Uuid> = units.iter().map(|ended| ended.organisation_id).collect();
    let days: Vec<Date> = units.iter().map(|ended| ended.effective_on).collect();
    let acts: Vec<Uuid> = units.iter().map(|ended| ended.registry_act_id).collect();
    let mut people: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for row in sqlx::query!(
        r#"select distinct ended.registry_act_id as "registry_act_id!", membership.person_id
           from unnest($1::uuid[], $2::date[], $3::uuid[])
                as ended (organisation_id, effective_on, registry_act_id)
           join membership on membership.organisation_id = ended.organisation_id
                          and (membership.from_on >= ended.effective_on
                               or membership.until_on > ended.effective_on)"#,
        &ids,
        &days,
        &acts,
    )
    .fetch_all(following.db())
    .await?
    {
        people.entry(row.registry_act_id).or_default().push(row.person_id);
    }
    for (registry_act_id, people) in people {
        settle::follow(following, registry_act_id, &people).await?;
    }
    Ok(())
}

/// Groups everyone who has to go by union and day, at most 1,000 to a movement.
async fn movements(
    connection: &mut PgConnection,
    units: &[Ended],
) -> Result<Vec<Movement>, Failure> {
    let ids: Vec<Uuid> = units.iter().map(|ended| ended.organisation_id).collect();
    let days: Vec<Date> = units.iter().map(|ended| ended.effective_on).collect();
    sqlx::query!(
        "select from lock_people(array(
             select person_id from membership
             where organisation_id = any ($1) and until_on is null))",
        &ids,
    )
    .execute(&mut *connection)
    .await?;
    let leaving = sqlx::query_file!("src/ground/consequence/lines.sql", &ids, &days)
        .fetch_all(connection)
        .await?;

    let mut movements: Vec<Movement> = Vec::new();
    for row in leaving {
        // Ordinality counts from 1.
        let unit = usize::try_from(row.unit - 1).unwrap_or_default();
        let fits = movements.last().is_some_and(|last| {
            last.unit == unit && last.leaves_on == row.leaves_on && last.lines.len() < LINES_MAX
        });
        if !fits {
            movements.push(Movement {
                movement_id: Uuid::now_v7(),
                unit,
                leaves_on: row.leaves_on,
                lines: Vec::new(),
            });
        }
        if let Some(movement) = movements.last_mut() {
            movement.lines.push(Line {
                ended_id: row.membership_id,
                begun_id: Uuid::now_v7(),
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

/// Writes the movements, ends the memberships, and begins those in the destinations.
async fn record(
    connection: &mut PgConnection,
    units: &[Ended],
    movements: &[Movement],
) -> Result<(), Failure> {
    if movements.is_empty() {
        return Ok(());
    }
    let of = |movement: &Movement| &units[movement.unit];
    let ids: Vec<Uuid> = movements.iter().map(|movement| movement.movement_id).collect();
    let from: Vec<Uuid> = movements.iter().map(|movement| of(movement).organisation_id).collect();
    let to: Vec<Option<Uuid>> = movements.iter().map(|movement| of(movement).to_id).collect();
    let days: Vec<Date> = movements.iter().map(|movement| movement.leaves_on).collect();
    let acts: Vec<Uuid> = movements.iter().map(|movement| of(movement).registry_act_id).collect();
    let sizes: Vec<i32> = movements
        .iter()
        .map(|movement| i32::try_from(movement.lines.len()).unwrap_or(i32::MAX))
        .collect();
    sqlx::query!(
        "insert into movement (movement_id, kind, from_organisation_id, to_organisation_id,
                               exit_reason, effective_on, registry_act_id, members, act_id,
                               recorded_at)
         select movement_id, case when to_id is null then 'exit' else 'transfer' end,
                from_id, to_id, case when to_id is null then $7::smallint end,
                effective_on, registry_act_id, members, registry_act_id, act_recorded_at()
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::date[], $5::uuid[], $6::integer[])
              as line (movement_id, from_id, to_id, effective_on, registry_act_id, members)",
        &ids,
        &from,
        &to as &[Option<Uuid>],
        &days,
        &acts,
        &sizes,
        ExitReason::UnionEnded as i16,
    )
    .execute(&mut *connection)
    .await?;

    let mut rows = Vec::new();
    for movement in movements {
        rows.extend(movement.lines.iter().map(|line| (movement, line)));
    }
    let person_ids: Vec<Uuid> = rows.iter().map(|(_, line)| line.person.person_id).collect();
    let ended_ids: Vec<Uuid> = rows.iter().map(|(_, line)| line.ended_id).collect();
    let begun_ids: Vec<Uuid> = rows.iter().map(|(_, line)| line.begun_id).collect();
    let movement_ids: Vec<Uuid> = rows.iter().map(|(movement, _)| movement.movement_id).collect();
    sqlx::query!(
        "update membership set until_on = movement.effective_on, ended_by = movement.movement_id
         from unnest($1::uuid[], $2::uuid[], $3::uuid[])
              as line (person_id, membership_id, movement_id)
         join movement using (movement_id)
         where membership.person_id = line.person_id
           and membership.membership_id = line.membership_id",
        &person_ids,
        &ended_ids,
        &movement_ids,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into membership (person_id, membership_id, organisation_id, from_on, begun_by)
         select line.person_id, line.membership_id, movement.to_organisation_id,
                movement.effective_on, movement.movement_id
         from unnest($1::uuid[], $2::uuid[], $3::uuid[])
              as line (person_id, membership_id, movement_id)
         join movement using (movement_id)
         where movement.kind = 'transfer'",
        &person_ids,
        &begun_ids,
        &movement_ids,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes what was done, and answers which of it is finished: all but what has passed somebody
/// over.
async fn finish(
    connection: &mut PgConnection,
    units: &[Ended],
    moved: &[usize],
) -> Result<HashSet<(Uuid, Uuid)>, Failure> {
    let acts: Vec<Uuid> = units.iter().map(|ended| ended.registry_act_id).collect();
    let ids: Vec<Uuid> = units.iter().map(|ended| ended.organisation_id).collect();
    let kinds: Vec<i16> = units.iter().map(|ended| ended.kind).collect();
    let members: Vec<i32> =
        moved.iter().map(|members| i32::try_from(*members).unwrap_or(i32::MAX)).collect();
    let rows = sqlx::query!(
        r#"update consequence
         set members = consequence.members + done.members,
             finished_at = case when passes_over then null else now() end,
             obstacle = case when passes_over then $5::smallint end
         from (select line.*, exists (
                          select from consequence_passed_over
                          where consequence_passed_over.registry_act_id = line.registry_act_id
                            and consequence_passed_over.organisation_id = line.organisation_id
                            and consequence_passed_over.kind = line.kind
                            and obstacle = $5 and mended_at is null) as passes_over
               from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::integer[])
                    as line (registry_act_id, organisation_id, kind, members)) as done
         where consequence.registry_act_id = done.registry_act_id
           and consequence.organisation_id = done.organisation_id
           and consequence.kind = done.kind
         returning consequence.registry_act_id, consequence.organisation_id,
                   finished_at is not null as "finished!""#,
        &acts,
        &ids,
        &kinds,
        &members,
        Obstacle::LaterMovement as i16,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .filter(|row| row.finished)
        .map(|row| (row.registry_act_id, row.organisation_id))
        .collect())
}
