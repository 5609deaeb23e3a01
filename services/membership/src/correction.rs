//! `CorrectionService`: what was recorded wrongly of people is known otherwise.

pub(crate) mod api;
pub mod correct_document;
pub mod correct_movement;
pub mod correct_person;
pub mod correct_standing;
pub mod corrections;
mod movement;
mod standing;
pub mod undo_alias;
pub mod undo_discipline;
pub mod undo_document;
pub mod undo_movement;
pub mod undo_standing;
pub(crate) mod wire;
