//! Who of a steering committee follows which unit.

use chassis::access::unknown_or_denied;
use chassis::database::Reading;
use chassis::refusal::Failure;
use time::Date;
use uuid::Uuid;

use crate::ground::reading::{AsOf, Asked, Page, in_scope};
use crate::ground::refused::Refused;

/// An assignment as it stood on a date.
#[derive(Debug)]
pub struct UnitAssignment {
    /// UUIDv7.
    pub assignment_id: Uuid,
    /// The committee.
    pub steering_committee_id: Uuid,
    /// The member's seat.
    pub office_id: Uuid,
    /// The member.
    pub person_id: Uuid,
    /// The unit followed.
    pub unit_id: Uuid,
    /// The first day.
    pub from_on: Date,
    /// The first day without it.
    pub ended_on: Option<Date>,
}

/// A page of a committee's assignments on a date, in order of their ids.
pub async fn unit_assignments(
    reading: &mut Reading,
    steering_committee_id: Uuid,
    as_of: AsOf,
    asked: &Asked<'_>,
) -> Result<Page<UnitAssignment>, Failure> {
    let after: Option<Uuid> = asked.after()?;
    let known = sqlx::query_scalar!(
        r#"select true as "known!" from body
           where body_id = $1 and body = 'STEERING' and access.covers(organisation_id)"#,
        steering_committee_id,
    )
    .fetch_optional(&mut **reading)
    .await?;
    if known.is_none() {
        let refused = Refused::SteeringCommitteeUnknown { steering_committee_id };
        let refusal = refused.at("steering_committee_id");
        return Err(unknown_or_denied(reading, refusal).await);
    }
    let assignments = sqlx::query_as!(
        UnitAssignment,
        r#"select assignment.assignment_id, assignment.body_id as steering_committee_id,
                  assignment.office_id, assignment.person_id, assignment.unit_id,
                  lower(assignment.valid) as "from_on!", upper(assignment.valid) as ended_on
           from unit_assignment assignment
           join body using (body_id)
           where assignment.body_id = $1 and access.covers(body.organisation_id)
             and assignment.recorded @> coalesce($5::timestamptz, 'infinity') and assignment.valid @> $2::date
             and ($3::uuid is null or assignment.assignment_id > $3)
           order by assignment.assignment_id
           limit $4"#,
        steering_committee_id,
        as_of.on,
        after,
        asked.limit(),
        as_of.known_at,
    )
    .fetch_all(&mut **reading)
    .await?;
    asked.page(assignments, |assignment| assignment.assignment_id)
}

/// A page of the assignments to follow a unit on a date, in order of their ids.
pub async fn unit_followers(
    reading: &mut Reading,
    unit_id: Uuid,
    as_of: AsOf,
    asked: &Asked<'_>,
) -> Result<Page<UnitAssignment>, Failure> {
    let after: Option<Uuid> = asked.after()?;
    in_scope(reading, "organisation_id", unit_id).await?;
    let assignments = sqlx::query_as!(
        UnitAssignment,
        r#"select assignment_id, body_id as steering_committee_id, office_id, person_id, unit_id,
                  lower(valid) as "from_on!", upper(valid) as ended_on
           from unit_assignment
           where unit_id = $1 and access.covers($1)
             and recorded @> coalesce($5::timestamptz, 'infinity') and valid @> $2::date
             and ($3::uuid is null or assignment_id > $3)
           order by assignment_id
           limit $4"#,
        unit_id,
        as_of.on,
        after,
        asked.limit(),
        as_of.known_at,
    )
    .fetch_all(&mut **reading)
    .await?;
    asked.page(assignments, |assignment| assignment.assignment_id)
}
