//! `ConsequenceService`: what became of people by registry's acts, who was passed over, and how it is mended.

pub(crate) mod api;
pub mod consequences;
pub mod later_movements;
pub mod mend_consequence;
pub mod passed_over;
pub(crate) mod wire;
