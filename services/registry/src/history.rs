//! `HistoryService`: what was so when, and what became of whom.

pub(crate) mod api;
pub mod code_bearers;
pub mod compare;
pub mod successions;
pub mod timeline;
pub(crate) mod wire;
