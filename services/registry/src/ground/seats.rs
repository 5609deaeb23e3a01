//! Seats in the bodies of an organisation: how people take them and how they end.

use std::collections::HashSet;

use chassis::database::Acting;
use chassis::refusal::{Failure, OnConstraint};
use feeds::registry::{Body, Committee, EndedSeat, Office};
use time::Date;
use uuid::Uuid;

use crate::ground::refused::Refused;

/// The body of every organisation.
pub const EXECUTIVE: &str = "EXECUTIVE";
/// The body of which an organisation may have several.
pub const STEERING: &str = "STEERING";

/// A seat to be taken.
#[derive(Clone, Debug)]
pub struct NewOffice {
    /// For example `EXECUTIVE`.
    pub body: String,
    /// For example `CHAIR`.
    pub position: String,
    /// An id of membership.
    pub person_id: Uuid,
    /// The planned end of the term.
    pub term_until: Option<Date>,
}

/// From when, and until when where the end of the organisation is known.
#[derive(Clone, Copy, Debug)]
pub struct Days {
    /// The first day in office.
    pub from_on: Date,
    /// The first day without the organisation.
    pub until_on: Option<Date>,
}

/// Seats people in the bodies of an organisation. `field` named the list.
pub async fn take(
    acting: &mut Acting,
    field: &str,
    organisation_id: Uuid,
    offices: Vec<NewOffice>,
    days: Days,
) -> Result<Vec<Office>, Failure> {
    if offices.is_empty() {
        return Ok(Vec::new());
    }
    refuse_unfit(acting, field, &offices, days.from_on).await?;
    open_bodies(acting, organisation_id, &offices).await?;
    seat(acting, field, organisation_id, None, offices, days).await
}

/// Seats the members of a new steering committee.
pub async fn take_in_committee(
    acting: &mut Acting,
    field: &str,
    organisation_id: Uuid,
    body_id: Uuid,
    members: Vec<NewOffice>,
    days: Days,
) -> Result<Vec<Office>, Failure> {
    refuse_unfit(acting, field, &members, days.from_on).await?;
    seat(acting, field, organisation_id, Some(body_id), members, days).await
}

/// Refuses positions that the body does not have, and seats that contradict each other.
async fn refuse_unfit(
    acting: &mut Acting,
    field: &str,
    offices: &[NewOffice],
    from_on: Date,
) -> Result<(), Failure> {
    let positions = sqlx::query!("select body, position, sole from position_rule")
        .fetch_all(acting.db())
        .await?;
    let mut seated = HashSet::new();
    let mut held = HashSet::new();
    for (n, office) in offices.iter().enumerate() {
        let at = |part: &str| format!("{field}[{n}].{part}");
        if !positions.iter().any(|rule| rule.body == office.body) {
            return Err(Refused::BodyUnknown { body: office.body.clone() }.at(at("body")));
        }
        let rule = positions
            .iter()
            .find(|rule| rule.body == office.body && rule.position == office.position)
            .ok_or_else(|| {
                let (body, position) = (office.body.clone(), office.position.clone());
                Refused::PositionUnknown { body, position }.at(at("position"))
            })?;
        let repeated = || {
            let (body, position) = (office.body.clone(), office.position.clone());
            Refused::SeatRepeated { body, position }
        };
        if !seated.insert((office.body.as_str(), office.person_id)) {
            return Err(repeated().at(at("person_id")));
        }
        if rule.sole && !held.insert((office.body.as_str(), office.position.as_str())) {
            return Err(repeated().at(at("position")));
        }
        if office.term_until.is_some_and(|until| until <= from_on) {
            return Err(Refused::TermUntilInvalid.at(at("term_until")));
        }
    }
    Ok(())
}

/// Makes the bodies that an organisation has one of each, where they are not there yet.
async fn open_bodies(
    acting: &mut Acting,
    organisation_id: Uuid,
    offices: &[NewOffice],
) -> Result<(), Failure> {
    let mut bodies: Vec<&str> = offices.iter().map(|office| office.body.as_str()).collect();
    bodies.sort_unstable();
    bodies.dedup();
    let body_ids: Vec<Uuid> = bodies.iter().map(|_| Uuid::now_v7()).collect();
    let act_id = acting.act_id;
    sqlx::query!(
        "insert into body (body_id, organisation_id, body, name, act_id)
         select body_id, $3, body, '', $4
         from unnest($1::uuid[], $2::text[]) as new (body_id, body)
         on conflict do nothing",
        &body_ids,
        &bodies as &[&str],
        organisation_id,
        act_id,
    )
    .execute(acting.db())
    .await?;
    Ok(())
}

