//! `SuccessionService`: who is foreseen for which seat.

pub(crate) mod api;
pub mod plan_succession;
pub mod plans;
pub(crate) mod wire;
