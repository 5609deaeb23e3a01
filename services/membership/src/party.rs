//! `PartyService`: who was referred to the party, and admitted.

pub mod admit_to_party;
pub(crate) mod api;
pub mod confirm_in_party;
pub mod refer_to_party;
pub mod referrals;
pub(crate) mod wire;
