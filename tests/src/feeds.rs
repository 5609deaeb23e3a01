//! How far each service has read what the others published.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use proto::services::{OWNERS, SERVICES};
use sqlx::PgPool;

/// Who follows whom.
pub fn followed_by() -> impl Iterator<Item = (&'static str, &'static str)> {
    SERVICES.iter().flat_map(|service| service.follows.iter().map(|source| (service.name, *source)))
}

/// How long followers may take to catch up before something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long between two looks: there is nobody who could tell.
const LOOK: Duration = Duration::from_millis(5);

/// The newest position of a service's feed, when nothing waits to be numbered.
async fn head(pool: &PgPool) -> Option<i64> {
    sqlx::query_scalar("select position from feed.head where not exists (select from feed.pending)")
        .fetch_optional(pool)
        .await
        .expect("read the head")
}

async fn follower(pool: &PgPool, source: &str) -> (i64, Option<String>) {
    sqlx::query_as("select position, halted from feed.follower where source = $1")
        .bind(source)
        .fetch_optional(pool)
        .await
        .expect("read the follower")
        .unwrap_or_default()
}

/// Waits until every act is numbered and followed by everybody. What a follower publishes as
/// a consequence is waited for, too.
///
/// # Panics
/// When a follower has halted, or does not get there.
pub async fn followed(pools: &BTreeMap<&'static str, PgPool>) {
    let began = Instant::now();
    loop {
        let mut waits_for = None;
        // Registry's feed first: what membership publishes of it is in membership's.
        for (service, source) in followed_by() {
            let (position, halted) = follower(&pools[service], source).await;
            assert_eq!(halted, None, "{service} follows {source} no more");
            let head = head(&pools[source]).await;
            if head != Some(position) {
                waits_for = Some(format!("{service} at {position} of {source}'s {head:?}"));
                break;
            }
        }
        for owner in OWNERS {
            if waits_for.is_none() && head(&pools[owner]).await.is_none() {
                waits_for = Some(format!("{owner}'s changes to be numbered"));
            }
        }
        if waits_for.is_none() {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "still waiting: {waits_for:?}");
        tokio::time::sleep(LOOK).await;
    }
}

/// Waits until something is so.
///
/// # Panics
/// When it is not, after a minute.
pub async fn until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < PATIENCE, "still waiting until {what}");
        tokio::time::sleep(LOOK).await;
    }
}

/// Why a follower stopped, if it did.
pub async fn halted(pool: &PgPool, source: &str) -> Option<String> {
    follower(pool, source).await.1
}

/// How far a follower is.
pub async fn position(pool: &PgPool, source: &str) -> i64 {
    follower(pool, source).await.0
}
