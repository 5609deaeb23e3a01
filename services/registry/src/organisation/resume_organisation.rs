//! Resuming the direction of a suspended organisation.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::registry::Event;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis::{self, Basis};
use crate::ground::life;
use crate::ground::refused::Refused;
use crate::ground::tree::{self, Scope};

/// Whose direction is to be resumed, from when, and by which decision.
#[derive(Debug)]
pub struct ResumeOrganisation {
    /// The organisation.
    pub organisation_id: Uuid,
    /// None means the decision's effective date.
    pub effective_on: Option<Date>,
    /// The decision.
    pub basis: Basis,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Resumed {
    /// The decision, recorded now or before.
    pub decision_id: Option<Uuid>,
}

impl Act for ResumeOrganisation {
    type Answer = Resumed;

    async fn perform(self, acting: &mut Acting) -> Result<Resumed, Failure> {
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
        if unit.is_directed().is_ok() {
            return Err(Refused::OrganisationNotSuspended { organisation_id }.at("organisation_id"));
        }
        unit.may_change_status(on).map_err(|refused| refused.at("effective_on"))?;

        let decision_id =
            basis::record(acting, Some(self.basis), superior_id, organisation_id).await?;
        tree::change_status(acting, &[organisation_id], tree::ACTIVE, on).await?;
        acting.publish_all(Event::Resumed { organisation_id }.on(on, decision_id));
        life::tell_lives(acting, &[organisation_id], on, decision_id).await?;
        Ok(Resumed { decision_id })
    }
}
