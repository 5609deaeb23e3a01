//! What registry does: one act, one file.

pub mod appoint_committee;
pub mod assign_unit;
pub mod change_sector;
pub mod correct_organisation;
pub mod end_grant;
pub mod end_offices;
pub mod end_organisations;
pub mod end_unit_assignment;
pub mod establish_steering_committee;
pub mod found_organisation;
pub mod hand_over_organisations;
pub mod hold_by_election;
pub mod hold_ceremony;
pub mod hold_congress;
pub mod load_organisations;
pub mod make_grant;
pub mod reach_campaign_stage;
pub mod record_decision;
pub mod rename_organisation;
pub mod resume_organisation;
pub mod survey_employers;
pub mod suspend_organisation;
pub mod undo_act;
