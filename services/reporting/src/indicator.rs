//! `IndicatorService`: indicators that filter what is recorded, loaded with their decision.

pub(crate) mod api;
pub mod load_indicators;
mod wire;
