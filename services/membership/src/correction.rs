//! `CorrectionService`: what was recorded wrongly of people is known otherwise.

pub(crate) mod api;
mod card_issue;
pub mod correct_card_issue;
pub mod correct_movement;
pub mod correct_person;
pub mod correct_standing;
pub mod corrections;
mod movement;
mod standing;
pub mod undo_card_end;
pub mod undo_card_issue;
pub mod undo_discipline;
pub mod undo_movement;
pub mod undo_standing;
pub(crate) mod wire;
