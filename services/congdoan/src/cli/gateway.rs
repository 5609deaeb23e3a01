//! Whom a command talks to.

use std::path::PathBuf;

use clap::Args;

/// Whom to talk to, and in whose name.
#[derive(Args, Clone, Debug)]
pub struct Gateway {
    /// The gateway; that of the running system by default.
    #[arg(long, value_name = "URL", env = "CONGDOAN_GATEWAY")]
    pub gateway: Option<String>,
    /// An access token. By default the development issuer is asked for one.
    #[arg(long, value_name = "TOKEN", env = "CONGDOAN_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// Whom the development issuer is asked for; the one who bootstrapped by default.
    #[arg(long, conflicts_with = "token")]
    pub subject: Option<String>,
    /// Where the running system keeps its addresses.
    #[arg(long, value_name = "DIRECTORY", default_value = ".congdoan")]
    pub data: PathBuf,
}
