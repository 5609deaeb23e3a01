//! Closes an offer for who stays where she is: the receiving union declines, or the other withdraws.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::standing;
use crate::transfer_offer::offer::{Offer, Side};

/// How an offer is closed; the numbers are those of `membership.v1.OfferState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum Closing {
    /// By the receiving union.
    Declined = 3,
    /// By the one that has made it.
    Withdrawn = 4,
}

/// People who were offered stay where they are.
pub struct CloseOffer {
    /// How.
    pub closing: Closing,
    /// The offer.
    pub offer_id: Uuid,
    /// Who; everybody for whom it is open where there is none.
    pub person_ids: Vec<Uuid>,
    /// Why.
    pub reason: Option<String>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Closed {
    /// For how many people.
    pub members: i32,
}

impl Act for CloseOffer {
    type Answer = Closed;

    async fn perform(self, acting: &mut Acting) -> Result<Closed, Failure> {
        let side = match self.closing {
            Closing::Declined => Side::Receives,
            Closing::Withdrawn => Side::Offers,
        };
        let offer = Offer::of(acting, self.offer_id, side).await?;
        let people = offer.people(acting, &self.person_ids).await?;
        let today = acting.today;
        sqlx::query!(
            "update standing set ended_on = greatest(from_on, $3), ended_as = $4, ended_reason = $5
             where standing_id = $1 and person_id = any ($2)",
            offer.offer_id,
            &people,
            today,
            self.closing as i16,
            self.reason,
        )
        .execute(acting.db())
        .await?;
        let changes = standing::settle(acting.db(), &people).await?;
        acting.publish_all(changes);
        Ok(Closed { members: i32::try_from(people.len()).unwrap_or(i32::MAX) })
    }
}
