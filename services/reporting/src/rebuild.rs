//! All that is derived from the feeds of others, derived anew while what is there is served: by an
//! operator, as the owner of the schema (docs/rebuilding.md).
//!
//! An empty database [beside] follows both feeds from their first positions, many acts at once,
//! as far as the one that is served has come. Then, in [one moment](swap), what differs takes the place
//! of what was. What this service was told itself is not derived, and stays.
//!
//! **Invariant:** a process that dies at any moment leaves what is served as it was, or as it is to be;
//! whoever begins again goes on from where the database beside is.

mod asked;
mod beside;
mod compare;
mod generation;
pub mod kept;
mod lock;
mod mend;
mod months;
mod named;
mod positions;
mod swap;
mod tables;

use std::str::FromStr;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, ensure};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::Config;
use crate::ground::reference::{self, Reference};
use crate::rebuild::beside::Beside;
use crate::rebuild::positions::{Position, positions};

pub use self::asked::{Asked, Difference, Done, Outcome, Progress};
pub use self::tables::{DERIVED, Table};

/// How often it is looked how far both are ...
const LOOK: Duration = Duration::from_millis(50);
/// ... and told.
const TELL: Duration = Duration::from_secs(1);
/// The moment has come when the database beside is no more than so many changes behind.
const NEAR: i64 = 2_000;
/// Of its sessions: what a process that died held is let go soon, whatever it had asked for.
const SETTINGS: [(&str, &str); 3] = [
    ("jit", "off"),
    ("client_connection_check_interval", "1000"),
    ("idle_in_transaction_session_timeout", "60000"),
];
/// Acts that touch the same rows may be in the way of the swap: it is tried so often.
const SWAPS_MAX: usize = 5;

/// Rebuilds, or goes on with a rebuild that was begun; `tell` hears each second how far it is.
pub async fn run(
    config: &Config,
    asked: &Asked,
    tell: &mut (dyn FnMut(Progress) + Send),
    stopping: &CancellationToken,
) -> anyhow::Result<Outcome> {
    let reference = reference::load().context("read the reference data")?;
    let mut served = connect(&asked.served_url).await.context("connect to what is served")?;
    ensure!(lock::hold(&mut served).await?, "another process rebuilds this database");
    let rebuild_id = kept::begin(&mut served, asked).await.context("begin")?;
    let running = Running { config, asked, rebuild_id, reference, stopping };
    let done = running.run(&mut served, tell).await;
    if let Err(error) = &done {
        // In words of ours and of PostgreSQL's terse ones; the session may be the one that broke.
        let hindrance = format!("{error:#}");
        let mut told = connect(&asked.served_url).await?;
        kept::hindered(&mut told, rebuild_id, &hindrance).await?;
    }
    done
}

async fn connect(url: &str) -> anyhow::Result<PgConnection> {
    let options = PgConnectOptions::from_str(url).context("read the address of a database")?;
    Ok(options.application_name("rebuild").options(SETTINGS).connect().await?)
}

struct Running<'a> {
    config: &'a Config,
    asked: &'a Asked,
    rebuild_id: Uuid,
    reference: &'static Reference,
    stopping: &'a CancellationToken,
}

impl Running<'_> {
    async fn run(
        &self,
        served: &mut PgConnection,
        tell: &mut (dyn FnMut(Progress) + Send),
    ) -> anyhow::Result<Outcome> {
        let mut compared = connect(&self.asked.beside_url).await.context("connect beside")?;
        for attempt in 1.. {
            let before = positions(&mut *served).await?;
            let mut beside = self.open(&mut compared, before).await?;
            if let Some(outcome) = self.follow(served, &mut beside, tell).await? {
                return Ok(outcome);
            }
            match swap::swap(served, &mut compared, &mut beside, self.rebuild_id).await {
                Ok(Some(done)) => return Ok(Outcome::Done(done)),
                Ok(None) => return Ok(Outcome::Cancelled),
                Err(error) if attempt < SWAPS_MAX && passes(&error) => {
                    tracing::info!(cause = %format!("{error:#}"), "the swap is tried again");
                }
                Err(error) => return Err(error),
            }
        }
        Err(anyhow!("the swap was tried in vain"))
    }

    async fn open(
        &self,
        compared: &mut PgConnection,
        before: Vec<Position>,
    ) -> anyhow::Result<Beside> {
        let (config, asked) = (self.config, self.asked);
        Beside::open(config, asked, self.rebuild_id, self.reference, compared, before).await
    }

    /// Follows until the database beside is near; answers what became of it if it is not to be swapped.
    async fn follow(
        &self,
        served: &mut PgConnection,
        beside: &mut Beside,
        tell: &mut (dyn FnMut(Progress) + Send),
    ) -> anyhow::Result<Option<Outcome>> {
        let mut told = (Instant::now(), 0);
        let mut first = true;
        loop {
            let followed = positions(&mut *served).await?;
            beside.let_go(&followed);
            beside.check().await?;
            let applied = beside.position("registry") + beside.position("membership");
            let near = beside.behind(&followed).is_some_and(|behind| behind <= NEAR);
            let since: Duration = told.0.elapsed();
            if first || near || since >= TELL {
                let head = |source: &str| beside.head(source).unwrap_or_default();
                let rate = (applied - told.1) as f64 / since.as_secs_f64();
                let progress = Progress {
                    registry: (beside.position("registry"), head("registry")),
                    membership: (beside.position("membership"), head("membership")),
                    changes_per_second: if first { 0 } else { rate as i64 },
                };
                if !kept::tell(served, self.rebuild_id, progress).await? {
                    return Ok(Some(Outcome::Cancelled));
                }
                tell(progress);
                told = (Instant::now(), applied);
                first = false;
            }
            if near {
                return Ok(None);
            }
            tokio::select! {
                () = self.stopping.cancelled() => return Ok(Some(Outcome::Stopped)),
                () = sleep(LOOK) => {}
            }
        }
    }
}

/// True for what goes away by itself: two transactions crossed.
fn passes(error: &anyhow::Error) -> bool {
    error.chain().filter_map(|cause| cause.downcast_ref::<sqlx::Error>()).any(|error| {
        let code = error.as_database_error().and_then(|error| error.code());
        matches!(code.as_deref(), Some("40P01" | "40001" | "55P03"))
    })
}
