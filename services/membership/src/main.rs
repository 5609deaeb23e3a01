//! The process: `membership serve`, and `membership migrate` as the owner of the schema.

use anyhow::bail;
use membership::{Config, DEFAULTS, SCHEMA};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("serve") => {
            let config: Config = chassis::config::load(DEFAULTS, "MEMBERSHIP")?;
            let _telemetry = chassis::telemetry::start(&config.telemetry, "membership")?;
            membership::start(config).await?.wait().await
        }
        Some("migrate") => {
            let owner_url = std::env::var("MEMBERSHIP_OWNER_URL")?;
            chassis::database::migrate(&owner_url, &SCHEMA).await
        }
        _ => {
            bail!("membership serve [--config FILE], or MEMBERSHIP_OWNER_URL=… membership migrate")
        }
    }
}
