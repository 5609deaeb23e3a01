//! Moves members from one union to another.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::consequence;
use crate::ground::day::plausible;
use crate::ground::decision::rests_on;
use crate::ground::leaving::going_on;
use crate::ground::movement::Dated;
use crate::ground::organisation::{self, Asked};
use crate::ground::refused::Refused;
use crate::ground::roll;
use crate::ground::transfer::Transferring;

/// Members of one union continue in another.
pub struct TransferMembers {
    /// Whom they leave.
    pub from: Uuid,
    /// Where they go.
    pub to: Uuid,
    /// The first day in the new union, and the decision.
    pub dated: Dated,
    /// Who.
    pub person_ids: Vec<Uuid>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Transferred {
    /// The movement.
    pub transfer_id: Uuid,
    /// How many people.
    pub members: i32,
}

impl Act for TransferMembers {
    type Answer = Transferred;

    async fn perform(self, acting: &mut Acting) -> Result<Transferred, Failure> {
        if self.from == self.to {
            return Err(Refused::TransferToSame.into());
        }
        plausible(&self.dated, acting.today)?;
        let on = self.dated.effective_on;
        let both = [
            ("from_organisation_id", self.from, Asked::Leaves),
            ("to_organisation_id", self.to, Asked::Joins),
        ];
        organisation::all_stand(acting, &both, on).await?;
        let basis = self.dated.basis.as_ref();
        let decision_id = rests_on(acting, basis, self.from).await?;
        roll::hold(acting, &self.person_ids).await?;
        let ended = going_on(acting, self.from, &self.person_ids, on).await?;

        let transfer_id = Uuid::now_v7();
        let transferring = Transferring {
            transfer_id,
            from: self.from,
            to: self.to,
            on,
            decision_id,
            written: self.dated.written(),
            ended: &ended,
        };
        let members = transferring.record(acting).await?;
        // Where it is a list of those whom a division takes elsewhere, the rest is listed.
        consequence::list_rest_of(acting.db(), self.from, on).await?;
        Ok(Transferred { transfer_id, members })
    }
}
