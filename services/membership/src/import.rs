//! `ImportService`: members taken over from files, line by line.
//!
//! Lines come in by a stream, or are [rows] of a file, and are [read](reading) into batches, [prepared](mod@line) off the
//! async workers (parsed, numbers sealed and indexed), [judged](judge) by what the register
//! [knows](known) of them, and [applied](apply) batch by batch, each in one transaction that also
//! [writes](progress) how far the import has come. While one batch is applied, the next one is
//! prepared.
//!
//! **Invariant:** what becomes of a line does not depend on where batches end: an import that
//! broke off anywhere and was gone on with comes to the same.

pub(crate) mod api;
pub mod apply;
pub mod came;
mod copy;
pub mod judge;
pub mod known;
pub mod line;
pub mod lines;
pub mod progress;
mod reading;
pub mod refused_lines;
pub mod rows;
pub mod spool;
pub mod terms;
pub(crate) mod wire;
mod write;
