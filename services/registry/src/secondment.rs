//! `SecondmentService`: people who work for another organisation for a time.

pub(crate) mod api;
pub mod begin_secondment;
pub mod end_secondment;
pub mod secondments;
pub(crate) mod wire;
