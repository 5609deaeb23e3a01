//! `WelfareService`: what is given to people in need.

pub(crate) mod api;
pub mod give_welfare;
pub mod given;
pub(crate) mod wire;
