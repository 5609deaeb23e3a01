//! Ends memberships of one union for one reason.

use std::sync::Arc;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::ExitReason;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::day::plausible;
use crate::ground::decision::rests_on;
use crate::ground::exit::Exiting;
use crate::ground::keys::Keys;
use crate::ground::leaving::leaving;
use crate::ground::movement::Dated;
use crate::ground::organisation::{self, Asked};
use crate::ground::refused::Refused;
use crate::ground::roll;

/// Members leave the trade union.
pub struct ExitMembers {
    /// Makes pseudonyms: who is expelled has a step of discipline.
    pub keys: Arc<Keys>,
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
        roll::hold(acting, &self.person_ids).await?;
        let ended = leaving(acting, self.organisation_id, &self.person_ids, on).await?;

        let exit_id = Uuid::now_v7();
        let exiting = Exiting {
            exit_id,
            organisation_id: self.organisation_id,
            reason: self.reason,
            on,
            decision_id,
            written: self.dated.written(),
            ended: &ended,
        };
        let members = exiting.record(acting, &self.keys).await?.members;
        Ok(Exited { exit_id, members })
    }
}
