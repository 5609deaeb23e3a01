//! `LifeCycleService`: recognition, change of type, separation.

pub(crate) mod api;
pub mod change_type;
pub mod recognise_organisation;
pub mod split_off;
pub(crate) mod wire;
