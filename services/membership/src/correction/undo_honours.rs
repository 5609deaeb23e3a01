//! Undoes honours, for all of their people or for some.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::Event;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::correction::honour::{lines, whose};
use crate::ground::correction::{Correction, Kind};
use crate::ground::day::signed;
use crate::ground::decision::{Basis, rests_on};
use crate::ground::honour;
use crate::ground::merged;
use crate::ground::roll::none_repeated;

/// People were never honoured so.
pub struct UndoHonours {
    /// The decision about them.
    pub honour_id: Uuid,
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

impl Act for UndoHonours {
    type Answer = Undone;

    async fn perform(self, acting: &mut Acting) -> Result<Undone, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        none_repeated(&self.person_ids)?;
        let whose = whose(acting, self.honour_id).await?;
        let decision_id = rests_on(acting, self.basis.as_ref(), whose).await?;
        let mut lines = lines(acting, self.honour_id, &self.person_ids).await?;
        let people: Vec<Uuid> = lines.iter().map(|line| line.person_id).collect();
        sqlx::query!(
            "delete from honour where honour_id = $1 and person_id = any ($2)",
            self.honour_id,
            &people,
        )
        .execute(acting.db())
        .await?;
        merged::told_as(acting.db(), lines.iter_mut().map(|line| &mut line.person_id)).await?;
        for (on, _, told) in honour::told(&lines) {
            acting.publish(Event::HappeningTakenBack(told).resting_on(on, decision_id));
        }
        let undone = Correction {
            kind: Kind::HonourUndone,
            about_id: self.honour_id,
            now_id: None,
            people: people.len(),
            reason: &self.reason,
            decision_id,
        };
        undone.record(acting).await?;
        Ok(Undone { people: i32::try_from(people.len()).unwrap_or(i32::MAX) })
    }
}
