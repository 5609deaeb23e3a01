//! Settles people: what the books say of them is made what was decided about them comes to by
//! what is known of their unions now. For the few whose movements and whose unions' ends were
//! not recorded in the order of their days; the many go in statements on sets.

use chassis::database::Acting;
use chassis::feed::{Following, NewChange};
use chassis::refusal::Failure;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::ground::consequence::Obstacle;
use crate::ground::consequence::course::{Contradictions, Course, Otherwise, Step, course};
use crate::ground::consequence::history::{self, History};
use crate::ground::consequence::revise::{Alike, Occasion, Revision, revise};

/// How many people are settled at a time: bounds the memory.
pub const PEOPLE_AT_A_TIME: usize = 2_000;

/// What was done for these people, and for whom nothing could be.
#[derive(Debug, Default)]
pub struct Settled {
    /// To be published.
    pub changes: Vec<NewChange>,
    /// People whose decisions contradict each other by what is known now: left as they were.
    pub left: Vec<Uuid>,
}

/// What is to become of people, before anything is written.
#[derive(Debug, Default)]
pub struct Settling {
    /// What is recorded of each, and the course that her memberships are to take.
    courses: Vec<(History, Course)>,
    /// People whose decisions contradict each other.
    left: Vec<Uuid>,
}

impl Settling {
    /// Finds out what is to become of these people; locks them in the order of their ids.
    pub async fn of(
        connection: &mut PgConnection,
        person_ids: &[Uuid],
        contradictions: Contradictions,
    ) -> Result<Self, Failure> {
        sqlx::query!("select from lock_people($1)", person_ids,).execute(&mut *connection).await?;
        Self::read(connection, person_ids, contradictions).await
    }

    /// As [`Settling::of`], for a reading.
    pub async fn read(
        connection: &mut PgConnection,
        person_ids: &[Uuid],
        contradictions: Contradictions,
    ) -> Result<Self, Failure> {
        let histories = history::of(connection, person_ids).await?;
        let lives = history::lives(connection, &histories).await?;
        let mut settling = Self::default();
        for history in histories {
            // What was decided of two who are one contradicts itself, and is settled.
            let contradictions = match history.of_others.is_empty() {
                true => contradictions,
                false => Contradictions::Settled,
            };
            match course(&history.decided, &lives, contradictions) {
                Ok(course) => settling.courses.push((history, course)),
                Err(_) => settling.left.push(history.person.person_id),
            }
        }
        Ok(settling)
    }

    /// The unions whose books would be changed for each person, each named once.
    pub fn unions(&self) -> Vec<(Uuid, Vec<Uuid>)> {
        let mut alike = Alike::default();
        self.courses
            .iter()
            .map(|(history, course)| {
                let id = |step: &Step| alike.movement_id(step);
                let mut unions: Vec<Uuid> = Revision::of(history, &course.steps, id)
                    .iter()
                    .flat_map(Revision::unions)
                    .collect();
                unions.sort_unstable();
                unions.dedup();
                (history.person.person_id, unions)
            })
            .collect()
    }

    /// Whether what was decided of this person contradicts itself, so that nothing can be done.
    pub fn is_left(&self, person_id: &Uuid) -> bool {
        self.left.contains(person_id)
    }

    /// Writes it.
    pub async fn write(
        self,
        connection: &mut PgConnection,
        occasion: &Occasion,
    ) -> Result<Settled, Failure> {
        let mut alike = Alike::default();
        let mut revisions = Vec::new();
        let mut noted: Vec<(Uuid, Otherwise)> = Vec::new();
        let mut waiting: Vec<(Uuid, Obstacle)> = Vec::new();
        for (history, course) in &self.courses {
            waiting.extend(&course.waiting);
            let id = |step: &Step| alike.movement_id(step);
            let Some(revision) = Revision::of(history, &course.steps, id) else { continue };
            revisions.push(revision);
            let person_id = history.person.person_id;
            noted.extend(course.otherwise.iter().map(|otherwise| (person_id, *otherwise)));
        }
        let changes = match revisions.is_empty() {
            true => Vec::new(),
            false => revise(connection, occasion, &revisions).await?,
        };
        note(connection, &noted).await?;
        wait(connection, &waiting).await?;
        Ok(Settled { changes, left: self.left })
    }
}

/// While an act of registry is followed: settles these people because of it, and publishes what
/// that changes. Answers who could not be settled.
pub async fn follow(
    following: &mut Following,
    registry_act_id: Uuid,
    person_ids: &[Uuid],
) -> Result<Vec<Uuid>, Failure> {
    let occasion = Occasion {
        registry_act_id: Some(registry_act_id),
        act_id: following.act_id,
        acted_at: following.acted_at,
        undone: None,
        decision_id: None,
        merges: false,
    };
    let settled = settle(following.db(), &occasion, person_ids).await?;
    for change in settled.changes {
        following.publish(change);
    }
    Ok(settled.left)
}

