//! `CeremonyService`: launches and other ceremonies.

pub(crate) mod api;
pub mod ceremonies;
pub mod hold_ceremony;
pub(crate) mod wire;
