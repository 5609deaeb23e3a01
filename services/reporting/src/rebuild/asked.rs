//! What an operator asks for, and what comes of it.

use std::time::Duration;

use uuid::Uuid;

/// A rebuild, as an operator asks for it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The database that is served, for the owner of its schema.
    pub served_url: String,
    /// The database beside it, empty or left by the same rebuild, for the owner of its schema.
    pub beside_url: String,
    /// Who asks; it is kept.
    pub begun_by: String,
    /// Why; it is kept.
    pub reason: String,
}

/// How far a rebuild is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How far registry's feed is followed beside, and where it ends.
    pub registry: (i64, i64),
    /// The same of membership's.
    pub membership: (i64, i64),
    /// How many changes were applied in each second, since it was told last.
    pub changes_per_second: i64,
}

/// What became of a rebuild.
#[derive(Debug)]
pub enum Outcome {
    /// What is derived took the place of what differed.
    Done(Done),
    /// It was cancelled.
    Cancelled,
    /// The process was told to stop; it is to be begun again.
    Stopped,
}

/// A rebuild that is done.
#[derive(Clone, Debug)]
pub struct Done {
    /// Which.
    pub rebuild_id: Uuid,
    /// The generation from which on readers count what was derived anew.
    pub generation: i64,
    /// Of each table that had rows which were not as they are derived, how many.
    pub differences: Vec<Difference>,
    /// For how long nothing was followed.
    pub held: Duration,
}

/// How many rows of a table were not as they are derived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// With its schema, but for `public`.
    pub table: &'static str,
    /// Rows that were missing.
    pub missing: i64,
    /// Rows that were too many.
    pub surplus: i64,
    /// Rows that said something else.
    pub otherwise: i64,
}
