//! `SteeringService`: steering committees, and who follows which unit.

pub(crate) mod api;
pub mod assign_unit;
pub mod committees;
pub mod complete_steering_committee;
pub mod end_unit_assignment;
pub mod establish_steering_committee;
pub mod unit_assignments;
pub(crate) mod wire;
