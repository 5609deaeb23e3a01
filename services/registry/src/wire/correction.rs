//! `correction.proto`.

use chassis::parse;
use chassis::refusal::Refusal;
use proto::registry::v1 as pb;

use crate::acts::undo_act::{ActUndone, UndoAct};

/// An act to be undone.
pub fn undo(request: pb::UndoActRequest) -> Result<UndoAct, Refusal> {
    Ok(UndoAct { act_id: parse::id("act_id", &request.act_id)? })
}

/// The answer of [`undo`].
pub fn undone(undone: ActUndone) -> pb::UndoActResponse {
    pb::UndoActResponse { organisations: i32::try_from(undone.organisations).unwrap_or(i32::MAX) }
}
