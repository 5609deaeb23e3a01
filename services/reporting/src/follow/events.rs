//! What registry's feed tells of bodies, ceremonies, employers and steering committees.

use chassis::feed::Change;
use chassis::refusal::Failure;
use proto::registry::v1::{
    CeremonyHeld, CongressHeld, DecisionRecorded, EmployersRecorded, Office, OfficesEnded,
    UnitAssigned,
};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use super::registry::{date, id, optional_id};

/// The keys of a decision, to name it beside a figure.
pub(super) async fn record_decision(
    connection: &mut PgConnection,
    recorded: &DecisionRecorded,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into decision (decision_id, issuer_id, kind, number, issued_on, effective_on)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (decision_id) do nothing",
        id(&recorded.decision_id)?,
        optional_id(&recorded.issuer_id)?,
        recorded.kind,
        recorded.number,
        date(recorded.issued_on)?,
        date(recorded.effective_on)?,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A congress, with its term.
pub(super) async fn hold_congress(
    connection: &mut PgConnection,
    change: &Change,
    congress: &CongressHeld,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into congress (congress_id, organisation_id, ordinal, held_on, term_from_year,
                               term_to_year, form, term_reason, change_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id(&congress.congress_id)?,
        id(&congress.organisation_id)?,
        congress.ordinal,
        date(congress.held_on)?.unwrap_or(change.effective_on),
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
    let (mut ids, mut units, mut people, mut from) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut bodies, mut positions) = (Vec::new(), Vec::new());
    for office in offices {
        ids.push(id(&office.office_id)?);
        units.push(id(&office.organisation_id)?);
        people.push(id(&office.person_id)?);
        from.push(date(office.from_on)?.unwrap_or(change.effective_on));
        bodies.push(office.body.as_str());
        positions.push(office.position.as_str());
    }
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
    ended: &OfficesEnded,
) -> Result<(), Failure> {
    let seats =
        ended.seats.iter().map(|seat| id(&seat.office_id)).collect::<Result<Vec<_>, _>>()?;
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
    ceremony: &CeremonyHeld,
) -> Result<(), Failure> {
    let ceremony_id = id(&ceremony.ceremony_id)?;
    let units = ceremony
        .launched
        .iter()
        .map(|launched| id(&launched.organisation_id))
        .collect::<Result<Vec<_>, _>>()?;
    let decisions = ceremony
        .launched
        .iter()
        .map(|launched| optional_id(&launched.decision_id))
        .collect::<Result<Vec<_>, _>>()?;
    sqlx::query!(
        "insert into ceremony (ceremony_id, organisation_id, kind, held_on, change_id)
         values ($1, $2, $3, $4, $5)",
        ceremony_id,
        id(&ceremony.organisation_id)?,
        ceremony.kind,
        date(ceremony.held_on)?.unwrap_or(change.effective_on),
        change.change_id,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into ceremony_launched (ceremony_id, line, organisation_id, decision_id)
         select $1, line, organisation_id, decision_id
         from unnest($2::uuid[], $3::uuid[]) with ordinality as launched (organisation_id, decision_id, line)",
        ceremony_id,
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
    recorded: &EmployersRecorded,
) -> Result<(), Failure> {
    for employer in &recorded.employers {
        let unions =
            employer.union_ids.iter().map(|union| id(union)).collect::<Result<Vec<_>, _>>()?;
        sqlx::query!(
            "insert into employer_survey (employer_id, surveyed_on, surveyor_id, workforce,
                                          workforce_female, union_ids, change_id)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (employer_id, surveyed_on)
             do update set surveyor_id = excluded.surveyor_id, workforce = excluded.workforce,
                           workforce_female = excluded.workforce_female,
                           union_ids = excluded.union_ids, change_id = excluded.change_id",
            id(&employer.employer_id)?,
            change.effective_on,
            id(&employer.surveyor_id)?,
            employer.workforce,
            employer.workforce_female,
            &unions,
            change.change_id,
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Somebody follows a unit from a day on.
pub(super) async fn assign_unit(
    connection: &mut PgConnection,
    on: Date,
    assigned: &UnitAssigned,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into unit_assignment (assignment_id, steering_committee_id, office_id, person_id, unit_id, valid)
         values ($1, $2, $3, $4, $5, daterange($6, null))",
        id(&assigned.assignment_id)?,
        id(&assigned.steering_committee_id)?,
        id(&assigned.office_id)?,
        id(&assigned.person_id)?,
        id(&assigned.unit_id)?,
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}
