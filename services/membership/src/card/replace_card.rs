//! Issues a card in the place of another.

use chassis::access;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::card::issue_cards::Terms;
use crate::ground::card::{CardState, Held, Issuing, NewCard, may_have};
use crate::ground::decision::Basis;
use crate::ground::refused::Refused;
use crate::ground::roll;

/// Somebody gets another card.
pub struct ReplaceCard {
    /// The card.
    pub card_id: Uuid,
    /// The first day of the new one.
    pub issued_on: Date,
    /// The first day on which the new one is no longer valid.
    pub until_on: Option<Date>,
    /// By which decision.
    pub basis: Option<Basis>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Replaced {
    /// The act of issuing.
    pub issue_id: Uuid,
    /// The new card.
    pub card_id: Uuid,
}

impl Act for ReplaceCard {
    type Answer = Replaced;

    async fn perform(self, acting: &mut Acting) -> Result<Replaced, Failure> {
        let field = || "card_id".to_string();
        let unknown = || Refused::CardUnknown { field: field() };
        let Some(held) = Held::find(acting, self.card_id).await? else {
            return Err(access::unknown_or_denied(acting.db(), unknown()).await);
        };
        let union = sqlx::query_scalar!(
            "select organisation_id from membership
             where person_id = $1 and from_on <= $2 and (until_on is null or until_on > $2)",
            held.survivor_id,
            self.issued_on,
        )
        .fetch_optional(acting.db())
        .await?;
        let Some(organisation_id) = union else {
            return Err(Refused::MembershipNotActive { field: field() }.into());
        };
        let terms = Terms {
            organisation_id,
            issued_on: self.issued_on,
            until_on: self.until_on,
            basis: self.basis,
        };
        let decision_id = terms.hold(acting).await?;
        roll::lock(acting, &[held.person_id, held.survivor_id]).await?;
        // Read again: whoever held her may have replaced or undone it.
        let Some(held) = Held::find(acting, self.card_id).await? else {
            return Err(unknown().into());
        };
        let replaceable = [CardState::Valid, CardState::Lost, CardState::Expired];
        held.stands_as(terms.issued_on, &replaceable)?;
        let people = [held.survivor_id];
        let but = Some(held.card_id);
        let may = may_have(acting, organisation_id, terms.issued_on, &people, but).await?;
        for may in may {
            if !may.member_here {
                return Err(Refused::MembershipNotActive { field: field() }.into());
            }
            if may.has_card {
                return Err(Refused::CardActive { field: field() }.into());
            }
        }
        let issuing = Issuing {
            issue_id: Uuid::now_v7(),
            organisation_id,
            issued_on: terms.issued_on,
            until_on: terms.until_on,
            decision_id,
            cards: &[NewCard { person_id: held.survivor_id, replaces_id: Some(held.card_id) }],
        };
        let issued = issuing.record(acting).await?;
        let card_id = issued.first().copied().unwrap_or_default();
        Ok(Replaced { issue_id: issuing.issue_id, card_id })
    }
}
