//! `TargetService`: what was assigned, to whom, and how far it is reached.

pub(crate) mod api;
pub mod assign_target;
pub mod open_targets;
pub mod targets_of_unit;
pub(crate) mod wire;
