//! Requests of `TrainingService` parsed, and its answers written out.

use chassis::parse::{self, civil};
use chassis::refusal::Refusal;
use feeds::membership::Attendance;
use proto::membership::v1 as pb;

use crate::ground::refused::Refused;
use crate::ground::wire::{TITLE_MAX, each};
use crate::training::courses::Course;
use crate::training::hold_training_course::{Held, HoldTrainingCourse};

const TOPICS_MAX: usize = 20;

pub fn hold_training_course(
    request: pb::HoldTrainingCourseRequest,
) -> Result<HoldTrainingCourse, Refusal> {
    let starts_on = parse::date("starts_on", request.starts_on)?;
    if request.topics.is_empty() {
        return Err(Refused::LinesEmpty { field: "topics" }.into());
    }
    parse::at_most("topics", request.topics.len(), TOPICS_MAX)?;
    let attendances = each("attendances", request.attendances, |field, line| {
        let person_id = parse::id(&field("person_id"), &line.person_id)?;
        let organisation_id = parse::id(&field("organisation_id"), &line.organisation_id)?;
        let attended_on = parse::optional_date(&field("attended_on"), line.attended_on)?;
        let attended_on = attended_on.unwrap_or(starts_on);
        Ok(Attendance { person_id, organisation_id, attended_on })
    })?;
    Ok(HoldTrainingCourse {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        title: parse::text("title", &request.title, TITLE_MAX)?,
        topics: request.topics,
        starts_on,
        ends_on: parse::optional_date("ends_on", request.ends_on)?.unwrap_or(starts_on),
        attendances,
    })
}

pub fn held(held: Held) -> pb::HoldTrainingCourseResponse {
    pb::HoldTrainingCourseResponse {
        course_id: held.course_id.to_string(),
        people: held.people,
        attendances: held.attendances,
    }
}

pub fn course(course: Course) -> pb::TrainingCourse {
    pb::TrainingCourse {
        course_id: course.course_id.to_string(),
        organisation_id: course.organisation_id.to_string(),
        title: course.title,
        topics: course.topics,
        starts_on: Some(civil(course.starts_on)),
        ends_on: Some(civil(course.ends_on)),
        people: course.people,
        attendances: course.attendances,
    }
}

pub fn attendance(attendance: Attendance) -> pb::Attendance {
    pb::Attendance {
        person_id: attendance.person_id.to_string(),
        organisation_id: attendance.organisation_id.to_string(),
        attended_on: Some(civil(attendance.attended_on)),
    }
}
