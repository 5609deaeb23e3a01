//! `CorrectionService`: what was recorded wrongly of people is known otherwise.

pub(crate) mod api;
mod card_issue;
pub mod correct_card_issue;
pub mod correct_document;
pub mod correct_movement;
pub mod correct_person;
pub mod correct_standing;
pub mod corrections;
mod movement;
mod standing;
pub mod undo_alias;
pub mod undo_cadre_recommendations;
pub mod undo_card_end;
pub mod undo_card_issue;
pub mod undo_delegation;
pub mod undo_discipline;
pub mod undo_document;
pub mod undo_movement;
pub mod undo_party_referrals;
pub mod undo_standing;
pub mod undo_training_course;
pub(crate) mod wire;
