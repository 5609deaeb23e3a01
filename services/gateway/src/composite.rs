//! What the gateway answers of several services' answers.

pub(crate) mod api;
pub mod decision_profile;
pub mod found_grassroots_union;
pub mod organisation_profile;
pub mod parts;
pub mod review_plan;
