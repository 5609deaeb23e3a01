//! WithdrawTarget: what was asked of a unit is asked of it no more.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::acting::{self, decided_on_registry};
use crate::ground::refused::Refused;
use crate::ground::target::Withdrawal;
use crate::target::holding::{self, On};
use crate::target::telling::target_withdrawn;

/// Which target, from when on, and why.
pub struct WithdrawTarget {
    /// The target.
    pub target_id: Uuid,
    /// The first day on which it does not hold.
    pub withdrawn_on: Date,
    /// Why.
    pub reason: String,
    /// What it rests on.
    pub decision_id: Option<Uuid>,
}

/// What was withdrawn.
#[derive(Debug, Serialize, Deserialize)]
pub struct Withdrawn {
    /// This revision, and those before it.
    pub revision: i32,
}

impl Act for WithdrawTarget {
    type Answer = Withdrawn;

    async fn perform(self, acting: &mut Acting) -> Result<Withdrawn, Failure> {
        let (mut target, newest) = holding::take(acting, self.target_id, On::Issuer).await?;
        if let Some(known) = target.withdrawal {
            return Err(Refused::TargetWithdrawn { withdrawn_on: known.withdrawn_on }.into());
        }
        // Whatever took the place of an earlier revision is withdrawn from when it did so at the
        // earliest: before, the other was asked.
        let (from, through) = (target.assigned_on, target.period.through);
        if !(from..=through).contains(&self.withdrawn_on) {
            return Err(Refused::TargetNotHeld { field: "withdrawn_on", from, through }.into());
        }
        let units = [target.organisation_id];
        acting::refuse_unknown_decision(acting, self.decision_id, &units).await?;
        let (act_id, recorded_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into target_withdrawal
                 (target_id, revision, withdrawn_on, reason, decision_id, recorded_at, act_id)
             values ($1, $2, $3, $4, $5, $6, $7)",
            self.target_id,
            newest,
            self.withdrawn_on,
            self.reason,
            self.decision_id,
            recorded_at,
            act_id,
        )
        .execute(acting.db())
        .await?;
        target.withdrawal = Some(Withdrawal {
            withdrawn_on: self.withdrawn_on,
            reason: self.reason,
            decision_id: self.decision_id,
            recorded_at,
        });
        let (on, decision_id) = (self.withdrawn_on, self.decision_id);
        let change = target_withdrawn(&target);
        acting.publish(feeds::reporting::change(change, self.target_id, on, decision_id));
        decided_on_registry(acting).await?;
        Ok(Withdrawn { revision: newest })
    }
}