async fn seat(
    acting: &mut Acting,
    field: &str,
    organisation_id: Uuid,
    body_id: Option<Uuid>,
    offices: Vec<NewOffice>,
    days: Days,
) -> Result<Vec<Office>, Failure> {
    let from_on = days.from_on;
    let taken: Vec<Office> = offices
        .into_iter()
        .map(|new| Office {
            office_id: Uuid::now_v7(),
            organisation_id,
            body: new.body,
            position: new.position,
            person_id: new.person_id,
            from_on,
            term_until: new.term_until,
        })
        .collect();
    let office_ids: Vec<Uuid> = taken.iter().map(|office| office.office_id).collect();
    let bodies: Vec<&str> = taken.iter().map(|office| office.body.as_str()).collect();
    let positions: Vec<&str> = taken.iter().map(|office| office.position.as_str()).collect();
    let person_ids: Vec<Uuid> = taken.iter().map(|office| office.person_id).collect();
    let term_untils: Vec<Option<Date>> = taken.iter().map(|office| office.term_until).collect();
    let (act_id, acted_at) = (acting.act_id, acting.acted_at);
    let body = bodies.first().copied().unwrap_or(EXECUTIVE).to_string();
    let seat_taken = || Refused::SeatTaken { body: body.clone() }.at(field);
    sqlx::query_file!(
        "src/ground/seats/take.sql",
        &office_ids,
        &bodies as &[&str],
        &positions as &[&str],
        &person_ids,
        &term_untils as &[Option<Date>],
        from_on,
        organisation_id,
        body_id,
        acted_at,
        act_id,
        days.until_on,
    )
    .execute(acting.db())
    .await
    .on_constraint("office_seat", seat_taken)
    .on_constraint("office_sole", seat_taken)?;
    Ok(taken)
}

/// Records that a superior appoints members of bodies, before they take their seats. A body
/// in which nobody sits until then is an appointed one: its congress is due.
pub async fn record_appointment(
    acting: &mut Acting,
    organisation_id: Uuid,
    bodies: &[&str],
    on: Date,
    decision_id: Option<Uuid>,
) -> Result<(), Failure> {
    let mut bodies = bodies.to_vec();
    bodies.sort_unstable();
    bodies.dedup();
    let appointment_ids: Vec<Uuid> = bodies.iter().map(|_| Uuid::now_v7()).collect();
    let (act_id, acted_at) = (acting.act_id, acting.acted_at);
    sqlx::query!(
        "insert into appointment (appointment_id, organisation_id, body, effective_on,
                                  opens_body, decision_id, act_id, recorded_at)
         select new.appointment_id, $3, new.body, $4,
                not exists (select from office held
                            where held.organisation_id = $3 and held.body = new.body
                              and held.valid @> $4::date and upper_inf(held.recorded)),
                $5, $6, $7
         from unnest($1::uuid[], $2::text[]) as new (appointment_id, body)
         -- An unknown body is refused where its seats are taken.
         join body_rule using (body)",
        &appointment_ids,
        &bodies as &[&str],
        organisation_id,
        on,
        decision_id,
        act_id,
        acted_at,
    )
    .execute(acting.db())
    .await?;
    Ok(())
}

/// Ends offices that have been found on a date, and what their holders were assigned to
/// follow; publishes both. Whoever calls has seen that none of the offices begins later; one whose
/// holder was put in charge of a unit that day or later is refused at `field`.
pub async fn end(
    acting: &mut Acting,
    field: &str,
    seats: &[EndedSeat],
    on: Date,
    decision_id: Option<Uuid>,
) -> Result<(), Failure> {
    if seats.is_empty() {
        return Ok(());
    }
    let office_ids: Vec<Uuid> = seats.iter().map(|seat| seat.office_id).collect();
    let assigned = sqlx::query!(
        r#"select unit_id, lower(valid) as "from_on!" from unit_assignment
           where office_id = any($1::uuid[]) and upper_inf(recorded) and lower(valid) >= $2::date
           order by lower(valid) desc
           limit 1"#,
        &office_ids,
        on,
    )
    .fetch_optional(acting.db())
    .await?;
    if let Some(assigned) = assigned {
        let (subject_id, later_on) = (assigned.unit_id, assigned.from_on);
        return Err(Refused::LaterActKnown { subject_id, later_on }.at(field));
    }
    let (act_id, acted_at) = (acting.act_id, acting.acted_at);
    sqlx::query_file!("src/ground/seats/end.sql", &office_ids, on, acted_at, act_id)
        .execute(acting.db())
        .await?;
    acting.publish_all(Body::OfficesEnded(seats.to_vec()).on(on, decision_id));
    end_assignments(acting, &office_ids, &[], on, decision_id).await
}

/// Ends what offices were assigned to follow, and assignments to follow units; publishes it.
pub async fn end_assignments(
    acting: &mut Acting,
    office_ids: &[Uuid],
    unit_ids: &[Uuid],
    on: Date,
    decision_id: Option<Uuid>,
) -> Result<(), Failure> {
    let (act_id, acted_at) = (acting.act_id, acting.acted_at);
    let ended = sqlx::query_file_scalar!(
        "src/ground/seats/end_assignments.sql",
        office_ids,
        unit_ids,
        on,
        acted_at,
        act_id,
    )
    .fetch_all(acting.db())
    .await?;
    for assignment_id in ended {
        acting.publish_all(Body::UnitAssignmentEnded { assignment_id }.on(on, decision_id));
    }
    Ok(())
}

/// Publishes who was appointed: one change for each body.
pub fn publish_appointed(
    acting: &mut Acting,
    organisation_id: Uuid,
    taken: &[Office],
    on: Date,
    decision_id: Option<Uuid>,
) {
    for committee in Committee::each(organisation_id, taken) {
        acting.publish_all(Body::CommitteeAppointed(committee).on(on, decision_id));
    }
}
