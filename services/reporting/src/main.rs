//! The process: `reporting serve`; and, as the owner of the schema, `reporting migrate` and
//! `reporting rebuild`.

use anyhow::{Context, bail};
use reporting::rebuild::{self, Asked, Outcome};
use reporting::{Config, DEFAULTS, SCHEMA};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

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
        Some("rebuild") => rebuild().await,
        _ => bail!(
            "reporting serve [--config FILE], or REPORTING_OWNER_URL=… reporting migrate, or \
             REPORTING_OWNER_URL=… REPORTING_BESIDE_URL=… reporting rebuild --by NAME --reason TEXT \
             [--config FILE]"
        ),
    }
}

/// Derives everything anew while another process serves (docs/rebuilding.md).
async fn rebuild() -> anyhow::Result<()> {
    let config: Config = chassis::config::load(DEFAULTS, "REPORTING")?;
    let _telemetry = chassis::telemetry::start(&config.telemetry, "reporting")?;
    let asked = Asked {
        served_url: variable("REPORTING_OWNER_URL")?,
        beside_url: variable("REPORTING_BESIDE_URL")?,
        begun_by: argument("--by")?,
        reason: argument("--reason")?,
    };
    let stopping = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate()).context("listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listen for SIGINT")?;
    let stop = stopping.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stop.cancel();
    });
    let mut tell = |progress: rebuild::Progress| {
        let ((registry, registry_head), (membership, membership_head)) =
            (progress.registry, progress.membership);
        println!(
            "registry {registry} of {registry_head}, membership {membership} of {membership_head}, \
             {} changes/s",
            progress.changes_per_second
        );
    };
    match rebuild::run(&config, &asked, &mut tell, &stopping).await? {
        Outcome::Done(done) => {
            for of in &done.differences {
                println!(
                    "{}: {} missing, {} too many, {} otherwise",
                    of.table, of.missing, of.surplus, of.otherwise
                );
            }
            println!(
                "done: rebuild {}, generation {}, nothing was followed for {} ms",
                done.rebuild_id,
                done.generation,
                done.held.as_millis()
            );
            Ok(())
        }
        Outcome::Cancelled => bail!("the rebuild was cancelled"),
        Outcome::Stopped => bail!("the rebuild was stopped; begun again, it goes on"),
    }
}

fn variable(name: &str) -> anyhow::Result<String> {
    std::env::var(name).with_context(|| format!("{name} is not set"))
}

/// What follows an argument of the command line.
fn argument(name: &str) -> anyhow::Result<String> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name).skip(1);
    arguments.next().with_context(|| format!("{name} is missing"))
}
