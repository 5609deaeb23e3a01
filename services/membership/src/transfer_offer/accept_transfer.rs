//! The receiving union accepts whom another has offered: they are transferred.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::day::plausible;
use crate::ground::decision::rests_on;
use crate::ground::leaving::going_on;
use crate::ground::movement::Dated;
use crate::ground::organisation::{self, Asked};
use crate::ground::refused::Refused;
use crate::ground::transfer::Transferring;
use crate::transfer_offer::offer::{Offer, Side};

/// Who was offered is taken in.
pub struct AcceptTransfer {
    /// The offer.
    pub offer_id: Uuid,
    /// Whom; everybody for whom it is open where there is none.
    pub person_ids: Vec<Uuid>,
    /// The first day in the receiving union, and the decision.
    pub dated: Dated,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Accepted {
    /// The movement.
    pub transfer_id: Uuid,
    /// How many people.
    pub members: i32,
}

impl Act for AcceptTransfer {
    type Answer = Accepted;

    async fn perform(self, acting: &mut Acting) -> Result<Accepted, Failure> {
        plausible(&self.dated, acting.today)?;
        let on = self.dated.effective_on;
        let offer = Offer::of(acting, self.offer_id, Side::Receives).await?;
        let mine = [("offer_id", offer.to, Asked::Joins)];
        let other = [("offer_id", offer.from, Asked::Leaves)];
        organisation::stand_with(acting, &mine, &other, on).await?;
        if on < offer.offered_on {
            return Err(Refused::EffectiveBeforeOffer { offered_on: offer.offered_on }.into());
        }
        let basis = self.dated.basis.as_ref();
        let own = rests_on(acting, basis, offer.to).await?;
        let people = offer.people(acting, &self.person_ids).await?;
        if on >= offer.lapses_on {
            let field = "effective_on".to_string();
            let lapses_on = offer.lapses_on;
            return Err(Refused::TransferOfferLapsed { field, lapses_on }.into());
        }
        let ended = going_on(acting, offer.from, &people, on).await?;

        let transfer_id = Uuid::now_v7();
        // Whoever leaves by it has been accepted: said before it is carried out.
        sqlx::query!(
            "update standing set transfer_id = $3
             where standing_id = $1 and person_id = any ($2)",
            offer.offer_id,
            &people,
            transfer_id,
        )
        .execute(acting.db())
        .await?;
        let transferring = Transferring {
            transfer_id,
            from: offer.from,
            to: offer.to,
            on,
            decision_id: own.or(offer.decision_id),
            written: self.dated.written(),
            ended: &ended,
        };
        let members = transferring.record(acting).await?;
        Ok(Accepted { transfer_id, members })
    }
}
