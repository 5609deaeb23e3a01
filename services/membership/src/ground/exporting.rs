//! How much is exported at once, and what wakes whoever writes it.

use std::sync::Arc;

use serde::Deserialize;
use tokio::sync::Notify;

/// How much is exported.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Members in one file, at most.
    pub lines_max: u32,
    /// Files of one subject that are being written or can be fetched, at most.
    pub files_each: u32,
    /// For how long a file can be fetched, in hours.
    pub kept_hours: u32,
}

/// The limits, and the bells. Clones ring the same ones.
#[derive(Clone, Debug)]
pub struct Exporting {
    /// How much.
    pub config: Config,
    /// Something was asked for.
    pub asked: Arc<Notify>,
    /// Something came to its end.
    pub done: Arc<Notify>,
}

impl Exporting {
    /// Within these limits.
    pub fn within(config: Config) -> Self {
        Self { config, asked: Arc::default(), done: Arc::default() }
    }
}
