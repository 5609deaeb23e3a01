//! Undoes a training course, for all who attended it or for some.

use std::collections::HashSet;

use chassis::access;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{Attendance, Event, Happening, TrainingCourse};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::correction::{Correction, Kind};
use crate::ground::day::signed;
use crate::ground::decision::{Basis, rests_on};
use crate::ground::merged;
use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll::none_repeated;

/// A course was never held, or some never attended it.
pub struct UndoTrainingCourse {
    /// The course.
    pub course_id: Uuid,
    /// For whom; everybody where there is none.
    pub person_ids: Vec<Uuid>,
    /// Of which day only; of every day where there is none.
    pub attended_on: Option<Date>,
    /// Why.
    pub reason: String,
    /// By which decision.
    pub basis: Option<Basis>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Undone {
    /// For how many people.
    pub people: i32,
    /// How many attendances.
    pub attendances: i32,
}

struct Course {
    organisation_id: Uuid,
    topics: Vec<String>,
    starts_on: Date,
}

impl Act for UndoTrainingCourse {
    type Answer = Undone;

    async fn perform(self, acting: &mut Acting) -> Result<Undone, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        none_repeated(&self.person_ids)?;
        let organiser = self.organiser(acting).await?;
        let decision_id = rests_on(acting, self.basis.as_ref(), organiser).await?;
        let Some(course) = self.locked(acting).await? else {
            return Err(Refused::CourseUnknown { course_id: self.course_id }.into());
        };
        let mut taken = self.take_back(acting).await?;
        self.all_attended(&taken)?;
        self.settle(acting).await?;

        let people = taken.iter().map(|one| one.person_id).collect::<HashSet<_>>().len();
        let attendances = taken.len();
        merged::told_as(acting.db(), taken.iter_mut().map(|one| &mut one.person_id)).await?;
        let never = Happening::TrainingCourse(TrainingCourse {
            course_id: self.course_id,
            organisation_id: course.organisation_id,
            topics: course.topics,
            attendances: taken,
        });
        acting.publish(Event::HappeningTakenBack(never).resting_on(course.starts_on, decision_id));
        let undone = Correction {
            kind: Kind::TrainingCourseUndone,
            about_id: self.course_id,
            now_id: None,
            people,
            reason: &self.reason,
            decision_id,
        };
        undone.record(acting).await?;
        Ok(Undone {
            people: i32::try_from(people).unwrap_or(i32::MAX),
            attendances: i32::try_from(attendances).unwrap_or(i32::MAX),
        })
    }
}

impl UndoTrainingCourse {
    async fn organiser(&self, acting: &mut Acting) -> Result<Uuid, Failure> {
        let organiser = sqlx::query_scalar!(
            "select organisation_id from training_course
             where course_id = $1 and access.covers(organisation_id)",
            self.course_id,
        )
        .fetch_optional(acting.db())
        .await?;
        match organiser {
            Some(organiser) => Ok(organiser),
            None => {
                let unknown = Refused::CourseUnknown { course_id: self.course_id };
                Err(access::unknown_or_denied(acting.db(), unknown).await)
            }
        }
    }

    /// The course, unless somebody undid it in the meantime.
    async fn locked(&self, acting: &mut Acting) -> Result<Option<Course>, Failure> {
        Ok(sqlx::query_as!(
            Course,
            "select organisation_id, topics, starts_on from training_course
             where course_id = $1 for update",
            self.course_id,
        )
        .fetch_optional(acting.db())
        .await?)
    }

    async fn take_back(&self, acting: &mut Acting) -> Result<Vec<Attendance>, Failure> {
        let mut taken = sqlx::query_as!(
            Attendance,
            "delete from training_attendance
             where course_id = $1 and (cardinality($2::uuid[]) = 0 or person_id = any ($2))
               and ($3::date is null or attended_on = $3)
             returning person_id, organisation_id, attended_on",
            self.course_id,
            &self.person_ids,
            self.attended_on,
        )
        .fetch_all(acting.db())
        .await?;
        taken.sort_by_key(|one| (one.attended_on, one.organisation_id, one.person_id));
        Ok(taken)
    }

    fn all_attended(&self, taken: &[Attendance]) -> Result<(), Failure> {
        if taken.is_empty() && self.person_ids.is_empty() {
            return Err(Refused::AttendanceUnknown { field: "attended_on".to_string() }.into());
        }
        let attended: HashSet<Uuid> = taken.iter().map(|one| one.person_id).collect();
        let mut bad = BadLines::default();
        for (line, person_id) in self.person_ids.iter().enumerate() {
            if !attended.contains(person_id) {
                let field = format!("person_ids[{line}]");
                bad.add(line, Refused::AttendanceUnknown { field });
            }
        }
        Ok(bad.refuse()?)
    }

    /// A course that nobody attended was never held; another counts who is left.
    async fn settle(&self, acting: &mut Acting) -> Result<(), Failure> {
        sqlx::query!(
            "update training_course set people = left_over.people,
                                        attendances = left_over.attendances
             from (select count(distinct person_id)::integer as people,
                          count(*)::integer as attendances
                   from training_attendance where course_id = $1) as left_over
             where training_course.course_id = $1 and left_over.attendances > 0",
            self.course_id,
        )
        .execute(acting.db())
        .await?;
        sqlx::query!(
            "delete from training_course
             where course_id = $1
               and not exists (select from training_attendance where course_id = $1)",
            self.course_id,
        )
        .execute(acting.db())
        .await?;
        Ok(())
    }
}
