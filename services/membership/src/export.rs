//! `ExportService`: members in a file.
//!
//! An export is a row that is [asked for](export_members), and [written](mod@write) by a [worker] beside
//! the calls: a batch of [members](roll) after the other, all of one snapshot, to pieces that are
//! sealed as they lie here. A writer that dies leaves a row that nobody holds, and whoever comes
//! next begins it anew. It is [fetched](download) piece by piece, on the rights of that moment, and
//! [deleted](forget) when its time is over.
//!
//! **Invariant:** pieces that lie here are those of one attempt: whoever writes one has found its own
//! attempt to be the last, with the row locked.

pub(crate) mod api;
pub mod cancel_export;
pub mod download;
pub mod export_members;
pub mod exports;
pub mod forget;
pub mod roll;
pub(crate) mod wire;
pub mod worker;
pub mod write;
