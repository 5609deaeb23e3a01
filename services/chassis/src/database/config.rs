//! How a service reaches its database.

use serde::Deserialize;

use crate::config::SecretFile;

/// How a service reaches its database.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// `postgres://registry@127.0.0.1/registry`; no password in it.
    pub url: String,
    /// A file with the password, where one is needed.
    #[serde(default)]
    pub password: Option<SecretFile>,
    /// Connections at most: some of them for reads, some for acts, some for what runs beside
    /// the calls.
    pub connections_max: u32,
    /// How long a call waits for a connection, and an act for a lock, in milliseconds.
    pub acquire_timeout_ms: u64,
}
