//! Requests of `PeriodicReportService` parsed, and its answers written out.

use chassis::parse;
use proto::reporting::v1 as pb;

use crate::ground::period::Period;
use crate::ground::reports_due::{Assignment, Cadence};
use crate::ground::wire::period_out;

/// How often a report is due; every quarter where it is not said.
pub fn cadence(cadence: pb::Cadence) -> Cadence {
    match cadence {
        pb::Cadence::Month => Cadence::MONTH,
        pb::Cadence::Unspecified | pb::Cadence::Quarter => Cadence::QUARTER,
        pb::Cadence::HalfYear => Cadence::HALF_YEAR,
        pb::Cadence::Year => Cadence::YEAR,
    }
}

/// An assignment, and what the reports are about that are due from it.
pub fn answered(assignment: Assignment, due: Vec<Period>) -> pb::Assignment {
    pb::Assignment {
        assignment_id: assignment.assignment_id.to_string(),
        steering_committee_id: assignment.steering_committee_id.to_string(),
        office_id: assignment.office_id.to_string(),
        person_id: assignment.person_id.to_string(),
        position: assignment.position,
        unit_id: assignment.unit_id.to_string(),
        unit_name: assignment.unit_name,
        from_on: Some(parse::civil(assignment.from_on)),
        until_on: assignment.until_on.map(parse::civil),
        reports_due: due
            .into_iter()
            .map(|span| pb::ReportDue {
                due_on: Some(parse::civil(span.until())),
                period: Some(period_out(span)),
            })
            .collect(),
    }
}
