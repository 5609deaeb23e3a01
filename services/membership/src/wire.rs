//! Between the contract and the rest: [`requests`] parsed into acts and queries, [`answers`]
//! written out. Nothing behind these files knows a message, but for what is published
//! ([`crate::change`]).

pub mod answers;
pub mod requests;
