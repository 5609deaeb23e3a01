//! What registry's feed tells of bodies, ceremonies, employers and steering committees.

use chassis::feed::Change;
use chassis::refusal::Failure;
use feeds::registry::{
    Assignment, Ceremony, Congress, Decision, Employer, EndedSeat, Office, SteeringCommittee,
};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

/// The keys of a decision, to name it beside a figure.
pub(super) async fn record_decision(
    connection: &mut PgConnection,
    recorded: &Decision,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into decision (decision_id, issuer_id, kind, number, issued_on, effective_on)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (decision_id) do nothing",
        recorded.decision_id,
        recorded.issuer_id,
        recorded.kind,
        recorded.number,
        recorded.issued_on,
        recorded.effective_on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A congress, with its term.
pub(super) async fn hold_congress(
    connection: &mut PgConnection,
    change: &Change,
    congress: &Congress,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into congress (congress_id, organisation_id, ordinal, held_on, term_from_year,
                               term_to_year, form, term_reason, change_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        congress.congress_id,
        congress.organisation_id,
        congress.ordinal,
        congress.held_on,
        congress.term_from_year,
        congress.term_to_year,
        congress.form,
        congress.term_reason,
        change.change_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Seats in bodies, from their days on.
pub(super) async fn fill_offices(
    connection: &mut PgConnection,
    change: &Change,
    offices: &[Office],
) -> Result<(), Failure> {
    let ids: Vec<Uuid> = offices.iter().map(|office| office.office_id).collect();
    let units: Vec<Uuid> = offices.iter().map(|office| office.organisation_id).collect();
    let people: Vec<Uuid> = offices.iter().map(|office| office.person_id).collect();
    let from: Vec<Date> = offices.iter().map(|office| office.from_on).collect();
    let bodies: Vec<&str> = offices.iter().map(|office| office.body.as_str()).collect();
    let positions: Vec<&str> = offices.iter().map(|office| office.position.as_str()).collect();
    sqlx::query!(
        "insert into office (office_id, organisation_id, body, position, person_id, valid, change_id)
         select office_id, organisation_id, body, position, person_id, daterange(from_on, null), $7
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::date[])
              as line (office_id, organisation_id, body, position, person_id, from_on)",
        &ids,
        &units,
        &bodies as &[&str],
        &positions as &[&str],
        &people,
        &from,
        change.change_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Seats end, on the day on which they began at the earliest.
pub(super) async fn end_offices(
    connection: &mut PgConnection,
    on: Date,
    ended: &[EndedSeat],
) -> Result<(), Failure> {
    let seats: Vec<Uuid> = ended.iter().map(|seat| seat.office_id).collect();
    sqlx::query!(
        "update office set valid = valid * daterange(null, $2) where office_id = any($1)",
        &seats,
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A ceremony, and the unions that it launched.
pub(super) async fn hold_ceremony(
    connection: &mut PgConnection,
    change: &Change,
    ceremony: &Ceremony,
) -> Result<(), Failure> {
    let launched = &ceremony.launched;
    let units: Vec<Uuid> = launched.iter().map(|launched| launched.organisation_id).collect();
    let decisions: Vec<Option<Uuid>> =
        launched.iter().map(|launched| launched.decision_id).collect();
    sqlx::query!(
        "insert into ceremony (ceremony_id, organisation_id, kind, held_on, change_id)
         values ($1, $2, $3, $4, $5)",
        ceremony.ceremony_id,
        ceremony.organisation_id,
        ceremony.kind,
        ceremony.held_on,
        change.change_id,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into ceremony_launched (ceremony_id, line, organisation_id, decision_id)
         select $1, line, organisation_id, decision_id
         from unnest($2::uuid[], $3::uuid[]) with ordinality as launched (organisation_id, decision_id, line)",
        ceremony.ceremony_id,
        &units,
        &decisions as &[Option<Uuid>],
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What is known of employers from a day on: of several changes of one day, the last.
pub(super) async fn record_employers(
    connection: &mut PgConnection,
    change: &Change,
    employers: &[Employer],
) -> Result<(), Failure> {
    for employer in employers {
        sqlx::query!(
            "insert into employer_survey (employer_id, surveyed_on, surveyor_id, workforce,
                                          workforce_female, union_ids, change_id, name)
             values ($1, $2, $3, $4, $5, $6, $7, $8)
             on conflict (employer_id, surveyed_on)
             do update set surveyor_id = excluded.surveyor_id, name = excluded.name,
                           workforce = excluded.workforce,
                           workforce_female = excluded.workforce_female,
                           union_ids = excluded.union_ids, change_id = excluded.change_id",
            employer.employer_id,
            change.effective_on,
            employer.surveyor_id,
            employer.workforce,
            employer.workforce_female,
            &employer.union_ids,
            change.change_id,
            employer.name,
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// A steering committee, whose seats are filled apart.
pub(super) async fn establish_committee(
    connection: &mut PgConnection,
    committee: &SteeringCommittee,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into steering_committee (steering_committee_id, organisation_id) values ($1, $2)",
        committee.steering_committee_id,
        committee.organisation_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Somebody follows a unit from a day on.
pub(super) async fn assign_unit(
    connection: &mut PgConnection,
    on: Date,
    assigned: &Assignment,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into unit_assignment (assignment_id, steering_committee_id, office_id, person_id, unit_id, valid)
         values ($1, $2, $3, $4, $5, daterange($6, null))",
        assigned.assignment_id,
        assigned.steering_committee_id,
        assigned.office_id,
        assigned.person_id,
        assigned.unit_id,
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Somebody follows a unit no longer.
pub(super) async fn end_assignment(
    connection: &mut PgConnection,
    on: Date,
    assignment_id: Uuid,
) -> Result<(), Failure> {
    sqlx::query!(
        "update unit_assignment set valid = daterange(lower(valid), $2)
         where assignment_id = $1 and lower(valid) < $2",
        assignment_id,
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}
