//! `TimelineService`: all that happened to one person, as far as its reader may know it.

pub(crate) mod api;
pub mod entries;
pub(crate) mod wire;
