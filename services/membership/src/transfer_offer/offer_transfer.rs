//! Offers members of a union to another.

use anyhow::Context;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::StandingKind;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::beginning::Beginning;
use crate::ground::day::signed;
use crate::ground::decision::{Basis, rests_on};
use crate::ground::organisation::{self, Asked};
use crate::ground::reference::limit;
use crate::ground::refused::Refused;

/// Members of one union are to continue in another, if that accepts them.
pub struct OfferTransfer {
    /// Whom they leave.
    pub from: Uuid,
    /// Where they are to go.
    pub to: Uuid,
    /// The day of the offer; today where none is said.
    pub offered_on: Option<Date>,
    /// The decision.
    pub basis: Option<Basis>,
    /// Who.
    pub person_ids: Vec<Uuid>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Offered {
    /// The offer.
    pub offer_id: Uuid,
    /// How many people.
    pub members: i32,
    /// The first day on which it can no longer be accepted.
    pub lapses_on: Date,
}

impl Act for OfferTransfer {
    type Answer = Offered;

    async fn perform(self, acting: &mut Acting) -> Result<Offered, Failure> {
        if self.from == self.to {
            return Err(Refused::TransferToSame.into());
        }
        let today = acting.today;
        let on = self.offered_on.unwrap_or(today);
        if on > today {
            return Err(Refused::DateInFuture { field: "offered_on", on, today }.into());
        }
        let rule = limit("TRANSFER_OFFER", on).context("no rule says when an offer lapses")?;
        let lapses_on = rule.after(on);
        if lapses_on <= today {
            let field = "offered_on".to_string();
            return Err(Refused::TransferOfferLapsed { field, lapses_on }.into());
        }
        signed(self.basis.as_ref(), today)?;
        let mine = [("from_organisation_id", self.from, Asked::Leaves)];
        let other = [("to_organisation_id", self.to, Asked::Joins)];
        organisation::stand_with(acting, &mine, &other, on).await?;
        let decision_id = rests_on(acting, self.basis.as_ref(), self.from).await?;
        let offer_id = Uuid::now_v7();
        let beginning = Beginning {
            standing_id: offer_id,
            kind: StandingKind::InTransfer,
            reason: None,
            organisation_id: self.from,
            other_organisation_id: Some(self.to),
            from_on: on,
            due_on: Some(lapses_on),
            decision_id,
            person_ids: &self.person_ids,
        };
        let members = beginning.record(acting).await?;
        Ok(Offered { offer_id, members, lapses_on })
    }
}
