//! What registry's acts publish of bodies, and of the people in them.

use time::Date;
use uuid::Uuid;

/// What happens in the bodies of organisations, and to the people in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A term congress was held.
    CongressHeld(Congress),
    /// Members of a body were elected between congresses.
    ByElectionHeld(ByElection),
    /// Members of a body were appointed.
    CommitteeAppointed(Committee),
    /// Seats are held until the day before.
    OfficesEnded(Vec<EndedSeat>),
    /// A steering committee was established.
    SteeringCommitteeEstablished(SteeringCommittee),
    /// A member of a steering committee follows a unit.
    UnitAssigned(Assignment),
    /// She does so no longer.
    UnitAssignmentEnded {
        /// The assignment.
        assignment_id: Uuid,
    },
}

/// A seat in a body, taken by a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// UUIDv7.
    pub office_id: Uuid,
    /// Whose body it is in.
    pub organisation_id: Uuid,
    /// For example `EXECUTIVE`.
    pub body: String,
    /// For example `CHAIR`.
    pub position: String,
    /// An id of membership.
    pub person_id: Uuid,
    /// The first day in office.
    pub from_on: Date,
    /// The planned end of the term.
    pub term_until: Option<Date>,
}

/// A seat, and until when it is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The seat.
    pub office: Office,
    /// The first day on which it is no longer held.
    pub until_on: Option<Date>,
}

/// A seat that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndedSeat {
    /// The office.
    pub office_id: Uuid,
    /// Whose body it was in.
    pub organisation_id: Uuid,
    /// Who held it.
    pub person_id: Uuid,
}

/// A term congress, and whom it elected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Congress {
    /// UUIDv7.
    pub congress_id: Uuid,
    /// Whose.
    pub organisation_id: Uuid,
    /// lần thứ …
    pub ordinal: i32,
    /// When.
    pub held_on: Date,
    /// The term's first year.
    pub term_from_year: i32,
    /// The term's last year.
    pub term_to_year: i32,
    /// `PLENARY` or `DELEGATE`.
    pub form: String,
    /// Why the term is not five years; empty where it is.
    pub term_reason: String,
    /// How many members it was held for, where that was stated.
    pub member_count: Option<i32>,
    /// The seats of the bodies that it elected.
    pub offices: Vec<Office>,
}

/// An election between congresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByElection {
    /// UUIDv7.
    pub by_election_id: Uuid,
    /// Whose.
    pub organisation_id: Uuid,
    /// For example `EXECUTIVE`.
    pub body: String,
    /// When.
    pub held_on: Date,
    /// The seats that it filled.
    pub offices: Vec<Office>,
}

/// A body of which members were appointed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committee {
    /// Whose.
    pub organisation_id: Uuid,
    /// For example `EXECUTIVE`.
    pub body: String,
    /// The seats.
    pub offices: Vec<Office>,
}

impl Committee {
    /// Appointed members, by the bodies in which they sit.
    pub fn each(organisation_id: Uuid, offices: &[Office]) -> Vec<Self> {
        let mut bodies: Vec<&str> = offices.iter().map(|office| office.body.as_str()).collect();
        bodies.sort_unstable();
        bodies.dedup();
        let members =
            |body: &str| offices.iter().filter(|office| office.body == body).cloned().collect();
        bodies
            .into_iter()
            .map(|body| Self { organisation_id, body: body.to_string(), offices: members(body) })
            .collect()
    }
}

/// A steering committee, as it is established.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SteeringCommittee {
    /// UUIDv7.
    pub steering_committee_id: Uuid,
    /// Whose.
    pub organisation_id: Uuid,
    /// Its seats.
    pub offices: Vec<Office>,
}

/// Who follows a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// UUIDv7.
    pub assignment_id: Uuid,
    /// The steering committee.
    pub steering_committee_id: Uuid,
    /// The member's seat in it.
    pub office_id: Uuid,
    /// An id of membership.
    pub person_id: Uuid,
    /// Who is followed.
    pub unit_id: Uuid,
}

/// A person whom an organisation sends to another for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Secondment {
    /// UUIDv7.
    pub secondment_id: Uuid,
    /// Who sends.
    pub organisation_id: Uuid,
    /// Who receives.
    pub host_id: Uuid,
    /// An id of membership.
    pub person_id: Uuid,
    /// The first day without it, where that is known already.
    pub until_on: Option<Date>,
}
