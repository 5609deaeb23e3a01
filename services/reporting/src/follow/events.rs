//! What registry's feed tells of bodies, ceremonies, employers and steering committees.

use std::collections::BTreeMap;

use chassis::feed::Change;
use chassis::refusal::Failure;
use feeds::registry::{
    Assignment, Ceremony, Congress, Decision, Employer, EndedSeat, Event, Office, SteeringCommittee,
};
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::follow::seen::told_at;

/// The keys of the decisions that changes tell of, to name them beside a figure.
pub(super) async fn record_decisions(
    connection: &mut PgConnection,
    events: &[Event],
) -> Result<(), Failure> {
    let recorded: Vec<&Decision> = events.iter().filter_map(decision).collect();
    if recorded.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = recorded.iter().map(|it| it.decision_id).collect();
    let issuers: Vec<Option<Uuid>> = recorded.iter().map(|it| it.issuer_id).collect();
    let kinds: Vec<&str> = recorded.iter().map(|it| it.kind.as_str()).collect();
    let numbers: Vec<&str> = recorded.iter().map(|it| it.number.as_str()).collect();
    let issued: Vec<Option<Date>> = recorded.iter().map(|it| it.issued_on).collect();
    let effective: Vec<Option<Date>> = recorded.iter().map(|it| it.effective_on).collect();
    sqlx::query!(
        "insert into decision (decision_id, issuer_id, kind, number, issued_on, effective_on)
         select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::date[], $6::date[])
         on conflict (decision_id) do nothing",
        &ids,
        &issuers as &[Option<Uuid>],
        &kinds as &[&str],
        &numbers as &[&str],
        &issued as &[Option<Date>],
        &effective as &[Option<Date>],
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The document that a change tells of, if it does.
fn decision(event: &Event) -> Option<&Decision> {
    match event {
        Event::DecisionRecorded(decision) => Some(decision),
        Event::Founded(_)
        | Event::Loaded(_)
        | Event::Renamed(_)
        | Event::HandedOver(_)
        | Event::Suspended { .. }
        | Event::Resumed { .. }
        | Event::Ended(_)
        | Event::SectorChanged { .. }
        | Event::IndustryChanged { .. }
        | Event::TypeChanged(_)
        | Event::Body(_)
        | Event::CeremonyHeld(_)
        | Event::EmployersRecorded(_)
        | Event::CampaignStageReached(_)
        | Event::GrantMade(_)
        | Event::GrantEnded { .. }
        | Event::TimelinesCorrected(_)
        | Event::ActsUndone(_)
        | Event::Noted(_) => None,
    }
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

/// Seats in bodies, from their days on, each with the change that filled it; known since an instant, or
/// each since its change was recorded.
pub(super) async fn fill_offices(
    connection: &mut PgConnection,
    known_at: Option<OffsetDateTime>,
    filled: &[(Uuid, &Office)],
) -> Result<(), Failure> {
    if filled.is_empty() {
        return Ok(());
    }
    told_at(&mut *connection, known_at).await?;
    let changes: Vec<Uuid> = filled.iter().map(|(change_id, _)| *change_id).collect();
    let offices = || filled.iter().map(|(_, office)| *office);
    let ids: Vec<Uuid> = offices().map(|office| office.office_id).collect();
    let units: Vec<Uuid> = offices().map(|office| office.organisation_id).collect();
    let people: Vec<Uuid> = offices().map(|office| office.person_id).collect();
    let from: Vec<Date> = offices().map(|office| office.from_on).collect();
    let bodies: Vec<&str> = offices().map(|office| office.body.as_str()).collect();
    let positions: Vec<&str> = offices().map(|office| office.position.as_str()).collect();
    sqlx::query!(
        "insert into office (office_id, organisation_id, body, position, person_id, valid, change_id)
         select office_id, organisation_id, body, position, person_id, daterange(from_on, null),
                change_id
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::date[],
                     $7::uuid[])
              as line (office_id, organisation_id, body, position, person_id, from_on, change_id)",
        &ids,
        &units,
        &bodies as &[&str],
        &positions as &[&str],
        &people,
        &from,
        &changes,
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

/// What is known of employers, each from a day on, by the change that told it last; known since an
/// instant, or each since its change was recorded.
pub(super) async fn record_employers(
    connection: &mut PgConnection,
    known_at: Option<OffsetDateTime>,
    recorded: &BTreeMap<(Uuid, Date), (Uuid, &Employer)>,
) -> Result<(), Failure> {
    if recorded.is_empty() {
        return Ok(());
    }
    told_at(&mut *connection, known_at).await?;
    let (ids, days): (Vec<Uuid>, Vec<Date>) = recorded.keys().copied().unzip();
    let changes: Vec<Uuid> = recorded.values().map(|(change_id, _)| *change_id).collect();
    let employers = || recorded.values().map(|(_, employer)| *employer);
    let surveyors: Vec<Uuid> = employers().map(|employer| employer.surveyor_id).collect();
    let workforces: Vec<i32> = employers().map(|employer| employer.workforce).collect();
    let female: Vec<i32> = employers().map(|employer| employer.workforce_female).collect();
    let names: Vec<&str> = employers().map(|employer| employer.name.as_str()).collect();
    // An array of arrays would have to be as long for each.
    let unions: Vec<String> = employers()
        .map(|employer| {
            let ids: Vec<String> = employer.union_ids.iter().map(Uuid::to_string).collect();
            ids.join(",")
        })
        .collect();
    sqlx::query!(
        "insert into employer_survey (employer_id, surveyed_on, surveyor_id, workforce,
                                      workforce_female, union_ids, change_id, name)
         select employer_id, surveyed_on, surveyor_id, workforce, workforce_female,
                string_to_array(union_ids, ',')::uuid[], change_id, name
         from unnest($1::uuid[], $2::date[], $3::uuid[], $4::integer[], $5::integer[], $6::text[],
                     $7::uuid[], $8::text[])
              as line (employer_id, surveyed_on, surveyor_id, workforce, workforce_female,
                       union_ids, change_id, name)
         on conflict (employer_id, surveyed_on)
         do update set surveyor_id = excluded.surveyor_id, name = excluded.name,
                       workforce = excluded.workforce,
                       workforce_female = excluded.workforce_female,
                       union_ids = excluded.union_ids, change_id = excluded.change_id",
        &ids,
        &days,
        &surveyors,
        &workforces,
        &female,
        &unions,
        &changes,
        &names as &[&str],
    )
    .execute(connection)
    .await?;
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
