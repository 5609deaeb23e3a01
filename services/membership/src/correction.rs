//! `CorrectionService`: what was recorded wrongly of people is known otherwise.

pub(crate) mod api;
pub mod correct_honours;
pub mod correct_movement;
pub mod correct_person;
pub mod correct_standing;
pub mod corrections;
mod honour;
mod movement;
mod record;
mod standing;
pub mod undo_cadre_recommendations;
pub mod undo_delegation;
pub mod undo_discipline;
pub mod undo_dispute_case;
pub mod undo_emulation;
pub mod undo_honours;
pub mod undo_movement;
pub mod undo_party_referrals;
pub mod undo_standing;
pub mod undo_training_course;
pub mod undo_welfare;
pub(crate) mod wire;
