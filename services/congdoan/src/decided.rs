//! The decision that a command names, as requests say it.

use chassis::parse::civil;
use proto::registry::v1 as pb;
use proto::registry::v1::basis::Basis;

use crate::cli::decided::Decided;

impl Decided {
    /// What the act rests on, as the options say; nothing where they say nothing. Without an issuer
    /// the decision is the usual one's.
    pub fn basis(&self, issuer_id: Option<&str>, title: &str) -> Option<pb::Basis> {
        let basis = match (&self.decision_id, &self.decision) {
            (Some(decision_id), _) => Basis::DecisionId(decision_id.to_string()),
            (None, Some(number)) => Basis::NewDecision(pb::NewDecision {
                issuer_id: issuer_id.unwrap_or_default().to_owned(),
                number: number.clone(),
                issued_on: self.issued_on.map(civil),
                effective_on: self.effective_on.or(self.issued_on).map(civil),
                title: title.to_owned(),
                ..pb::NewDecision::default()
            }),
            (None, None) => return None,
        };
        Some(pb::Basis { basis: Some(basis) })
    }
}

/// The option that a field of the request is, where it says what the act rests on.
pub fn option(field: &str) -> Option<String> {
    let option = match field {
        "effective_on" | "basis.new_decision.effective_on" => "--effective-on",
        "basis.new_decision.number" | "basis" => "--decision",
        "basis.new_decision.issued_on" => "--issued-on",
        "basis.decision_id" => "--decision-id",
        _ => return None,
    };
    Some(option.to_owned())
}
