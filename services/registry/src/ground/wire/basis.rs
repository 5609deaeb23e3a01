//! On which decision an act rests.

use chassis::parse;
use chassis::refusal::Refusal;
use proto::registry::v1 as pb;

use crate::ground::basis::{Basis, NewDecision};
use crate::ground::refused::Refused;

pub(crate) const KIND_MAX: usize = 40;

pub(crate) const NUMBER_MAX: usize = 100;

pub(crate) const TITLE_MAX: usize = 500;

/// What most decisions are.
pub(crate) const USUAL_KIND: &str = "QUYET_DINH";

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

pub(crate) fn new_decision(field: &str, decision: pb::NewDecision) -> Result<NewDecision, Refusal> {
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
