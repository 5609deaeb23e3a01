//! Members neither take part nor pay dues for a time.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::StandingKind;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::beginning::Beginning;
use crate::ground::day::plausible;
use crate::ground::decision::rests_on;
use crate::ground::dormancy::{Reason, due_on};
use crate::ground::movement::Dated;
use crate::ground::organisation::{self, Asked};

/// Members of a union become dormant.
pub struct MakeDormant {
    /// The union.
    pub organisation_id: Uuid,
    /// Why.
    pub reason: Reason,
    /// The first day, and the decision.
    pub dated: Dated,
    /// By when they are to be back.
    pub expected_until: Option<Date>,
    /// Who.
    pub person_ids: Vec<Uuid>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Dormant {
    /// The standing.
    pub standing_id: Uuid,
    /// How many people.
    pub members: i32,
    /// By when they have to be back.
    pub due_on: Option<Date>,
}

impl Act for MakeDormant {
    type Answer = Dormant;

    async fn perform(self, acting: &mut Acting) -> Result<Dormant, Failure> {
        plausible(&self.dated, acting.today)?;
        let on = self.dated.effective_on;
        let due_on = due_on(self.reason, on, self.expected_until)?;
        organisation::stands(acting, self.organisation_id, on, Asked::Leaves).await?;
        let basis = self.dated.basis.as_ref();
        let decision_id = rests_on(acting, basis, self.organisation_id).await?;
        let standing_id = Uuid::now_v7();
        let beginning = Beginning {
            standing_id,
            kind: StandingKind::Dormant,
            reason: Some(self.reason as i16),
            organisation_id: self.organisation_id,
            other_organisation_id: None,
            from_on: on,
            due_on,
            decision_id,
            person_ids: &self.person_ids,
        };
        let members = beginning.record(acting).await?;
        Ok(Dormant { standing_id, members, due_on })
    }
}
