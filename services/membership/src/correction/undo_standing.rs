//! Undoes a standing, or an offer, for all of its people or for some.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::correction::standing::Recorded;
use crate::ground::correction::{Correction, Kind};
use crate::ground::day::signed;
use crate::ground::decision::{Basis, rests_on};
use crate::ground::refused::{BadLines, Refused};
use crate::ground::standing;

/// A standing never was.
pub struct UndoStanding {
    /// The standing.
    pub standing_id: Uuid,
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
    pub members: i32,
}

impl Act for UndoStanding {
    type Answer = Undone;

    async fn perform(self, acting: &mut Acting) -> Result<Undone, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        let recorded = Recorded::of(acting, self.standing_id).await?;
        let decision_id = rests_on(acting, self.basis.as_ref(), recorded.organisation_id).await?;
        let people = recorded.people(acting, &self.person_ids).await?;
        let accepted = sqlx::query_scalar!(
            "select person_id from standing
             where standing_id = $1 and person_id = any ($2) and transfer_id is not null",
            self.standing_id,
            &people,
        )
        .fetch_all(acting.db())
        .await?;
        let mut bad = BadLines::default();
        for (line, person_id) in people.iter().enumerate() {
            if accepted.contains(person_id) {
                let field = format!("person_ids[{line}]");
                bad.add(line, Refused::MovementRestedOn { field });
            }
        }
        bad.refuse()?;
        let changes = standing::forget(acting.db(), self.standing_id, &people).await?;
        acting.publish_all(changes);
        sqlx::query!(
            "delete from standing where standing_id = $1 and person_id = any ($2)",
            self.standing_id,
            &people,
        )
        .execute(acting.db())
        .await?;
        let undone = Correction {
            kind: Kind::StandingUndone,
            about_id: self.standing_id,
            now_id: None,
            people: people.len(),
            reason: &self.reason,
            decision_id,
        };
        undone.record(acting).await?;
        Ok(Undone { members: i32::try_from(people.len()).unwrap_or(i32::MAX) })
    }
}
