//! An operation on a plan is asked for. A worker does it.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use chassis::telemetry;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::plan::operation::Kind;
use crate::plan::steps::Plan;

/// Which operation, on which plan.
#[derive(Debug)]
pub struct BeginOperation {
    /// The plan.
    pub plan_id: Uuid,
    /// What is to be done to it.
    pub kind: Kind,
    /// That of the method that was called: the worker has no other.
    pub permission: String,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct OperationBegun {
    /// The operation.
    pub operation_id: Uuid,
    /// The plan.
    pub plan_id: Uuid,
}

impl Act for BeginOperation {
    type Answer = OperationBegun;

    async fn perform(self, acting: &mut Acting) -> Result<OperationBegun, Failure> {
        let plan_id = self.plan_id;
        let plan = Plan::take_idle(acting, "plan_id", plan_id).await?;
        self.allowed(&plan).map_err(|refused| refused.at("plan_id"))?;

        let operation_id = Uuid::now_v7();
        let caller = acting.caller.clone();
        let acted_at = acting.acted_at;
        sqlx::query!(
            "insert into operation (operation_id, kind, plan_id, issuer, subject, office,
                                    permission, created_at, state, traceparent)
             values ($1, $2, $3, $4, $5, $6, $7, $8, 'WAITING', $9)",
            operation_id,
            self.kind.code(),
            plan_id,
            caller.issuer,
            caller.subject,
            caller.office,
            self.permission,
            acted_at,
            telemetry::traceparent(),
        )
        .execute(acting.db())
        .await?;
        Ok(OperationBegun { operation_id, plan_id })
    }
}

impl BeginOperation {
    fn allowed(&self, plan: &Plan) -> Result<(), Refused> {
        let plan_id = plan.plan_id;
        match self.kind {
            Kind::DryRun | Kind::Commit => plan.is_draft()?,
            Kind::Undo if plan.undone => return Err(Refused::PlanClosed { plan_id }),
            Kind::Undo if plan.committed_by.is_none() => {
                return Err(Refused::PlanNotCommitted { plan_id });
            }
            Kind::Undo => {}
        }
        match self.kind {
            Kind::DryRun if !plan.has_steps => Err(Refused::PlanEmpty { plan_id }),
            Kind::Commit if plan.dry_run_id.is_none() => Err(Refused::DryRunRequired { plan_id }),
            Kind::DryRun | Kind::Commit | Kind::Undo => Ok(()),
        }
    }
}
