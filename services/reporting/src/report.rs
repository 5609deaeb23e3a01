//! `ReportService`: the national template, printed.

pub(crate) mod api;
pub mod order;
pub mod print;
pub mod rows;
pub(crate) mod wire;
