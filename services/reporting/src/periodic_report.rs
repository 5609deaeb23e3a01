//! `PeriodicReportService`: who owes which report.

pub(crate) mod api;
pub(crate) mod wire;
