//! `MembershipService`: people join, move and leave, and are found again.

pub mod admit_members;
pub(crate) mod api;
pub mod count_members;
pub mod exit_members;
pub mod find;
pub mod members;
pub mod search;
pub mod subtree;
pub mod transfer_members;
pub(crate) mod wire;
