//! `ClosingService`: periods that are closed, verified, and held against what is known later.
//!
//! **Invariant:** what was closed is never written again. What is known later is a further revision, whose
//! chain begins with the digest of the one before it.

pub(crate) mod api;
pub mod chain;
pub mod close_period;
pub mod closings;
pub(crate) mod differences;
pub mod frozen;
pub mod revise_closing;
pub(crate) mod telling;
pub mod wire;
