//! A superior appoints members of a body (chỉ định).

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis::{self, Basis};
use crate::ground::life;
use crate::ground::refused::Refused;
use crate::ground::seats::{self, Days, NewOffice, STEERING};
use crate::ground::tree::{self, Scope};

/// Who is appointed into which body.
#[derive(Debug)]
pub struct AppointCommittee {
    /// Whose body it is.
    pub organisation_id: Uuid,
    /// For example `EXECUTIVE`.
    pub body: String,
    /// The first day in office; none means the decision's effective date.
    pub effective_on: Option<Date>,
    /// At least one.
    pub offices: Vec<NewOffice>,
    /// The decision.
    pub basis: Basis,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct CommitteeAppointed {
    /// The offices, as they were named.
    pub office_ids: Vec<Uuid>,
    /// The decision, recorded now or before.
    pub decision_id: Option<Uuid>,
}

impl Act for AppointCommittee {
    type Answer = CommitteeAppointed;

    async fn perform(self, acting: &mut Acting) -> Result<CommitteeAppointed, Failure> {
        let Self { organisation_id, body, effective_on, offices, basis } = self;
        if body == STEERING {
            return Err(Refused::BodyUnknown { body }.at("body"));
        }
        let on = basis::effective_on(acting, organisation_id, Some(&basis), effective_on).await?;
        // One after the other: the first to fill a body opens it.
        tree::take(acting, &[organisation_id]).await?;
        let unit =
            tree::standing(acting, "organisation_id", organisation_id, on, Scope::BySuperior)
                .await?;
        unit.lives_on(on).map_err(|refused| refused.at("effective_on"))?;
        unit.is_directed().map_err(|refused| refused.at("organisation_id"))?;

        let issuer_id = unit.superior_id.unwrap_or(organisation_id);
        let decision_id = basis::record(acting, Some(basis), issuer_id, organisation_id).await?;
        let bodies = [body.as_str()];
        seats::record_appointment(acting, organisation_id, &bodies, on, decision_id).await?;
        let days = Days { from_on: on, until_on: unit.ended_on };
        let taken = seats::take(acting, "offices", organisation_id, offices, days).await?;
        seats::publish_appointed(acting, organisation_id, &taken, on, decision_id);
        if unit.ended_on.is_some() {
            life::tell_lives(acting, &[organisation_id], on, decision_id).await?;
        }
        Ok(CommitteeAppointed {
            office_ids: taken.iter().map(|office| office.office_id).collect(),
            decision_id,
        })
    }
}
