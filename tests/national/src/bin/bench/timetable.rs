//! Calls on a timetable that waits for no answer, so that a slow answer delays none of the
//! calls behind it and hides none of their waiting: each latency counts from the moment at
//! which the call was due.
//!
//! The load frameworks of crates.io that speak gRPC start their clock when a worker is free
//! (rlt 0.5: `rate` paces workers that each wait for their answer), which leaves out exactly
//! that waiting. So the timetable is here, and the statistics are hdrhistogram's.

use std::time::Duration;

use anyhow::{Context, ensure};
use hdrhistogram::Histogram;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

/// The longest latency that is told apart.
const LONGEST: u64 = 120_000_000;

/// Latencies, in microseconds.
pub struct Latencies(Histogram<u64>);

impl Latencies {
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self(Histogram::new_with_bounds(1, LONGEST, 3)?))
    }

    pub fn record(&mut self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(LONGEST);
        self.0.saturating_record(micros.clamp(1, LONGEST));
    }

    /// In milliseconds, for example at 0.99.
    pub fn at(&self, quantile: f64) -> f64 {
        self.0.value_at_quantile(quantile) as f64 / 1_000.0
    }
}

/// Sends so many calls, so many a second, and answers how long each took from its due time.
pub async fn run<F>(
    calls: usize,
    per_second: u32,
    mut call: impl FnMut(usize) -> F,
) -> anyhow::Result<Latencies>
where
    F: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    let mut latencies = Latencies::new()?;
    let mut under_way = JoinSet::new();
    let begin = Instant::now() + Duration::from_millis(50);
    for n in 0..calls {
        let due = begin + Duration::from_secs_f64(n as f64 / f64::from(per_second));
        let answer = call(n);
        sleep_until(due).await;
        under_way.spawn(async move { answer.await.map(|()| due.elapsed()) });
    }
    let mut failed = None;
    while let Some(done) = under_way.join_next().await {
        match done.context("a call of the bench")? {
            Ok(latency) => latencies.record(latency),
            Err(error) => failed = Some(error),
        }
    }
    ensure!(
        failed.is_none(),
        "a call of the bench failed: {:#}",
        failed.unwrap_or_else(|| anyhow::anyhow!(""))
    );
    Ok(latencies)
}
