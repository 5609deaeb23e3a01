//! `AuditService`: figures are held against what is counted again.
//!
//! An audit is a row that is [asked for](begin_audit), by somebody or by the service [itself](periodic),
//! and done by a [worker] beside the calls. It asks what figures are [answered], has statements
//! [count](counted) the same from the tables, and [holds](against) the one [against](cell) the other, all
//! in one snapshot. A worker that dies leaves a row that nobody holds, and whoever comes next begins it
//! anew: a result is of one position of the feeds.
//!
//! **Invariant:** the statements share nothing with what figures are counted by but the tables: neither
//! columns nor `place`, `piece`, `unions_on` or the roll-up of facts by month.

pub(crate) mod against;
pub(crate) mod answered;
pub(crate) mod api;
pub mod audits;
pub mod begin_audit;
pub mod cancel_audit;
pub(crate) mod cell;
pub(crate) mod counted;
pub(crate) mod heads;
pub(crate) mod kept;
pub mod periodic;
pub(crate) mod wire;
pub mod worker;
