//! How long membership and reporting take to follow what has just been done, measured beside
//! whatever comes next: nobody waits for them.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use sqlx::PgPool;
use system::OWNERS;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::country::{Country, pool};
use crate::lines::{Bar, Lines};

/// How often it is looked: seldom enough to cost nothing.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The services that follow an act, being watched.
pub struct Following {
    work: &'static str,
    watched: Vec<(&'static str, JoinHandle<anyhow::Result<f64>>)>,
}

impl Following {
    /// Begins to watch what follows from `work`, which has just been done.
    pub async fn begin(country: &Country, work: &'static str) -> anyhow::Result<Self> {
        let begun = Instant::now();
        let registry = country.registry.clone();
        let membership = database(country, "membership").await?;
        let mut watched = Vec::new();
        for service in OWNERS.into_iter().filter(|service| *service != "registry") {
            let follower = database(country, service).await?;
            let (registry, membership) = (registry.clone(), membership.clone());
            let watching = tokio::spawn(async move {
                let head = head(&registry).await?;
                reached(&follower, "registry", head).await?;
                if service != "membership" {
                    // What membership did because of it is to be followed, too.
                    reached(&membership, "registry", head).await?;
                    let head = self::head(&membership).await?;
                    reached(&follower, "membership", head).await?;
                }
                Ok(begun.elapsed().as_secs_f64())
            });
            watched.push((service, watching));
        }
        Ok(Self { work, watched })
    }

    /// Waits until all have followed; a line each.
    pub async fn tell(self, lines: &mut Lines) -> anyhow::Result<()> {
        for (service, watching) in self.watched {
            let took = watching.await.context("what watches a follower")??;
            let work = format!("{}: until {service} has followed", self.work);
            lines.add("plan", work, (took, "s"), None, Bar::None);
        }
        Ok(())
    }
}

async fn database(country: &Country, service: &str) -> anyhow::Result<PgPool> {
    pool(&country.system.database(service).context("a database")?.owner_url).await
}

/// How far a feed is, once all is numbered that was committed.
async fn head(owner: &PgPool) -> anyhow::Result<i64> {
    loop {
        let head: Option<i64> = sqlx::query_scalar(
            "select position from feed.head where not exists (select from feed.pending)",
        )
        .fetch_optional(owner)
        .await?;
        match head {
            Some(position) => return Ok(position),
            None => sleep(LOOK_EVERY).await,
        }
    }
}

/// Waits until a service has followed a feed up to a position.
async fn reached(follower: &PgPool, source: &str, head: i64) -> anyhow::Result<()> {
    loop {
        let (position, halted): (i64, Option<String>) =
            sqlx::query_as("select position, halted from feed.follower where source = $1")
                .bind(source)
                .fetch_one(follower)
                .await?;
        ensure!(halted.is_none(), "a service stopped following {source}: {halted:?}");
        if position >= head {
            return Ok(());
        }
        sleep(LOOK_EVERY).await;
    }
}
