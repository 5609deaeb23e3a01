//! A card is lost, or taken back.

use chassis::access;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{CardEnd, CardEnding, Event};
use time::Date;
use uuid::Uuid;

use crate::ground::card::{CardState, Held};
use crate::ground::day::{not_in_future, signed};
use crate::ground::decision::{Basis, rests_on};
use crate::ground::refused::Refused;
use crate::ground::roll;

/// A card is valid no longer.
pub struct EndCard {
    /// The card.
    pub card_id: Uuid,
    /// How.
    pub end: End,
    /// The field that names the day.
    pub field: &'static str,
    /// From which day on.
    pub on: Date,
    /// By which decision.
    pub basis: Option<Basis>,
}

/// How a card ends.
pub enum End {
    /// Mất.
    Lost,
    /// Thu hồi.
    Revoked {
        /// Why.
        reason: String,
    },
}

impl Act for EndCard {
    type Answer = ();

    async fn perform(self, acting: &mut Acting) -> Result<(), Failure> {
        not_in_future(self.field, self.on, acting.today)?;
        signed(self.basis.as_ref(), acting.today)?;
        let unknown = || Refused::CardUnknown { field: "card_id".to_string() };
        let Some(held) = Held::find(acting, self.card_id).await? else {
            return Err(access::unknown_or_denied(acting.db(), unknown()).await);
        };
        let decision_id = rests_on(acting, self.basis.as_ref(), held.organisation_id).await?;
        roll::lock(acting, &[held.person_id, held.survivor_id]).await?;
        // Read again: whoever held her may have ended or undone it.
        let Some(held) = Held::find(acting, self.card_id).await? else {
            return Err(unknown().into());
        };
        held.stands_as(self.on, &[CardState::Valid])?;
        // What somebody said of a later day stands, until it is undone.
        held.not_ended()?;
        let (state, end, reason) = match self.end {
            End::Lost => (CardState::Lost, CardEnd::Lost, None),
            End::Revoked { reason } => (CardState::Revoked, CardEnd::Revoked, Some(reason)),
        };
        sqlx::query!(
            "update card set ended_on = $3, ended_as = $4, ended_reason = $5, ended_decision_id = $6
             where person_id = $1 and card_id = $2",
            held.person_id,
            held.card_id,
            self.on,
            state as i16,
            reason,
            decision_id,
        )
        .execute(acting.db())
        .await?;
        let ended = CardEnding { card_id: held.card_id, person_id: held.person_id, end };
        acting.publish(Event::CardEnded(ended).resting_on(self.on, decision_id));
        Ok(())
    }
}
