//! Members join a steering committee that there is (kiện toàn).

use chassis::access::unknown_or_denied;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis::{self, Basis};
use crate::ground::life;
use crate::ground::refused::Refused;
use crate::ground::seats::{self, Days, NewOffice};
use crate::ground::tree::{self, Scope};

/// Who joins which committee.
#[derive(Debug)]
pub struct CompleteSteeringCommittee {
    /// The committee.
    pub steering_committee_id: Uuid,
    /// At least one.
    pub members: Vec<NewOffice>,
    /// None means the decision's effective date.
    pub effective_on: Option<Date>,
    /// The decision, if there is one.
    pub basis: Option<Basis>,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Completed {
    /// The new members' offices, as they were named.
    pub office_ids: Vec<Uuid>,
    /// The decision, recorded now or before.
    pub decision_id: Option<Uuid>,
}

impl Act for CompleteSteeringCommittee {
    type Answer = Completed;

    async fn perform(self, acting: &mut Acting) -> Result<Completed, Failure> {
        let Self { steering_committee_id, members, effective_on, basis } = self;
        let organisation_id = sqlx::query_scalar!(
            "select organisation_id from body
             where body_id = $1 and body = 'STEERING' and access.covers(organisation_id)",
            steering_committee_id,
        )
        .fetch_optional(acting.db())
        .await?;
        let Some(organisation_id) = organisation_id else {
            let refused = Refused::SteeringCommitteeUnknown { steering_committee_id };
            let refusal = refused.at("steering_committee_id");
            return Err(unknown_or_denied(acting.db(), refusal).await);
        };
        let on = basis::effective_on(acting, organisation_id, basis.as_ref(), effective_on).await?;
        tree::lean_on(acting, &[organisation_id]).await?;
        let field = "steering_committee_id";
        let unit = tree::standing(acting, field, organisation_id, on, Scope::Itself).await?;
        unit.lives_on(on).map_err(|refused| refused.at("effective_on"))?;
        unit.is_directed().map_err(|refused| refused.at(field))?;

        let decision_id = basis::record(acting, basis, organisation_id, organisation_id).await?;
        let taken = seats::take_in_committee(
            acting,
            "members",
            organisation_id,
            steering_committee_id,
            members,
            Days { from_on: on, until_on: unit.ended_on },
        )
        .await?;
        seats::publish_appointed(acting, organisation_id, &taken, on, decision_id);
        if unit.ended_on.is_some() {
            life::tell_lives(acting, &[organisation_id], on, decision_id).await?;
        }
        Ok(Completed {
            office_ids: taken.iter().map(|office| office.office_id).collect(),
            decision_id,
        })
    }
}
