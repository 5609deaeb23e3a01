//! Recording a decision on which acts will rest.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::basis::{self, NewDecision};

/// A decision and who issued it.
#[derive(Debug)]
pub struct RecordDecision {
    /// The issuer.
    pub issuer_id: Uuid,
    /// The rest of it.
    pub decision: NewDecision,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recorded {
    /// The decision.
    pub decision_id: Uuid,
}

impl Act for RecordDecision {
    type Answer = Recorded;

    async fn perform(self, acting: &mut Acting) -> Result<Recorded, Failure> {
        let Self { issuer_id, decision } = self;
        // Only the issuer's own scope counts: nothing else is acted on.
        let known = sqlx::query_scalar!(
            r#"select true as "known!" from organisation
               where organisation_id = $1 and access.covers($1)"#,
            issuer_id,
        )
        .fetch_optional(acting.db())
        .await?;
        if known.is_none() {
            return Err(crate::ground::tree::unknown(acting, "decision.issuer_id", issuer_id).await);
        }
        let decision_id =
            basis::record_new(acting, "decision", decision, issuer_id, issuer_id).await?;
        Ok(Recorded { decision_id })
    }
}
