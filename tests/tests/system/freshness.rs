//! A write followed at once by a read sees it, every time; and how far behind a read is that
//! does not say what it has seen.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use proto::reporting::v1::QueryFiguresRequest;
use stage::made_up::{people, period, person};
use tests::world::{OPENED_ON, Unit, World, admission};
use time::Date;
use time::macros::date;
use tokio::task::JoinSet;

/// Clients at once, each with a union of its own.
const CLIENTS: u64 = 20;
const DAY: Date = date!(2020 - 05 - 01);

fn stock(union: &Unit) -> QueryFiguresRequest {
    QueryFiguresRequest {
        indicators: vec!["MBR_STOCK".to_owned()],
        organisation_id: union.id.clone(),
        period: period(OPENED_ON, DAY),
        ..QueryFiguresRequest::default()
    }
}

/// The members that reporting counts.
async fn counted(client: &system::Client, union: &Unit) -> i64 {
    let answer = client.figures().query_figures(stock(union)).await.expect("answered");
    answer.into_inner().figures[0].value
}

/// Writes, each followed at once by a read, of all clients together: `make soak` has the many.
fn writes() -> u64 {
    match std::env::var("CONGDOAN_HISTORIES") {
        Ok(size) if size == "full" => 10_000,
        _ => 500,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_with_the_token_of_a_write_sees_it_every_time() {
    let writes = writes();
    let world = World::start().await;
    let district = world.district("Q-A").await;
    let unions = world.unions(&district, CLIENTS as usize).await;
    world.settled().await;
    let seen = Arc::new(AtomicU64::new(0));
    let began = Instant::now();
    let mut clients = JoinSet::new();
    for union in unions {
        let client = world.administrator();
        let seen = seen.clone();
        clients.spawn(async move {
            for written in 1..=writes / CLIENTS {
                let admit = admission(&union, DAY, vec![person()]);
                client.memberships().admit_members(admit).await.expect("admitted");
                assert_eq!(counted(&client, &union).await, written.cast_signed());
                seen.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    while let Some(client) = clients.join_next().await {
        client.expect("a client saw all that it wrote");
    }
    let seen = seen.load(Ordering::Relaxed);
    println!("{seen} of {writes} writes were seen at once, in {:.1?}", began.elapsed());
    assert_eq!(seen, writes);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_token_a_write_arrives_a_little_later() {
    const SAMPLES: i64 = 300;
    let world = World::start().await;
    let district = world.district("Q-A").await;
    let unions = world.unions(&district, 2).await;
    world.settled().await;
    let (writer, reader) = (world.administrator(), world.administrator());
    let mut lags = Vec::new();
    for written in 1..=SAMPLES {
        let admit = admission(&unions[0], DAY, people(1));
        writer.memberships().admit_members(admit).await.expect("admitted");
        let acknowledged = Instant::now();
        // The reader has seen nothing, ever: only the feed brings it the write.
        reader.forget();
        tests::feeds::until("the write has arrived", async || {
            reader.forget();
            counted(&reader, &unions[0]).await >= written
        })
        .await;
        lags.push(acknowledged.elapsed());
    }
    lags.sort_unstable();
    let percentile = |percent: usize| lags[(lags.len() * percent).div_ceil(100) - 1];
    println!(
        "lag without a token over {SAMPLES} writes (promised: p99 under 1 s): \
         median {:.1?}, p99 {:.1?}, largest {:.1?} \
         (of which each look takes a few ms)",
        percentile(50),
        percentile(99),
        percentile(100),
    );
}
