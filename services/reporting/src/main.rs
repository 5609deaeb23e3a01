//! The process: `reporting serve`, and `reporting migrate` as the owner of the schema.

use anyhow::bail;
use reporting::Config;
use reporting::DEFAULTS;
use reporting::SCHEMA;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("serve") => {
            let config: Config = chassis::config::load(DEFAULTS, "REPORTING")?;
            let _telemetry = chassis::telemetry::start(&config.telemetry, "reporting")?;
            reporting::start(config).await?.wait().await
        }
        Some("migrate") => {
            let owner_url = std::env::var("REPORTING_OWNER_URL")?;
            chassis::database::migrate(&owner_url, &SCHEMA).await
        }
        _ => bail!("reporting serve [--config FILE], or REPORTING_OWNER_URL=… reporting migrate"),
    }
}
