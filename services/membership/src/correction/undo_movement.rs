//! Undoes a movement, for all of its people or for some.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::correction::movement::Decision;
use crate::ground::consequence::Redecided;
use crate::ground::correction::{Correction, Kind};
use crate::ground::day::signed;
use crate::ground::decision::{Basis, rests_on};
use crate::ground::discipline;

/// A movement was never decided.
pub struct UndoMovement {
    /// The movement.
    pub movement_id: Uuid,
    /// For whom; all of its people where there is none.
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

impl Act for UndoMovement {
    type Answer = Undone;

    async fn perform(self, acting: &mut Acting) -> Result<Undone, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        let movement = Decision::of(acting, self.movement_id).await?;
        let people = movement.people(acting, &self.person_ids).await?;
        Redecided::lock_unions(acting, &people, None).await?;
        let decision_id = rests_on(acting, self.basis.as_ref(), movement.union()).await?;
        let redecided = Redecided::of(acting, movement.movement_id, None, &people).await?;
        redecided.covered(acting, "movement_id").await?;
        redecided.write(acting, decision_id).await?;
        discipline::take_back_with_exit(acting, movement.first, &people).await?;
        let undone = Correction {
            kind: Kind::MovementUndone,
            about_id: movement.movement_id,
            now_id: None,
            people: people.len(),
            reason: &self.reason,
            decision_id,
        };
        undone.record(acting).await?;
        Ok(Undone { members: i32::try_from(people.len()).unwrap_or(i32::MAX) })
    }
}
