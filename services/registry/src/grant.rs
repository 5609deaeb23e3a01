//! `GrantService`: who may do what, on which organisation.

pub(crate) mod api;
pub mod end_grant;
pub mod grants;
pub mod make_grant;
pub(crate) mod wire;
