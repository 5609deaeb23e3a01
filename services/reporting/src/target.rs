//! `TargetService`: what was assigned, to whom, and how far it is reached.

pub(crate) mod api;
pub mod apportioned_targets;
pub(crate) mod asking;
pub mod assign_target;
pub mod assign_targets;
pub(crate) mod assignable;
pub mod assigning;
pub mod assignment;
pub mod attained;
pub mod counted_children;
pub mod distribute_target;
pub(crate) mod holding;
pub mod issued_targets;
pub mod measure_programme;
pub mod open_targets;
pub mod succession;
pub mod targets_of_unit;
pub(crate) mod telling;
pub(crate) mod wire;
pub mod withdraw_target;
