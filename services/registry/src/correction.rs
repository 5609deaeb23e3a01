//! `CorrectionService`: what was recorded wrongly is recorded anew, or was never done.

pub(crate) mod api;
pub mod correct_organisation;
pub mod undo_act;
pub(crate) mod wire;
