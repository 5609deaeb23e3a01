//! `ProfileService`: what more is known of people, and how they are reached.

pub(crate) mod api;
pub mod get_profile;
pub mod set_attribute;
pub mod set_contact;
pub mod values;
pub(crate) mod wire;
