//! The system that is measured, and the country in it.

use std::time::Instant;

use anyhow::{Context, ensure};
use national::National;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use system::{Client, Data, OWNERS, Options, System};
use tempfile::TempDir;

use crate::lines::{Bar, Lines};

/// Who bootstraps and acts.
pub const ADMINISTRATOR: &str = "administrator";
/// Settings that decide what a figure means.
const SETTINGS: [&str; 9] = [
    "server_version",
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "wal_level",
    "shared_buffers",
    "work_mem",
    "max_wal_size",
    "jit",
];

/// A running system with nothing in it but the Confederation.
pub struct Country {
    pub tree: National,
    pub system: System,
    pub confederation: String,
    pub client: Client,
    /// Registry's database, as the owner of its schema: for references and for checks.
    pub registry: PgPool,
    _directory: TempDir,
}

impl Country {
    /// Starts it in a directory that goes with it, on a PostgreSQL that flushes.
    pub async fn start(tree: National) -> anyhow::Result<Self> {
        let directory = tempfile::Builder::new().prefix("congdoan-bench-").tempdir()?;
        let data = Data::Kept(directory.path().join("data"));
        let system = System::start(Options { data, ..Options::ephemeral() }).await?;
        let owner_url = &system.database("registry").context("registry has a database")?.owner_url;
        let (confederation, client) = system.bootstrap(ADMINISTRATOR).await?;
        let registry = pool(owner_url).await?;
        Ok(Self {
            tree,
            confederation: confederation.to_string(),
            client,
            registry,
            system,
            _directory: directory,
        })
    }

    /// Says on which PostgreSQL it all runs.
    pub async fn print_settings(&self) -> anyhow::Result<()> {
        let names: Vec<String> = SETTINGS.map(str::to_owned).into();
        let settings: Vec<(String, String)> = sqlx::query_as(
            "select name, current_setting(name) from pg_settings where name = any($1) order by name",
        )
        .bind(names)
        .fetch_all(&self.registry)
        .await?;
        let told: Vec<String> =
            settings.iter().map(|(name, setting)| format!("{name} = {setting}")).collect();
        println!("PostgreSQL: {}", told.join(", "));
        println!(
            "{}; digest {}",
            if cfg!(debug_assertions) { "debug" } else { "release" },
            self.tree.digest()
        );
        Ok(())
    }

    /// Waits until membership and reporting have followed, and tells how long that took.
    pub async fn settle(&self, lines: &mut Lines) -> anyhow::Result<()> {
        let begun = Instant::now();
        for service in OWNERS.into_iter().filter(|service| *service != "registry") {
            self.followed(service).await?;
        }
        let waited = begun.elapsed().as_secs_f64();
        lines.add("feed", "until everybody has followed", (waited, "s"), None, Bar::None);
        Ok(())
    }

    /// Waits until a service has followed registry.
    pub async fn followed(&self, service: &str) -> anyhow::Result<()> {
        let url = &self.system.database(service).context("a database")?.owner_url;
        let pool = pool(url).await?;
        loop {
            let (head, pending): (i64, i64) = sqlx::query_as(
                "select (select position from feed.head), (select count(*) from feed.pending)",
            )
            .fetch_one(&self.registry)
            .await?;
            let (position, halted): (i64, Option<String>) = sqlx::query_as(
                "select position, halted from feed.follower where source = 'registry'",
            )
            .fetch_one(&pool)
            .await?;
            ensure!(halted.is_none(), "{service} stopped following: {halted:?}");
            if pending == 0 && position >= head {
                return Ok(());
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// Lets statistics be as they are a minute after: as autovacuum would.
    pub async fn analyze(&self) -> anyhow::Result<()> {
        sqlx::raw_sql("analyze").execute(&self.registry).await?;
        Ok(())
    }

    pub async fn stop(self) -> anyhow::Result<()> {
        self.registry.close().await;
        self.system.stop().await
    }
}

/// A few connections to a database.
pub async fn pool(url: &str) -> anyhow::Result<PgPool> {
    let pool = PgPoolOptions::new().max_connections(2).connect(url).await;
    pool.context("connect to a database of the bench")
}
