//! A member of a steering committee no longer follows a unit.

use chassis::access::unknown_or_denied;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::registry::Body;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::ground::{basis, tree};

/// Which assignment ends, and when.
#[derive(Debug)]
pub struct EndUnitAssignment {
    /// The assignment.
    pub assignment_id: Uuid,
    /// The first day without it.
    pub effective_on: Date,
}

/// What the act answers: nothing more than that it was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct AssignmentEnded;

impl Act for EndUnitAssignment {
    type Answer = AssignmentEnded;

    async fn perform(self, acting: &mut Acting) -> Result<AssignmentEnded, Failure> {
        let Self { assignment_id, effective_on: on } = self;
        basis::not_too_far(acting, "effective_on", on)?;
        let organisation_id = sqlx::query_scalar!(
            "select distinct body.organisation_id
             from unit_assignment assignment
             join body using (body_id)
             where assignment.assignment_id = $1 and access.covers(body.organisation_id)",
            assignment_id,
        )
        .fetch_optional(acting.db())
        .await?;
        let Some(organisation_id) = organisation_id else {
            let refusal = Refused::AssignmentUnknown { assignment_id }.at("assignment_id");
            return Err(unknown_or_denied(acting.db(), refusal).await);
        };
        tree::take(acting, &[organisation_id]).await?;
        // Nothing is known of one that ended before it began.
        let known = sqlx::query!(
            r#"select lower(valid) as "from_on!", upper(valid) as "until_on?"
               from unit_assignment
               where assignment_id = $1 and upper_inf(recorded)"#,
            assignment_id,
        )
        .fetch_optional(acting.db())
        .await?
        .filter(|known| known.until_on.is_none_or(|until| on < until))
        .ok_or_else(|| Refused::AssignmentEnded { assignment_id }.at("assignment_id"))?;
        if on <= known.from_on {
            let from = known.from_on;
            return Err(Refused::DateOutsideLife { on, from }.at("effective_on"));
        }
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query_file!(
            "src/steering/end_unit_assignment.sql",
            assignment_id,
            on,
            acted_at,
            act_id,
        )
        .execute(acting.db())
        .await?;
        acting.publish_all(Body::UnitAssignmentEnded { assignment_id }.on(on, None));
        Ok(AssignmentEnded)
    }
}
