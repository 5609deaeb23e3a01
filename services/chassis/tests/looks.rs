//! Reads of one statement: what they see, who they are, and what is left of one that was dropped
//! or whose connection was.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chassis::call::{Call, Caller, Method};
use chassis::cluster::testing::{TestDatabase, database};
use chassis::database::{Config, Database, Look, Schema, open};
use chassis::refusal::Failure;
use chassis::seen::Keys;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sqlx::{Connection, PgConnection};
use tokio::time::timeout;
use tonic::{Request, Response};

static SCHEMA: Schema =
    Schema { migrations: &sqlx::migrate!("tests/feed/migrations"), functions: &[] };

/// Looks between writes.
const LOOKS: i32 = 500;

/// What was written last, as whom, and whether it could be changed here.
struct Newest {
    /// For so long the statement sleeps.
    sleeps: f64,
}

impl Look for Newest {
    type Found = (i32, String, String);

    async fn look(
        &self,
        connection: &mut PgConnection,
        call: &Call,
    ) -> sqlx::Result<Option<Self::Found>> {
        sqlx::query_as(
            "select max(n), $1, current_setting('transaction_read_only')
             from written, pg_sleep($2)",
        )
        .bind(&call.caller.subject)
        .bind(self.sleeps)
        .fetch_optional(connection)
        .await
    }
}

/// A statement that would write.
struct Writes;

impl Look for Writes {
    type Found = (i32,);

    async fn look(
        &self,
        connection: &mut PgConnection,
        _: &Call,
    ) -> sqlx::Result<Option<Self::Found>> {
        sqlx::query_as("insert into written (n) values (-1) returning n")
            .fetch_optional(connection)
            .await
    }
}

struct Place {
    of_test: TestDatabase,
    owner: PgConnection,
    database: Database,
}

impl Place {
    async fn new() -> Self {
        let of_test = database("registry", &SCHEMA).await;
        let mut owner = PgConnection::connect(&of_test.owner_url).await.expect("connected");
        sqlx::raw_sql("create table written (n integer primary key)")
            .execute(&mut owner)
            .await
            .expect("made");
        let config = Config {
            url: of_test.url.clone(),
            password: None,
            // One of them for looks.
            connections_max: 6,
            acquire_timeout_ms: 10_000,
        };
        let keys = Arc::new(Keys::new(&[1; 32]).expect("a long secret"));
        let database = open(&config, "registry", &[], keys).await.expect("opened");
        Self { of_test, owner, database }
    }

    async fn writes(&mut self, n: i32) {
        sqlx::query("insert into written (n) values ($1)")
            .bind(n)
            .execute(&mut self.owner)
            .await
            .expect("written");
    }

    /// What a look of this subject finds.
    async fn finds(&self, subject: &str) -> Result<Option<(i32, String, String)>, Failure> {
        let looked = self.database.look(&called(subject), &Newest { sleeps: 0.0 }).await?;
        let found = looked.map(|looked| looked.reply(Ok::<_, Failure>)).transpose()?;
        Ok(found.map(Response::into_inner))
    }
}

fn called(subject: &str) -> Call {
    let mut request = Request::new(());
    request.extensions_mut().insert(Caller::system(subject));
    request
        .extensions_mut()
        .insert(Method { rpc: "/test/Look".into(), permission: "public".into() });
    Call::of(&request, None, false).expect("a call")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_sees_what_is_committed_whatever_was_dropped_before_it() {
    let mut place = Place::new().await;
    let seed = rand::random();
    println!("seed {seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let mut dropped = 0;
    for n in 0..LOOKS {
        // Timers are no finer than a thousandth of a second: it takes a few.
        let (call, slow) = (called("dropped"), Newest { sleeps: 0.003 });
        let patience = Duration::from_micros(rng.random_range(0..6_000));
        let looked = timeout(patience, place.database.look(&call, &slow)).await;
        dropped += u32::from(looked.is_err());
        place.writes(n).await;
        let (newest, who, read_only) =
            place.finds("next").await.expect("looked").expect("there is one");
        assert_eq!((newest, &*who, &*read_only), (n, "next", "on"));
    }
    assert!(dropped > 50, "only {dropped} were dropped half-way");
}

#[tokio::test]
async fn nobody_waits_for_a_look_that_was_given_up() {
    let mut place = Place::new().await;
    place.writes(1).await;
    let (call, slow) = (called("an"), Newest { sleeps: 4.0 });
    let given_up = timeout(Duration::from_millis(200), place.database.look(&call, &slow)).await;
    assert!(given_up.is_err(), "it sleeps for longer");
    let begun = Instant::now();
    assert_eq!(place.finds("an").await.expect("looked").expect("one").0, 1);
    assert!(begun.elapsed() < Duration::from_secs(3), "it waited for the one given up");
}

#[tokio::test]
async fn a_look_on_a_connection_that_the_server_closed_finds_nothing_and_the_next_one_does() {
    let mut place = Place::new().await;
    place.writes(1).await;
    let mut superuser =
        PgConnection::connect(&place.of_test.superuser_url).await.expect("connected");
    for _ in 0..3 {
        assert!(place.finds("an").await.expect("looked").is_some());
        sqlx::query(
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity
             where datname = current_database() and pid <> pg_backend_pid()",
        )
        .execute(&mut superuser)
        .await
        .expect("closed");
        assert!(place.finds("an").await.expect("a read would say why").is_none());
    }
    assert!(place.finds("an").await.expect("looked").is_some());
}

#[tokio::test]
async fn a_look_writes_nothing() {
    let place = Place::new().await;
    assert!(place.database.look(&called("an"), &Writes).await.is_err());
}
