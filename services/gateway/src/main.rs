//! `gateway serve`: the one port of the system, as a process of its own.

use anyhow::bail;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("serve") => serve().await,
        _ => bail!("usage: gateway serve [--config FILE]"),
    }
}

async fn serve() -> anyhow::Result<()> {
    let config: gateway::Config = chassis::config::load(gateway::DEFAULTS, "GATEWAY")?;
    let _telemetry = chassis::telemetry::start(&config.telemetry, "gateway")?;
    gateway::start(config).await?.wait().await
}
