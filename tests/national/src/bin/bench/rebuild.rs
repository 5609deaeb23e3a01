//! A rebuild of reporting: how fast a database beside follows both feeds from their first positions, what
//! those find who read meanwhile, and for how long nothing is followed when what differs takes its place.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use chassis::cluster::provision;
use national::{National, Size};
use proto::reporting::v1::{Period, QueryFiguresRequest};
use reporting::rebuild::{self, Asked, Done, Outcome, Progress};
use sqlx::PgPool;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::country::{Country, pool};
use crate::feeds::{Feeds, publish};
use crate::freshness;
use crate::lines::{Bar, Lines};
use crate::timetable::Latencies;

const BESIDE: &str = "reporting_beside";
/// Acts of one transaction.
const TOGETHER: usize = 2_000;
/// Of so many acts one is registry's.
const REGISTRYS: usize = 6;
/// The bar: so many changes in a second.
const PER_SECOND: f64 = 20_000.0;

pub async fn measure(size: Size, seed: u64, lines: &mut Lines) -> anyhow::Result<()> {
    let (unions, changes) = match size {
        Size::Tiny => (2_000, 40_000),
        Size::Province => (10_000, 200_000),
        Size::National => (124_762, 1_000_000),
    };
    let country = Country::start(National::new(size, seed)?).await?;
    let owner_url = country.system.database("reporting").context("a database")?.owner_url.clone();
    let reporting = pool(&owner_url).await?;
    let mut feeds = Feeds::begin(&country, unions).await?;
    let begun = Instant::now();
    let told = tell(&mut feeds, changes).await?;
    followed(&feeds, &reporting).await?;
    let took = begun.elapsed().as_secs_f64();
    let work = format!("{told} changes published, numbered and followed as they come");
    lines.add("reporting", work, (took, "s"), None, Bar::None);
    for database in [&feeds.registry, &feeds.membership, &reporting] {
        sqlx::raw_sql("analyze").execute(database).await?;
    }

    // One row is not as it is derived.
    let right = stock(&country).await?;
    let spoilt = sqlx::query(
        "update fact set amount = amount + 1000
         where ctid = (select ctid from fact where code = 'MBR_ADMITTED' limit 1)",
    );
    ensure!(spoilt.execute(&reporting).await?.rows_affected() == 1, "a fact is spoilt");
    let stop = Arc::new(AtomicBool::new(false));
    let reading =
        tokio::spawn(read(country.client.fork(), country.confederation.clone(), stop.clone()));
    let (done, took) = run(&country, owner_url).await?;
    stop.store(true, Ordering::Relaxed);
    let (latencies, failed) = reading.await.context("read")??;
    let all = position(&reporting).await? as f64;
    let work = format!("20,000 changes applied while rebuilding, of {all}");
    lines.add("reporting", work, (took * PER_SECOND / all, "s"), None, Bar::Under(1.0));
    let differing: i64 =
        done.differences.iter().map(|of| of.missing + of.surplus + of.otherwise).sum();
    lines.add(
        "reporting",
        "rows that a rebuild found otherwise, where one was spoilt: it goes and comes",
        (differing as f64, "rows"),
        None,
        Bar::Exactly(2.0),
    );
    let work = "by how many the national figure is then not what it was before";
    let wrong = stock(&country).await? - right;
    lines.add("reporting", work, (wrong as f64, "members"), None, Bar::Exactly(0.0));
    lines.add(
        "reporting",
        "nothing is followed while what differs takes its place",
        (done.held.as_secs_f64(), "s"),
        None,
        Bar::None,
    );
    lines.add(
        "reporting",
        "reads of a national figure that failed meanwhile",
        (failed as f64, "calls"),
        None,
        Bar::Exactly(0.0),
    );
    let work = "a national figure while all is rebuilt, p99";
    lines.add("reporting", work, (latencies.at(0.99), "ms"), None, Bar::None);

    freshness::measure(&country, &mut feeds, &reporting, size, lines).await?;
    reporting.close().await;
    feeds.registry.close().await;
    feeds.membership.close().await;
    country.stop().await
}

