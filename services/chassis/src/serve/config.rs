//! Where a service serves, and within which limits.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use serde::Deserialize;

use crate::access::token::Signer;
use crate::config::SecretFile;

/// Where and within which limits a service serves.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where it listens; port 0 picks a free one.
    pub address: SocketAddr,
    /// The longest that a call may take; also the deadline of one that has none.
    pub call_ms_max: u64,
    /// The same for answers that are streams. Following a feed has no limit.
    pub stream_ms_max: u64,
    /// The largest message that is read.
    pub message_bytes_max: usize,
    /// All messages of one call together.
    pub call_bytes_max: u64,
    /// How long a body may bring nothing ...
    pub body_idle_ms: u64,
    /// ... and a stream of messages.
    pub stream_idle_ms: u64,
    /// How long an answer may wait for its reader ...
    pub answer_idle_ms: u64,
    /// ... and take in all.
    pub answer_ms_max: u64,
    /// Calls in progress at once.
    pub calls_max: usize,
    /// Calls of health and reflection at once ...
    pub infrastructure_max: usize,
    /// ... and of one address.
    pub infrastructure_per_address_max: usize,
    /// How long calls in progress may go on when the service stops.
    pub drain_ms: u64,
    /// Connections at once ...
    pub connections_max: usize,
    /// ... and of one address.
    pub connections_per_address_max: usize,
    /// Requests at once of one address.
    pub requests_per_address_max: usize,
    /// How old a connection may become; 0 means as old as it likes.
    pub connection_age_ms_max: u64,
    /// How long nothing may be asked on it; 0 means as long as it likes.
    pub connection_idle_ms_max: u64,
    /// How long a new connection may take to begin to speak.
    pub handshake_ms: u64,
    /// HTTP/2: calls at once on one connection.
    pub streams_max: u32,
    /// HTTP/2: resets, by either side, that end the connection; 0 means that none do.
    pub resets_max: usize,
    /// HTTP/2: the largest list of headers.
    pub header_bytes_max: u32,
    /// How often a silent connection is asked whether it lives.
    pub keepalive_interval_ms: u64,
    /// How long it may take to say so.
    pub keepalive_timeout_ms: u64,
    /// The private key by which the service speaks for itself.
    #[serde(default)]
    pub key: Option<SecretFile>,
    /// Whose internal tokens are believed: names and files with public keys.
    #[serde(default)]
    pub signers: BTreeMap<String, PathBuf>,
}

impl Config {
    /// This service as a signer of internal tokens.
    pub fn signer(&self, name: &str) -> anyhow::Result<Arc<Signer>> {
        let key = self.key.as_ref().context("serve.key names no private key")?;
        Ok(Arc::new(Signer::from_pem_file(name, key)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::with;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Whole {
        serve: Config,
        greeting: Greeting,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Greeting {
        word: String,
        times: u32,
    }

    const DEFAULTS: &str = "[serve]\ncall_ms_max = 5000\n[greeting]\nword = 'chào'\ntimes = 1\n";

    #[test]
    fn a_service_starts_from_the_chassis_defaults_and_overrides_what_differs() {
        let whole: Whole = with(DEFAULTS, "[greeting]\ntimes = 3").expect("understood");
        assert_eq!(whole.serve.call_ms_max, 5_000);
        assert_eq!(whole.serve.calls_max, 512);
        assert_eq!((whole.greeting.word.as_str(), whole.greeting.times), ("chào", 3));
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_it() {
        for bad in
            ["[greeting]\ntimez = 3", "[serve]\nadress = '[::1]:1'", "[telemetry]\nfilter = 'x'"]
        {
            let error = with::<Whole>(DEFAULTS, bad).expect_err("refused");
            assert!(format!("{error:#}").contains("unknown field"), "{error:#}");
        }
    }
}
