//! Registry: the dated tree of unions, its decisions, bodies, employers and grants.
//!
//! Each contract has a room of its name: its `api` takes a call, parses it by its `wire` and
//! performs an act or a read, which has a file of its own with its SQL beside it. What several
//! rooms stand on is the [`ground`]: acts check the [rules](ground::rules) of the
//! [reference data](ground::reference), stand on a decision ([basis](ground::basis)), change the
//! [tree](ground::tree) or the [seats](ground::seats) in it, and publish what they did.
//!
//! **Invariant:** nothing is updated but the end of `recorded` (and a derived mark on those
//! who have subordinates), and nothing is deleted: what was believed at any instant about any
//! date can be asked again.

pub mod attribute;
pub mod body;
mod bootstrap;
pub mod ceremony;
pub mod congress;
pub mod correction;
pub mod decision;
pub mod employer;
pub mod grant;
pub mod ground;
pub mod history;
pub mod life_cycle;
pub mod organisation;
pub mod plan;
pub mod reference;
pub mod secondment;
pub mod steering;
pub mod succession;

use std::sync::Arc;

use anyhow::Context;
use chassis::config::SecretFile;
use chassis::serve::{Running, Service};
use chassis::{database, seen};
use serde::Deserialize;

use crate::ground::api::Api;
use crate::ground::bell::Bell;
use crate::ground::search_index::SearchIndex;
use crate::plan::worker::Worker;

pub use bootstrap::{AlreadyBootstrapped, bootstrap};

/// The documented defaults, compiled in.
pub const DEFAULTS: &str = include_str!("../defaults.toml");

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

/// The schema, as the owner of the database applies it.
pub static SCHEMA: database::Schema = database::Schema {
    migrations: &MIGRATIONS,
    functions: chassis::functions![
        "acts_resting_on",
        "apply_codes",
        "apply_rules",
        "begin_life",
        "continues_in",
        "covered_during",
        "dated_relations",
        "differing",
        "fitting",
        "give_up_what_it_held",
        "in_industry",
        "inherited",
        "keep_organisation",
        "lifelong_relations",
        "living_subtree",
        "organisation_industry_apart",
        "organisations_of_act",
        "organisations_of_acts",
        "plan_mended_since",
        "scope",
        "scope_is_whole",
        "stay_closed",
        "subtree",
        "subtree_fitting",
        "subtree_page",
        "undo_act",
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
    /// How many tax codes somebody may ask about.
    pub employers: crate::ground::tax_codes::Config,
}

/// Brings the reference data of a database up to this program's, as every start does: for the
/// databases of tests, of which one is filled and the others are copies.
pub async fn fill(url: String) -> anyhow::Result<()> {
    let pool = sqlx::PgPool::connect(&url).await.context("connect")?;
    let written = crate::ground::reference::bring_up_to_date(&pool).await;
    pool.close().await;
    written.context("write the reference data")
}

/// Opens the database, brings the reference data up to this program's, and serves.
pub async fn start(config: Config) -> anyhow::Result<Running> {
    let seal =
        Arc::new(seen::Keys::new(config.seen_key.read()?.as_bytes()).context("use seen_key")?);
    let database = database::open(&config.database, "registry", &[], seal).await?;
    crate::ground::reference::bring_up_to_date(database.pool())
        .await
        .context("write the reference data")?;
    let names = SearchIndex::new(database.pool().clone());
    let bell = Bell::default();
    let worker = Worker::new(database.clone(), bell.clone());
    Service::new("registry", &config.serve)
        .routes(Api::new(database.clone(), names.clone(), bell, config.employers).routes())
        .background("search index", move |stopping| names.run(stopping))
        .background("operations", move |stopping| worker.run(stopping))
        .database(database)
        .start()
        .await
}
