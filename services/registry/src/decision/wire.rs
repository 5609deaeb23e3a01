//! `decision.proto`.

use chassis::parse::{self, civil};
use chassis::refusal::Refusal;
use proto::registry::v1 as pb;

use crate::decision::add_decision_alias::{AddDecisionAlias, DecisionAliasAdded};
use crate::decision::decisions::{Document, DocumentsOf};
use crate::decision::effects::{Effect, Kind};
use crate::decision::record_decision::{RecordDecision, Recorded};
use crate::ground::reading::Page;
use crate::ground::wire::basis::{KIND_MAX, NUMBER_MAX, new_decision};

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

/// A document that was read.
pub fn document(document: Document) -> pb::Decision {
    let decision = document.decision;
    pb::Decision {
        decision_id: decision.decision_id.to_string(),
        issuer_id: decision.issuer_id.to_string(),
        kind: decision.kind,
        number: decision.number,
        issued_on: Some(civil(decision.issued_on)),
        effective_on: Some(civil(decision.effective_on)),
        title: decision.title,
        aliases: document
            .aliases
            .into_iter()
            .map(|alias| pb::DecisionAlias { kind: alias.kind, number: alias.number })
            .collect(),
    }
}

/// Another number of a document.
pub fn add_alias(request: pb::AddDecisionAliasRequest) -> Result<AddDecisionAlias, Refusal> {
    Ok(AddDecisionAlias {
        decision_id: parse::id("decision_id", &request.decision_id)?,
        kind: parse::optional_text("kind", &request.kind, KIND_MAX)?,
        number: parse::text("number", &request.number, NUMBER_MAX)?,
    })
}

/// The answer of [`add_alias`].
pub fn alias_added(_: DecisionAliasAdded) -> pb::AddDecisionAliasResponse {
    pb::AddDecisionAliasResponse {}
}

/// Which documents are asked for.
pub fn documents_of(request: &pb::ListDecisionsRequest) -> Result<DocumentsOf, Refusal> {
    Ok(DocumentsOf {
        issuer_id: parse::id("issuer_id", &request.issuer_id)?,
        number: parse::optional_text("number", &request.number, NUMBER_MAX)?,
        kind: parse::optional_text("kind", &request.kind, KIND_MAX)?,
    })
}

/// A page of documents.
pub fn documents(page: Page<Document>) -> pb::ListDecisionsResponse {
    pb::ListDecisionsResponse {
        decisions: page.rows.into_iter().map(document).collect(),
        next_page_token: page.next_page_token,
    }
}

/// A page of what a document did.
pub fn effects(page: Page<Effect>) -> pb::GetDecisionEffectsResponse {
    pb::GetDecisionEffectsResponse {
        effects: page
            .rows
            .into_iter()
            .map(|effect| pb::DecisionEffect {
                kind: kind(effect.kind).into(),
                organisation_id: effect.organisation_id.to_string(),
                effective_on: Some(civil(effect.effective_on)),
                registry_act_id: effect.act_id.to_string(),
            })
            .collect(),
        next_page_token: page.next_page_token,
    }
}

fn kind(kind: Kind) -> pb::DecisionEffectKind {
    match kind {
        Kind::Founded => pb::DecisionEffectKind::Founded,
        Kind::Loaded => pb::DecisionEffectKind::Loaded,
        Kind::Recognised => pb::DecisionEffectKind::Recognised,
        Kind::Renamed => pb::DecisionEffectKind::Renamed,
        Kind::HandedOver => pb::DecisionEffectKind::HandedOver,
        Kind::Suspended => pb::DecisionEffectKind::Suspended,
        Kind::Resumed => pb::DecisionEffectKind::Resumed,
        Kind::Ended => pb::DecisionEffectKind::Ended,
        Kind::SectorChanged => pb::DecisionEffectKind::SectorChanged,
        Kind::IndustryChanged => pb::DecisionEffectKind::IndustryChanged,
        Kind::TypeChanged => pb::DecisionEffectKind::TypeChanged,
        Kind::Split => pb::DecisionEffectKind::Split,
        Kind::TerritoryChanged => pb::DecisionEffectKind::TerritoryChanged,
        Kind::SealRecorded => pb::DecisionEffectKind::SealRecorded,
        Kind::AliasesChanged => pb::DecisionEffectKind::AliasesChanged,
        Kind::JointDirectionBegun => pb::DecisionEffectKind::JointDirectionBegun,
        Kind::JointDirectionEnded => pb::DecisionEffectKind::JointDirectionEnded,
        Kind::Elected => pb::DecisionEffectKind::Elected,
        Kind::Appointed => pb::DecisionEffectKind::Appointed,
        Kind::OfficesEnded => pb::DecisionEffectKind::OfficesEnded,
        Kind::SteeringCommitteeEstablished => pb::DecisionEffectKind::SteeringCommitteeEstablished,
        Kind::UnitAssigned => pb::DecisionEffectKind::UnitAssigned,
        Kind::PersonSeconded => pb::DecisionEffectKind::PersonSeconded,
    }
}
