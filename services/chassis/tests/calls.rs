//! How calls reach the database: who they say that they are, in what order they wait, and what
//! waits for whom.

use std::sync::Arc;
use std::time::Duration;

use chassis::call::{Call, Caller, Method};
use chassis::cluster::testing::{TestDatabase, database};
use chassis::database::{Act, Acting, Config, Database, Schema, forget_requests, open};
use chassis::refusal::Failure;
use chassis::seen::Keys;
use sqlx::{Connection, PgConnection};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

static SCHEMA: Schema =
    Schema { migrations: &sqlx::migrate!("tests/feed/migrations"), functions: &[] };

/// Nothing in these tests takes as long as this.
const PATIENCE: Duration = Duration::from_secs(60);
/// The lock that acts of these tests wait for.
const LOCK: i64 = 7;
/// A permission that administrators hold.
const PERMISSION: &str = "registry.organisation.found";

/// Takes the lock, as acts on the tree do.
struct Locks;

impl Act for Locks {
    type Answer = ();

    async fn perform(self, acting: &mut Acting) -> Result<(), Failure> {
        sqlx::query("select pg_advisory_xact_lock($1)").bind(LOCK).execute(acting.db()).await?;
        Ok(())
    }
}

/// A database in which `an` is an administrator, and whoever holds the lock.
struct Place {
    database: TestDatabase,
    holder: PgConnection,
}

impl Place {
    async fn new() -> Self {
        let database = database("registry", &SCHEMA).await;
        let mut holder = PgConnection::connect(&database.superuser_url).await.expect("connected");
        sqlx::query(
            "insert into access.grant_held
             values (gen_random_uuid(), 'i', 'an', 'ADMINISTRATOR', gen_random_uuid(), '(,)')",
        )
        .execute(&mut holder)
        .await
        .expect("granted");
        sqlx::query("select pg_advisory_lock($1)").bind(LOCK).execute(&mut holder).await.expect("");
        Self { database, holder }
    }

    async fn opens(&self, wait_ms: u64) -> Database {
        let config = Config {
            url: self.database.url.clone(),
            password: None,
            connections_max: 6,
            acquire_timeout_ms: wait_ms,
        };
        let keys = Arc::new(Keys::new(&[1; 32]).expect("a long secret"));
        open(&config, "registry", &[], keys).await.expect("opened")
    }

    async fn lets_go(&mut self) {
        sqlx::query("select pg_advisory_unlock($1)")
            .bind(LOCK)
            .execute(&mut self.holder)
            .await
            .expect("unlocked");
    }
}

fn request(subject: &str) -> Request<()> {
    let mut request = Request::new(());
    request.extensions_mut().insert(Caller {
        issuer: "i".to_string(),
        subject: subject.to_string(),
        office: None,
        purpose: None,
    });
    request
        .extensions_mut()
        .insert(Method { rpc: "/test/Acts".into(), permission: PERMISSION.into() });
    request
}

fn reads(subject: &str) -> Call {
    Call::of(&request(subject), None, false).expect("a call")
}

fn writes(subject: &str, request_id: Uuid) -> Call {
    Call::of(&request(subject), Some(request_id), false).expect("a call")
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().map_or_else(|| status.to_string(), |info| info.reason)
}

#[tokio::test]
async fn whoever_may_not_act_anywhere_waits_for_no_lock() {
    let mut place = Place::new().await;
    let database = place.opens(30_000).await;
    let refused = timeout(PATIENCE, database.act(writes("binh", Uuid::now_v7()), Locks)).await;
    let refused = refused.expect("at once").expect_err("no right");
    assert_eq!(reason(&refused), "PERMISSION_DENIED");
    // Whoever may, waits.
    let acting = database.act(writes("an", Uuid::now_v7()), Locks);
    let (acted, ()) = tokio::join!(acting, place.lets_go());
    acted.expect("acted");
}

#[tokio::test]
async fn what_was_answered_stays_answered_to_whoever_has_lost_the_right() {
    let mut place = Place::new().await;
    place.lets_go().await;
    let database = place.opens(30_000).await;
    let request_id = Uuid::now_v7();
    database.act(writes("an", request_id), Locks).await.expect("acted");
    sqlx::query("delete from access.grant_held").execute(&mut place.holder).await.expect("ended");
    database.act(writes("an", request_id), Locks).await.expect("answered as before");
    let refused = database.act(writes("an", Uuid::now_v7()), Locks).await.expect_err("no right");
    assert_eq!(reason(&refused), "PERMISSION_DENIED");
}

