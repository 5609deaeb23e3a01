//! The services of the system, by the one table that names them: `services/services.csv`.
//!
//! In the order in which they start: each reaches those before it. What a further service
//! needs in other places, and which of it is missing, `tests/tests/tidy/services.rs` says.

/// A service of the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    /// The name of its crate, of the package of its contracts, and in tokens and refusals.
    pub name: &'static str,
    /// Where it listens by default.
    pub port: u16,
    /// It owns a database, and gives a feed.
    pub has_database: bool,
    /// Whose feeds it follows.
    pub follows: &'static [&'static str],
}

include!(concat!(env!("OUT_DIR"), "/services.rs"));
