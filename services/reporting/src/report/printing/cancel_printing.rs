//! CancelPrinting: a printing is not wanted any more.

use chassis::access::unknown_or_denied;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::refused::Refused;

/// Which.
pub struct CancelPrinting {
    /// The id that whoever asked for it chose.
    pub printing_id: Uuid,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Cancelled {
    /// `reporting.v1.PrintingState` that it has now.
    pub state: i16,
}

impl Act for CancelPrinting {
    type Answer = Cancelled;

    async fn perform(self, acting: &mut Acting) -> Result<Cancelled, Failure> {
        let principal = acting.caller.principal();
        // Whoever prints it locks the row for each report: none comes after this.
        let cancelled = sqlx::query!(
            "update report_printing
             set state = case when state in (1, 2, 3) then 5 else state end,
                 finished_at = coalesce(finished_at, now())
             where principal = $1 and printing_id = $2 and access.holds()
             returning printing_key, state",
            principal,
            self.printing_id,
        )
        .fetch_optional(acting.db())
        .await?;
        let Some(cancelled) = cancelled else {
            let unknown = Refused::PrintingUnknown { printing_id: self.printing_id };
            return Err(unknown_or_denied(acting.db(), unknown).await);
        };
        if cancelled.state == 5 {
            let key = cancelled.printing_key;
            sqlx::query!("delete from report_printing_file where printing_key = $1", key)
                .execute(acting.db())
                .await?;
        }
        Ok(Cancelled { state: cancelled.state })
    }
}
