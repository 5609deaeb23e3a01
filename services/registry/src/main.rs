//! The process: `registry serve`, and `registry migrate` as the owner of the schema.

use anyhow::bail;
use registry::Config;
use registry::DEFAULTS;
use registry::SCHEMA;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("serve") => {
            let config: Config = chassis::config::load(DEFAULTS, "REGISTRY")?;
            let _telemetry = chassis::telemetry::start(&config.telemetry, "registry")?;
            registry::start(config).await?.wait().await
        }
        Some("migrate") => {
            let owner_url = std::env::var("REGISTRY_OWNER_URL")?;
            chassis::database::migrate(&owner_url, &SCHEMA).await
        }
        _ => bail!("registry serve [--config FILE], or REGISTRY_OWNER_URL=… registry migrate"),
    }
}
