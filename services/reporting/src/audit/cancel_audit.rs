//! An audit is not wanted any more: nobody goes on with it.

use chassis::access::unknown_or_denied;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::refused::Refused;

/// Which.
#[derive(Debug)]
pub struct CancelAudit {
    /// The audit.
    pub audit_id: Uuid,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Cancelled {
    /// `reporting.v1.AuditState` that it has now.
    pub state: i16,
}

impl Act for CancelAudit {
    type Answer = Cancelled;

    async fn perform(self, acting: &mut Acting) -> Result<Cancelled, Failure> {
        // Whoever counts looks at the row after each month, and writes a result only where it is
        // still being counted.
        let state = sqlx::query_scalar!(
            "update figure_audit
             set state = case when state in (1, 2) then 5 else state end,
                 finished_at = coalesce(finished_at, now())
             where audit_id = $1 and access.covers(organisation_id)
             returning state",
            self.audit_id,
        )
        .fetch_optional(acting.db())
        .await?;
        match state {
            Some(state) => Ok(Cancelled { state }),
            None => {
                let unknown = Refused::AuditUnknown { audit_id: self.audit_id };
                Err(unknown_or_denied(acting.db(), unknown).await)
            }
        }
    }
}
