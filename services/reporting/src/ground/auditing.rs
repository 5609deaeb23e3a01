//! How often figures are audited of themselves, and what wakes whoever does it.

use std::sync::Arc;

use serde::Deserialize;
use tokio::sync::Notify;

/// How figures are audited of themselves.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// How long it is from one audit to the next; 0: none begins of itself.
    pub every_seconds: u32,
    /// Of how many months, this one included.
    pub months: u32,
    /// How many levels below the organisations that it may read.
    pub levels: i32,
}

/// How, and the bell. Clones ring the same one.
#[derive(Clone, Debug)]
pub struct Auditing {
    /// How.
    pub config: Config,
    /// An audit was asked for.
    pub asked: Arc<Notify>,
}

impl Auditing {
    /// In this way.
    pub fn by(config: Config) -> Self {
        Self { config, asked: Arc::default() }
    }
}
