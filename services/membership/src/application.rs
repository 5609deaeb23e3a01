//! `ApplicationService`: who asked to join.

pub(crate) mod api;
pub mod applications;
pub mod record_applicants;
pub(crate) mod wire;
