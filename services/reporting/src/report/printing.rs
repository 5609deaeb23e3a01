//! Reports of many organisations, printed beside the calls.
//!
//! A printing is a row that is [asked for](print_reports), and printed by a [worker], report by report,
//! each on the figures of its moment. What is done is written down with how far the printing is: a
//! worker that dies leaves a row that nobody holds, and whoever comes next goes on behind the last
//! report that is whole. It is [fetched](download) report by report, on the rights of that moment, and
//! [deleted](forget) when its time is over.
//!
//! *Measured* on two slow cores, unoptimised: 34 provinces with 12 units each, a table, four charts and
//! a heading, as PDF, 2.5 MB in all: 3.4 s, with progress after each.
//!
//! **Invariant:** whoever writes a report down has found its own attempt to be the last, and the report
//! to be the next, with the row locked.

pub mod cancel_printing;
pub mod download;
pub mod forget;
pub mod print_reports;
pub mod printings;
pub mod worker;
