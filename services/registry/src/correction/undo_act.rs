//! Undoing one act.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::undo::undo;

/// The act to be undone.
#[derive(Debug)]
pub struct UndoAct {
    /// As changes name it.
    pub act_id: Uuid,
}

/// What an undoing answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct ActUndone {
    /// How many organisations it concerned.
    pub organisations: usize,
}

impl Act for UndoAct {
    type Answer = ActUndone;

    async fn perform(self, acting: &mut Acting) -> Result<ActUndone, Failure> {
        Ok(ActUndone { organisations: undo(acting, "act_id", self.act_id).await? })
    }
}
