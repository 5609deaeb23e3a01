//! `congdoan up`, for tests that look at a process from outside: at all that it logs, and at
//! what it tells a collector. Cargo builds it anew with the tests.

use anyhow::bail;
use clap::Parser;
use congdoan::cli::{Cli, Command};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Up(up) => congdoan::up::run(up).await,
        _ => bail!("this program is for `up` alone"),
    }
}
