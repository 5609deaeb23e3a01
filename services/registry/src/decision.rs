//! `DecisionService`: the documents on which acts rest, and what they did.

pub mod add_decision_alias;
pub(crate) mod api;
pub mod decisions;
pub mod effects;
pub mod record_decision;
pub(crate) mod wire;
