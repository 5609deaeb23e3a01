//! Suspending the direction of an organisation: it stays, and admits nobody.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::registry::Event;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis::{self, Basis};
use crate::ground::life::{self, Changed};
use crate::ground::refused::Refused;
use crate::ground::tree::{self, Scope};

/// Whose direction is to be suspended, from when, and by which decision.
#[derive(Debug)]
pub struct SuspendOrganisation {
    /// The organisation.
    pub organisation_id: Uuid,
    /// None means the decision's effective date.
    pub effective_on: Option<Date>,
    /// The decision.
    pub basis: Basis,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Suspended {
    /// The decision, recorded now or before.
    pub decision_id: Option<Uuid>,
}

impl Act for SuspendOrganisation {
    type Answer = Suspended;

    async fn perform(self, acting: &mut Acting) -> Result<Suspended, Failure> {
        let organisation_id = self.organisation_id;
        let on = basis::effective_on(acting, organisation_id, Some(&self.basis), self.effective_on)
            .await?;
        tree::take(acting, &[organisation_id]).await?;
        let unit =
            tree::standing(acting, "organisation_id", organisation_id, on, Scope::BySuperior)
                .await?;
        let superior_id =
            unit.superior_id.ok_or_else(|| Refused::ConfederationFixed.at("organisation_id"))?;
        unit.lives_on(on).map_err(|refused| refused.at("effective_on"))?;
        unit.is_directed().map_err(|refused| refused.at("organisation_id"))?;
        unit.may_change_status(on).map_err(|refused| refused.at("effective_on"))?;

        let decision_id =
            basis::record(acting, Some(self.basis), superior_id, organisation_id).await?;
        tree::change_status(acting, &[organisation_id], tree::SUSPENDED, on).await?;
        refuse_needed_later(acting, organisation_id, on).await?;
        acting.publish_all(Event::Suspended { organisation_id }.on(on, decision_id));
        life::tell_lives(acting, &[organisation_id], on, decision_id).await?;
        Ok(Suspended { decision_id })
    }
}

/// Nothing that takes an organisation that is directed is known of the days from then on: nobody
/// was elected or appointed, and no unit came to stand under it, or came to it with its members.
async fn refuse_needed_later(
    acting: &mut Acting,
    organisation_id: Uuid,
    on: Date,
) -> Result<(), Failure> {
    let act_id = acting.act_id;
    let known = [organisation_id];
    let found = life::contradictions(acting, &known, Some(act_id), Changed::LifeOrType).await?;
    let needed = found.iter().filter(|one| one.is_of_suspension()).filter_map(|one| one.on_date);
    match needed.filter(|needed_on| *needed_on >= on).max() {
        None => Ok(()),
        Some(later_on) => {
            let refused = Refused::LaterActKnown { subject_id: organisation_id, later_on };
            Err(refused.at("effective_on"))
        }
    }
}
