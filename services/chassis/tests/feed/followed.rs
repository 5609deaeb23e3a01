//! Sixteen writers, and followers that get everything.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chassis::feed::append;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sqlx::PgPool;
use tokio::sync::Mutex;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::world::{Chronicler, Service, change_thing, stamp};

const WRITERS: u64 = 16;
const ACTS_PER_WRITER: u32 = 60;
const THINGS: usize = 12;

/// Sixteen writers and their followers fill two cores and many connections: one such test at
/// a time.
static ALONE: Mutex<()> = Mutex::const_new(());

/// Each run is another; the seed of one that failed repeats its choices.
fn seed() -> u64 {
    let seed = std::env::var("CONGDOAN_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(rand::random);
    println!("CONGDOAN_TEST_SEED={seed}");
    seed
}

/// Sixteen at once change a few things at a time, dawdle inside their transactions, and give
/// up one act in four.
async fn sixteen_writers(service: &Service, seed: u64) {
    let things: Arc<[Uuid]> = (0..THINGS).map(|_| Uuid::now_v7()).collect();
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let rng = StdRng::seed_from_u64(seed ^ writer);
        let (pool, waker) = (service.pool.clone(), service.waker.clone());
        let things = things.clone();
        writers.spawn(async move {
            let mut rng = rng;
            for _ in 0..ACTS_PER_WRITER {
                if write(&pool, &things, &mut rng).await && rng.random_bool(0.5) {
                    // The other half is found by the poll, as after a process that dies
                    // between commit and wake.
                    waker.wake();
                }
            }
        });
    }
    while let Some(writer) = writers.join_next().await {
        writer.expect("a writer that writes");
    }
}

async fn write(pool: &PgPool, things: &[Uuid], rng: &mut StdRng) -> bool {
    let mut transaction = pool.begin().await.expect("begin");
    // In one order, so that writers queue rather than deadlock.
    let chosen: Vec<Uuid> =
        things.iter().copied().filter(|_| rng.random_bool(2.0 / THINGS as f64)).collect();
    let mut changes = Vec::new();
    for thing_id in chosen {
        changes.push(change_thing(&mut transaction, thing_id).await.expect("changed"));
        sleep(Duration::from_micros(rng.random_range(0..3_000))).await;
    }
    append(&mut transaction, &stamp(), changes).await.expect("appended");
    sleep(Duration::from_micros(rng.random_range(0..8_000))).await;
    let commits = rng.random_bool(0.75);
    match commits {
        true => transaction.commit().await.expect("committed"),
        false => transaction.rollback().await.expect("rolled back"),
    }
    commits
}