#[tokio::test]
async fn acts_that_wait_for_each_other_hold_up_nobody_who_reads() {
    let mut place = Place::new().await;
    let database = place.opens(30_000).await;
    let mut acts = JoinSet::new();
    for _ in 0..20 {
        let database = database.clone();
        acts.spawn(async move { database.act(writes("an", Uuid::now_v7()), Locks).await });
    }
    // They have all the connections that acts can have.
    loop {
        let waiting: i64 = sqlx::query_scalar(
            "select count(*) from pg_locks where locktype = 'advisory' and not granted
               and database = (select oid from pg_database where datname = current_database())",
        )
        .fetch_one(&mut place.holder)
        .await
        .expect("counted");
        if waiting >= 2 {
            break;
        }
        tokio::task::yield_now().await;
    }
    for _ in 0..20 {
        let reading = timeout(PATIENCE, database.read(&reads("binh"))).await;
        let mut reading = reading.expect("does not wait").expect("begun");
        sqlx::query("select 1").execute(&mut *reading).await.expect("read");
    }
    sqlx::query("select 1").execute(database.pool()).await.expect("what runs beside goes on");
    place.lets_go().await;
    while let Some(acted) = acts.join_next().await {
        acted.expect("ended").expect("acted");
    }
}

/// A database that stops, or that another takes the place of, is no failure of ours: the same call
/// comes to the same, a moment later.
#[tokio::test]
async fn an_act_whose_connection_is_lost_says_that_it_may_be_sent_again() {
    let mut place = Place::new().await;
    let database = place.opens(30_000).await;
    let request_id = Uuid::now_v7();
    let acting = database.act(writes("an", request_id), Locks);
    let ends = async {
        // Those who wait for the lock.
        loop {
            let ended: i64 = sqlx::query_scalar(
                "select count(pg_terminate_backend(pid)) from pg_locks
                 where locktype = 'advisory' and not granted
                   and database = (select oid from pg_database where datname = current_database())",
            )
            .fetch_one(&mut place.holder)
            .await
            .expect("ended");
            if ended > 0 {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    let (refused, ()) = tokio::join!(acting, ends);
    let refused = refused.expect_err("lost");
    assert_eq!((refused.code(), &*reason(&refused)), (Code::Unavailable, "DATABASE_LOST"));
    assert!(refused.get_details_retry_info().is_some(), "{refused:?}");
    place.lets_go().await;
    database.act(writes("an", request_id), Locks).await.expect("acted");
}

#[tokio::test]
async fn an_act_gives_up_a_lock_that_another_keeps() {
    let place = Place::new().await;
    let database = place.opens(100).await;
    let refused = timeout(PATIENCE, database.act(writes("an", Uuid::now_v7()), Locks)).await;
    let refused = refused.expect("not for ever").expect_err("locked");
    assert_eq!(reason(&refused), "CONFLICTING_ACT");
}

#[tokio::test]
async fn a_caller_is_called_what_the_token_says_whatever_that_is() {
    let place = Place::new().await;
    let hostile = [
        "an'; drop table thing; --",
        "'; set congdoan.permission = 'x",
        r"\'; drop table thing; --",
        r"\",
        r"\\'",
        "$$ $1 %s :a \" ` \u{2028} \n\r\t",
        "E'\\x27'",
        "Đỗ Thị Ánh\u{0301} 公会 🏭",
        "/* ",
        "",
    ];
    let mut owner = PgConnection::connect(&place.database.superuser_url).await.expect("connected");
    for conforming in ["on", "off"] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
            "do $do$ begin execute format('alter database %I set standard_conforming_strings = \
             {conforming}', current_database()); end $do$"
        )))
        .execute(&mut owner)
        .await
        .expect("set");
        let database = place.opens(30_000).await;
        for subject in hostile {
            let mut call = reads(subject);
            call.caller.issuer = subject.to_string();
            call.caller.purpose = Some(subject.to_string());
            let mut reading = database.read(&call).await.expect("begun");
            let told: (String, String, String, String, String, String) = sqlx::query_as(
                "select current_setting('congdoan.issuer'), current_setting('congdoan.subject'),
                        current_setting('congdoan.purpose'), current_setting('congdoan.permission'),
                        current_setting('transaction_isolation'),
                        current_setting('transaction_read_only')",
            )
            .fetch_one(&mut *reading)
            .await
            .expect("read");
            let who = subject.to_string();
            let (isolation, read_only) = ("repeatable read".to_string(), "on".to_string());
            let as_told = (who.clone(), who.clone(), who, PERMISSION.to_string());
            assert_eq!(told, (as_told.0, as_told.1, as_told.2, as_told.3, isolation, read_only));
        }
        // Nobody is called so.
        let refused = database.read(&reads("an\0; drop table thing")).await.err().expect("refused");
        assert_eq!(
            refused.refusal().map(|refusal| refusal.reason()),
            Some("INTERNAL_TOKEN_INVALID")
        );
        // And nothing of it is left for the next call.
        let mut reading = database.read(&reads("an")).await.expect("begun");
        let held: bool = sqlx::query_scalar("select access.holds()")
            .fetch_one(&mut *reading)
            .await
            .expect("read");
        assert!(held);
    }
    let things: i64 = sqlx::query_scalar("select count(*) from thing")
        .fetch_one(&mut owner)
        .await
        .expect("there");
    assert_eq!(things, 0);
}

