//! The database beside the one that is served: it follows both feeds from their first positions, as far as
//! the one that is served has followed them.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use chassis::feed::{Feed, Follow, Reins, Waker};
use chassis::seen::Progress;
use chassis::serve::{SpeakForItself, endpoint};
use chassis::{database, serve};
use sqlx::{Connection, PgConnection, PgPool};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::follow;
use crate::ground::ledger::Months;
use crate::ground::reference::Reference;
use crate::rebuild::asked::Asked;
use crate::rebuild::lock;
use crate::rebuild::positions::Position;
use crate::rebuild::tables::PLACING;
use crate::{Config, SCHEMA};

/// Both followers, whoever else looks, and who compares.
const CONNECTIONS: u32 = 6;
const ACQUIRE: Duration = Duration::from_secs(30);

/// Registry is read no further than so many changes before what membership decided its next act on: what
/// follows from an act finds about the same here as it found when it was followed as it came.
const LEAD: i64 = 10_000;

/// Whose feeds are followed.
const SOURCES: [&str; 2] = ["registry", "membership"];

/// The database beside, being filled.
pub struct Beside {
    /// Its connections, as the owner of its schema.
    pub pool: PgPool,
    progress: Progress,
    registry: Reins,
    membership: Reins,
    /// How far registry is let go because of what membership comes to next.
    lead: i64,
    /// How far the one that is served had followed before any feed was heard of here, and, once a feed
    /// is, whether that is more than there is of it: it was restored, and nobody has noticed yet.
    before: Vec<Position>,
    lost: HashMap<&'static str, bool>,
    tasks: JoinSet<()>,
    stopping: CancellationToken,
}

impl Beside {
    /// Prepares an empty database, or goes on with one that this rebuild has prepared; `lock` is held for
    /// as long as its connection lives.
    pub async fn open(
        config: &Config,
        asked: &Asked,
        rebuild_id: Uuid,
        reference: &'static Reference,
        lock: &mut PgConnection,
        before: Vec<Position>,
    ) -> anyhow::Result<Self> {
        // Locks are a database's own: in the one that is served, this one is held already.
        let free = lock::hold(&mut *lock).await?;
        ensure!(free, "the database beside is the one that is served, or another rebuild uses it");
        prepare(asked, rebuild_id, lock).await?;
        let of = database::Config {
            url: asked.beside_url.clone(),
            password: None,
            connections_max: CONNECTIONS,
            acquire_timeout_ms: u64::try_from(ACQUIRE.as_millis())?,
        };
        let pool = database::pool(&of, "reporting").await.context("open the database beside")?;
        let progress = Progress::new(pool.clone(), &["registry", "membership"]);
        let feed = Feed::open(pool.clone(), "reporting", Waker::new(), progress.clone())
            .await
            .context("open the feed of the database beside")?;
        let stopping = CancellationToken::new();
        let (registry, membership) = (Reins::default(), Reins::default());
        let mut tasks = JoinSet::new();
        let following = Following { feed: feed.clone(), serve: &config.serve, stopping: &stopping };
        // The months of what is served are made of the facts that are served.
        let of_registry = follow::Registry::new(reference, Months::Left);
        tasks.spawn(following.follow(&config.feeds.registry, of_registry, &registry)?);
        let of_membership = follow::Membership::new(Months::Left);
        tasks.spawn(following.follow(&config.feeds.membership, of_membership, &membership)?);
        // Where it goes on from, it learns as any process does.
        let learning = stopping.clone();
        tasks.spawn(async move { feed.run(learning).await });
        let lost = HashMap::new();
        Ok(Self { pool, progress, registry, membership, lead: LEAD, before, lost, tasks, stopping })
    }

    /// Lets it go as far as the one that is served has come; beyond that where that one has halted, or
    /// has followed what the feed no longer has.
    pub fn let_go(&mut self, served: &[Position]) {
        for source in SOURCES {
            self.judge(source);
        }
        let until = |source: &str| self.until(source, served).unwrap_or(i64::MAX);
        let (registry, membership) = (until("registry"), until("membership"));
        let ahead = *self.membership.ahead().borrow();
        let applied = self.position("membership");
        match (ahead.decided_on, ahead.head_position) {
            (Some(decided_on), _) => self.lead = self.lead.max(decided_on.saturating_add(LEAD)),
            (None, Some(head)) if applied >= head.min(membership) => self.lead = i64::MAX,
            (None, _) => {}
        }
        self.registry.let_go_until(registry.min(self.lead));
        self.membership.let_go_until(membership);
    }

    /// How far it is to go; none where the one that is served goes no further itself.
    fn until(&self, source: &str, served: &[Position]) -> Option<i64> {
        let lost = self.lost.get(source).copied().unwrap_or_default();
        let served = served.iter().find(|position| position.source == source);
        served
            .filter(|position| position.halted.is_none() && !lost)
            .map(|position| position.position)
    }

    /// Learns, once, whether a feed ends before what was followed of it.
    fn judge(&mut self, source: &'static str) {
        if !self.lost.contains_key(source)
            && let Some(head) = self.head(source)
        {
            let mut before = self.before.iter().filter(|position| position.source == source);
            let lost = before.any(|position| position.position > head);
            self.lost.insert(source, lost);
        }
    }