/// What happens again and again beside the writers, until they are done.
struct Disturbance {
    times: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

/// Lets sixteen write, again if need be, until each disturbance has come ten times: however
/// fast the writers are, they were disturbed. Answers when the disturbances have ended.
async fn sixteen_write_disturbed(
    registry: &Service,
    seed: u64,
    disturbances: Vec<Disturbance>,
    calm: CancellationToken,
) {
    for round in 0.. {
        sixteen_writers(registry, seed + round).await;
        let often = |each: &Disturbance| each.times.load(Ordering::Relaxed) > 10;
        if disturbances.iter().all(often) {
            break;
        }
    }
    calm.cancel();
    for disturbance in disturbances {
        disturbance.task.await.expect("ended");
    }
}

/// Starts something again and again, and kills it each time, until told to stop; then starts
/// it for good.
fn killed_again_and_again(
    seed: u64,
    until: CancellationToken,
    start: impl Fn() -> JoinHandle<()> + Send + 'static,
) -> Disturbance {
    let times = Arc::new(AtomicU64::new(0));
    let killed = times.clone();
    let task = tokio::spawn(async move {
        let mut rng = StdRng::seed_from_u64(seed);
        while !until.is_cancelled() {
            let victim = start();
            sleep(Duration::from_micros(rng.random_range(500..40_000))).await;
            victim.abort();
            let _ = victim.await;
            killed.fetch_add(1, Ordering::Relaxed);
        }
        start();
    });
    Disturbance { times, task }
}

/// Ends every session of a service in its database, again and again, as when a network
/// breaks.
fn sessions_broken(service: &Service, seed: u64, until: CancellationToken) -> Disturbance {
    let pool = service.pool.clone();
    let times = Arc::new(AtomicU64::new(0));
    let broken = times.clone();
    let task = tokio::spawn(async move {
        let mut rng = StdRng::seed_from_u64(seed);
        while !until.is_cancelled() {
            sleep(Duration::from_micros(rng.random_range(20_000..120_000))).await;
            let ended: Result<i64, _> = sqlx::query_scalar(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity
                 where datname = current_database() and usename = current_user
                   and pid <> pg_backend_pid()",
            )
            .fetch_one(&pool)
            .await;
            broken.fetch_add(ended.unwrap_or_default().unsigned_abs(), Ordering::Relaxed);
        }
    });
    Disturbance { times, task }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_committed_change_is_followed_once_and_in_order() {
    let _alone = ALONE.lock().await;
    let registry = Service::new("registry", &[]).await;
    let membership = Service::new("membership", &["registry"]).await;
    let served = registry.serves().await;
    registry.runs();
    membership.runs();
    membership.follows(&served, Chronicler);

    sixteen_writers(&registry, seed()).await;

    membership.has_been_told_all_of(&registry).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_repeated_when_sequencer_and_follower_are_killed_again_and_again() {
    let _alone = ALONE.lock().await;
    let seed = seed();
    let registry = Arc::new(Service::new("registry", &[]).await);
    let membership = Arc::new(Service::new("membership", &["registry"]).await);
    let served = Arc::new(registry.serves().await);
    let calm = CancellationToken::new();
    let sequencer = killed_again_and_again(seed ^ 101, calm.clone(), {
        let registry = registry.clone();
        move || registry.runs()
    });
    let learner = killed_again_and_again(seed ^ 102, calm.clone(), {
        let membership = membership.clone();
        move || membership.runs()
    });
    let follower = killed_again_and_again(seed ^ 103, calm.clone(), {
        let (membership, served) = (membership.clone(), served.clone());
        move || membership.follows(&served, Chronicler)
    });

    sixteen_write_disturbed(&registry, seed, vec![sequencer, learner, follower], calm).await;
    membership.has_been_told_all_of(&registry).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sequencers_and_two_followers_do_no_more_than_one() {
    let _alone = ALONE.lock().await;
    let seed = seed();
    let registry = Service::new("registry", &[]).await;
    let other_registry = registry.replica().await;
    let membership = Service::new("membership", &["registry"]).await;
    let other_membership = membership.replica().await;
    let served = registry.serves().await;
    let other_served = other_registry.serves().await;
    for service in [&registry, &other_registry, &membership, &other_membership] {
        service.runs();
    }
    membership.follows(&served, Chronicler);
    other_membership.follows(&other_served, Chronicler);

    tokio::join!(sixteen_writers(&registry, seed), sixteen_writers(&other_registry, seed ^ 1_000));

    membership.has_been_told_all_of(&registry).await;
    other_membership.has_been_told_all_of(&registry).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_of_each_that_are_killed_and_lose_their_connections_do_no_more_than_one() {
    let _alone = ALONE.lock().await;
    let seed = seed();
    let registry = Arc::new(Service::new("registry", &[]).await);
    let membership = Arc::new(Service::new("membership", &["registry"]).await);
    let calm = CancellationToken::new();
    let mut disturbances = Vec::new();
    for replica in 0..2 {
        let sequencing = registry.replica().await;
        let served = sequencing.serves().await;
        disturbances.push(killed_again_and_again(
            seed ^ (200 + replica),
            calm.clone(),
            move || sequencing.runs(),
        ));
        let following = membership.replica().await;
        disturbances.push(killed_again_and_again(
            seed ^ (300 + replica),
            calm.clone(),
            move || following.follows(&served, Chronicler),
        ));
    }
    disturbances.push(sessions_broken(&membership, seed ^ 400, calm.clone()));

    sixteen_write_disturbed(&registry, seed, disturbances, calm).await;
    membership.runs();
    membership.has_been_told_all_of(&registry).await;
}
