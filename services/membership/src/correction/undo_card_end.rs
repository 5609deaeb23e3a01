//! Undoes that a card was lost or revoked.

use chassis::access;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{CardTakenBack, Event};
use uuid::Uuid;

use crate::ground::card::Held;
use crate::ground::correction::{Correction, Kind};
use crate::ground::day::signed;
use crate::ground::decision::{Basis, rests_on};
use crate::ground::refused::Refused;
use crate::ground::roll;

/// A card never ended so.
pub struct UndoCardEnd {
    /// The card.
    pub card_id: Uuid,
    /// Why.
    pub reason: String,
    /// By which decision.
    pub basis: Option<Basis>,
}

impl Act for UndoCardEnd {
    type Answer = ();

    async fn perform(self, acting: &mut Acting) -> Result<(), Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        let field = || "card_id".to_string();
        let Some(held) = Held::find(acting, self.card_id).await? else {
            let unknown = Refused::CardUnknown { field: field() };
            return Err(access::unknown_or_denied(acting.db(), unknown).await);
        };
        let decision_id = rests_on(acting, self.basis.as_ref(), held.organisation_id).await?;
        roll::lock(acting, &[held.person_id, held.survivor_id]).await?;
        // Read again: whoever held her may have undone it.
        let Some(held) = Held::find(acting, self.card_id).await? else {
            return Err(Refused::CardUnknown { field: field() }.into());
        };
        let Some((ending, ended_on)) = held.ending() else {
            return Err(Refused::CardNotEnded { field: field() }.into());
        };
        sqlx::query!(
            "update card set ended_on = null, ended_as = null, ended_reason = null,
                             ended_decision_id = null
             where person_id = $1 and card_id = $2",
            held.person_id,
            held.card_id,
        )
        .execute(acting.db())
        .await?;
        let taken = Event::CardTakenBack(CardTakenBack::Ended(ending));
        acting.publish(taken.resting_on(ended_on, held.ended_decision_id));
        let undone = Correction {
            kind: Kind::CardEndUndone,
            about_id: self.card_id,
            now_id: None,
            people: 1,
            reason: &self.reason,
            decision_id,
        };
        undone.record(acting).await
    }
}
