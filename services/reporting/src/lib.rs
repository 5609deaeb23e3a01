//! Reporting: what is counted, from what happened.
//!
//! It [follows](follow) the feeds of registry and membership, derives [facts](ground::fact) from
//! their changes and keeps the roll-up of them ([ledger](ground::ledger)). [Figures](ground::figure)
//! count facts on the tree, as it stood or as it stands, from [columns](ground::columns) in memory;
//! [`report`] prints them, and [`closing`] freezes them. What it
//! is told itself are the [targets](target), [ratings](rating), [activities](activity) and
//! [periodic reports](periodic_report). Each
//! contract has a room of its name, on the [`ground`] that they share.
//!
//! **Invariant:** no total is ever stored as such: every figure is a sum, or a distinct
//! count, of facts, each of which names the change that it came from.

pub mod activity;
pub mod audit;
pub mod closing;
pub mod figure;
pub mod follow;
pub mod ground;
pub mod indicator;
pub mod office;
pub mod periodic_report;
pub mod rating;
pub mod rebuild;
pub mod recount;
pub mod report;
pub mod target;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use chassis::config::SecretFile;
use chassis::serve::{Running, Service};
use chassis::signing::{self, SigningKeys};
use chassis::{database, seen};
use serde::Deserialize;
use time::Date;
use tokio::sync::Semaphore;

use crate::audit::worker::Worker;
use crate::ground::api::{Api, EXPLAINING_MAX};
use crate::ground::auditing::{self, Auditing};
use crate::ground::columns::Columns;
use crate::ground::ledger::Months;
use crate::report::printing::worker::Worker as Printer;

/// The documented defaults, compiled in.
pub const DEFAULTS: &str = include_str!("../defaults.toml");

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

/// The schema, as the owner of the database applies it.
pub static SCHEMA: database::Schema = database::Schema {
    migrations: &MIGRATIONS,
    functions: chassis::functions![
        "audited_as_of",
        "audited_place",
        "audited_then",
        "employers_on",
        "groups_of",
        "industries_of",
        "keep_tree_past",
        "known_then",
        "line_on",
        "members_before",
        "moving_change",
        "moving_change_then",
        "name_on",
        "one_lives",
        "piece",
        "place",
        "place_as_of",
        "place_as_then",
        "rating_counts",
        "rating_ineligibility",
        "spliced",
        "succession_of",
        "tell_employers",
        "tell_merges",
        "tell_offices",
        "tell_rating_rules",
        "tell_units",
        "templates_of",
        "tree_recorded_anew",
        "tree_recorded_at",
        "unions_on",
        "was_union_in_year",
        "withdrawal_of",
    ],
};

/// All that can be configured.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The file with the secret that seals tokens.
    pub seen_key: SecretFile,
    /// Where and within which limits it serves.
    pub serve: chassis::serve::Config,
    /// Traces, metrics and logs.
    pub telemetry: chassis::telemetry::Config,
    /// Its database.
    pub database: database::Config,
    /// Whose feeds it follows.
    pub feeds: Feeds,
    /// How figures are audited of themselves.
    pub audit: auditing::Config,
    /// What signs closed periods.
    pub closings: Closings,
}

/// What signs closed periods: docs/closings.md.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closings {
    /// The keys, each with the day from which on it signs; see [`Closings::create`].
    pub keys: SecretFile,
}

impl Closings {
    /// The name of the file in a folder.
    pub fn in_folder(folder: &Path) -> Self {
        Self { keys: SecretFile::at(folder.join("closing-keys.toml")) }
    }

    /// Makes the file with a first key, unless it is there; readable by this user alone.
    pub fn create(&self, today: Date) -> anyhow::Result<()> {
        signing::create(self.keys.path(), today)
    }
}

/// Where the services are whose feeds are followed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feeds {
    /// Registry: organisations, events and rights.
    pub registry: String,
    /// Membership: movements of members, and what happens to people.
    pub membership: String,
}

/// Reads the reference data, opens the database, reads what is counted from memory, and serves.
pub async fn start(config: Config) -> anyhow::Result<Running> {
    let reference = crate::ground::reference::load().context("read the reference data")?;
    let seal =
        Arc::new(seen::Keys::new(config.seen_key.read()?.as_bytes()).context("use seen_key")?);
    let closing_keys = SigningKeys::open(&config.closings.keys, database::today());
    let closing_keys = Arc::new(closing_keys.context("open the keys that sign closings")?);
    let database =
        database::open(&config.database, "reporting", &["registry", "membership"], seal).await?;
    report::template::everybodys::apply(database.pool(), reference)
        .await
        .context("apply the templates of reports")?;
    let columns = Columns::default();
    columns.catch_up(&database).await.map_err(|failure| anyhow!("load the columns: {failure}"))?;
    let (current, of) = (columns.clone(), database.clone());
    let auditing = Auditing::by(config.audit);
    let worker = Worker {
        database: database.clone(),
        columns: columns.clone(),
        reference,
        auditing: auditing.clone(),
    };
    let (audited, audits) = (database.clone(), auditing.clone());
    let api = Api {
        database: database.clone(),
        columns,
        reference,
        auditing,
        closing_keys,
        printings: Arc::default(),
        explaining: Arc::new(Semaphore::new(EXPLAINING_MAX)),
    };
    let printer = Printer { api: api.clone(), asked: api.printings.clone() };
    let pool = database.pool().clone();
    Service::new("reporting", &config.serve)
        .routes(api.routes())
        .database(database)
        .background("columns", move |stopping| async move {
            tokio::select! {
                () = stopping.cancelled() => {}
                () = current.keep_current(of) => {}
            }
            Ok(())
        })
        .background("audits", move |stopping| worker.run(stopping))
        .background("auditing", move |stopping| audit::periodic::run(audited, audits, stopping))
        .background("printings", move |stopping| printer.run(stopping))
        .background("printed", move |stopping| report::printing::forget::run(pool, stopping))
        .follow(&config.feeds.registry, follow::Registry::new(reference, Months::Kept))
        .follow(&config.feeds.membership, follow::Membership::new(Months::Kept))
        .start()
        .await
}
