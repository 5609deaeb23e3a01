//! Services as these tests need them: a database, a feed, and things that acts change.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chassis::cluster::testing::{self, TestDatabase};
use chassis::database::{Config, Schema, civil_date, pool};
use chassis::feed::{ActStamp, Change, Feed, Follow, Following, NewChange, Waker, append};
use chassis::refusal::Failure;
use chassis::seen::{Applied, Keys, Progress};
use prost_types::{Any, Timestamp};
use sqlx::{Connection, PgConnection, PgPool};
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::Request;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Endpoint, Server};
use uuid::Uuid;

static SCHEMA: Schema =
    Schema { migrations: &sqlx::migrate!("tests/feed/migrations"), functions: &[] };

/// Nothing in these tests takes as long as this.
pub const PATIENCE: Duration = Duration::from_secs(90);

pub fn keys() -> Keys {
    Keys::new(&[1; 32]).expect("a long secret")
}

/// One process of a service.
pub struct Service {
    pub name: &'static str,
    pub database: TestDatabase,
    pub pool: PgPool,
    pub waker: Waker,
    pub progress: Progress,
    pub feed: Feed,
    sources: &'static [&'static str],
}

impl Service {
    pub async fn new(name: &'static str, sources: &'static [&'static str]) -> Self {
        let database = testing::database(name, &SCHEMA).await;
        Self::process(name, sources, database).await
    }

    /// Another process of the same service: it shares the database and nothing else.
    pub async fn replica(&self) -> Self {
        Self::process(self.name, self.sources, self.database.clone()).await
    }

    async fn process(
        name: &'static str,
        sources: &'static [&'static str],
        database: TestDatabase,
    ) -> Self {
        let config = Config {
            url: database.url.clone(),
            password: None,
            connections_max: 20,
            acquire_timeout_ms: 30_000,
        };
        let pool = pool(&config, name).await.expect("a pool");
        let waker = Waker::new();
        let progress = Progress::new(pool.clone(), sources);
        let feed =
            Feed::open(pool.clone(), name, waker.clone(), progress.clone()).await.expect("a feed");
        Self { name, database, pool, waker, progress, feed, sources }
    }

    /// Numbers and learns, until aborted.
    pub fn runs(&self) -> JoinHandle<()> {
        let feed = self.feed.clone();
        tokio::spawn(async move { feed.run(CancellationToken::new()).await })
    }

    /// Serves its feed on a free port.
    pub async fn serves(&self) -> Served {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let stopping = CancellationToken::new();
        let server = self.feed.server(stopping.clone());
        let stopped = stopping.clone();
        let task = tokio::spawn(async move {
            Server::builder()
                .add_service(server)
                .serve_with_incoming_shutdown(
                    TcpIncoming::from(listener).with_nodelay(Some(true)),
                    stopped.cancelled_owned(),
                )
                .await
                .expect("serves");
        });
        Served {
            endpoint: Endpoint::from_shared(format!("http://{address}")).expect("an endpoint"),
            stopping,
            task,
        }
    }

    /// Follows, until aborted.
    pub fn follows<F: Follow>(&self, owner: &Served, follower: F) -> JoinHandle<()> {
        let (feed, owner) = (self.feed.clone(), owner.endpoint.clone());
        tokio::spawn(async move {
            let bare = |request: Request<()>| Ok(request);
            feed.follow(owner, bare, follower, CancellationToken::new()).await;
        })
    }

    /// Waits until this process knows of progress that pleases.
    pub async fn learns(&self, source: &str, pleases: impl FnMut(&Applied) -> bool) -> Applied {
        let mut applied = self.progress.of(source).expect("a source");
        let learned = tokio::time::timeout(PATIENCE, applied.wait_for(pleases))
            .await
            .map(|applied| *applied.expect("the process lives"));
        if let Ok(applied) = learned {
            return applied;
        }
        let (applied, halted) = (*applied.borrow(), self.halted(source).await);
        panic!("{} has got no further with {source} than {applied:?}; {halted:?}", self.name)
    }

    pub async fn halted(&self, source: &str) -> Option<String> {
        sqlx::query_scalar("select halted from feed.follower where source = $1")
            .bind(source)
            .fetch_optional(&self.pool)
            .await
            .expect("followers")
            .flatten()
    }

    /// Does what neither the service nor the owner of its schema may.
    pub async fn tampers(&self, statement: &'static str) {
        let mut superuser =
            PgConnection::connect(&self.database.superuser_url).await.expect("a superuser");
        sqlx::raw_sql(statement).execute(&mut superuser).await.expect("tampered");
    }

    /// One act that changes each of these things; answers the id of its last change.
    pub async fn acts(&self, things: &[Uuid]) -> Uuid {
        self.acts_on(0, things).await
    }

    /// The same, decided on a position of registry's feed.
    pub async fn acts_on(&self, registry_position: i64, things: &[Uuid]) -> Uuid {
        let mut transaction = self.pool.begin().await.expect("begin");
        let mut changes = Vec::new();
        for &thing_id in things {
            changes.push(change_thing(&mut transaction, thing_id).await.expect("changed"));
        }
        let stamp = ActStamp { registry_position, ..stamp() };
        let change_id = append(&mut transaction, &stamp, changes).await.expect("appended");
        transaction.commit().await.expect("committed");
        self.waker.wake();
        change_id.expect("an act that changes something")
    }

    /// How often each thing was changed: what a follower must have been told, no more and no
    /// less.
    pub async fn things(&self) -> Vec<(Uuid, i64)> {
        sqlx::query_as("select thing_id, version from thing where version > 0 order by thing_id")
            .fetch_all(&self.pool)
            .await
            .expect("things")
    }

