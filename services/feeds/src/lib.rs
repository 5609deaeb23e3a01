//! What services tell each other: each kind of change is a fact here, written once and read
//! once.
//!
//! An act publishes an `Event`, which becomes the change that the contract describes
//! (`written.rs`); a follower reads each change once into the same `Event` (`read.rs`), whose
//! ids and dates are parsed, and matches on it without a wildcard: a kind that is new does not
//! compile before every follower has said what it means. What a change of registry's means for
//! the tree and for rights is carried out here, too ([`rights`]), by an algorithm that is there
//! once ([`tree`]).
//!
//! **Invariant:** nothing of the wire leaves this crate: who acts and who follows sees facts.
//! What is written is what is read (`tests/round_trips.rs`), for every kind in the contract.

pub mod edges;
pub mod membership;
pub mod registry;
pub mod reporting;
pub mod rights;
pub mod tree;

mod kind;
mod reading;
