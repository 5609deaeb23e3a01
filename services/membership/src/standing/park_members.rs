//! Members of a union take part in another.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::StandingKind;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::beginning::Beginning;
use crate::ground::day::plausible;
use crate::ground::decision::rests_on;
use crate::ground::movement::Dated;
use crate::ground::organisation::{self, Asked};
use crate::ground::refused::Refused;

/// Members are parked at another union.
pub struct ParkMembers {
    /// Their own.
    pub organisation_id: Uuid,
    /// Where they take part.
    pub host: Uuid,
    /// The first day, and the decision.
    pub dated: Dated,
    /// By when they are to be back.
    pub expected_until: Option<Date>,
    /// Who.
    pub person_ids: Vec<Uuid>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Parked {
    /// The standing.
    pub standing_id: Uuid,
    /// How many people.
    pub members: i32,
}

impl Act for ParkMembers {
    type Answer = Parked;

    async fn perform(self, acting: &mut Acting) -> Result<Parked, Failure> {
        if self.organisation_id == self.host {
            return Err(Refused::TransferToSame.into());
        }
        plausible(&self.dated, acting.today)?;
        let on = self.dated.effective_on;
        if self.expected_until.is_some_and(|expected| expected <= on) {
            return Err(Refused::ExpectedEndTooEarly { field: "expected_until" }.into());
        }
        let mine = [("organisation_id", self.organisation_id, Asked::Leaves)];
        let host = [("host_organisation_id", self.host, Asked::Joins)];
        organisation::stand_with(acting, &mine, &host, on).await?;
        let basis = self.dated.basis.as_ref();
        let decision_id = rests_on(acting, basis, self.organisation_id).await?;
        let standing_id = Uuid::now_v7();
        let beginning = Beginning {
            standing_id,
            kind: StandingKind::Parked,
            reason: None,
            organisation_id: self.organisation_id,
            other_organisation_id: Some(self.host),
            from_on: on,
            due_on: self.expected_until,
            decision_id,
            person_ids: &self.person_ids,
        };
        let members = beginning.record(acting).await?;
        Ok(Parked { standing_id, members })
    }
}
