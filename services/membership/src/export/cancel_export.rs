//! An export is not wanted any more: it is written no further, and its file goes.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::export::export_members::unknown;

/// Which.
#[derive(Debug)]
pub struct CancelExport {
    /// The id that whoever asked for it chose.
    pub export_id: Uuid,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Cancelled {
    /// `membership.v1.ExportState` that it has now.
    pub state: i16,
}

impl Act for CancelExport {
    type Answer = Cancelled;

    async fn perform(self, acting: &mut Acting) -> Result<Cancelled, Failure> {
        let principal = acting.caller.principal();
        // Whoever writes it locks the row for each piece: none comes after this.
        let cancelled = sqlx::query!(
            "update member_export
             set state = case when state in (1, 2, 3) then 5 else state end,
                 finished_at = coalesce(finished_at, now()),
                 kept_until = case when state = 3 then now() else kept_until end
             where principal = $1 and export_id = $2
             returning export_key, state",
            principal,
            self.export_id,
        )
        .fetch_optional(acting.db())
        .await?;
        let Some(cancelled) = cancelled else {
            return Err(unknown(acting.db(), self.export_id).await);
        };
        sqlx::query!("delete from member_export_piece where export_key = $1", cancelled.export_key)
            .execute(acting.db())
            .await?;
        Ok(Cancelled { state: cancelled.state })
    }
}
