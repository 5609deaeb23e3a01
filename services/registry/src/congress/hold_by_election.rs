//! An election between congresses: members of a body are added or replaced.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::registry as fact;
use feeds::registry::Body;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::congress::sizes;
use crate::ground::basis::{self, Basis};
use crate::ground::consent::refuse_other_than_superiors;
use crate::ground::life;
use crate::ground::refused::Refused;
use crate::ground::seats::{self, Days, EXECUTIVE, NewOffice, STEERING};
use crate::ground::tree::{self, Scope};

/// Who was elected into which body.
#[derive(Debug)]
pub struct HoldByElection {
    /// Whose body it is.
    pub organisation_id: Uuid,
    /// For example `INSPECTION`.
    pub body: String,
    /// When.
    pub held_on: Date,
    /// At least one.
    pub offices: Vec<NewOffice>,
    /// The superior's decision that consents to more members than may be co-opted.
    pub consent_id: Option<Uuid>,
    /// The superior's recognition, if it is known.
    pub basis: Option<Basis>,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct ByElectionHeld {
    /// The by-election.
    pub by_election_id: Uuid,
    /// The offices, as they were named.
    pub office_ids: Vec<Uuid>,
    /// The decision, recorded now or before.
    pub decision_id: Option<Uuid>,
}

impl Act for HoldByElection {
    type Answer = ByElectionHeld;

    async fn perform(self, acting: &mut Acting) -> Result<ByElectionHeld, Failure> {
        let Self { organisation_id, body, held_on, offices, consent_id, basis } = self;
        basis::has_happened(acting, "held_on", held_on)?;
        if body == STEERING {
            return Err(Refused::BodyUnknown { body }.at("body"));
        }
        // One after the other: how many may be co-opted depends on those before.
        tree::take(acting, &[organisation_id]).await?;
        let unit =
            tree::standing(acting, "organisation_id", organisation_id, held_on, Scope::Itself)
                .await?;
        unit.lives_on(held_on).map_err(|refused| refused.at("held_on"))?;
        unit.is_directed().map_err(|refused| refused.at("organisation_id"))?;
        sizes::refuse_full(acting, organisation_id, &body, held_on, offices.len()).await?;
        match consent_id {
            Some(consent_id) => {
                let (field, on) = ("consent_decision_id", held_on);
                refuse_other_than_superiors(acting, field, consent_id, organisation_id, on).await?;
            }
            None if body == EXECUTIVE => {
                sizes::refuse_co_option(acting, &unit, held_on, offices.len()).await?;
            }
            None => {}
        }

        basis::effective_on(acting, organisation_id, basis.as_ref(), Some(held_on)).await?;
        let issuer_id = unit.superior_id.unwrap_or(organisation_id);
        let decision_id = basis::record(acting, basis, issuer_id, organisation_id).await?;
        let days = Days { from_on: held_on, until_on: unit.ended_on };
        let taken = seats::take(acting, "offices", organisation_id, offices, days).await?;
        let by_election_id = Uuid::now_v7();
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into by_election (by_election_id, organisation_id, body, held_on,
                                      decision_id, act_id, recorded_at)
             values ($1, $2, $3, $4, $5, $6, $7)",
            by_election_id,
            organisation_id,
            body,
            held_on,
            decision_id,
            act_id,
            acted_at,
        )
        .execute(acting.db())
        .await?;
        let office_ids = taken.iter().map(|office| office.office_id).collect();
        let held = Body::ByElectionHeld(fact::ByElection {
            by_election_id,
            organisation_id,
            body,
            held_on,
            offices: taken,
        });
        acting.publish_all(held.on(held_on, decision_id));
        if unit.ended_on.is_some() {
            life::tell_lives(acting, &[organisation_id], held_on, decision_id).await?;
        }
        Ok(ByElectionHeld { by_election_id, office_ids, decision_id })
    }
}
