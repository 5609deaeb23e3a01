//! `OfficeService`: offices of people who left.

pub(crate) mod api;
pub mod offices_of_people_who_left;
pub(crate) mod wire;
