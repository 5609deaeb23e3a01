//! More calls than there is time for: what can be answered still is, and the rest learns at once
//! why not.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use proto::registry::v1::GetOrganisationRequest;
use stage::line::Line;
use stage::refused::Refused;
use tokio::task::JoinSet;

use super::ground::{Ground, duration};

const GET: &str = "congdoan.registry.v1.OrganisationService/GetOrganisation";
const CALLERS: usize = 8;
/// Calls of each caller at once, where capacity is measured.
const AT_ONCE: usize = 6;
/// How much more is offered than there is capacity for.
const TIMES: f64 = 3.0;
/// The share of capacity that must be answered all the same.
const SHARE: f64 = 0.8;
/// An answer that comes later is of no use.
const USEFUL: Duration = Duration::from_secs(2);

/// What came of calls.
#[derive(Default)]
struct Tally {
    answered: AtomicU64,
    refused: AtomicU64,
    late: AtomicU64,
}

async fn call(line: Line, asked: GetOrganisationRequest, tally: Arc<Tally>) {
    match tokio::time::timeout(USEFUL, line.send(GET, &asked)).await {
        Ok(Ok(_)) => tally.answered.fetch_add(1, Ordering::Relaxed),
        Ok(Err(status)) => {
            assert_eq!(Refused::of(&status).reason, "OVERLOADED", "{status:?}");
            tally.refused.fetch_add(1, Ordering::Relaxed)
        }
        Err(_) => tally.late.fetch_add(1, Ordering::Relaxed),
    };
}

/// Answers in a second where everybody waits for one before asking the next.
async fn capacity(lines: &[Line], asked: &GetOrganisationRequest, length: Duration) -> f64 {
    let (tally, began) = (Arc::new(Tally::default()), Instant::now());
    let callers = lines.iter().flat_map(|line| {
        let tally = &tally;
        (0..AT_ONCE).map(move |_| async move {
            while began.elapsed() < length {
                call(line.clone(), asked.clone(), tally.clone()).await;
            }
        })
    });
    join_all(callers).await;
    tally.answered.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64()
}

/// Offers so many calls a second, whatever comes of them.
async fn offer(
    lines: &[Line],
    asked: &GetOrganisationRequest,
    rate: f64,
    length: Duration,
) -> (f64, Arc<Tally>) {
    let (tally, began) = (Arc::new(Tally::default()), Instant::now());
    let mut calls = JoinSet::new();
    let mut sent = 0_u64;
    let mut beat = tokio::time::interval(Duration::from_millis(2));
    while began.elapsed() < length {
        beat.tick().await;
        let due = (began.elapsed().as_secs_f64() * rate) as u64;
        for n in sent..due {
            let line = lines[(n as usize) % lines.len()].clone();
            calls.spawn(call(line, asked.clone(), tally.clone()));
        }
        sent = sent.max(due);
        while calls.try_join_next().is_some() {}
    }
    let answered = tally.answered.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64();
    while let Some(ended) = calls.join_next().await {
        ended.expect("every call is answered or refused in words");
    }
    (answered, tally)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_times_as_many_calls_as_can_be_answered() {
    let ground = Ground::start().await;
    let (length, quiet) = duration();
    let token = ground.administrator_token().await;
    let lines = (0..CALLERS).map(|_| Line::to(&ground.system.running.gateway));
    let lines = join_all(lines).await;
    let lines: Vec<Line> = lines.iter().map(|line| line.bearing(&token)).collect();
    let asked =
        GetOrganisationRequest { organisation_id: ground.root.clone(), ..Default::default() };
    capacity(&lines, &asked, Duration::from_secs(1)).await;
    let capacity = capacity(&lines, &asked, length).await;
    let (goodput, tally) = offer(&lines, &asked, capacity * TIMES, length).await;
    let [refused, late] = [&tally.refused, &tally.late].map(|count| count.load(Ordering::Relaxed));
    println!(
        "capacity {capacity:.0}/s; at {TIMES} times as much {goodput:.0}/s answered \
         ({:.2}), {refused} refused, {late} late",
        goodput / capacity
    );
    assert!(goodput > 0.0, "nothing at all is answered");
    assert!(!quiet || goodput >= SHARE * capacity, "{goodput:.0}/s of {capacity:.0}/s");
    ground.ask(&ground.administrator).await.expect("answered afterwards");
}
