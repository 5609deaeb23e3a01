//! How long it takes from the moment in which a change is acknowledged until a national figure counts it,
//! while thousands of changes are followed each second; and whether each figure is that of the position
//! that it says.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use national::Size;
use proto::reporting::v1::{Period, QueryFiguresRequest};
use sqlx::PgPool;
use tokio::time::{sleep, sleep_until};

use crate::country::Country;
use crate::feeds::{Act, Feeds, publish};
use crate::lines::{Bar, Lines};
use crate::timetable::Latencies;

/// Changes of membership's in a second, and acts of registry's, each of which changes the tree.
const PER_SECOND: usize = 2_000;
const REGISTRYS_PER_SECOND: usize = 20;
/// They are committed so many times in a second.
const COMMITS: usize = 40;
/// A figure is asked for so often.
const ASK: Duration = Duration::from_millis(25);

/// What a position of membership's feed comes to.
struct Told {
    position: i64,
    members: i64,
    acknowledged: Instant,
}

/// A figure, as it was answered.
struct Read {
    position: i64,
    members: i64,
    answered: Instant,
}

pub async fn measure(
    country: &Country,
    feeds: &mut Feeds,
    reporting: &PgPool,
    size: Size,
    lines: &mut Lines,
) -> anyhow::Result<()> {
    let seconds = if matches!(size, Size::Tiny) { 4 } else { 15 };
    let begin = read(country).await?;
    let (head, pending): (i64, i64) = sqlx::query_as(
        "select (select position from feed.head), (select count(*) from feed.pending)",
    )
    .fetch_one(&feeds.membership)
    .await?;
    ensure!(pending == 0 && begin.position == head, "all that was before is followed");

    let reading = country.client.fork();
    let (done, mut until) = tokio::sync::watch::channel(i64::MAX);
    let asked = asked(&country.confederation);
    let reader = tokio::spawn(async move {
        let mut reads = Vec::new();
        loop {
            let next = tokio::time::Instant::now() + ASK;
            let answer = reading.figures().query_figures(asked.clone()).await?.into_inner();
            reads.push(of(&answer)?);
            let reached =
                reads.last().is_some_and(|read| read.position >= *until.borrow_and_update());
            if reached {
                return anyhow::Ok(reads);
            }
            sleep_until(next).await;
        }
    });

    let mut told = vec![Told {
        position: begin.position,
        members: begin.members,
        acknowledged: Instant::now(),
    }];
    let begun = tokio::time::Instant::now();
    for turn in 0..seconds * COMMITS {
        let due = begun + Duration::from_secs_f64(turn as f64 / COMMITS as f64);
        let mut acts: Vec<Act> = Vec::new();
        let mut further = Vec::new();
        let (mut position, mut members) =
            told.last().map(|last| (last.position, last.members)).context("the beginning")?;
        let mut changes = 0;
        while changes < PER_SECOND / COMMITS {
            let (act, more) = feeds.tells();
            changes += act.len();
            position += i64::try_from(act.len())?;
            members += more;
            further.push((position, members));
            acts.push(act);
        }
        let on = feeds.day();
        let decided: Vec<Act> = match turn % (COMMITS / REGISTRYS_PER_SECOND) {
            0 => vec![feeds.decides()],
            _ => Vec::new(),
        };
        sleep_until(due).await;
        publish(&feeds.membership, &acts, on, 0).await?;
        let acknowledged = Instant::now();
        told.extend(further.into_iter().map(|(position, members)| Told {
            position,
            members,
            acknowledged,
        }));
        if !decided.is_empty() {
            publish(&feeds.registry, &decided, on, 0).await?;
        }
    }
    let took = begun.elapsed().as_secs_f64();
    let last = told.last().context("the last")?.position;
    done.send_replace(last);
    let reads = reader.await.context("the reader")??;

    let mut latencies = Latencies::new()?;
    let (mut seen, mut wrong) = (1, 0);
    for read in &reads {
        while let Some(change) = told.get(seen).filter(|change| change.position <= read.position) {
            latencies.record(read.answered.saturating_duration_since(change.acknowledged));
            seen += 1;
        }
        // Acts come whole.
        let is = &told[seen - 1];
        if (is.position, is.members) != (read.position, read.members) {
            wrong += 1;
        }
    }
    ensure!(seen == told.len(), "every change is seen");
    let rate = (last - begin.position) as f64 / took;
    let work = format!(
        "acknowledged change to national figure, {rate:.0} changes/s, {} figures read, p99",
        reads.len()
    );
    lines.add("reporting", work, (latencies.at(0.99), "ms"), None, Bar::Under(1_000.0));
    let work = "the same, half of them";
    lines.add("reporting", work, (latencies.at(0.5), "ms"), None, Bar::None);
    lines.add(
        "reporting",
        "figures that were not those of the position that they say",
        (f64::from(wrong), "figures"),
        None,
        Bar::Exactly(0.0),
    );
    sleep(Duration::from_millis(1)).await;
    let halted: i64 =
        sqlx::query_scalar("select count(*) from feed.follower where halted is not null")
            .fetch_one(reporting)
            .await?;
    ensure!(halted == 0, "reporting follows");
    Ok(())
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

async fn read(country: &Country) -> anyhow::Result<Read> {
    let answer = country.client.figures().query_figures(asked(&country.confederation)).await?;
    of(&answer.into_inner())
}

fn of(answer: &proto::reporting::v1::QueryFiguresResponse) -> anyhow::Result<Read> {
    let figure = answer.figures.first().context("one figure")?;
    let position = figure.feed_positions.iter().find(|of| of.source == "membership");
    let position = position.context("it says how far it is")?.position;
    Ok(Read { position, members: figure.value, answered: Instant::now() })
}
