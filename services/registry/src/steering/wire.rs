//! `steering.proto`.

use chassis::parse::{self, civil, id_or_empty};
use chassis::refusal::Refusal;
use proto::registry::v1 as pb;
use time::Date;
use uuid::Uuid;

use crate::ground::reading::{AsOf, Page};
use crate::ground::seats::STEERING;
use crate::ground::wire::basis::optional_basis;
use crate::ground::wire::organisation::{AS_OF, as_of};
use crate::ground::wire::seats::some_new_offices;
use crate::ground::wire::texts;
use crate::steering::assign_unit::{AssignUnit, Assigned};
use crate::steering::committees::{CommitteesAsked, SteeringCommittee};
use crate::steering::complete_steering_committee::{CompleteSteeringCommittee, Completed};
use crate::steering::end_unit_assignment::{AssignmentEnded, EndUnitAssignment};
use crate::steering::establish_steering_committee::{EstablishSteeringCommittee, Established};
use crate::steering::unit_assignments::UnitAssignment;

const NAME_MAX: usize = 300;

/// A committee to be established.
pub fn establish(
    request: pb::EstablishSteeringCommitteeRequest,
) -> Result<EstablishSteeringCommittee, Refusal> {
    Ok(EstablishSteeringCommittee {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        name: parse::text("name", &request.name, NAME_MAX)?,
        members: some_new_offices("members", STEERING, request.members)?,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        basis: optional_basis(request.basis)?,
    })
}

/// The answer of [`establish`].
pub fn established(established: Established) -> pb::EstablishSteeringCommitteeResponse {
    pb::EstablishSteeringCommitteeResponse {
        steering_committee_id: established.steering_committee_id.to_string(),
        office_ids: texts(&established.office_ids),
        decision_id: id_or_empty(established.decision_id),
    }
}

/// A unit to be followed.
pub fn assign_unit(request: pb::AssignUnitRequest) -> Result<AssignUnit, Refusal> {
    Ok(AssignUnit {
        steering_committee_id: parse::id("steering_committee_id", &request.steering_committee_id)?,
        office_id: parse::id("office_id", &request.office_id)?,
        unit_id: parse::id("unit_id", &request.unit_id)?,
        effective_on: parse::date("effective_on", request.effective_on)?,
    })
}

/// The answer of [`assign_unit`].
pub fn assigned(assigned: Assigned) -> pb::AssignUnitResponse {
    pb::AssignUnitResponse { assignment_id: assigned.assignment_id.to_string() }
}

/// An assignment to be ended.
pub fn end_assignment(request: pb::EndUnitAssignmentRequest) -> Result<EndUnitAssignment, Refusal> {
    Ok(EndUnitAssignment {
        assignment_id: parse::id("assignment_id", &request.assignment_id)?,
        effective_on: parse::date("effective_on", request.effective_on)?,
    })
}

/// The answer of [`end_assignment`].
pub fn assignment_ended(AssignmentEnded: AssignmentEnded) -> pb::EndUnitAssignmentResponse {
    pb::EndUnitAssignmentResponse {}
}

/// Whose assignments, as of when.
pub fn assignments(
    request: &pb::ListUnitAssignmentsRequest,
    today: Date,
) -> Result<(Uuid, AsOf), Refusal> {
    Ok((
        parse::id("steering_committee_id", &request.steering_committee_id)?,
        as_of(AS_OF, request.as_of, request.known_at, today)?,
    ))
}

/// A page of assignments.
pub fn assignments_page(page: Page<UnitAssignment>) -> pb::ListUnitAssignmentsResponse {
    pb::ListUnitAssignmentsResponse {
        assignments: page.rows.into_iter().map(assignment).collect(),
        next_page_token: page.next_page_token,
    }
}

fn assignment(assignment: UnitAssignment) -> pb::UnitAssignment {
    pb::UnitAssignment {
        assignment_id: assignment.assignment_id.to_string(),
        steering_committee_id: assignment.steering_committee_id.to_string(),
        office_id: assignment.office_id.to_string(),
        person_id: assignment.person_id.to_string(),
        unit_id: assignment.unit_id.to_string(),
        from_on: Some(civil(assignment.from_on)),
        ended_on: assignment.ended_on.map(civil),
    }
}

/// Who follows which unit, as of when.
pub fn followers(
    request: &pb::ListUnitFollowersRequest,
    today: Date,
) -> Result<(Uuid, AsOf), Refusal> {
    Ok((
        parse::id("organisation_id", &request.organisation_id)?,
        as_of(AS_OF, request.as_of, request.known_at, today)?,
    ))
}

/// A page of those who follow a unit.
pub fn followers_page(page: Page<UnitAssignment>) -> pb::ListUnitFollowersResponse {
    pb::ListUnitFollowersResponse {
        assignments: page.rows.into_iter().map(assignment).collect(),
        next_page_token: page.next_page_token,
    }
}

/// Members who join a committee.
pub fn complete(
    request: pb::CompleteSteeringCommitteeRequest,
) -> Result<CompleteSteeringCommittee, Refusal> {
    Ok(CompleteSteeringCommittee {
        steering_committee_id: parse::id("steering_committee_id", &request.steering_committee_id)?,
        members: some_new_offices("members", STEERING, request.members)?,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        basis: optional_basis(request.basis)?,
    })
}

/// The answer of [`complete`].
pub fn completed(completed: Completed) -> pb::CompleteSteeringCommitteeResponse {
    pb::CompleteSteeringCommitteeResponse {
        office_ids: texts(&completed.office_ids),
        decision_id: id_or_empty(completed.decision_id),
    }
}

/// Whose committees, as of when.
pub fn committees(
    request: &pb::ListSteeringCommitteesRequest,
    today: Date,
) -> Result<CommitteesAsked, Refusal> {
    Ok(CommitteesAsked {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        as_of: as_of(AS_OF, request.as_of, request.known_at, today)?,
        own_only: request.own_only,
    })
}

/// A page of committees.
pub fn committees_page(page: Page<SteeringCommittee>) -> pb::ListSteeringCommitteesResponse {
    pb::ListSteeringCommitteesResponse {
        committees: page
            .rows
            .into_iter()
            .map(|committee| pb::SteeringCommittee {
                steering_committee_id: committee.steering_committee_id.to_string(),
                organisation_id: committee.organisation_id.to_string(),
                name: committee.name,
                established_on: Some(civil(committee.established_on)),
                members: committee.members,
                units: committee.units,
            })
            .collect(),
        next_page_token: page.next_page_token,
    }
}
