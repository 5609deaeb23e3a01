//! Figures of the whole country over years of facts: as they are answered through the gateway, beside what
//! statements over the same tables and DuckDB over the same facts take in the same run.
//!
//! The facts are made up in reporting's own database, as acts of its own that it numbers like any
//! other: so they reach its columns on the way on which all facts do.

mod duckdb;
mod explained;
mod fulfilment;
mod known;
mod once;
mod printed;
mod question;

use std::time::{Duration, Instant};

use anyhow::Context;
use proto::reporting::v1::Breakdown;
use reporting::ground::columns::Columns;
use reporting::ground::reference;
use sqlx::{AssertSqlSafe, PgConnection, PgPool, Postgres, Transaction};
use time::Duration as Days;
use time::macros::date;
use tokio::time::sleep;
use uuid::Uuid;

use crate::country::{Country, pool};
use crate::figures::question::{Question, Sums};
use crate::lines::{Bar, Lines};
use crate::timetable;

/// So many facts are one act.
const OF_AN_ACT: i64 = 50_000;
/// Calls of a line at national size; a small size says nothing of times.
const CALLS: usize = 400;
const CALLS_SMALL: usize = 60;
const PER_SECOND: u32 = 20;
/// The statements are asked so often, and the quickest counts.
const ASKED: usize = 3;
/// A Python that has DuckDB: `make bench` names it. Without one, nothing is compared with it.
const PYTHON: &str = "CONGDOAN_BENCH_PYTHON";
/// Beside so many facts, one attendance at a course.
const PER_ATTENDANCE: i64 = 10;
/// Of so many facts, one is a change of its own that is explained.
const PER_CHANGE: i64 = 100;

pub async fn measure(country: &Country, facts: i64, lines: &mut Lines) -> anyhow::Result<()> {
    country.followed("reporting").await?;
    let url = &country.system.database("reporting").context("a database")?.owner_url;
    let reporting = pool(url).await?;
    let begun = Instant::now();
    make_all_up(&reporting, facts).await.context("make facts up")?;
    sqlx::query(
        "insert into unit_month (unit_id, code, month, reason, sex, counterpart_id, amount)
         select unit_id, code, date_trunc('month', on_date)::date, reason, sex, counterpart_id, sum(amount)
         from fact where code in ('MBR_ADMITTED', 'MBR_EXITED')
         group by 1, 2, 3, 4, 5, 6
         on conflict (unit_id, code, month, reason, sex, counterpart_id) do nothing",
    )
    .execute(&reporting)
    .await?;
    sqlx::raw_sql("analyze").execute(&reporting).await?;
    numbered(&reporting).await?;
    let made = format!("{facts} facts made up, numbered and rolled up");
    lines.add("reporting", made, (begun.elapsed().as_secs_f64(), "s"), None, Bar::None);

    start(&reporting, facts, lines).await?;
    let provinces = provinces(&reporting, country).await?;
    compared(country, &reporting, lines).await?;
    any(country, &provinces, lines).await?;
    known::measure(country, &reporting, lines).await.context("known at an instant")?;
    once::measure(country, &reporting, (facts / PER_ATTENDANCE).max(1), lines)
        .await
        .context("people counted once")?;
    fulfilment::measure(country, &provinces, lines).await.context("fulfilment")?;
    printed::measure(country, &provinces, lines).await.context("printing")?;
    let changes = (facts / PER_CHANGE).max(1);
    explained::measure(country, &reporting, changes, lines).await.context("explanation")?;
    Ok(())
}

/// The same questions in three ways: through the gateway, by statements, and with DuckDB.
async fn compared(country: &Country, reporting: &PgPool, lines: &mut Lines) -> anyhow::Result<()> {
    let calls = calls(lines);
    let mut questions = Vec::new();
    for by in [Breakdown::Child, Breakdown::Sector] {
        for as_of in [None, Some(date!(2025 - 06 - 30))] {
            for indicator in ["MBR_ADMITTED", "MBR_STOCK"] {
                questions.push(Question {
                    indicator,
                    head: country.confederation.parse()?,
                    by,
                    as_of,
                    from: date!(2020 - 01 - 17),
                    through: date!(2024 - 11 - 20),
                });
            }
        }
    }
    let mut transaction = seeing(country, reporting).await?;
    let by_duckdb = match std::env::var(PYTHON).ok().filter(|python| !python.is_empty()) {
        Some(python) => Some(duckdb::ask(python, &mut transaction, &questions).await?),
        None => None,
    };
    let mut differing = 0;
    for (n, question) in questions.iter().enumerate() {
        let (statement, by_statement) = by_statement(&mut transaction, question).await?;
        let answered = question.answered(&country.client).await?;
        differing += differences(&answered, &by_statement);
        let latencies = timetable::run(calls, PER_SECOND, |_| {
            let (client, question) = (country.client.fork(), question.clone());
            async move {
                client.figures().query_figures(question.request()).await?;
                Ok(())
            }
        })
        .await?;
        let work = format!("{} of the country, p99 of {calls}", question.text());
        lines.add("reporting", work, (latencies.at(0.99), "ms"), None, Bar::Under(50.0));
        let median = latencies.at(0.5);
        lines.add(
            "reporting",
            "   statements over the same tables, over its median",
            (statement, "ms"),
            Some((median, "its median")),
            Bar::Ratio(20.0),
        );
        if let Some(of) = by_duckdb.as_ref().and_then(|answers| answers.get(n)) {
            differing += differences(&answered, &of.sums);
            lines.add(
                "reporting",
                "   DuckDB over the same facts and given places, over its median",
                (of.milliseconds, "ms"),
                Some((median, "its median")),
                Bar::Ratio(1.0),
            );
        }
    }
    transaction.rollback().await?;
    let work = "lines that statements or DuckDB count otherwise";
    lines.add("reporting", work, (differing as f64, "lines"), None, Bar::Exactly(0.0));
    Ok(())
}

