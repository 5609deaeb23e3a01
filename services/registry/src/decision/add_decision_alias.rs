//! One document under another number: 6a/NQ-TLĐ and 6a/NQ-BCH are one.

use chassis::access::unknown_or_denied;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::registry::Noted;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::basis;
use crate::ground::refused::Refused;

/// By which other number a document is known.
#[derive(Debug)]
pub struct AddDecisionAlias {
    /// The document.
    pub decision_id: Uuid,
    /// None means the document's own kind.
    pub kind: Option<String>,
    /// As printed.
    pub number: String,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct DecisionAliasAdded {}

impl Act for AddDecisionAlias {
    type Answer = DecisionAliasAdded;

    async fn perform(self, acting: &mut Acting) -> Result<DecisionAliasAdded, Failure> {
        let decision_id = self.decision_id;
        // Whoever records a document of this issuer waits, and then sees the alias.
        let decision = sqlx::query!(
            "select decision.issuer_id, decision.kind, decision.issued_on, decision.effective_on
             from decision
             join organisation on organisation.organisation_id = decision.issuer_id
             where decision.decision_id = $1 and access.covers(decision.issuer_id)
             for update of organisation",
            decision_id,
        )
        .fetch_optional(acting.db())
        .await?;
        let Some(decision) = decision else {
            let refusal = Refused::DecisionUnknown { decision_id }.at("decision_id");
            return Err(unknown_or_denied(acting.db(), refusal).await);
        };
        let kind = self.kind.unwrap_or(decision.kind);
        basis::refuse_unknown_kind(acting, "kind", &kind).await?;
        let key = (decision.issuer_id, kind.as_str(), self.number.as_str(), decision.issued_on);
        if let Some(decision_id) = basis::named_by(acting, key).await? {
            return Err(Refused::DecisionExists { decision_id }.at("number"));
        }
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into decision_alias
                 (decision_id, issuer_id, kind, number, issued_on, act_id, recorded_at)
             values ($1, $2, $3, $4, $5, $6, $7)",
            decision_id,
            decision.issuer_id,
            kind,
            self.number,
            decision.issued_on,
            act_id,
            acted_at,
        )
        .execute(acting.db())
        .await?;
        let added = Noted::DecisionAliasAdded { decision_id, kind, number: self.number };
        acting.publish_all(added.on(decision.effective_on, Some(decision_id)));
        Ok(DecisionAliasAdded {})
    }
}
