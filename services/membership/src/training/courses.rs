//! Training courses and their attendances.

use chassis::access;
use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use feeds::membership::Attendance;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::organisation;
use crate::ground::refused::Refused;

/// A course, as it was held.
#[derive(Debug)]
pub struct Course {
    /// Its id.
    pub course_id: Uuid,
    /// The organiser.
    pub organisation_id: Uuid,
    /// Its title.
    pub title: String,
    /// Codes.
    pub topics: Vec<String>,
    /// The first day.
    pub starts_on: Date,
    /// The last day.
    pub ends_on: Date,
    /// Distinct people.
    pub people: i32,
    /// Attendances.
    pub attendances: i32,
}

/// One course of an organiser in the caller's scope.
pub async fn get(
    connection: &mut PgConnection,
    course_id: Uuid,
    known_at: Option<OffsetDateTime>,
) -> Result<(Course, Vec<Attendance>), Failure> {
    let course = match known_at {
        None => {
            sqlx::query_as!(
                Course,
                "select course_id, organisation_id, title, topics, starts_on, ends_on, people,
                        attendances
                 from training_course
                 where course_id = $1 and access.covers(organisation_id)",
                course_id,
            )
            .fetch_optional(&mut *connection)
            .await?
        }
        Some(at) => {
            sqlx::query_as!(
                Course,
                r#"select course_id as "course_id!", organisation_id as "organisation_id!",
                          title as "title!", topics as "topics!", starts_on as "starts_on!",
                          ends_on as "ends_on!", people as "people!", attendances as "attendances!"
                   from training_course_known
                   where course_id = $1 and recorded @> $2::timestamptz
                     and access.covers(organisation_id)"#,
                course_id,
                at,
            )
            .fetch_optional(&mut *connection)
            .await?
        }
    };
    let Some(course) = course else {
        let unknown = Refused::CourseUnknown { course_id };
        return Err(access::unknown_or_denied(connection, unknown).await);
    };
    let attendances = match known_at {
        None => {
            sqlx::query_as!(
                Attendance,
                "select person_id, organisation_id, attended_on from training_attendance
                 where course_id = $1 order by attended_on, organisation_id, person_id",
                course_id,
            )
            .fetch_all(connection)
            .await?
        }
        Some(at) => {
            sqlx::query_as!(
                Attendance,
                r#"select person_id as "person_id!", organisation_id as "organisation_id!",
                          attended_on as "attended_on!"
                   from training_attendance_known
                   where course_id = $1 and recorded @> $2::timestamptz
                   order by attended_on, organisation_id, person_id"#,
                course_id,
                at,
            )
            .fetch_all(connection)
            .await?
        }
    };
    Ok((course, attendances))
}

/// The courses that one organisation held.
pub async fn list(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    known_at: Option<OffsetDateTime>,
    asked: &Asked<'_>,
) -> Result<Page<Course>, Failure> {
    organisation::in_scope(connection, organisation_id).await?;
    let after = asked.after::<Uuid>()?;
    let rows = match known_at {
        None => {
            sqlx::query_as!(
                Course,
                "select course_id, organisation_id, title, topics, starts_on, ends_on, people,
                        attendances
                 from training_course
                 where organisation_id = $1 and ($2::uuid is null or course_id > $2)
                 order by course_id limit $3",
                organisation_id,
                after,
                asked.limit(),
            )
            .fetch_all(connection)
            .await?
        }
        Some(at) => {
            sqlx::query_as!(
                Course,
                r#"select course_id as "course_id!", organisation_id as "organisation_id!",
                          title as "title!", topics as "topics!", starts_on as "starts_on!",
                          ends_on as "ends_on!", people as "people!", attendances as "attendances!"
                   from training_course_known
                   where organisation_id = $1 and ($2::uuid is null or course_id > $2)
                     and recorded @> $4::timestamptz
                   order by course_id limit $3"#,
                organisation_id,
                after,
                asked.limit(),
                at,
            )
            .fetch_all(connection)
            .await?
        }
    };
    asked.page(rows, |course| course.course_id)
}
