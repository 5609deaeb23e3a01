//! What reporting tells: nobody follows it yet, so that nothing is read here. Its facts are
//! what the contract answers with, too: they are written where answers are.

use chassis::feed::NewChange;
use proto::reporting::v1 as pb;
use proto::reporting::v1::reporting_change::Change;
use time::Date;
use uuid::Uuid;

use crate::kind;

/// A change as an act of reporting's publishes it.
pub fn change(what: Change, aggregate_id: Uuid, on: Date, decision_id: Option<Uuid>) -> NewChange {
    kind::change(&pb::ReportingChange { change: Some(what) }, aggregate_id, on, decision_id)
}
