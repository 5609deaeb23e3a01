//! `RatingService`: how units and cadres were rated.

pub(crate) mod api;
pub mod record_ratings;
pub(crate) mod wire;
