//! Sends people to an event of another organisation.

use std::collections::HashSet;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{Delegate, Delegation, Event, Happening};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::day::not_too_far;
use crate::ground::organisation::{self, Asked};
use crate::ground::reference::events;
use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll;

/// A delegation goes to an event.
pub struct SendDelegation {
    /// The sender.
    pub organisation_id: Uuid,
    /// Whose event it is.
    pub host_id: Uuid,
    /// A code of the list of events.
    pub event: String,
    /// The day of the event.
    pub held_on: Date,
    /// By what they were chosen.
    pub criteria: Option<String>,
    /// The occasion of the event.
    pub occasion: Option<String>,
    /// Person, and the organisation for which she goes.
    pub delegates: Vec<(Uuid, Uuid)>,
}

/// What was recorded.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sent {
    /// The delegation.
    pub delegation_id: Uuid,
}

impl Act for SendDelegation {
    type Answer = Sent;

    async fn perform(self, acting: &mut Acting) -> Result<Sent, Failure> {
        let on = self.held_on;
        not_too_far("held_on", on, acting.today)?;
        if !events().contains_key(&self.event) {
            return Err(Refused::EventUnknown.into());
        }
        self.none_repeated()?;
        organisation::stands(acting, self.organisation_id, on, Asked::Acts).await?;
        let (person_ids, organisation_ids): (Vec<Uuid>, Vec<Uuid>) =
            self.delegates.iter().copied().unzip();
        organisation::known(acting, "host_id", self.host_id).await?;
        let field = |line| format!("delegates[{line}].organisation_id");
        organisation::all_in_scope(acting.db(), &organisation_ids, field).await?;
        roll::all_surviving(acting, &person_ids, |line| format!("delegates[{line}].person_id"))
            .await?;

        let delegation_id = Uuid::now_v7();
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into delegation (delegation_id, organisation_id, host_id, event, held_on,
                                     act_id, recorded_at, criteria, occasion)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            delegation_id,
            self.organisation_id,
            self.host_id,
            self.event,
            on,
            act_id,
            acted_at,
            self.criteria,
            self.occasion,
        )
        .execute(acting.db())
        .await?;
        sqlx::query!(
            "insert into delegate (person_id, delegation_id, organisation_id)
             select person_id, $3, organisation_id
             from unnest($1::uuid[], $2::uuid[]) as line (person_id, organisation_id)",
            &person_ids,
            &organisation_ids,
            delegation_id,
        )
        .execute(acting.db())
        .await?;

        let delegates = self.delegates.into_iter();
        let sent = Happening::Delegation(Delegation {
            delegation_id,
            organisation_id: self.organisation_id,
            host_id: self.host_id,
            event: self.event,
            delegates: delegates
                .map(|(person_id, organisation_id)| Delegate { person_id, organisation_id })
                .collect(),
        });
        acting.publish(Event::Happened(sent).on(on));
        Ok(Sent { delegation_id })
    }
}

impl SendDelegation {
    fn none_repeated(&self) -> Result<(), Failure> {
        let mut bad = BadLines::default();
        let mut persons = HashSet::new();
        for (line, (person_id, _)) in self.delegates.iter().enumerate() {
            if !persons.insert(person_id) {
                let field = format!("delegates[{line}].person_id");
                bad.add(line, Refused::PersonRepeated { field });
            }
        }
        Ok(bad.refuse()?)
    }
}
