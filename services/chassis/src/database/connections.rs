//! Connections that are safe to cancel, and kept apart by what they are for.
//!
//! sqlx 0.8.4 to 0.9.0 loses acknowledged writes when a `begin()` is cancelled: the
//! connection goes back to the pool inside a transaction that the next user does not know
//! of. `begin; rollback` before each use ends such a transaction: in [`pool`] it is a round
//! trip of its own, for calls it is a part of the text that opens them ([`super::opening`]).

use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use log::LevelFilter;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, PgPool, Postgres, Transaction};

use super::config::Config;
use super::growth::Growth;
use super::looking::{Look, Looks};
use super::opening::{self, Purpose, Stamp};
use crate::call::Call;
use crate::refusal::{Failure, is_lost, overloaded};
use crate::telemetry::statement;

/// Longest transaction of a service: a longer snapshot would bloat `feed.pending`.
const IDLE_IN_TRANSACTION: &str = "60000";

/// More statements than a service has: each is prepared once for a connection.
const STATEMENTS_MAX: usize = 1_000;

/// For calls: a statement's plan is made once and kept. Made anew for the values of each call,
/// it takes longer than what it plans.
const KEPT_PLANS: [(&str, &str); 1] = [("plan_cache_mode", "force_generic_plan")];

/// For acts and looks: what is planned when a register is young is kept while it grows. A plan that reads
/// a table of a few rows from end to end is as quick as a look into its index then, and stands
/// in the way of thousands a little later; so it does not seem as cheap.
const PLANS_BY_INDEX: [(&str, &str); 1] = [("seq_page_cost", "100")];

/// The connections of one service. Acts that wait for each other hold none on which somebody
/// reads, and neither holds up what runs beside the calls.
#[derive(Clone)]
pub(super) struct Connections {
    looks: Arc<Looks>,
    reads: PgPool,
    acts: PgPool,
    beside: PgPool,
    /// How long a call waits for a connection, and an act for a lock.
    patience: Duration,
    growth: Growth,
}

impl Connections {
    /// Connections for a service: of three one for acts, of four one for what runs beside the
    /// calls; half of the others for looks, and half for other reads.
    pub(super) async fn open(config: &Config, service: &'static str) -> anyhow::Result<Self> {
        let all = config.connections_max;
        let (acts, beside) = ((all / 3).max(1), (all / 4).max(1));
        let others = all.saturating_sub(acts + beside);
        let looks = (others / 2).max(1);
        let reads = others.saturating_sub(looks).max(1);
        let options = options(config, service)?;
        let growth = Growth::default();
        let for_calls = |most: u32, plans: &[(&str, &str)]| {
            let growth = growth.clone();
            sized(config, most)
                .test_before_acquire(false)
                .before_acquire(move |_, about| {
                    let kept = !growth.outgrew(about.age);
                    Box::pin(async move { Ok(kept) })
                })
                .connect_lazy_with(
                    options.clone().options(KEPT_PLANS).options(plans.iter().copied()),
                )
        };
        let patience = Duration::from_millis(config.acquire_timeout_ms);
        let for_looks = options.clone().options(KEPT_PLANS).options(PLANS_BY_INDEX);
        Ok(Self {
            looks: Arc::new(Looks::new(looks, for_looks, patience, growth.clone())),
            reads: for_calls(reads, &[]),
            acts: for_calls(acts, &PLANS_BY_INDEX),
            beside: guarded(config, beside, options.clone(), growth.clone()).await?,
            patience,
            growth,
        })
    }

    /// How much was written.
    pub(super) fn growth(&self) -> &Growth {
        &self.growth
    }

    /// For what runs beside the calls.
    pub(super) fn beside(&self) -> &PgPool {
        &self.beside
    }

    pub(super) async fn look<L: Look>(
        &self,
        call: &Call,
        look: &L,
    ) -> Result<Option<L::Found>, Failure> {
        self.looks.look(call, look).await
    }

    pub(super) async fn read(
        &self,
        call: &Call,
    ) -> Result<Transaction<'static, Postgres>, Failure> {
        begin(&self.reads, Purpose::Read, call).await
    }

    pub(super) async fn act(
        &self,
        call: &Call,
        stamp: Stamp,
    ) -> Result<Transaction<'static, Postgres>, Failure> {
        begin(&self.acts, Purpose::Act { lock_timeout: self.patience, stamp }, call).await
    }

    pub(super) async fn work(
        &self,
        call: &Call,
        stamp: Stamp,
    ) -> Result<Transaction<'static, Postgres>, Failure> {
        begin(&self.acts, Purpose::Work { stamp }, call).await
    }
}

/// Opens a call's transaction. A connection that the server has closed meanwhile shows only
/// here, and is another's to lose: all that the pool has may be so, also those that come back to it
/// only now.
async fn begin(
    pool: &PgPool,
    purpose: Purpose,
    call: &Call,
) -> Result<Transaction<'static, Postgres>, Failure> {
    let mut others = pool.options().get_max_connections();
    loop {
        let text = opening::text(purpose, call)?;
        let begun = Instant::now();
        match pool.begin_with(AssertSqlSafe(text)).await {
            Ok(transaction) => {
                statement::tell("begin", begun);
                return Ok(transaction);
            }
            Err(sqlx::Error::PoolTimedOut) => return Err(overloaded().into()),
            Err(error) if others > 0 && is_lost(&error) => others -= 1,
            Err(error) => return Err(error.into()),
        }
    }
}

/// A pool whose connections are safe to cancel; see the head of this file.
pub async fn pool(config: &Config, service: &'static str) -> anyhow::Result<PgPool> {
    let options = options(config, service)?;
    guarded(config, config.connections_max, options, Growth::default()).await
}

async fn guarded(
    config: &Config,
    most: u32,
    options: PgConnectOptions,
    growth: Growth,
) -> anyhow::Result<PgPool> {
    sized(config, most)
        .test_before_acquire(false)
        .before_acquire(move |connection, about| {
            let kept = !growth.outgrew(about.age);
            Box::pin(async move {
                connection.execute(sqlx::raw_sql("begin; rollback")).await?;
                Ok(kept)
            })
        })
        .connect_with(options)
        .await
        .context("connect to the database")
}

fn sized(config: &Config, most: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(most)
        .acquire_timeout(Duration::from_millis(config.acquire_timeout_ms))
}

fn options(config: &Config, service: &'static str) -> anyhow::Result<PgConnectOptions> {
    let options = PgConnectOptions::from_str(&config.url)
        .context("read the database's url")?
        .application_name(service)
        .statement_cache_capacity(STATEMENTS_MAX)
        // Statements here are short: compiling one, because the planner believes a fresh table
        // to be large, takes longer than running it.
        .options([("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION), ("jit", "off")])
        .log_statements(LevelFilter::Debug)
        .log_slow_statements(LevelFilter::Debug, Duration::from_secs(1));
    Ok(match &config.password {
        Some(password) => options.password(password.read()?.trim_end()),
        None => options,
    })
}
