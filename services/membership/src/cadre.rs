//! `CadreService`: who was recommended for planning, training or appointment.

pub(crate) mod api;
pub mod recommend_cadre;
pub mod recommendations;
pub mod record_cadre_outcomes;
pub(crate) mod wire;
