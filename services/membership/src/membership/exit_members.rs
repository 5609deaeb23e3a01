//! Ends memberships of one union for one reason.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{Event, Exit, ExitReason};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::change;
use crate::ground::day::plausible;
use crate::ground::decision::rests_on;
use crate::ground::leaving::{end, leaving};
use crate::ground::movement::Dated;
use crate::ground::organisation::{self, Asked};
use crate::ground::refused::Refused;

/// Members leave the trade union.
pub struct ExitMembers {
    /// The union that they leave.
    pub organisation_id: Uuid,
    /// Why.
    pub reason: ExitReason,
    /// The first day after the membership, and the decision.
    pub dated: Dated,
    /// Who.
    pub person_ids: Vec<Uuid>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Exited {
    /// The movement.
    pub exit_id: Uuid,
    /// How many people.
    pub members: i32,
}

impl Act for ExitMembers {
    type Answer = Exited;

    async fn perform(self, acting: &mut Acting) -> Result<Exited, Failure> {
        if self.reason == ExitReason::UnionEnded {
            return Err(Refused::ExitReasonReserved.into());
        }
        plausible(&self.dated, acting.today)?;
        let on = self.dated.effective_on;
        organisation::stands(acting, self.organisation_id, on, Asked::Leaves).await?;
        let basis = self.dated.basis.as_ref();
        let decision_id = rests_on(acting, basis, self.organisation_id).await?;
        let (number, issued_on) = self.dated.written();
        let ended = leaving(acting, self.organisation_id, &self.person_ids, on).await?;

        let exit_id = Uuid::now_v7();
        let members = i32::try_from(ended.len()).unwrap_or(i32::MAX);
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into movement (movement_id, kind, from_organisation_id, exit_reason,
                                   effective_on, decision_number, decision_issued_on, members,
                                   act_id, recorded_at, decision_id)
             values ($1, 'exit', $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            exit_id,
            self.organisation_id,
            self.reason as i16,
            on,
            number,
            issued_on,
            members,
            act_id,
            acted_at,
            decision_id,
        )
        .execute(acting.db())
        .await?;
        end(acting, &ended, on, exit_id).await?;

        let organisation_id = self.organisation_id;
        let exited = Event::Exited(Exit {
            exit_id: Some(exit_id),
            organisation_id,
            reason: self.reason,
            lines: change::lines(&ended),
            registry_act_id: None,
        });
        acting.publish(exited.resting_on(on, decision_id));
        Ok(Exited { exit_id, members })
    }
}
