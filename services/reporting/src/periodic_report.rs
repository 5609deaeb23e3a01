//! `PeriodicReportService`: forms that are opened for a period, what is reported on them from level to
//! level, and who owes which report.
//!
//! **Invariant:** what was counted and what is declared are kept beside each other, and both are added up;
//! what was approved stays known whatever is opened or revised after it.

pub(crate) mod api;
pub mod approve_periodic_report;
pub(crate) mod asked;
pub(crate) mod checks;
pub(crate) mod computed;
pub mod consolidate_periodic_report;
pub mod content;
pub mod declare_periodic_report;
pub mod define_periodic_report_form;
pub mod draft_periodic_report;
pub(crate) mod forms;
pub mod held;
pub(crate) mod lines;
pub mod open_periodic_reports;
pub(crate) mod openings;
pub(crate) mod previous;
pub mod reopen_periodic_report;
pub(crate) mod reports_due;
pub mod return_periodic_report;
pub mod revise_periodic_report;
pub mod state;
pub mod stepped;
pub mod submit_periodic_report;
pub(crate) mod telling;
pub(crate) mod told_report;
pub mod waive_periodic_report;
pub(crate) mod wire;
pub mod withdraw_periodic_report_opening;
