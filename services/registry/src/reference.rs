//! `ReferenceService`: types, sectors, industries and roles.

pub(crate) mod api;
pub mod load_reference;
pub(crate) mod wire;
