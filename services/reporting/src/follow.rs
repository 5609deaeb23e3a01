//! Follows the feeds of registry and of membership.
//!
//! Both keep this service's copy of the tree and its facts, in the transaction that also
//! moves their position. A change of membership waits for the position of registry's feed on
//! which it was decided, so that a member never arrives before her union.
//!
//! **Invariant:** every kind of change is named where changes are told apart: a kind that is new
//! does not compile before somebody has said what it means.

// A wildcard would let a kind of change pass in silence, as one did that takes an exit back.
#![deny(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants)]

mod edges;
mod events;
mod membership;
mod merged;
mod movements;
mod organisations;
mod registry;
mod seen;
mod successions;
mod timelines;
mod told;
mod turns;
mod under_way;

pub use membership::Membership;
pub use registry::Registry;
