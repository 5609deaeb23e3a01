//! Carries a consequence out for people whom it passed over because of a later movement.

use std::collections::HashSet;

use chassis::access;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{Event, Finished};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::consequence::{Contradictions, Obstacle, Occasion, Settling};
use crate::ground::organisation;
use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll::none_repeated;

/// A consequence is mended for some people.
pub struct MendConsequence {
    /// Registry's act.
    pub registry_act_id: Uuid,
    /// The organisation that the act was about.
    pub organisation_id: Uuid,
    /// Who.
    pub person_ids: Vec<Uuid>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Mended {
    /// For how many people it was carried out.
    pub members: i32,
    /// How many are still passed over because of a later movement.
    pub left: i32,
}

impl Act for MendConsequence {
    type Answer = Mended;

    async fn perform(self, acting: &mut Acting) -> Result<Mended, Failure> {
        none_repeated(&self.person_ids)?;
        self.known(acting).await?;
        self.passed_over(acting).await?;
        let settling = Settling::of(acting.db(), &self.person_ids, Contradictions::Settled).await?;
        let mut bad = BadLines::default();
        for (line, person_id) in self.person_ids.iter().enumerate() {
            if settling.is_left(person_id) {
                let field = format!("person_ids[{line}]");
                bad.add(line, Refused::PersonNotPassedOver { field });
            }
        }
        bad.refuse()?;
        let unions: HashSet<Uuid> =
            settling.unions().into_iter().flat_map(|(_, unions)| unions).collect();
        let unions: Vec<Uuid> = unions.into_iter().collect();
        let field = |_| "person_ids".to_string();
        organisation::all_in_scope(acting.db(), &unions, field).await?;

        let registry_act_id = Some(self.registry_act_id);
        let occasion = Occasion { registry_act_id, ..Occasion::of(acting) };
        let settled = settling.write(acting.db(), &occasion).await?;
        acting.publish_all(settled.changes);
        self.note(acting).await
    }
}

impl MendConsequence {
    /// Refuses a consequence that does not exist, or not in the caller's scope; locks it.
    async fn known(&self, acting: &mut Acting) -> Result<(), Failure> {
        let known = sqlx::query!(
            "select from consequence
             where registry_act_id = $1 and organisation_id = $2 and access.covers($2)
             order by kind for no key update",
            self.registry_act_id,
            self.organisation_id,
        )
        .execute(acting.db())
        .await?
        .rows_affected();
        if known > 0 {
            return Ok(());
        }
        let unknown = Refused::ConsequenceUnknown { registry_act_id: self.registry_act_id };
        Err(access::unknown_or_denied(acting.db(), unknown).await)
    }

    /// Refuses people whom it has not passed over because of a later movement.
    async fn passed_over(&self, acting: &mut Acting) -> Result<(), Failure> {
        let passed_over: HashSet<Uuid> = sqlx::query_scalar!(
            "select person_id from consequence_passed_over
             where registry_act_id = $1 and organisation_id = $2 and person_id = any ($3)
               and obstacle = $4 and mended_at is null",
            self.registry_act_id,
            self.organisation_id,
            &self.person_ids,
            Obstacle::LaterMovement as i16,
        )
        .fetch_all(acting.db())
        .await?
        .into_iter()
        .collect();
        let mut bad = BadLines::default();
        for (line, person_id) in self.person_ids.iter().enumerate() {
            if !passed_over.contains(person_id) {
                let field = format!("person_ids[{line}]");
                bad.add(line, Refused::PersonNotPassedOver { field });
            }
        }
        Ok(bad.refuse()?)
    }

    /// They are no longer passed over, by this consequence or another; what passes nobody over
    /// any more is finished.
    async fn note(&self, acting: &mut Acting) -> Result<Mended, Failure> {
        let acted_at = acting.acted_at;
        sqlx::query!(
            "update consequence_passed_over set mended_at = $2
             where person_id = any ($1) and obstacle = $3 and mended_at is null",
            &self.person_ids,
            acted_at,
            Obstacle::LaterMovement as i16,
        )
        .execute(acting.db())
        .await?;
        let finished = sqlx::query!(
            "update consequence set finished_at = $1, obstacle = null
             where finished_at is null and obstacle = $2
               and (registry_act_id, organisation_id) in (
                   select registry_act_id, organisation_id from consequence_passed_over
                   where person_id = any ($3))
               and not exists (
                   select from consequence_passed_over still
                   where still.registry_act_id = consequence.registry_act_id
                     and still.organisation_id = consequence.organisation_id
                     and still.obstacle = $2 and still.mended_at is null)
             returning registry_act_id, organisation_id, effective_on, members",
            acted_at,
            Obstacle::LaterMovement as i16,
            &self.person_ids,
        )
        .fetch_all(acting.db())
        .await?;
        for done in finished {
            let finished = Event::ConsequenceFinished(Finished {
                registry_act_id: done.registry_act_id,
                organisation_id: done.organisation_id,
                members: done.members.max(0),
            });
            acting.publish(finished.on(done.effective_on));
        }
        let left = sqlx::query_scalar!(
            r#"select count(*) as "left!" from consequence_passed_over
               where registry_act_id = $1 and organisation_id = $2
                 and obstacle = $3 and mended_at is null"#,
            self.registry_act_id,
            self.organisation_id,
            Obstacle::LaterMovement as i16,
        )
        .fetch_one(acting.db())
        .await?;
        Ok(Mended {
            members: i32::try_from(self.person_ids.len()).unwrap_or(i32::MAX),
            left: i32::try_from(left).unwrap_or(i32::MAX),
        })
    }
}
