//! An organisation establishes a steering committee.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::registry as fact;
use feeds::registry::Body;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis::{self, Basis};
use crate::ground::life;
use crate::ground::seats::{self, Days, NewOffice, STEERING};
use crate::ground::tree::{self, Scope};

/// A steering committee and its first members.
#[derive(Debug)]
pub struct EstablishSteeringCommittee {
    /// Whose committee it is.
    pub organisation_id: Uuid,
    /// NFC.
    pub name: String,
    /// At least one.
    pub members: Vec<NewOffice>,
    /// None means the decision's effective date.
    pub effective_on: Option<Date>,
    /// The decision, if there is one.
    pub basis: Option<Basis>,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Established {
    /// The committee.
    pub steering_committee_id: Uuid,
    /// The members' offices, as they were named.
    pub office_ids: Vec<Uuid>,
    /// The decision, recorded now or before.
    pub decision_id: Option<Uuid>,
}

impl Act for EstablishSteeringCommittee {
    type Answer = Established;

    async fn perform(self, acting: &mut Acting) -> Result<Established, Failure> {
        let organisation_id = self.organisation_id;
        let on =
            basis::effective_on(acting, organisation_id, self.basis.as_ref(), self.effective_on)
                .await?;
        tree::lean_on(acting, &[organisation_id]).await?;
        let unit =
            tree::standing(acting, "organisation_id", organisation_id, on, Scope::Itself).await?;
        unit.lives_on(on).map_err(|refused| refused.at("effective_on"))?;
        unit.is_directed().map_err(|refused| refused.at("organisation_id"))?;

        let decision_id =
            basis::record(acting, self.basis, organisation_id, organisation_id).await?;
        let steering_committee_id = Uuid::now_v7();
        let act_id = acting.act_id;
        sqlx::query!(
            "insert into body (body_id, organisation_id, body, name, act_id)
             values ($1, $2, $3, $4, $5)",
            steering_committee_id,
            organisation_id,
            STEERING,
            self.name,
            act_id,
        )
        .execute(acting.db())
        .await?;
        let taken = seats::take_in_committee(
            acting,
            "members",
            organisation_id,
            steering_committee_id,
            self.members,
            Days { from_on: on, until_on: unit.ended_on },
        )
        .await?;
        let office_ids = taken.iter().map(|office| office.office_id).collect();
        let established = Body::SteeringCommitteeEstablished(fact::SteeringCommittee {
            steering_committee_id,
            organisation_id,
            offices: taken,
        });
        acting.publish_all(established.on(on, decision_id));
        if unit.ended_on.is_some() {
            life::tell_lives(acting, &[organisation_id], on, decision_id).await?;
        }
        Ok(Established { steering_committee_id, office_ids, decision_id })
    }
}