/// Publishes so many changes, of both.
async fn tell(feeds: &mut Feeds, changes: usize) -> anyhow::Result<usize> {
    let mut told = 0;
    while told < changes {
        let on = feeds.day();
        let decided: Vec<_> = (0..TOGETHER / REGISTRYS).map(|_| feeds.decides()).collect();
        told += publish(&feeds.registry, &decided, on, 0).await?;
        let acts: Vec<_> = (0..TOGETHER).map(|_| feeds.tells().0).collect();
        told += publish(&feeds.membership, &acts, on, 0).await?;
    }
    Ok(told)
}

/// Waits until reporting has followed all of both.
async fn followed(feeds: &Feeds, reporting: &PgPool) -> anyhow::Result<()> {
    for (source, owner) in [("registry", &feeds.registry), ("membership", &feeds.membership)] {
        loop {
            let (head, pending): (i64, i64) = sqlx::query_as(
                "select (select position from feed.head), (select count(*) from feed.pending)",
            )
            .fetch_one(owner)
            .await?;
            let (position, halted): (i64, Option<String>) =
                sqlx::query_as("select position, halted from feed.follower where source = $1")
                    .bind(source)
                    .fetch_one(reporting)
                    .await?;
            ensure!(halted.is_none(), "reporting stopped following {source}: {halted:?}");
            if pending == 0 && position >= head {
                break;
            }
            sleep(Duration::from_millis(50)).await;
        }
    }
    Ok(())
}

async fn position(reporting: &PgPool) -> anyhow::Result<i64> {
    let sum = "select sum(position)::bigint from feed.follower";
    Ok(sqlx::query_scalar(sum).fetch_one(reporting).await?)
}

/// Rebuilds; answers how long it took to follow.
async fn run(country: &Country, served_url: String) -> anyhow::Result<(Done, f64)> {
    let cluster = country.system.cluster().context("the bench has its own PostgreSQL")?;
    provision(&cluster.superuser_url(), "reporting", BESIDE).await?;
    let asked = Asked {
        served_url,
        beside_url: cluster.url("reporting_owner", BESIDE),
        begun_by: "bench".to_owned(),
        reason: "the bench".to_owned(),
    };
    let config = country.system.settings("reporting")?;
    let config = chassis::config::with(reporting::DEFAULTS, &config)?;
    let (mut begun, mut near) = (None, Instant::now());
    // From when it begins to follow until all of both feeds is followed.
    let mut tell = |_: Progress| {
        begun.get_or_insert_with(Instant::now);
        near = Instant::now();
    };
    let outcome = rebuild::run(&config, &asked, &mut tell, &CancellationToken::new()).await?;
    let Outcome::Done(done) = outcome else { bail!("the rebuild is not done") };
    let took = begun.map_or(0.0, |begun| (near - begun).as_secs_f64());
    Ok((done, took))
}

fn asked(confederation: &str) -> QueryFiguresRequest {
    let day = |year, month, day| Some(proto::google::r#type::Date { year, month, day });
    QueryFiguresRequest {
        indicators: vec!["MBR_STOCK".to_owned()],
        organisation_id: confederation.to_owned(),
        period: Some(Period { from_on: day(2020, 1, 1), through_on: day(2025, 12, 31) }),
        ..QueryFiguresRequest::default()
    }
}

/// How many members the country has.
async fn stock(country: &Country) -> anyhow::Result<i64> {
    let answer = country.client.figures().query_figures(asked(&country.confederation)).await?;
    Ok(answer.into_inner().figures.first().context("one figure")?.value)
}

/// Reads a national figure again and again; answers how long that took, and how often it failed.
async fn read(
    client: system::Client,
    confederation: String,
    stop: Arc<AtomicBool>,
) -> anyhow::Result<(Latencies, usize)> {
    let (mut latencies, mut failed) = (Latencies::new()?, 0);
    while !stop.load(Ordering::Relaxed) {
        let begun = Instant::now();
        match client.figures().query_figures(asked(&confederation)).await {
            Ok(_) => latencies.record(begun.elapsed()),
            Err(status) => {
                println!("a read failed: {status:?}");
                failed += 1;
            }
        }
        sleep(Duration::from_millis(20)).await;
    }
    Ok((latencies, failed))
}
