//! `decision.proto`.

use chassis::parse::{self, civil};
use chassis::refusal::Refusal;
use proto::registry::v1 as pb;

use crate::acts::record_decision::{RecordDecision, Recorded};
use crate::basis::{Basis, Decision, NewDecision};
use crate::error::Refused;

const KIND_MAX: usize = 40;
const NUMBER_MAX: usize = 100;
const TITLE_MAX: usize = 500;
/// What most decisions are.
const USUAL_KIND: &str = "QUYET_DINH";

/// What an act must rest on.
pub fn basis(basis: Option<pb::Basis>) -> Result<Basis, Refusal> {
    optional_basis(basis)?.ok_or_else(|| Refused::DecisionRequired.refusal().field("basis"))
}

/// What an act rests on, if it does.
pub fn optional_basis(basis: Option<pb::Basis>) -> Result<Option<Basis>, Refusal> {
    use pb::basis::Basis::{DecisionId, NewDecision};
    match basis.and_then(|basis| basis.basis) {
        None => Ok(None),
        Some(DecisionId(id)) => Ok(Some(Basis::Known(parse::id("basis.decision_id", &id)?))),
        Some(NewDecision(decision)) => {
            Ok(Some(Basis::New(new_decision("basis.new_decision", decision)?)))
        }
    }
}

fn new_decision(field: &str, decision: pb::NewDecision) -> Result<NewDecision, Refusal> {
    let part = |part: &str| format!("{field}.{part}");
    let issued_on = parse::date(&part("issued_on"), decision.issued_on)?;
    Ok(NewDecision {
        issuer_id: parse::optional_id(&part("issuer_id"), &decision.issuer_id)?,
        kind: parse::optional_text(&part("kind"), &decision.kind, KIND_MAX)?
            .unwrap_or_else(|| USUAL_KIND.to_string()),
        number: parse::text(&part("number"), &decision.number, NUMBER_MAX)?,
        issued_on,
        effective_on: parse::optional_date(&part("effective_on"), decision.effective_on)?
            .unwrap_or(issued_on),
        title: parse::optional_text(&part("title"), &decision.title, TITLE_MAX)?
            .unwrap_or_default(),
    })
}

/// A decision to be recorded for itself.
pub fn record_decision(request: pb::RecordDecisionRequest) -> Result<RecordDecision, Refusal> {
    let decision = request.decision.ok_or_else(|| parse::required("decision"))?;
    let decision = new_decision("decision", decision)?;
    let issuer_id = decision.issuer_id.ok_or_else(|| parse::required("decision.issuer_id"))?;
    Ok(RecordDecision { issuer_id, decision })
}

/// The answer of [`record_decision`].
pub fn recorded(recorded: Recorded) -> pb::RecordDecisionResponse {
    pb::RecordDecisionResponse { decision_id: recorded.decision_id.to_string() }
}

/// A decision that was read.
pub fn decision(decision: Decision) -> pb::Decision {
    pb::Decision {
        decision_id: decision.decision_id.to_string(),
        issuer_id: decision.issuer_id.to_string(),
        kind: decision.kind,
        number: decision.number,
        issued_on: Some(civil(decision.issued_on)),
        effective_on: Some(civil(decision.effective_on)),
        title: decision.title,
    }
}
