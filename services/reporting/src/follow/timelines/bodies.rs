//! Seats in the bodies of organisations, and who follows them, as they are known now.

use chassis::feed::Change;
use chassis::refusal::Failure;
use feeds::registry::{Assignment, Period, Seat, Timeline};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

/// Puts the seats and the assignments in the place of those that were known.
pub(super) async fn replace(
    connection: &mut PgConnection,
    change: &Change,
    timelines: &[Timeline],
) -> Result<(), Failure> {
    let units: Vec<Uuid> = timelines.iter().map(|timeline| timeline.organisation_id).collect();
    let seats: Vec<&Seat> = timelines.iter().flat_map(|timeline| &timeline.seats).collect();
    let assignments: Vec<&Period<Assignment>> =
        timelines.iter().flat_map(|timeline| &timeline.assignments).collect();
    replace_seats(connection, change, &units, &seats).await?;
    replace_assignments(connection, &units, &assignments).await
}

async fn replace_seats(
    connection: &mut PgConnection,
    change: &Change,
    units: &[Uuid],
    seats: &[&Seat],
) -> Result<(), Failure> {
    let offices: Vec<Uuid> = seats.iter().map(|seat| seat.office.office_id).collect();
    let of: Vec<Uuid> = seats.iter().map(|seat| seat.office.organisation_id).collect();
    let bodies: Vec<&str> = seats.iter().map(|seat| seat.office.body.as_str()).collect();
    let positions: Vec<&str> = seats.iter().map(|seat| seat.office.position.as_str()).collect();
    let people: Vec<Uuid> = seats.iter().map(|seat| seat.office.person_id).collect();
    let from: Vec<Date> = seats.iter().map(|seat| seat.office.from_on).collect();
    let until: Vec<Option<Date>> = seats.iter().map(|seat| seat.until_on).collect();
    sqlx::query!(
        "with held as (
             delete from office where organisation_id = any ($1) returning office_id, change_id
         )
         insert into office (office_id, organisation_id, body, position, person_id, valid, change_id)
         select line.office_id, organisation_id, body, position, person_id,
                daterange(from_on, until_on), coalesce(held.change_id, $9)
         from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::date[], $8::date[])
              as line (office_id, organisation_id, body, position, person_id, from_on, until_on)
         left join held on held.office_id = line.office_id",
        units,
        &offices,
        &of,
        &bodies as &[&str],
        &positions as &[&str],
        &people,
        &from,
        &until as &[Option<Date>],
        change.change_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn replace_assignments(
    connection: &mut PgConnection,
    units: &[Uuid],
    assignments: &[&Period<Assignment>],
) -> Result<(), Failure> {
    let column = |of: fn(&Assignment) -> Uuid| -> Vec<Uuid> {
        assignments.iter().map(|period| of(&period.value)).collect()
    };
    let ids = column(|assigned| assigned.assignment_id);
    let committees = column(|assigned| assigned.steering_committee_id);
    let offices = column(|assigned| assigned.office_id);
    let people = column(|assigned| assigned.person_id);
    let followed = column(|assigned| assigned.unit_id);
    let from: Vec<Date> = assignments.iter().map(|period| period.from_on).collect();
    let until: Vec<Option<Date>> = assignments.iter().map(|period| period.until_on).collect();
    sqlx::query!("delete from unit_assignment where unit_id = any ($1)", units)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "insert into unit_assignment
             (assignment_id, steering_committee_id, office_id, person_id, unit_id, valid)
         select assignment_id, committee_id, office_id, person_id, unit_id,
                daterange(from_on, until_on)
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::date[], $7::date[])
              as line (assignment_id, committee_id, office_id, person_id, unit_id, from_on, until_on)",
        &ids,
        &committees,
        &offices,
        &people,
        &followed,
        &from,
        &until as &[Option<Date>],
    )
    .execute(connection)
    .await?;
    Ok(())
}
