//! One decision.

use chassis::access::unknown_or_denied;
use chassis::database::Reading;
use chassis::refusal::Failure;
use uuid::Uuid;

use crate::basis::Decision;
use crate::error::Refused;

/// The decision of this id, where its issuer is in scope.
pub async fn decision(reading: &mut Reading, decision_id: Uuid) -> Result<Decision, Failure> {
    let decision = sqlx::query_as!(
        Decision,
        "select decision_id, issuer_id, kind, number, issued_on, effective_on, title
         from decision
         where decision_id = $1 and access.covers(issuer_id)",
        decision_id,
    )
    .fetch_optional(&mut **reading)
    .await?;
    match decision {
        Some(decision) => Ok(decision),
        None => {
            let refusal = Refused::DecisionUnknown { decision_id }.at("decision_id");
            Err(unknown_or_denied(reading, refusal).await)
        }
    }
}
