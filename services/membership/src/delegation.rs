//! `DelegationService`: who was sent where.

pub(crate) mod api;
pub mod delegations;
pub mod send_delegation;
pub(crate) mod wire;
