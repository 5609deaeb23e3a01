//! `DisputeCaseService`: labour disputes and collective matters.

pub(crate) mod api;
pub mod cases;
pub mod conclude_dispute_case;
pub mod open_dispute_case;
pub(crate) mod wire;
