//! `IdentityService`: the documents that identify people, and their other names.

pub mod add_alias;
pub mod add_document;
pub mod aliases;
pub(crate) mod api;
pub mod documents;
pub mod end_alias;
pub mod end_document;
pub(crate) mod wire;
