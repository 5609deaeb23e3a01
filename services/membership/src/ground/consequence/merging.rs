//! Two people are found to be one, or to be two again: what becomes of their memberships.
//!
//! What was decided of both is the course of one person, in the order of its days: whoever was
//! admitted while she was a member already has gone from the one union to the other; whoever left
//! twice has left once. What was decided of the one who is merged stands, and is carried out for the
//! one who survives; where they are two again, it is carried out for herself, as it was.

use std::collections::{HashMap, HashSet};

use anyhow::anyhow;
use chassis::access;
use chassis::database::Acting;
use chassis::refusal::Failure;
use time::Date;
use uuid::Uuid;

use crate::ground::consequence::course::{Contradictions, Course, Decided, Lives, Step, course};
use crate::ground::consequence::history::{self, History};
use crate::ground::consequence::revise::{Alike, Occasion, Revision, revise};
use crate::ground::consequence::settle;
use crate::ground::refused::Refused;
use crate::ground::standing;

/// The memberships of people of whom it is known otherwise who they are.
#[derive(Debug)]
pub struct Merging {
    courses: Vec<(History, Course)>,
}

impl Merging {
    /// What is recorded of somebody, where it is what follows from what was decided of her; none
    /// where that waits for somebody.
    pub async fn settled(acting: &mut Acting, person_id: Uuid) -> Result<Option<History>, Failure> {
        let histories = history::of(acting.db(), &[person_id]).await?;
        let lives = history::lives(acting.db(), &histories).await?;
        let settled = |history: &History, contradictions| {
            course(&history.decided, &lives, contradictions)
                .is_ok_and(|course| Revision::of(history, &course.steps, |_| Uuid::nil()).is_none())
        };
        Ok(histories.into_iter().next().filter(|history| {
            settled(history, Contradictions::Left) || settled(history, Contradictions::Settled)
        }))
    }

    /// The one who survives takes the course of both, and the one who is merged none. This was
    /// recorded of them.
    pub async fn of_one(
        acting: &mut Acting,
        survivor: History,
        merged: History,
    ) -> Result<Self, Failure> {
        let both = survivor.with(&merged);
        let lives = history::lives(acting.db(), std::slice::from_ref(&both)).await?;
        // Whatever was decided can be settled.
        let course = course(&both.decided, &lives, Contradictions::Settled)
            .map_err(|_| anyhow!("what was decided of two people cannot be settled"))?;
        Ok(Self { courses: vec![(merged, Course::default()), (both, course)] })
    }

    /// After the link was taken away: both take the courses of what was decided of each. None where
    /// something that was decided since they were merged could not stand as it was decided.
    pub async fn of_two(
        acting: &mut Acting,
        people: [Uuid; 2],
        merge_id: Uuid,
    ) -> Result<Option<Self>, Failure> {
        let histories = history::of(acting.db(), &people).await?;
        let lives = history::lives(acting.db(), &histories).await?;
        let mut courses = Vec::with_capacity(histories.len());
        for history in histories {
            match apart(&history, merge_id, &lives) {
                Some(course) => courses.push((history, course)),
                None => return Ok(None),
            }
        }
        Ok(Some(Self { courses }))
    }

    /// Refuses unless the caller has the right on every union whose books are changed, through the
    /// superiors that it had on the days concerned.
    pub async fn covered(&self, acting: &mut Acting) -> Result<(), Failure> {
        let concerned: HashSet<(Uuid, Date)> =
            self.revisions().iter().flat_map(Revision::concerned).collect();
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
        let field = "person_id".to_string();
        let unknown = Refused::OrganisationUnknown { field, organisation_id };
        Err(access::unknown_or_denied(acting.db(), unknown).await)
    }

    /// Writes it, and publishes what it changes; `decision_id` is the decision to do so.
    pub async fn write(
        self,
        acting: &mut Acting,
        decision_id: Option<Uuid>,
    ) -> Result<(), Failure> {
        let occasion = Occasion { decision_id, merges: true, ..Occasion::of(acting) };
        self.carried_out_again(acting).await?;
        let revisions = self.revisions();
        if !revisions.is_empty() {
            let changes = revise(acting.db(), &occasion, &revisions).await?;
            acting.publish_all(changes);
        }
        let people: Vec<Uuid> =
            self.courses.iter().map(|(history, _)| history.person.person_id).collect();
        let changes = standing::settle(acting.db(), &people).await?;
        acting.publish_all(changes);
        let waiting: Vec<_> =
            self.courses.iter().flat_map(|(_, course)| course.waiting.clone()).collect();
        settle::wait(acting.db(), &waiting).await
    }

    fn revisions(&self) -> Vec<Revision<'_>> {
        let mut alike = Alike::default();
        let mut revisions = Vec::with_capacity(self.courses.len());
        for (history, course) in &self.courses {
            let id = |step: &Step| match as_decided(history, step) {
                Some(movement_id) => movement_id,
                None => alike.movement_id(step),
            };
            revisions.extend(Revision::of(history, &course.steps, id));
        }
        revisions
    }

    /// What was decided and only stood is carried out again as it was: it is taken back no longer.
    async fn carried_out_again(&self, acting: &mut Acting) -> Result<(), Failure> {
        let (mut people, mut movements) = (Vec::new(), Vec::new());
        for (history, course) in &self.courses {
            for movement_id in course.steps.iter().filter_map(|step| as_decided(history, step)) {
                if !history.counts.iter().any(|one| one.movement_id == movement_id) {
                    people.push(history.person.person_id);
                    movements.push(movement_id);
                }
            }
        }
        sqlx::query!(
            "delete from movement_taken_back
             using unnest($1::uuid[], $2::uuid[]) as line (person_id, movement_id)
             where movement_taken_back.person_id = line.person_id
               and movement_taken_back.movement_id = line.movement_id",
            &people,
            &movements,
        )
        .execute(acting.db())
        .await?;
        Ok(())
    }
}

/// The movement that a step carries out exactly as it was decided of herself.
fn as_decided(history: &History, step: &Step) -> Option<Uuid> {
    let movement_id = step.decided_by?;
    let own = history.decided.iter().find(|one| one.movement_id == movement_id)?;
    let exactly = (own.on, own.what) == (step.on, step.what) && step.because.is_none();
    (exactly && !history.of_others.contains(&movement_id)).then_some(movement_id)
}

/// The course of somebody who is apart again.
fn apart(history: &History, merge_id: Uuid, lives: &Lives) -> Option<Course> {
    // Ids tell the order: what was decided before the merge may have been settled even then.
    let before: Vec<Decided> =
        history.decided.iter().copied().filter(|one| one.movement_id < merge_id).collect();
    let contradictions = match course(&before, lives, Contradictions::Left) {
        Ok(_) if history.of_others.is_empty() => Contradictions::Left,
        _ => Contradictions::Settled,
    };
    let course = course(&history.decided, lives, contradictions).ok()?;
    let carried: HashMap<Uuid, &Step> =
        course.steps.iter().filter_map(|step| Some((step.decided_by?, step))).collect();
    let counted: HashSet<Uuid> = history.counts.iter().map(|one| one.movement_id).collect();
    // What somebody decided of her since stands as it was decided, or they stay one.
    let since = history.decided.iter().filter(|one| one.movement_id > merge_id);
    let mut carried_out = since.filter(|one| counted.contains(&one.movement_id));
    let stands = |one: &Decided| {
        let step = carried.get(&one.movement_id);
        step.is_some_and(|step| (step.on, step.what) == (one.on, one.what))
    };
    carried_out.all(stands).then_some(course)
}
