//! Opens a case.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{Dispute, Event, Happening};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::day::{not_too_far, signed};
use crate::ground::decision::{Basis, rests_on};
use crate::ground::dispute::Kind;
use crate::ground::organisation::{self, Asked};
use crate::ground::reference::dispute_topics;
use crate::ground::refused::Refused;
use crate::ground::roll::{self, none_repeated};

/// A case is opened.
pub struct OpenDisputeCase {
    /// The union that takes part in it.
    pub organisation_id: Uuid,
    /// What it is.
    pub kind: Kind,
    /// Codes of the list of topics.
    pub topics: Vec<String>,
    /// The day.
    pub opened_on: Date,
    /// How many people it concerns; as many as are named where 0.
    pub people_concerned: i32,
    /// Who is named.
    pub person_ids: Vec<Uuid>,
    /// The document.
    pub basis: Option<Basis>,
}

/// What was recorded.
#[derive(Debug, Serialize, Deserialize)]
pub struct Opened {
    /// The case.
    pub case_id: Uuid,
}

impl Act for OpenDisputeCase {
    type Answer = Opened;

    async fn perform(self, acting: &mut Acting) -> Result<Opened, Failure> {
        let on = self.opened_on;
        not_too_far("opened_on", on, acting.today)?;
        signed(self.basis.as_ref(), acting.today)?;
        for (line, topic) in self.topics.iter().enumerate() {
            if !dispute_topics().contains_key(topic) || self.topics[..line].contains(topic) {
                return Err(Refused::TopicUnknown { field: format!("topics[{line}]") }.into());
            }
        }
        none_repeated(&self.person_ids)?;
        let named = i32::try_from(self.person_ids.len()).unwrap_or(i32::MAX);
        let concerned = if self.people_concerned == 0 { named } else { self.people_concerned };
        if concerned < named.max(1) {
            return Err(Refused::PeopleConcernedTooFew { least: named.max(1) }.into());
        }
        organisation::stands(acting, self.organisation_id, on, Asked::Acts).await?;
        let decision_id = rests_on(acting, self.basis.as_ref(), self.organisation_id).await?;
        let field = |line| format!("person_ids[{line}]");
        roll::all_surviving(acting, &self.person_ids, field).await?;
        let case_id = Uuid::now_v7();
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into dispute_case (case_id, organisation_id, kind, topics, people_concerned,
                                       opened_on, decision_id, act_id, recorded_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            case_id,
            self.organisation_id,
            self.kind as i16,
            &self.topics,
            concerned,
            on,
            decision_id,
            act_id,
            acted_at,
        )
        .execute(acting.db())
        .await?;
        sqlx::query!(
            "insert into dispute_case_person (person_id, case_id)
             select person_id, $2 from unnest($1::uuid[]) as line (person_id)",
            &self.person_ids,
            case_id,
        )
        .execute(acting.db())
        .await?;
        let opened = Happening::DisputeOpening(Dispute {
            case_id,
            organisation_id: self.organisation_id,
            kind: Kind::code_of(self.kind as i16).to_string(),
            people_concerned: concerned,
            outcome: None,
        });
        acting.publish(Event::Happened(opened).resting_on(on, decision_id));
        Ok(Opened { case_id })
    }
}
