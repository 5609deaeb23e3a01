//! `ActivityService`: what unions did, and what it counts as.
//!
//! Kinds are data: what is asked of each, and what it counts as, stands in activity_kinds.toml.

pub mod activities;
pub(crate) mod api;
pub(crate) mod asked;
pub mod correct_activity;
pub mod counted;
pub(crate) mod kept;
pub(crate) mod known;
pub mod record_activities;
pub mod reported;
pub(crate) mod told;
pub mod undo_activity;
pub mod versions;
pub(crate) mod wire;
