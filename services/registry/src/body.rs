//! `BodyService`: what is wrong with committees: terms that end, vacancies, sizes, late congresses.

pub(crate) mod api;
pub mod lists;
pub(crate) mod wire;
