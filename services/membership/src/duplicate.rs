//! Room of `DuplicateService`: two in the register who are one person.

pub(crate) mod api;
pub mod candidates;
pub mod dismiss_duplicate;
pub mod merge_persons;
pub mod pseudonyms;
pub mod told_anew;
pub mod unmerge_persons;
pub(crate) mod wire;
