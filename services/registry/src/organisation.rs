//! `OrganisationService`: organisations are founded, renamed, handed over, suspended and ended; and found again.

pub(crate) mod api;
pub mod change_industry;
pub mod change_sector;
pub mod children;
pub mod end_organisations;
pub mod found_organisation;
pub mod hand_over_organisations;
pub mod list;
pub mod load;
pub mod rename_organisation;
pub mod resume_organisation;
pub mod search;
pub mod subtree;
pub mod suspend_organisation;
pub(crate) mod wire;
