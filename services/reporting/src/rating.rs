//! `RatingService`: how unions are rated, by which schemes, in which rounds.
//!
//! What was said of a union in a round are steps, which are only added to; what counts is one rating
//! for each union and year, which figures are told of as facts.

pub mod answer_appeal;
pub(crate) mod api;
pub mod appeal_rating;
pub mod appraise_rating;
pub(crate) mod asking;
pub mod close_round;
pub mod counting;
pub mod decide_ratings;
pub mod define_scheme;
pub mod distribution;
pub(crate) mod held;
pub mod history;
pub mod open_round;
pub mod ratings;
pub mod record_ratings;
pub mod rounds;
pub mod schemes;
pub mod scored;
pub mod step;
pub mod submit_self_score;
pub(crate) mod superior;
pub mod telling;
pub mod terms;
pub(crate) mod wire;
pub mod withdraw_round;