    pub async fn chronicle(&self, source: &str) -> Vec<Entry> {
        sqlx::query_as::<_, (i64, Uuid, Uuid, i64, i64)>(
            "select position, act_id, thing_id, version, registry_followed
             from chronicle where source = $1 order by position",
        )
        .bind(source)
        .fetch_all(&self.pool)
        .await
        .expect("the chronicle")
        .into_iter()
        .map(|(position, act_id, thing_id, version, registry_followed)| Entry {
            position,
            act_id,
            thing_id,
            version,
            registry_followed,
        })
        .collect()
    }

    /// Claims that the follower was told everything that `owner` did, once and in order.
    pub async fn has_been_told_all_of(&self, owner: &Service) {
        let things = owner.things().await;
        let changes: i64 = things.iter().map(|(_, version)| version).sum();
        self.learns(owner.name, |applied| applied.position >= changes).await;

        let chronicle = self.chronicle(owner.name).await;
        let positions: Vec<i64> = chronicle.iter().map(|entry| entry.position).collect();
        assert_eq!(positions, (1..=changes).collect::<Vec<_>>(), "every position, once");
        for (thing_id, version) in things {
            let told = chronicle.iter().filter(|entry| entry.thing_id == thing_id);
            let versions: Vec<i64> = told.map(|entry| entry.version).collect();
            assert_eq!(versions, (1..=version).collect::<Vec<_>>(), "thing {thing_id}, in order");
        }
        let mut acts: Vec<Uuid> = chronicle.iter().map(|entry| entry.act_id).collect();
        acts.dedup();
        let consecutive = acts.len();
        acts.sort_unstable();
        acts.dedup();
        assert_eq!(acts.len(), consecutive, "the changes of an act are consecutive");
        assert_eq!(self.halted(owner.name).await, None);
    }
}

/// What a follower wrote down.
#[derive(Debug, PartialEq)]
pub struct Entry {
    pub position: i64,
    pub act_id: Uuid,
    pub thing_id: Uuid,
    pub version: i64,
    pub registry_followed: i64,
}

pub struct Served {
    pub endpoint: Endpoint,
    stopping: CancellationToken,
    task: JoinHandle<()>,
}

impl Served {
    /// As a service that is shut down: open streams end.
    pub async fn stops(self) {
        self.stopping.cancel();
        tokio::time::timeout(PATIENCE, self.task).await.expect("stops").expect("ends well");
    }
}

pub fn stamp() -> ActStamp {
    ActStamp {
        act_id: Uuid::now_v7(),
        acted_at: OffsetDateTime::now_utc(),
        actor: "tests#writer".to_string(),
        traceparent: String::new(),
        registry_position: 0,
    }
}

pub async fn change_thing(
    connection: &mut PgConnection,
    thing_id: Uuid,
) -> Result<NewChange, sqlx::Error> {
    let version: i64 = sqlx::query_scalar(
        "insert into thing (thing_id, version) values ($1, 1)
         on conflict (thing_id) do update set version = thing.version + 1
         returning version",
    )
    .bind(thing_id)
    .fetch_one(connection)
    .await?;
    let body = Timestamp { seconds: version, nanos: 0 };
    Ok(NewChange {
        kind: "tests.thing_changed",
        aggregate_id: thing_id,
        effective_on: civil_date(OffsetDateTime::now_utc()),
        decision_id: None,
        body: Any::from_msg(&body).expect("encoded"),
    })
}

/// Writes down what it is told by registry.
pub struct Chronicler;

impl Follow for Chronicler {
    const SOURCE: &'static str = "registry";

    async fn apply(&self, following: &mut Following, act: &[Change]) -> Result<(), Failure> {
        write_down(Self::SOURCE, following, act).await
    }
}

/// Writes down what it is told by membership, after what membership knew of registry.
pub struct LaterChronicler;

impl Follow for LaterChronicler {
    const SOURCE: &'static str = "membership";
    const AFTER: Option<&'static str> = Some("registry");

    async fn apply(&self, following: &mut Following, act: &[Change]) -> Result<(), Failure> {
        write_down(Self::SOURCE, following, act).await
    }
}

/// Cannot apply a change that is the `number`-th of its thing.
pub struct StumblesAt(pub AtomicI64);

impl Follow for StumblesAt {
    const SOURCE: &'static str = "registry";

    async fn apply(&self, following: &mut Following, act: &[Change]) -> Result<(), Failure> {
        let stumbling = self.0.load(Ordering::Relaxed);
        for change in act {
            if change.body.to_msg::<Timestamp>()?.seconds == stumbling {
                return Err(anyhow::anyhow!("this one means nothing to me").into());
            }
        }
        write_down(Self::SOURCE, following, act).await
    }
}

pub async fn write_down(
    source: &str,
    following: &mut Following,
    act: &[Change],
) -> Result<(), Failure> {
    for change in act {
        let version = change.body.to_msg::<Timestamp>()?.seconds;
        // The body, the copy and the position must agree, or nothing is written at all.
        sqlx::query(
            "with followed as (
                 insert into thing_followed (source, thing_id, version) values ($1, $2, 1)
                 on conflict (source, thing_id) do update
                     set version = thing_followed.version + 1
                 returning version
             )
             insert into chronicle
                 (source, position, act_id, change_id, thing_id, version, registry_followed)
             select $1, $3, $4, $5, $2, followed.version,
                    coalesce((select position from feed.follower where source = 'registry'), 0)
             from followed where followed.version = $6",
        )
        .bind(source)
        .bind(change.aggregate_id)
        .bind(change.position)
        .bind(change.act_id)
        .bind(change.change_id)
        .bind(version)
        .execute(following.db())
        .await?;
    }
    Ok(())
}
