//! What reporting's feed tells of periodic reports: ids, days and states, and no texts, which might
//! name somebody.

use chassis::parse::civil;
use proto::reporting::v1 as pb;
use proto::reporting::v1::reporting_change::Change as What;
use time::Date;
use uuid::Uuid;

use crate::ground::period::Period;
use crate::ground::wire::period_out;
use crate::periodic_report::held::Held;
use crate::periodic_report::state::State;

/// A form was defined, or a further version of it.
pub fn form_defined(issuer_id: Uuid, code: &str, version: i32) -> What {
    let (issuer_id, code) = (issuer_id.to_string(), code.to_string());
    What::PeriodicReportFormDefined(pb::PeriodicReportFormDefined { issuer_id, code, version })
}

/// An opening, as others are told of it.
pub struct Opened {
    /// Which.
    pub opening_id: Uuid,
    /// Whose.
    pub organisation_id: Uuid,
    /// About which days.
    pub period: Period,
    /// Who lay there on this day.
    pub cutoff_on: Date,
    /// By when.
    pub due_on: Date,
    /// How many are to report.
    pub reporters: i32,
}

/// An organisation and all below it are asked to report.
pub fn reports_opened(opened: &Opened) -> What {
    What::PeriodicReportsOpened(pb::PeriodicReportsOpened {
        opening_id: opened.opening_id.to_string(),
        organisation_id: opened.organisation_id.to_string(),
        period: Some(period_out(opened.period)),
        cutoff_on: Some(civil(opened.cutoff_on)),
        due_on: Some(civil(opened.due_on)),
        reporters: opened.reporters,
    })
}

/// They are asked no longer.
pub fn opening_withdrawn(opening_id: Uuid, organisation_id: Uuid) -> What {
    What::PeriodicReportOpeningWithdrawn(pb::PeriodicReportOpeningWithdrawn {
        opening_id: opening_id.to_string(),
        organisation_id: organisation_id.to_string(),
    })
}

/// A report stands otherwise.
pub fn report_moved(held: &Held) -> What {
    What::PeriodicReportMoved(pb::PeriodicReportMoved {
        report_id: held.report_id.to_string(),
        opening_id: held.opening_id.to_string(),
        organisation_id: held.organisation_id.to_string(),
        state: state(held.state).into(),
        edition: held.edition,
        revision: held.revision,
    })
}

/// How a report stands, as the contract has it.
pub fn state(state: State) -> pb::PeriodicReportState {
    match state {
        State::Due => pb::PeriodicReportState::Due,
        State::Draft => pb::PeriodicReportState::Draft,
        State::Submitted => pb::PeriodicReportState::Submitted,
        State::Returned => pb::PeriodicReportState::Returned,
        State::Reopened => pb::PeriodicReportState::Reopened,
        State::Approved => pb::PeriodicReportState::Approved,
        State::Waived => pb::PeriodicReportState::Waived,
    }
}
