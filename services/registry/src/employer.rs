//! `EmployerService`: employers, their unions, and the campaigns that win them.

pub(crate) mod api;
pub mod employers;
pub mod reach_campaign_stage;
pub mod survey_employers;
pub(crate) mod wire;
