//! `ActivityService`: what was done for members.

pub(crate) mod api;
pub mod record_activities;
pub mod reported;
pub(crate) mod wire;
