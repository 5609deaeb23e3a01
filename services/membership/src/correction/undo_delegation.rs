//! Undoes a delegation, for all of its delegates or for some.

use chassis::access;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{Delegate, Delegation, Event, Happening};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::correction::{Correction, Kind};
use crate::ground::day::signed;
use crate::ground::decision::{Basis, rests_on};
use crate::ground::merged;
use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll::none_repeated;

/// A delegation was never sent, or some never went with it.
pub struct UndoDelegation {
    /// The delegation.
    pub delegation_id: Uuid,
    /// For whom; everybody where there is none.
    pub person_ids: Vec<Uuid>,
    /// Why.
    pub reason: String,
    /// By which decision.
    pub basis: Option<Basis>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Undone {
    /// For how many people.
    pub people: i32,
}

struct Sent {
    organisation_id: Uuid,
    host_id: Uuid,
    event: String,
    held_on: Date,
}

impl Act for UndoDelegation {
    type Answer = Undone;

    async fn perform(self, acting: &mut Acting) -> Result<Undone, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        none_repeated(&self.person_ids)?;
        let unknown = || Refused::DelegationUnknown { delegation_id: self.delegation_id };
        let sender = sqlx::query_scalar!(
            "select organisation_id from delegation
             where delegation_id = $1 and access.covers(organisation_id)",
            self.delegation_id,
        )
        .fetch_optional(acting.db())
        .await?;
        let Some(sender) = sender else {
            return Err(access::unknown_or_denied(acting.db(), unknown()).await);
        };
        let decision_id = rests_on(acting, self.basis.as_ref(), sender).await?;
        let sent = sqlx::query_as!(
            Sent,
            "select organisation_id, host_id, event, held_on from delegation
             where delegation_id = $1 for update",
            self.delegation_id,
        )
        .fetch_optional(acting.db())
        .await?;
        let Some(sent) = sent else { return Err(unknown().into()) };

        let mut taken = self.take_back(acting).await?;
        let people = taken.len();
        merged::told_as(acting.db(), taken.iter_mut().map(|one| &mut one.person_id)).await?;
        let never = Happening::Delegation(Delegation {
            delegation_id: self.delegation_id,
            organisation_id: sent.organisation_id,
            host_id: sent.host_id,
            event: sent.event,
            delegates: taken,
        });
        acting.publish(Event::HappeningTakenBack(never).resting_on(sent.held_on, decision_id));
        let undone = Correction {
            kind: Kind::DelegationUndone,
            about_id: self.delegation_id,
            now_id: None,
            people,
            reason: &self.reason,
            decision_id,
        };
        undone.record(acting).await?;
        Ok(Undone { people: i32::try_from(people).unwrap_or(i32::MAX) })
    }
}

impl UndoDelegation {
    /// The delegates who never went. A delegation with which nobody went was never sent.
    async fn take_back(&self, acting: &mut Acting) -> Result<Vec<Delegate>, Failure> {
        let mut taken = sqlx::query_as!(
            Delegate,
            "delete from delegate
             where delegation_id = $1 and (cardinality($2::uuid[]) = 0 or person_id = any ($2))
             returning person_id, organisation_id",
            self.delegation_id,
            &self.person_ids,
        )
        .fetch_all(acting.db())
        .await?;
        taken.sort_by_key(|one| one.person_id);
        let mut bad = BadLines::default();
        for (line, person_id) in self.person_ids.iter().enumerate() {
            if !taken.iter().any(|one| one.person_id == *person_id) {
                let field = format!("person_ids[{line}]");
                bad.add(line, Refused::DelegateUnknown { field });
            }
        }
        bad.refuse()?;
        sqlx::query!(
            "delete from delegation
             where delegation_id = $1
               and not exists (select from delegate where delegation_id = $1)",
            self.delegation_id,
        )
        .execute(acting.db())
        .await?;
        Ok(taken)
    }
}
