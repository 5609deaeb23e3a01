//! A second organisation no longer directs a unit beside its superior.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::registry::Noted;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis::{self, Basis};
use crate::ground::refused::Refused;
use crate::ground::tree::{self, Scope, later_than};

/// Who no longer directs whom, from when.
#[derive(Debug)]
pub struct EndJointDirection {
    /// The unit.
    pub organisation_id: Uuid,
    /// Who directed it beside its superior.
    pub director_id: Uuid,
    /// The first day without it; none means the decision's effective date.
    pub effective_on: Option<Date>,
    /// The decision, if there is one.
    pub basis: Option<Basis>,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct JointDirectionEnded {
    /// The decision, recorded now or before.
    pub decision_id: Option<Uuid>,
}

impl Act for EndJointDirection {
    type Answer = JointDirectionEnded;

    async fn perform(self, acting: &mut Acting) -> Result<JointDirectionEnded, Failure> {
        let Self { organisation_id, director_id, effective_on, basis } = self;
        let on = basis::effective_on(acting, organisation_id, basis.as_ref(), effective_on).await?;
        tree::take(acting, &[organisation_id]).await?;
        let unit =
            tree::standing(acting, "organisation_id", organisation_id, on, Scope::BySuperior)
                .await?;
        let since = sqlx::query_scalar!(
            r#"select max(lower(valid)) as "since" from organisation_director
               where organisation_id = $1 and director_id = $2
                 and upper_inf(recorded) and (upper_inf(valid) or upper(valid) > $3)"#,
            organisation_id,
            director_id,
            on,
        )
        .fetch_one(acting.db())
        .await?
        .ok_or_else(|| Refused::JointDirectionUnknown { director_id }.at("director_id"))?;
        later_than(organisation_id, since, on).map_err(|refused| refused.at("effective_on"))?;

        let issuer_id = unit.superior_id.unwrap_or(organisation_id);
        let decision_id = basis::record(acting, basis, issuer_id, organisation_id).await?;
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query_file!(
            "src/attribute/end_joint_direction.sql",
            organisation_id,
            director_id,
            on,
            acted_at,
            act_id,
        )
        .execute(acting.db())
        .await?;
        let ended = Noted::JointDirectionEnded { organisation_id, director_id };
        acting.publish_all(ended.on(on, decision_id));
        Ok(JointDirectionEnded { decision_id })
    }
}
