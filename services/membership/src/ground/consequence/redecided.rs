//! What was decided about people is known otherwise: a movement was never decided, or another
//! should have been in its place. What follows is made anew from what was decided and what is known
//! of the unions; what somebody decided besides stays as it is carried out, or nothing is done.

use std::collections::{BTreeMap, HashMap, HashSet};

use chassis::access;
use chassis::database::Acting;
use chassis::refusal::{Failure, Refusal};
use feeds::membership::{AdmissionKind, ExitReason};
use time::Date;
use uuid::Uuid;

use crate::ground::consequence::Obstacle;
use crate::ground::consequence::course::{
    Contradictions, Course, Decided, Lives, Move, Otherwise, Step, course,
};
use crate::ground::consequence::history::{self, History};
use crate::ground::consequence::revise::{Alike, Occasion, Revision, revise};
use crate::ground::consequence::settle;
use crate::ground::day::months_after;
use crate::ground::organisation;
use crate::ground::reference::waiting_periods;
use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll;

/// What should have been decided in the place of a movement.
#[derive(Clone, Copy, Debug)]
pub struct Instead {
    /// It.
    pub decided: Decided,
    /// A superior consents that those who had been expelled join.
    pub consented: bool,
}

/// A movement that was decided, as it is known otherwise for some people.
#[derive(Debug)]
pub struct Redecided {
    /// The movement, which was never decided as it was recorded.
    movement_id: Uuid,
    /// What is in its place, if anything is.
    instead: Option<Decided>,
    /// What is recorded of each, and the course that her memberships are to take.
    courses: Vec<(History, Course)>,
}

impl Redecided {
    /// Locks the unions that play a part, in the order of their ids, as they are locked for any
    /// movement: before the people.
    pub async fn lock_unions(
        acting: &mut Acting,
        person_ids: &[Uuid],
        instead: Option<Move>,
    ) -> Result<(), Failure> {
        let mut named = history::unions_of(acting.db(), person_ids).await?;
        named.extend(history::unions(instead.into_iter()));
        let unions: Vec<Uuid> = history::lives_of(acting.db(), named).await?.into_keys().collect();
        sqlx::query!(
            "select from organisation where organisation_id = any ($1)
             order by organisation_id for key share",
            &unions,
        )
        .execute(acting.db())
        .await?;
        organisation::decided_on(acting).await
    }

    /// Finds out what is to become of these people; locks them in the order of their ids. Refuses
    /// those for whom the movement does not hold, and those of whom something that was decided
    /// later would be carried out otherwise, or not at all. Their unions should be locked.
    pub async fn of(
        acting: &mut Acting,
        movement_id: Uuid,
        instead: Option<Instead>,
        person_ids: &[Uuid],
    ) -> Result<Self, Failure> {
        roll::lock(acting, person_ids).await?;
        let histories = history::of(acting.db(), person_ids).await?;
        let mut consented = consented(acting, &histories).await?;
        consented.extend(instead.filter(|it| it.consented).map(|it| it.decided.movement_id));
        let instead = instead.map(|instead| instead.decided);
        let decided = histories.iter().flat_map(|history| &history.decided);
        let moves = decided.chain(&instead).map(|decided| decided.what);
        let lives = history::lives_of(acting.db(), history::unions(moves)).await?;
        let lines: HashMap<Uuid, usize> =
            person_ids.iter().enumerate().map(|(line, person_id)| (*person_id, line)).collect();
        let mut bad = BadLines::default();
        let mut known = HashSet::new();
        let mut courses = Vec::with_capacity(histories.len());
        for history in histories {
            let person_id = history.person.person_id;
            let line = lines.get(&person_id).copied().unwrap_or_default();
            let field = format!("person_ids[{line}]");
            known.insert(person_id);
            match anew(&history, movement_id, instead, (&lives, &consented), field) {
                Ok(course) => courses.push((history, course)),
                Err(refusal) => bad.add(line, refusal),
            }
        }
        for (person_id, line) in lines {
            if !known.contains(&person_id) {
                bad.add(line, Refused::MovementUndone { field: format!("person_ids[{line}]") });
            }
        }
        bad.refuse()?;
        Ok(Self { movement_id, instead, courses })
    }

