//! A union names people who are no members its honorary members.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::StandingKind;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::beginning::Beginning;
use crate::ground::day::plausible;
use crate::ground::decision::rests_on;
use crate::ground::movement::Dated;
use crate::ground::organisation::{self, Asked};
use crate::ground::roll;

/// People become honorary members.
pub struct NameHonoraryMembers {
    /// The union.
    pub organisation_id: Uuid,
    /// The first day, and the decision.
    pub dated: Dated,
    /// Who.
    pub person_ids: Vec<Uuid>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Named {
    /// The standing.
    pub standing_id: Uuid,
    /// How many people.
    pub people: i32,
}

impl Act for NameHonoraryMembers {
    type Answer = Named;

    async fn perform(self, acting: &mut Acting) -> Result<Named, Failure> {
        plausible(&self.dated, acting.today)?;
        let on = self.dated.effective_on;
        organisation::stands(acting, self.organisation_id, on, Asked::Acts).await?;
        let basis = self.dated.basis.as_ref();
        let decision_id = rests_on(acting, basis, self.organisation_id).await?;
        roll::all_surviving(acting, &self.person_ids, |line| format!("person_ids[{line}]")).await?;
        let standing_id = Uuid::now_v7();
        let beginning = Beginning {
            standing_id,
            kind: StandingKind::Honorary,
            reason: None,
            organisation_id: self.organisation_id,
            other_organisation_id: None,
            from_on: on,
            due_on: None,
            decision_id,
            person_ids: &self.person_ids,
        };
        let people = beginning.record(acting).await?;
        Ok(Named { standing_id, people })
    }
}
