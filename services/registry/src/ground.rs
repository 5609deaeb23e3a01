//! What every room stands on: the dated tree, decisions, seats, sizes, rules, and why registry refuses.

pub mod api;
pub mod attributes;
pub mod basis;
pub mod bell;
pub mod bodies;
pub mod codes;
pub mod communes;
pub mod consent;
pub mod employers;
pub mod life;
pub mod organisation;
pub mod reading;
pub mod reference;
pub mod refused;
pub mod rules;
pub mod search_index;
pub mod seats;
pub mod succession;
pub mod tax_codes;
pub mod timeline;
pub mod tree;
pub mod undo;
pub mod wire;