    /// Refuses unless the caller has the right on every union whose books are changed, through the
    /// superiors that it had on the days concerned.
    pub async fn covered(&self, acting: &mut Acting, field: &str) -> Result<(), Failure> {
        let concerned: HashSet<(Uuid, Date)> =
            self.revisions(&mut Alike::default()).iter().flat_map(Revision::concerned).collect();
        let (unions, days): (Vec<Uuid>, Vec<Date>) = concerned.into_iter().unzip();
        let first = sqlx::query_scalar!(
            r#"select organisation_id as "organisation_id!"
               from unnest($1::uuid[], $2::date[]) as concerned (organisation_id, day)
               where not covered_on(organisation_id, day)
               order by organisation_id limit 1"#,
            &unions,
            &days,
        )
        .fetch_optional(acting.db())
        .await?;
        let Some(organisation_id) = first else { return Ok(()) };
        let unknown = Refused::OrganisationUnknown { field: field.to_string(), organisation_id };
        Err(access::unknown_or_denied(acting.db(), unknown).await)
    }

    /// Writes it, and publishes what it changes; `decision_id` is the decision to do so.
    pub async fn write(
        self,
        acting: &mut Acting,
        decision_id: Option<Uuid>,
    ) -> Result<(), Failure> {
        let occasion =
            Occasion { undone: Some(self.movement_id), decision_id, ..Occasion::of(acting) };
        self.stands_no_more(acting).await?;
        self.stands_instead(acting).await?;
        let mut alike = Alike::default();
        let revisions = self.revisions(&mut alike);
        if !revisions.is_empty() {
            let changes = revise(acting.db(), &occasion, &revisions).await?;
            acting.publish_all(changes);
        }
        let mut noted: Vec<(Uuid, Otherwise)> = Vec::new();
        let mut waiting: Vec<(Uuid, Obstacle)> = Vec::new();
        for (history, course) in &self.courses {
            let person_id = history.person.person_id;
            noted.extend(course.otherwise.iter().map(|otherwise| (person_id, *otherwise)));
            waiting.extend(&course.waiting);
        }
        settle::note(acting.db(), &noted).await?;
        settle::wait(acting.db(), &waiting).await
    }

    fn revisions(&self, alike: &mut Alike) -> Vec<Revision<'_>> {
        let undone = Some(self.movement_id);
        let mut revisions = Vec::with_capacity(self.courses.len());
        for (history, course) in &self.courses {
            let id = |step: &Step| match self.instead {
                Some(instead) if is_as_decided(step, &instead) => instead.movement_id,
                _ => alike.movement_id(step),
            };
            revisions.extend(Revision::without(history, &course.steps, undone, id));
        }
        revisions
    }

    /// Where it was carried out otherwise, or not at all, it stood as what was decided.
    async fn stands_no_more(&self, acting: &mut Acting) -> Result<(), Failure> {
        sqlx::query!(
            "update movement_taken_back set stands = false
             where movement_id = $1 and stands
               and (person_id = any ($2)
                    or person_id in (select person_id from person_merge where root_id = any ($2)))",
            self.movement_id,
            &self.people(),
        )
        .execute(acting.db())
        .await?;
        Ok(())
    }

    /// What is in its place, and is itself carried out otherwise by what is known of the unions,
    /// stands as what was decided.
    async fn stands_instead(&self, acting: &mut Acting) -> Result<(), Failure> {
        let Some(instead) = self.instead else { return Ok(()) };
        let (mut person_ids, mut acts) = (Vec::new(), Vec::<Option<Uuid>>::new());
        for (history, course) in &self.courses {
            if course.steps.iter().any(|step| is_as_decided(step, &instead)) {
                continue;
            }
            let of_step =
                course.steps.iter().find(|step| step.decided_by == Some(instead.movement_id));
            person_ids.push(history.person.person_id);
            acts.push(
                of_step
                    .and_then(|step| step.because)
                    .or_else(|| course.otherwise.iter().find_map(|otherwise| otherwise.because)),
            );
        }
        if person_ids.is_empty() {
            return Ok(());
        }
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into movement_taken_back
                 (person_id, movement_id, membership_id, registry_act_id, act_id, recorded_at,
                  stands)
             select person_id, $1, null, registry_act_id, $4, $5, true
             from unnest($2::uuid[], $3::uuid[]) as line (person_id, registry_act_id)",
            instead.movement_id,
            &person_ids,
            &acts as &[Option<Uuid>],
            act_id,
            acted_at,
        )
        .execute(acting.db())
        .await?;
        Ok(())
    }

    fn people(&self) -> Vec<Uuid> {
        self.courses.iter().map(|(history, _)| history.person.person_id).collect()
    }
}

/// Whether a step is what was decided, as it was decided.
fn is_as_decided(step: &Step, decided: &Decided) -> bool {
    step.decided_by == Some(decided.movement_id)
        && (step.on, step.what) == (decided.on, decided.what)
}

