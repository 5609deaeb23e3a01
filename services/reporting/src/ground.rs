//! What every room stands on: facts, indicators and what they count, targets, and why reporting refuses.

pub mod acting;
pub mod api;
pub mod auditing;
pub mod columns;
pub mod fact;
pub mod figure;
pub mod indicators;
pub mod ledger;
pub mod period;
pub mod reading;
pub mod reference;
pub mod refused;
pub mod reports_due;
pub mod target;
pub mod vietnamese;
pub mod wire;
