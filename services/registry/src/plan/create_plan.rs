//! A restructuring plan begins.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis::{self, Basis};
use crate::ground::refused::Refused;
use crate::ground::tree::{self, Scope};

/// A plan without steps.
#[derive(Debug)]
pub struct CreatePlan {
    /// On whose behalf.
    pub organisation_id: Uuid,
    /// NFC.
    pub name: String,
    /// From when its steps hold; none means the decision's effective date.
    pub effective_on: Option<Date>,
    /// The decision.
    pub basis: Basis,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct PlanCreated {
    /// The plan.
    pub plan_id: Uuid,
}

impl Act for CreatePlan {
    type Answer = PlanCreated;

    async fn perform(self, acting: &mut Acting) -> Result<PlanCreated, Failure> {
        let organisation_id = self.organisation_id;
        let on = basis::effective_on(acting, organisation_id, Some(&self.basis), self.effective_on)
            .await?;
        tree::lean_on(acting, &[organisation_id]).await?;
        tree::standing(acting, "organisation_id", organisation_id, on, Scope::Itself).await?;
        let decision_id = basis::record(acting, Some(self.basis), organisation_id, organisation_id)
            .await?
            .ok_or_else(|| Refused::DecisionRequired.at("basis"))?;

        let plan_id = Uuid::now_v7();
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into plan (plan_id, organisation_id, name, effective_on, decision_id, act_id,
                               recorded_at)
             values ($1, $2, $3, $4, $5, $6, $7)",
            plan_id,
            organisation_id,
            self.name,
            on,
            decision_id,
            act_id,
            acted_at,
        )
        .execute(acting.db())
        .await?;
        Ok(PlanCreated { plan_id })
    }
}
