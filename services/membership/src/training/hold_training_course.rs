//! Records a training course that was held, and who attended it for which organisation.

use std::collections::HashSet;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{Attendance, Event, Happening, TrainingCourse};
use serde::{Deserialize, Serialize};
use time::{Date, Duration};
use uuid::Uuid;

use crate::ground::day::not_too_far;
use crate::ground::organisation::{self, Asked};
use crate::ground::reference::topics;
use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll;

/// The longest that a course may last.
const LASTS_MAX: Duration = Duration::days(366);

/// An organisation held a course.
pub struct HoldTrainingCourse {
    /// The organiser.
    pub organisation_id: Uuid,
    /// Its title.
    pub title: String,
    /// Codes of the list of topics.
    pub topics: Vec<String>,
    /// The first day.
    pub starts_on: Date,
    /// The last day.
    pub ends_on: Date,
    /// Each person on each day.
    pub attendances: Vec<Attendance>,
}

/// What was recorded.
#[derive(Debug, Serialize, Deserialize)]
pub struct Held {
    /// The course.
    pub course_id: Uuid,
    /// Distinct people.
    pub people: i32,
    /// Attendances.
    pub attendances: i32,
}

impl Act for HoldTrainingCourse {
    type Answer = Held;

    async fn perform(self, acting: &mut Acting) -> Result<Held, Failure> {
        self.well_written(acting.today)?;
        organisation::stands(acting, self.organisation_id, self.starts_on, Asked::Acts).await?;
        let person_ids: Vec<Uuid> = self.attendances.iter().map(|line| line.person_id).collect();
        let for_organisations: Vec<Uuid> =
            self.attendances.iter().map(|line| line.organisation_id).collect();
        let days: Vec<Date> = self.attendances.iter().map(|line| line.attended_on).collect();
        let field = |line| format!("attendances[{line}].organisation_id");
        organisation::all_in_scope(acting.db(), &for_organisations, field).await?;
        roll::all_surviving(acting, &person_ids, |line| format!("attendances[{line}].person_id"))
            .await?;

        let course_id = Uuid::now_v7();
        let people = person_ids.iter().collect::<HashSet<_>>().len();
        let held = Held {
            course_id,
            people: i32::try_from(people).unwrap_or(i32::MAX),
            attendances: i32::try_from(self.attendances.len()).unwrap_or(i32::MAX),
        };
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into training_course (course_id, organisation_id, title, topics, starts_on,
                                          ends_on, people, attendances, act_id, recorded_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            course_id,
            self.organisation_id,
            self.title,
            &self.topics,
            self.starts_on,
            self.ends_on,
            held.people,
            held.attendances,
            act_id,
            acted_at,
        )
        .execute(acting.db())
        .await?;
        sqlx::query!(
            "insert into training_attendance (person_id, course_id, attended_on, organisation_id)
             select person_id, $4, attended_on, organisation_id
             from unnest($1::uuid[], $2::uuid[], $3::date[])
                  as line (person_id, organisation_id, attended_on)",
            &person_ids,
            &for_organisations,
            &days,
            course_id,
        )
        .execute(acting.db())
        .await?;

        let course = Happening::TrainingCourse(TrainingCourse {
            course_id,
            organisation_id: self.organisation_id,
            topics: self.topics,
            attendances: self.attendances,
        });
        acting.publish(Event::Happened(course).on(self.starts_on));
        Ok(held)
    }
}

impl HoldTrainingCourse {
    fn well_written(&self, today: Date) -> Result<(), Failure> {
        not_too_far("starts_on", self.starts_on, today)?;
        if self.ends_on < self.starts_on || self.ends_on - self.starts_on > LASTS_MAX {
            return Err(Refused::CourseDatesMalformed.into());
        }
        for (line, topic) in self.topics.iter().enumerate() {
            if !topics().contains_key(topic) || self.topics[..line].contains(topic) {
                return Err(Refused::TopicUnknown { field: format!("topics[{line}]") }.into());
            }
        }
        let mut bad = BadLines::default();
        let mut seen = HashSet::new();
        for (line, attendance) in self.attendances.iter().enumerate() {
            let Attendance { person_id, attended_on, .. } = attendance;
            if !(self.starts_on..=self.ends_on).contains(attended_on) {
                let field = format!("attendances[{line}].attended_on");
                bad.add(line, Refused::AttendanceOutsideCourse { field });
            }
            if !seen.insert((person_id, attended_on)) {
                let field = format!("attendances[{line}]");
                bad.add(line, Refused::AttendanceRepeated { field });
            }
        }
        Ok(bad.refuse()?)
    }
}
