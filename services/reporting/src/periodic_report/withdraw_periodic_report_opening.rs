//! WithdrawPeriodicReportOpening: it was a mistake, and nobody is asked any longer.

use chassis::access::unknown_or_denied;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use uuid::Uuid;

use crate::ground::acting::decided_on_registry;
use crate::ground::refused::Refused;
use crate::periodic_report::telling::opening_withdrawn;

/// Which opening, and why.
pub struct WithdrawPeriodicReportOpening {
    /// The opening.
    pub opening_id: Uuid,
    /// Why.
    pub reason: String,
}

impl Act for WithdrawPeriodicReportOpening {
    type Answer = ();

    async fn perform(self, acting: &mut Acting) -> Result<(), Failure> {
        let opening_id = self.opening_id;
        let held = sqlx::query!(
            r#"select organisation_id as "organisation_id!", withdrawn_at is not null as "withdrawn!"
               from periodic_report_opening
               where opening_id = $1 and access.covers(organisation_id)
               for update"#,
            opening_id,
        )
        .fetch_optional(acting.db())
        .await?;
        let Some(held) = held else {
            let unknown = Refused::PeriodicReportOpeningUnknown { opening_id };
            return Err(unknown_or_denied(acting.db(), unknown).await);
        };
        if held.withdrawn {
            return Err(Refused::PeriodicReportOpeningWithdrawn { opening_id }.into());
        }
        // Whoever submits leans on the opening: nothing is submitted meanwhile.
        let submitted = sqlx::query_scalar!(
            r#"select count(*) as "submitted!" from periodic_report
               where opening_id = $1 and (state in ('SUBMITTED', 'RETURNED', 'REOPENED', 'APPROVED') or edition > 1)"#,
            opening_id,
        )
        .fetch_one(acting.db())
        .await?;
        if submitted > 0 {
            return Err(Refused::PeriodicReportOpeningUsed { submitted }.into());
        }
        let (acted_at, today) = (acting.acted_at, acting.today);
        sqlx::query!(
            "update periodic_report_opening set withdrawn_at = $2, withdrawal_reason = $3
             where opening_id = $1",
            opening_id,
            acted_at,
            self.reason,
        )
        .execute(acting.db())
        .await?;
        sqlx::query!("update periodic_report set due_on = null where opening_id = $1", opening_id)
            .execute(acting.db())
            .await?;
        let withdrawn = opening_withdrawn(opening_id, held.organisation_id);
        acting.publish(feeds::reporting::change(withdrawn, held.organisation_id, today, None));
        decided_on_registry(acting).await?;
        Ok(())
    }
}