#[tokio::test]
async fn connections_that_the_server_closed_are_replaced() {
    let mut place = Place::new().await;
    place.lets_go().await;
    let database = place.opens(30_000).await;
    for _ in 0..3 {
        let begun = [database.read(&reads("an")).await, database.read(&reads("an")).await];
        assert!(begun.iter().all(Result::is_ok));
        drop(begun);
        database.act(writes("an", Uuid::now_v7()), Locks).await.expect("acted");
        sqlx::query(
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity
             where datname = current_database() and pid <> pg_backend_pid()",
        )
        .execute(&mut place.holder)
        .await
        .expect("closed");
    }
    database.read(&reads("an")).await.expect("begun");
    database.act(writes("an", Uuid::now_v7()), Locks).await.expect("acted");
}

#[tokio::test]
async fn plans_for_a_database_that_has_doubled_since_are_given_up() {
    let mut place = Place::new().await;
    place.lets_go().await;
    let database = place.opens(30_000).await;
    // One connection for reads, whose plans are kept from call to call.
    let connection = || async {
        let mut reading = database.read(&reads("an")).await.expect("begun");
        sqlx::query_scalar::<_, i32>("select pg_backend_pid()")
            .fetch_one(&mut *reading)
            .await
            .expect("read")
    };
    let acts = |content: usize| {
        let mut call = writes("an", Uuid::now_v7());
        call.digest_of(&vec![0; content]);
        database.act(call, Locks)
    };
    let mut known = std::collections::HashSet::new();
    for _ in 0..20 {
        known.insert(connection().await);
        acts(1_000).await.expect("acted");
    }
    assert!(known.len() <= 3, "{known:?}: a little more is nothing");
    acts(1_000_000).await.expect("acted");
    assert!(!known.contains(&connection().await), "an old connection with its old plans");
}

#[tokio::test]
async fn an_answer_is_kept_for_thirty_days_and_no_longer() {
    let mut place = Place::new().await;
    place.lets_go().await;
    let database = place.opens(30_000).await;
    let (old, young) = (Uuid::now_v7(), Uuid::now_v7());
    for request_id in [old, young] {
        database.act(writes("an", request_id), Locks).await.expect("acted");
    }
    // Of many, more than are forgotten at once.
    sqlx::query(
        "insert into act.request (principal, request_id, rpc, body_digest, act_id, answered_at)
         select 'i#an', gen_random_uuid(), '/test/Acts', decode(repeat('00', 32), 'hex'),
                gen_random_uuid(), now() - interval '40 days'
         from generate_series(1, 2500)",
    )
    .execute(&mut place.holder)
    .await
    .expect("inserted");
    let age = "update act.request set answered_at = now() - $2::interval where request_id = $1";
    for (request_id, days) in [(old, "30 days 1 minute"), (young, "29 days 23 hours")] {
        sqlx::query(age)
            .bind(request_id)
            .bind(days)
            .execute(&mut place.holder)
            .await
            .expect("aged");
    }
    assert_eq!(forget_requests(database.pool()).await.expect("forgotten"), 2_501);
    assert_eq!(forget_requests(database.pool()).await.expect("forgotten"), 0);
    let kept: Vec<Uuid> = sqlx::query_scalar("select request_id from act.request")
        .fetch_all(&mut place.holder)
        .await
        .expect("read");
    assert_eq!(kept, [young]);
}

#[tokio::test]
async fn for_whom_and_what_for_is_kept_with_the_request() {
    let mut place = Place::new().await;
    place.lets_go().await;
    let database = place.opens(30_000).await;
    let said = Some("o'fice".to_string());
    for (office, purpose) in [(said.clone(), Some("đối soát".to_string())), (None, None)] {
        let mut request = request("an");
        let caller = request.extensions_mut().get_mut::<Caller>().expect("a caller");
        (caller.office, caller.purpose) = (office.clone(), purpose.clone());
        let request_id = Uuid::now_v7();
        let call = Call::of(&request, Some(request_id), false).expect("a call");
        database.act(call, Locks).await.expect("acted");
        let kept: (Option<String>, Option<String>) =
            sqlx::query_as("select office, purpose from act.request where request_id = $1")
                .bind(request_id)
                .fetch_one(&mut place.holder)
                .await
                .expect("read");
        assert_eq!(kept, (office, purpose));
    }
}
