//! `CongressService`: who holds which seat, and by which congress, by-election or appointment.

pub(crate) mod api;
pub mod appoint_committee;
pub mod end_offices;
pub mod hold_by_election;
pub mod hold_congress;
pub mod offices;
pub mod ordinals;
pub mod sizes;
mod term;
pub(crate) mod wire;
