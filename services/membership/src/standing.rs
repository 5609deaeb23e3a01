//! `StandingService`: how people stand beside their memberships, for a time.

pub(crate) mod api;
pub mod end_standing;
pub mod make_dormant;
pub mod name_honorary_members;
pub mod park_members;
pub mod standings;
pub(crate) mod wire;