/// The course of somebody's memberships without a movement, and with another in its place.
fn anew(
    history: &History,
    movement_id: Uuid,
    instead: Option<Decided>,
    (lives, consented): (&Lives, &HashSet<Uuid>),
    field: String,
) -> Result<Course, Refusal> {
    let mut decided = history.decided.clone();
    let Some(place) = decided.iter().position(|one| one.movement_id == movement_id) else {
        return Err(Refused::MovementUndone { field }.into());
    };
    let was = decided.remove(place);
    if let Some(instead) = instead {
        let now = decided.partition_point(|one| (one.on, one.first) < (instead.on, instead.first));
        if now < place {
            // It would come before what it came after.
            let before = decided[now].on;
            return Err(match instead.what {
                Move::Admission { .. } => Refused::MembershipActive { field },
                Move::Transfer { .. } | Move::Exit { .. } => {
                    Refused::EffectiveBeforeMembership { field, member_from: before }
                }
            }
            .into());
        }
        if now > place {
            return Err(Refused::MovementLater { field }.into());
        }
        decided.insert(place, instead);
        may_follow(&decided, place, consented, &field)?;
    }
    let contradictions = match course(&history.decided, lives, Contradictions::Left) {
        Ok(_) => Contradictions::Left,
        // They contradicted each other already, and were settled.
        Err(_) => Contradictions::Settled,
    };
    let rested_on = || Refusal::from(Refused::MovementRestedOn { field: field.clone() });
    let course = course(&decided, lives, contradictions).map_err(|_| rested_on())?;

    // Whatever somebody decided besides is carried out as it was, and by the same people's unions.
    let others =
        |id: &Uuid| *id != was.movement_id && instead.is_none_or(|it| it.movement_id != *id);
    let before: BTreeMap<Uuid, (Date, Move)> = history
        .counts
        .iter()
        .filter_map(|one| Some((one.carries_out().filter(others)?, (one.on, one.what))))
        .collect();
    let after: BTreeMap<Uuid, (Date, Move)> = course
        .steps
        .iter()
        .filter_map(|step| Some((step.decided_by.filter(others)?, (step.on, step.what))))
        .collect();
    if before == after { Ok(course) } else { Err(rested_on()) }
}

/// Those of the admissions that were decided of these people to which a superior consented.
async fn consented(acting: &mut Acting, histories: &[History]) -> Result<HashSet<Uuid>, Failure> {
    let joins = histories.iter().flat_map(|history| &history.decided).filter_map(|decided| {
        matches!(decided.what, Move::Admission { .. }).then_some(decided.movement_id)
    });
    let joins: Vec<Uuid> = joins.collect::<HashSet<_>>().into_iter().collect();
    let consented = sqlx::query_scalar!(
        "select movement_id from movement
         where movement_id = any ($1) and consent_id is not null",
        &joins,
    )
    .fetch_all(acting.db())
    .await?;
    Ok(consented.into_iter().collect())
}

/// Refuses an admission that could not follow on what was decided before it: who was never a
/// member is not readmitted, who left for some reasons waits, and who was expelled is admitted with
/// the consent of a superior. So does whoever was expelled by what is in the place of another exit.
fn may_follow(
    decided: &[Decided],
    place: usize,
    consented: &HashSet<Uuid>,
    field: &str,
) -> Result<(), Refused> {
    let field = || field.to_string();
    let readmitted = AdmissionKind::Readmitted as i16;
    if place == 0
        && let Move::Admission { kind, .. } = decided[place].what
        && kind == readmitted
    {
        return Err(Refused::FormerMembershipMissing { field: field() });
    }
    // What it follows on, and what follows on it.
    let beside =
        decided.windows(2).skip(place.saturating_sub(1)).take(if place == 0 { 1 } else { 2 });
    for pair in beside {
        let [left, joins] = pair else { continue };
        let (Move::Exit { reason, .. }, Move::Admission { .. }) = (left.what, joins.what) else {
            continue;
        };
        let waits = waiting_periods(joins.on).filter(|wait| wait.exit_reason == reason);
        if let Some(until_on) = waits.map(|wait| months_after(left.on, wait.months)).max()
            && until_on > joins.on
        {
            return Err(Refused::WaitingPeriodRunning { field: field(), until_on });
        }
        if reason == ExitReason::Expelled as i16 && !consented.contains(&joins.movement_id) {
            return Err(Refused::ConsentMissing { field: field() });
        }
    }
    Ok(())
}