/// Any figure of the country or of a province: any period, by child or sector, as then or as of any day.
async fn any(country: &Country, provinces: &[Uuid], lines: &mut Lines) -> anyhow::Result<()> {
    let calls = calls(lines);
    let confederation: Uuid = country.confederation.parse()?;
    let first = date!(2020 - 01 - 01);
    let latencies = timetable::run(calls, PER_SECOND, |n| {
        // Spread by primes: no two questions alike, and the same in every run.
        let (from, days) = ((n * 7_919 % 1_500) as i64, (n * 104_729 % 365) as i64);
        let from = first + Days::days(from);
        let question = Question {
            indicator: ["MBR_ADMITTED", "MBR_STOCK", "ORG_STOCK", "MBR_NET"][n % 4],
            head: match n % 3 {
                0 => provinces[n % provinces.len()],
                _ => confederation,
            },
            by: [Breakdown::Child, Breakdown::Sector][n / 4 % 2],
            as_of: (n % 2 == 0).then(|| first + Days::days((n * 6_151 % 2_300) as i64)),
            from,
            through: from + Days::days(days),
        };
        let client = country.client.fork();
        async move {
            client.figures().query_figures(question.request()).await?;
            Ok(())
        }
    })
    .await?;
    let work = format!("any figure of the country or a province, p99 of {calls}");
    lines.add("reporting", work, (latencies.at(0.99), "ms"), None, Bar::Under(50.0));
    Ok(())
}

fn calls(lines: &Lines) -> usize {
    if lines.is_national() { CALLS } else { CALLS_SMALL }
}

/// In how many lines two counts are not the same.
fn differences(one: &Sums, other: &Sums) -> usize {
    let lines: std::collections::BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    lines.into_iter().filter(|line| one.get(*line) != other.get(*line)).count()
}

/// The federations of the provinces, as they are today.
async fn provinces(reporting: &PgPool, country: &Country) -> anyhow::Result<Vec<Uuid>> {
    let provinces = sqlx::query_scalar(
        "select o.organisation_id from organisation o
         join edge e on e.organisation_id = o.organisation_id and e.superior_id = $1::text::uuid
                    and e.valid @> current_date
         where o.type = 'LDLD_TINH' order by 1",
    )
    .bind(&country.confederation)
    .fetch_all(reporting)
    .await?;
    Ok(provinces)
}

/// What a process reads when it starts.
async fn start(reporting: &PgPool, facts: i64, lines: &mut Lines) -> anyhow::Result<()> {
    reference::load().context("reference data")?;
    let before = memory()?;
    let begun = Instant::now();
    let columns = Columns::default();
    let mut reading =
        reporting.begin_with("begin isolation level repeatable read, read only").await?;
    let snapshot =
        columns.snapshot(&mut reading).await.map_err(|failure| anyhow::anyhow!("{failure}"))?;
    let took = begun.elapsed().as_secs_f64();
    reading.rollback().await?;
    let grown = memory()?.saturating_sub(before) as f64 / 1024.0;
    drop(snapshot);
    let work = format!("a process reads {facts} facts when it starts");
    lines.add("reporting", work, (took, "s"), None, Bar::Under(15.0));
    lines.add(
        "reporting",
        "what it takes more of memory then",
        (grown, "MiB"),
        None,
        Bar::Under(512.0),
    );
    Ok(())
}

/// How much memory this process has, in KiB.
fn memory() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
}

