//! `AttributeService`: what an organisation has besides its name and place.

pub(crate) mod api;
pub mod begin_joint_direction;
pub mod change_aliases;
pub mod change_territory;
pub mod details;
pub mod end_joint_direction;
pub mod record_seal_and_account;
pub(crate) mod wire;
