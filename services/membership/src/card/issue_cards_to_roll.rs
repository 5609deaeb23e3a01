//! Issues cards to those members of a union who have none.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::card::issue_cards::{Issued, Terms};
use crate::ground::card::may_have;
use crate::ground::roll::{self, LINES_MAX};

/// Everybody on the roll of a union has a card then, but for those beyond a thousand.
pub struct IssueCardsToRoll {
    /// What the cards say.
    pub terms: Terms,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct IssuedToRoll {
    /// The cards; none where everybody had one.
    pub issued: Option<Issued>,
    /// Others have none still.
    pub more: bool,
}

impl Act for IssueCardsToRoll {
    type Answer = IssuedToRoll;

    async fn perform(self, acting: &mut Acting) -> Result<IssuedToRoll, Failure> {
        let decision_id = self.terms.hold(acting).await?;
        let (union, on) = (self.terms.organisation_id, self.terms.issued_on);
        let mut people = without_card(acting, &self.terms).await?;
        let more = people.len() > LINES_MAX;
        people.truncate(LINES_MAX);
        roll::lock(acting, &people).await?;
        // Looked at again: another may have issued them some meanwhile, or moved them.
        let may = may_have(acting, union, on, &people, None).await?;
        let mut may = may.into_iter().map(|may| may.member_here && !may.has_card);
        people.retain(|_| may.next().unwrap_or_default());
        let issued = match people.is_empty() {
            true => None,
            false => Some(self.terms.issue(acting, decision_id, &people).await?),
        };
        Ok(IssuedToRoll { issued, more })
    }
}

/// The first members who have no card, and one more than are issued any.
async fn without_card(acting: &mut Acting, terms: &Terms) -> Result<Vec<Uuid>, Failure> {
    Ok(sqlx::query_scalar!(
        "select person_id from membership stay
         where organisation_id = $1 and from_on <= $2 and (until_on is null or until_on > $2)
           and not exists (select from card_life(stay.person_id) life
                           join card on card.card_id = life.card_id
                           where life.over_on is null
                              or life.over_on > $2 and life.over_on > card.issued_on)
         order by person_id limit $3",
        terms.organisation_id,
        terms.issued_on,
        i64::try_from(LINES_MAX + 1).unwrap_or(i64::MAX),
    )
    .fetch_all(acting.db())
    .await?)
}