/// A transaction with the rights of whoever may see the whole country, and a number for each unit.
async fn seeing<'a>(
    country: &Country,
    reporting: &'a PgPool,
) -> anyhow::Result<Transaction<'a, Postgres>> {
    let mut transaction = reporting.begin().await?;
    sqlx::query(
        "select set_config('congdoan.issuer', h.issuer, true),
                set_config('congdoan.subject', h.subject, true),
                set_config('congdoan.permission', p.permission, true)
         from access.grant_held h
         join access.role_permission p on p.role = h.role and p.permission like 'reporting.figure%'
         where h.organisation_id = $1::text::uuid limit 1",
    )
    .bind(&country.confederation)
    .fetch_one(&mut *transaction)
    .await
    .context("somebody sees the whole country")?;
    sqlx::raw_sql(
        "create temporary table bench_unit on commit drop as
         select organisation_id as unit_id, row_number() over (order by organisation_id) as n
         from organisation;
         create unique index on bench_unit (unit_id);
         analyze bench_unit",
    )
    .execute(&mut *transaction)
    .await?;
    Ok(transaction)
}

/// What a statement over the same tables takes, in milliseconds, and what it counts.
async fn by_statement(
    transaction: &mut Transaction<'_, Postgres>,
    question: &Question,
) -> anyhow::Result<(f64, Sums)> {
    let mut best = f64::INFINITY;
    let mut sums = Sums::new();
    for _ in 0..ASKED {
        let begun = Instant::now();
        sums = question.by_statement(transaction).await?;
        best = best.min(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    anyhow::ensure!(!sums.is_empty(), "the statement counts nothing");
    Ok((best, sums))
}

/// So many facts, whose indexes are made when all are there: nobody asks for one of them before.
async fn make_all_up(reporting: &PgPool, facts: i64) -> anyhow::Result<()> {
    sqlx::raw_sql(
        "create unlogged table bench_union as
         select organisation_id, row_number() over (order by organisation_id) - 1 as at,
                count(*) over () as unions
         from organisation where grassroots;
         analyze bench_union",
    )
    .execute(reporting)
    .await?;
    let indexes: Vec<(String, String)> = sqlx::query_as(
        "select indexrelid::regclass::text, pg_get_indexdef(indexrelid)
         from pg_index where indrelid = 'fact'::regclass
           and not exists (select from pg_constraint where conindid = indexrelid)",
    )
    .fetch_all(reporting)
    .await?;
    for (index, _) in &indexes {
        sqlx::raw_sql(AssertSqlSafe(format!("drop index {index}"))).execute(reporting).await?;
    }
    for act in 0..facts / OF_AN_ACT {
        make_up(reporting, act).await?;
    }
    for (_, definition) in indexes {
        sqlx::raw_sql(AssertSqlSafe(definition)).execute(reporting).await?;
    }
    sqlx::raw_sql("drop table bench_union").execute(reporting).await?;
    Ok(())
}

/// One act that tells so many facts, of unions here and there.
async fn make_up(reporting: &PgPool, act: i64) -> anyhow::Result<()> {
    let act_id = Uuid::now_v7();
    let mut transaction = reporting.begin().await?;
    sqlx::query(
        "insert into fact (unit_id, on_date, code, reason, sex, counterpart_id, amount, change_id)
         select u.organisation_id, date '2020-01-01' + (n * 7919 % 1826)::integer,
                case when n % 4 = 0 then 'MBR_EXITED' else 'MBR_ADMITTED' end,
                case when n % 4 = 0 then 'RESIGNED' else '' end, (n % 2 + 1)::smallint,
                '00000000-0000-0000-0000-000000000000', 1 + n % 5, $1
         from generate_series($2::bigint, $2::bigint + $3::bigint - 1) n
         join bench_union u on u.at = n * 104729 % (select unions from bench_union limit 1)",
    )
    .bind(act_id)
    .bind(act * OF_AN_ACT)
    .bind(OF_AN_ACT)
    .execute(&mut *transaction)
    .await?;
    tell(&mut transaction, act_id).await?;
    transaction.commit().await?;
    Ok(())
}

/// Publishes an act that told facts, as acts of reporting's own are.
async fn tell(connection: &mut PgConnection, act_id: Uuid) -> anyhow::Result<()> {
    sqlx::query(
        "insert into feed.pending
             (change_id, act_id, act_complete, kind, aggregate_id, acted_at, effective_on, actor, body)
         values ($1, $2, true, 'reporting.activities_recorded', $2, now(), '2025-01-01', 'bench', '')",
    )
    .bind(Uuid::now_v7())
    .bind(act_id)
    .execute(connection)
    .await?;
    Ok(())
}

/// Waits until all acts are numbered.
async fn numbered(reporting: &PgPool) -> anyhow::Result<()> {
    loop {
        let pending: i64 =
            sqlx::query_scalar("select count(*) from feed.pending").fetch_one(reporting).await?;
        if pending == 0 {
            return Ok(());
        }
        sleep(Duration::from_millis(50)).await;
    }
}
