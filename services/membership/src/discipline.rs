//! `DisciplineService`: steps of discipline, taken and lifted.

pub(crate) mod api;
pub mod discipline_members;
pub mod end_discipline;
pub mod steps;
pub(crate) mod wire;
