//! A cancelled `begin()` loses nothing that is acknowledged later on the same connection.
//!
//! sqlx 0.8.4 to 0.9.0 gives a connection back to its pool inside a transaction that nobody
//! knows of when `begin()` is dropped half-way: whoever comes next writes into it, is told
//! that it is written, and loses it at the next rollback. A dropped call does exactly that.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use chassis::call::{Call, Caller, Method};
use chassis::cluster::testing::{TestDatabase, database};
use chassis::database::{self, Config, Schema};
use chassis::seen::Keys;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgConnection, PgPool};
use tokio::time::timeout;

static SCHEMA: Schema =
    Schema { migrations: &sqlx::migrate!("tests/feed/migrations"), functions: &[] };

/// Writes after so many transactions that were, perhaps, begun.
const WRITES: i32 = 1_500;

/// A database with a table to write into.
async fn written() -> TestDatabase {
    let database = database("registry", &SCHEMA).await;
    let mut owner = PgConnection::connect(&database.owner_url).await.expect("connected");
    sqlx::raw_sql("create table written (n integer primary key)")
        .execute(&mut owner)
        .await
        .expect("made");
    database
}

/// How many acknowledged writes are not there any more, after transactions were begun and
/// dropped at random moments before each.
async fn lost(pool: PgPool, database: &TestDatabase) -> i64 {
    let seed = rand::random();
    println!("seed {seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    // Half-way is when the statement is sent and its answer is not there yet: however fast
    // this machine is, it is found by trying.
    let mut usual = Duration::from_micros(200);
    for n in 0..WRITES {
        let patience = usual.mul_f64(rng.random_range(0.5..1.5));
        // Begun in time, it is dropped, too: a transaction that is rolled back.
        let begun = timeout(patience, pool.begin()).await;
        usual = usual.mul_f64(if begun.is_ok() { 0.97 } else { 1.03 });
        drop(begun);
        sqlx::query("insert into written (n) values ($1)")
            .bind(n)
            .execute(&pool)
            .await
            .expect("acknowledged");
    }
    pool.close().await;
    let mut owner = PgConnection::connect(&database.owner_url).await.expect("connected");
    let kept: i64 = sqlx::query_scalar("select count(*) from written")
        .fetch_one(&mut owner)
        .await
        .expect("counted");
    i64::from(WRITES) - kept
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_begin_loses_nothing_in_a_service_s_pool() {
    let database = written().await;
    let config = Config {
        url: database.url.clone(),
        password: None,
        connections_max: 2,
        acquire_timeout_ms: 5_000,
    };
    let pool = database::pool(&config, "registry").await.expect("connected");
    assert_eq!(lost(pool, &database).await, 0);
}

/// Calls have no round trip for the guard: it is in the text that opens them.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_call_leaves_nothing_to_the_next() {
    let database = written().await;
    let config = Config {
        url: database.url.clone(),
        password: None,
        connections_max: 3,
        acquire_timeout_ms: 5_000,
    };
    let keys = Arc::new(Keys::new(&[1; 32]).expect("a long secret"));
    let calls = database::open(&config, "registry", &[], keys).await.expect("opened");
    let mut owner = PgConnection::connect(&database.owner_url).await.expect("connected");
    let called = |subject: &str| {
        let mut request = tonic::Request::new(());
        request.extensions_mut().insert(Caller::system(subject));
        request
            .extensions_mut()
            .insert(Method { rpc: "/test/Read".into(), permission: "public".into() });
        Call::of(&request, None, false).expect("a call")
    };
    let seed = rand::random();
    println!("seed {seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let mut usual = Duration::from_micros(200);
    for n in 0..WRITES {
        let patience = usual.mul_f64(rng.random_range(0.5..1.5));
        let begun = timeout(patience, calls.read(&called("dropped"))).await;
        usual = usual.mul_f64(if begun.is_ok() { 0.97 } else { 1.03 });
        drop(begun);
        sqlx::query("insert into written (n) values ($1)")
            .bind(n)
            .execute(&mut owner)
            .await
            .expect("written");
        // The next call sees what there is, as whom it is, and changes nothing.
        let mut reading = calls.read(&called("next")).await.expect("begun");
        let (newest, who, read_only): (i32, String, String) = sqlx::query_as(
            "select max(n), current_setting('congdoan.subject'),
                    current_setting('transaction_read_only')
             from written",
        )
        .fetch_one(&mut *reading)
        .await
        .expect("read");
        assert_eq!((newest, &*who, &*read_only), (n, "next", "on"));
    }
}

/// Keeps the guard honest: should this fail, sqlx has been mended and the guard can go.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_begin_loses_acknowledged_writes_without_the_guard() {
    let database = written().await;
    let options = PgConnectOptions::from_str(&database.url).expect("an address");
    let pool = PgPoolOptions::new().max_connections(2).connect_with(options).await;
    let lost = lost(pool.expect("connected"), &database).await;
    println!("{lost} of {WRITES} acknowledged writes were lost without the guard");
    assert!(lost > 0, "sqlx no longer loses writes: see chassis::database::pool");
}