/// Settles these people; who cannot be settled is passed over, and listed.
async fn settle(
    connection: &mut PgConnection,
    occasion: &Occasion,
    person_ids: &[Uuid],
) -> Result<Settled, Failure> {
    let mut person_ids = person_ids.to_vec();
    person_ids.sort_unstable();
    person_ids.dedup();
    let mut all = Settled::default();
    for some in person_ids.chunks(PEOPLE_AT_A_TIME) {
        let settling = Settling::of(connection, some, Contradictions::Left).await?;
        let settled = settling.write(connection, occasion).await?;
        all.changes.extend(settled.changes);
        all.left.extend(settled.left);
    }
    pass_over(connection, &all.left).await?;
    Ok(all)
}

/// In an act of this service: whoever joined one of these unions goes on where its members go,
/// if its end is known.
pub async fn go_on(
    acting: &mut Acting,
    unions: &[Uuid],
    person_ids: &[Uuid],
) -> Result<(), Failure> {
    let ends = sqlx::query_scalar!(
        r#"select exists (select from organisation
                          where organisation_id = any ($1) and ended_on is not null) as "ends!""#,
        unions,
    )
    .fetch_one(acting.db())
    .await?;
    if !ends {
        return Ok(());
    }
    let occasion = Occasion::of(acting);
    let settled = settle(acting.db(), &occasion, person_ids).await?;
    acting.publish_all(settled.changes);
    Ok(())
}

/// Lists what is not as it was decided: nothing is left to do, unless she has no place.
pub(super) async fn note(
    connection: &mut PgConnection,
    noted: &[(Uuid, Otherwise)],
) -> Result<(), Failure> {
    let noted: Vec<(Uuid, Uuid, Uuid, i16)> = noted
        .iter()
        .filter_map(|(person_id, otherwise)| {
            let act = otherwise.because?;
            Some((*person_id, act, otherwise.organisation_id, otherwise.obstacle as i16))
        })
        .collect();
    if noted.is_empty() {
        return Ok(());
    }
    let person_ids: Vec<Uuid> = noted.iter().map(|row| row.0).collect();
    let acts: Vec<Uuid> = noted.iter().map(|row| row.1).collect();
    let units: Vec<Uuid> = noted.iter().map(|row| row.2).collect();
    let obstacles: Vec<i16> = noted.iter().map(|row| row.3).collect();
    sqlx::query!(
        "insert into consequence_passed_over
             (person_id, registry_act_id, organisation_id, obstacle, kind, mended_at)
         select line.person_id, line.registry_act_id, line.organisation_id,
                max(line.obstacle), max(consequence.kind),
                case when max(line.obstacle) = $5 then now() end
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[])
              as line (person_id, registry_act_id, organisation_id, obstacle)
         join consequence using (registry_act_id, organisation_id)
         where consequence.kind between 2 and 4 or consequence.kind in (6, 7)
         group by line.person_id, line.registry_act_id, line.organisation_id
         on conflict on constraint consequence_passed_over_key do update
         set obstacle = excluded.obstacle, kind = excluded.kind, mended_at = excluded.mended_at",
        &person_ids,
        &acts,
        &units,
        &obstacles,
        Obstacle::MovementRestated as i16,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Consequences whose members cannot go where they should wait, and say why.
pub(super) async fn wait(
    connection: &mut PgConnection,
    waiting: &[(Uuid, Obstacle)],
) -> Result<(), Failure> {
    if waiting.is_empty() {
        return Ok(());
    }
    let units: Vec<Uuid> = waiting.iter().map(|(unit, _)| *unit).collect();
    let obstacles: Vec<i16> = waiting.iter().map(|(_, obstacle)| *obstacle as i16).collect();
    sqlx::query!(
        "update consequence set finished_at = null, obstacle = waits.obstacle
         from unnest($1::uuid[], $2::smallint[]) as waits (organisation_id, obstacle)
         where consequence.organisation_id = waits.organisation_id
           and consequence.kind between 2 and 4 and consequence.undone_by is null",
        &units,
        &obstacles,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Lists people who could not be settled with each union in which they still are although it
/// had ended, or never existed. Its consequence is not finished as long as they are.
async fn pass_over(connection: &mut PgConnection, left: &[Uuid]) -> Result<(), Failure> {
    if left.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "with left_in as (
             insert into consequence_passed_over
                 (person_id, registry_act_id, organisation_id, obstacle, kind)
             select distinct membership.person_id, consequence.registry_act_id,
                    consequence.organisation_id, $2::smallint, consequence.kind
             from membership
             join organisation known using (organisation_id)
             join consequence using (organisation_id)
             where membership.person_id = any ($1) and consequence.undone_by is null
               and (known.never_existed and consequence.kind = 6
                    or consequence.kind = 7 and membership.from_on < known.founded_on
                    or consequence.kind between 2 and 4 and not known.never_existed
                       and (membership.until_on is null or membership.until_on > known.ended_on))
             on conflict on constraint consequence_passed_over_key do update
             set obstacle = excluded.obstacle, kind = excluded.kind, mended_at = null
             returning registry_act_id, organisation_id, kind
         )
         update consequence set finished_at = null, obstacle = $2
         from left_in
         where consequence.registry_act_id = left_in.registry_act_id
           and consequence.organisation_id = left_in.organisation_id
           and consequence.kind = left_in.kind",
        left,
        Obstacle::LaterMovement as i16,
    )
    .execute(connection)
    .await?;
    tracing::warn!(people = left.len(), "movements stay: later ones rest on them");
    Ok(())
}
