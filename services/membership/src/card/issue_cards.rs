//! Issues cards to members of a union.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::card::{Issuing, NewCard, may_have};
use crate::ground::day::{not_in_future, signed};
use crate::ground::decision::{Basis, rests_on};
use crate::ground::organisation::{self, Asked};
use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll;

/// What cards say, and on what they rest.
pub struct Terms {
    /// The union.
    pub organisation_id: Uuid,
    /// The first day.
    pub issued_on: Date,
    /// The first day on which they are no longer valid.
    pub until_on: Option<Date>,
    /// The decision.
    pub basis: Option<Basis>,
}

/// Members get cards.
pub struct IssueCards {
    /// What the cards say.
    pub terms: Terms,
    /// Who.
    pub person_ids: Vec<Uuid>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Issued {
    /// The act of issuing.
    pub issue_id: Uuid,
    /// Card and person.
    pub cards: Vec<(Uuid, Uuid)>,
}

impl Terms {
    /// Refuses days that cards issued today cannot have, and a union that cannot issue them.
    /// Answers the decision.
    pub async fn hold(&self, acting: &mut Acting) -> Result<Option<Uuid>, Failure> {
        not_in_future("issued_on", self.issued_on, acting.today)?;
        if self.until_on.is_some_and(|until_on| until_on <= self.issued_on) {
            return Err(Refused::ExpectedEndTooEarly { field: "until_on" }.into());
        }
        signed(self.basis.as_ref(), acting.today)?;
        organisation::stands(acting, self.organisation_id, self.issued_on, Asked::Acts).await?;
        rests_on(acting, self.basis.as_ref(), self.organisation_id).await
    }

    /// Issues cards to people who may have them.
    pub async fn issue(
        &self,
        acting: &mut Acting,
        decision_id: Option<Uuid>,
        people: &[Uuid],
    ) -> Result<Issued, Failure> {
        let cards: Vec<NewCard> =
            people.iter().map(|id| NewCard { person_id: *id, replaces_id: None }).collect();
        let issuing = Issuing {
            issue_id: Uuid::now_v7(),
            organisation_id: self.organisation_id,
            issued_on: self.issued_on,
            until_on: self.until_on,
            decision_id,
            cards: &cards,
        };
        let issued = issuing.record(acting).await?;
        let cards = issued.into_iter().zip(people.iter().copied()).collect();
        Ok(Issued { issue_id: issuing.issue_id, cards })
    }
}

impl Act for IssueCards {
    type Answer = Issued;

    async fn perform(self, acting: &mut Acting) -> Result<Issued, Failure> {
        let decision_id = self.terms.hold(acting).await?;
        roll::hold(acting, &self.person_ids).await?;
        let (union, on) = (self.terms.organisation_id, self.terms.issued_on);
        let mut bad = BadLines::default();
        let may = may_have(acting, union, on, &self.person_ids, None).await?;
        for (line, may) in may.into_iter().enumerate() {
            let field = format!("person_ids[{line}]");
            if !may.member_here {
                bad.add(line, Refused::MembershipNotActive { field });
            } else if may.has_card {
                bad.add(line, Refused::CardActive { field });
            }
        }
        bad.refuse()?;
        self.terms.issue(acting, decision_id, &self.person_ids).await
    }
}