    /// How far it has followed a source.
    pub fn position(&self, source: &str) -> i64 {
        self.progress.of(source).map_or(0, |applied| applied.borrow().position)
    }

    /// How far the feed of a source is; none before it was heard of.
    pub fn head(&self, source: &str) -> Option<i64> {
        let reins = if source == "registry" { &self.registry } else { &self.membership };
        reins.ahead().borrow().head_position
    }

    /// How many changes it is behind the one that is served, or behind the feeds where that one does not
    /// follow; none before they were heard of.
    pub fn behind(&self, served: &[Position]) -> Option<i64> {
        let of = |source: &str| -> Option<i64> {
            let until = self.until(source, served).or(self.head(source))?;
            self.lost.get(source)?;
            Some((until - self.position(source)).max(0))
        };
        Some(of("registry")? + of("membership")?)
    }

    /// Fails if it cannot go on by itself.
    pub async fn check(&mut self) -> anyhow::Result<()> {
        let halted: Option<(String, String)> =
            sqlx::query_as("select source, halted from feed.follower where halted is not null")
                .fetch_optional(&self.pool)
                .await?;
        if let Some((source, halted)) = halted {
            bail!("{source} is not followed further beside: {halted}");
        }
        ensure!(self.tasks.try_join_next().is_none(), "what follows beside has ended");
        Ok(())
    }

    /// Stops it where it is.
    pub async fn stop(&mut self) {
        self.stopping.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

struct Following<'a> {
    feed: Feed,
    serve: &'a serve::Config,
    stopping: &'a CancellationToken,
}

impl Following<'_> {
    fn follow<F: Follow>(
        &self,
        owner: &str,
        follower: F,
        reins: &Reins,
    ) -> anyhow::Result<impl Future<Output = ()> + Send + use<F>> {
        let owner = endpoint(owner)?;
        let token = SpeakForItself::new(self.serve.signer("reporting")?, F::SOURCE);
        let (feed, reins, stopping) = (self.feed.clone(), reins.clone(), self.stopping.clone());
        Ok(async move { feed.follow_in_reins(owner, token, follower, &reins, stopping).await })
    }
}

/// Whether one of these rebuilds is done.
async fn is_done(asked: &Asked, rebuild_ids: &[Uuid]) -> anyhow::Result<bool> {
    let mut served = PgConnection::connect(&asked.served_url).await.context("connect")?;
    let done = sqlx::query_scalar(
        "select exists (select from rebuild where rebuild_id = any($1) and state = 'DONE')",
    )
    .bind(rebuild_ids)
    .fetch_one(&mut served)
    .await?;
    served.close().await?;
    Ok(done)
}

/// Gives an empty database the schema of this program, and says whose it is.
async fn prepare(asked: &Asked, rebuild_id: Uuid, beside: &mut PgConnection) -> anyhow::Result<()> {
    let schema: bool = sqlx::query_scalar("select to_regclass('feed.follower') is not null")
        .fetch_one(&mut *beside)
        .await?;
    if schema {
        let used: bool = sqlx::query_scalar(
            "select exists (select from feed.follower where position > 0)
                 or exists (select from feed.stream) or exists (select from feed.pending)",
        )
        .fetch_one(&mut *beside)
        .await?;
        let rebuilds: bool = sqlx::query_scalar("select to_regclass('rebuild') is not null")
            .fetch_one(&mut *beside)
            .await?;
        let made_by: Vec<Uuid> = match rebuilds {
            true => {
                sqlx::query_scalar("select rebuild_id from rebuild").fetch_all(&mut *beside).await?
            }
            false => Vec::new(),
        };
        if used && !made_by.contains(&rebuild_id) {
            // Whoever died when it was done, and did not hear of it, is told.
            ensure!(
                !is_done(asked, &made_by).await?,
                "what the database beside was made for is done already: drop it, and make an empty one \
                 to rebuild once more"
            );
            bail!("the database beside is not empty, and was not made by this rebuild");
        }
    }
    database::migrate(&asked.beside_url, &SCHEMA).await.context("migrate the database beside")?;
    sqlx::query(
        "insert into rebuild (rebuild_id, begun_by, reason) values ($1, $2, $3)
         on conflict (rebuild_id) do nothing",
    )
    .bind(rebuild_id)
    .bind(&asked.begun_by)
    .bind(&asked.reason)
    .execute(&mut *beside)
    .await?;
    // What is lost with a machine is followed again; nobody waits for it, and no process keeps a tree of
    // what lies here.
    let mut statements = String::from(
        "do $$ begin
             execute format('alter database %I set synchronous_commit = off', current_database());
         end $$;",
    );
    for table in PLACING {
        for told in ["tell_inserted", "tell_updated", "tell_deleted"] {
            statements += &format!("alter table {table} disable trigger {told};");
        }
    }
    sqlx::raw_sql(sqlx::AssertSqlSafe(statements))
        .execute(beside)
        .await
        .context("prepare the database beside")?;
    Ok(())
}
