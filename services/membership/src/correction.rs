//! `CorrectionService`: what was recorded wrongly of people is known otherwise.

pub(crate) mod api;
pub mod correct_movement;
pub mod correct_person;
pub mod corrections;
mod movement;
mod record;
pub mod undo_movement;
pub(crate) mod wire;
