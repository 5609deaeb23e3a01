//! Figures of the whole country, by child and by sector, over years of facts: as they are answered
//! through the gateway, and beside what statements over the same tables take in the same run.
//!
//! The facts are made up in reporting's own database, as acts of its own that it numbers like any
//! other: so they reach its columns on the way on which all facts do.

mod known;

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use proto::google::r#type::Date;
use proto::reporting::v1::{Breakdown, Period, QueryFiguresRequest, Tree};
use reporting::ground::columns::Columns;
use reporting::ground::reference;
use sqlx::PgPool;
use tokio::time::sleep;
use uuid::Uuid;

use crate::country::{Country, pool};
use crate::lines::{Bar, Lines};
use crate::timetable;

/// So many facts are one act.
const OF_AN_ACT: i64 = 50_000;
const CALLS: usize = 400;
const PER_SECOND: u32 = 20;
/// The statements are asked so often.
const ASKED: usize = 3;

pub async fn measure(country: &Country, facts: i64, lines: &mut Lines) -> anyhow::Result<()> {
    country.followed("reporting").await?;
    let url = &country.system.database("reporting").context("a database")?.owner_url;
    let reporting = pool(url).await?;
    let begun = Instant::now();
    for act in 0..facts / OF_AN_ACT {
        make_up(&reporting, act).await.context("make facts up")?;
    }
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
    known::measure(country, &reporting, lines).await.context("known at an instant")?;
    for (name, breakdown) in [("child", Breakdown::Child), ("sector", Breakdown::Sector)] {
        for (tree, as_of) in [("as then", None), ("as of a day", Some(day(2025, 6, 30)))] {
            for indicator in ["MBR_ADMITTED", "MBR_STOCK"] {
                let asked = QueryFiguresRequest {
                    indicators: vec![indicator.to_owned()],
                    organisation_id: country.confederation.clone(),
                    period: Some(Period {
                        from_on: Some(day(2020, 1, 17)),
                        through_on: Some(day(2024, 11, 20)),
                    }),
                    tree: Some(Tree { as_of }),
                    breakdown: breakdown.into(),
                    ..QueryFiguresRequest::default()
                };
                let work = format!("{indicator} of the country by {name}, {tree}, p99 of {CALLS}");
                let reference = by_statement(&reporting, country, &asked).await?;
                let latencies = timetable::run(CALLS, PER_SECOND, |_| {
                    let (mut figures, asked) = (country.client.fork().figures(), asked.clone());
                    async move {
                        figures.query_figures(asked).await?;
                        Ok(())
                    }
                })
                .await?;
                let reference = reference.map(|took| (took, "by a statement, once"));
                lines.add(
                    "reporting",
                    work,
                    (latencies.at(0.99), "ms"),
                    reference,
                    Bar::Under(50.0),
                );
            }
        }
    }
    Ok(())
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

/// What a statement over the same tables takes, in milliseconds, of flows.
async fn by_statement(
    reporting: &PgPool,
    country: &Country,
    asked: &QueryFiguresRequest,
) -> anyhow::Result<Option<f64>> {
    if asked.indicators != ["MBR_ADMITTED"] {
        return Ok(None);
    }
    let flows = include_str!("../../../../../services/reporting/tests/reporting/by_sql/flows.sql");
    let as_of = asked.tree.and_then(|tree| tree.as_of).map(|_| "2025-06-30");
    let by = if asked.breakdown() == Breakdown::Child { "CHILD" } else { "SECTOR" };
    let mut transaction = reporting.begin().await?;
    // With the rights of whoever may see the whole country.
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
    let mut best = f64::INFINITY;
    for _ in 0..ASKED {
        let begun = Instant::now();
        let rows = sqlx::query(flows)
            .bind(country.confederation.parse::<Uuid>()?)
            .bind(as_of.map(|_| time::macros::date!(2025 - 06 - 30)))
            .bind(by)
            .bind(Vec::<String>::new())
            .bind(Vec::<String>::new())
            .bind("")
            .bind(false)
            .bind(time::macros::date!(2020 - 01 - 17))
            .bind(time::macros::date!(2024 - 11 - 21))
            .bind(vec!["MBR_ADMITTED"])
            .fetch_all(&mut *transaction)
            .await?;
        ensure!(!rows.is_empty(), "the statement counts nothing");
        best = best.min(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    Ok(Some(best))
}

/// One act that tells so many facts, of unions here and there.
async fn make_up(reporting: &PgPool, act: i64) -> anyhow::Result<()> {
    let act_id = Uuid::now_v7();
    let mut transaction = reporting.begin().await?;
    sqlx::query(
        "with union_of as materialized (
             select organisation_id, row_number() over (order by organisation_id) - 1 as at,
                    count(*) over () as unions
             from organisation where grassroots
         )
         insert into fact (unit_id, on_date, code, reason, sex, counterpart_id, amount, change_id)
         select u.organisation_id, date '2020-01-01' + (n * 7919 % 1826)::integer,
                case when n % 4 = 0 then 'MBR_EXITED' else 'MBR_ADMITTED' end,
                case when n % 4 = 0 then 'RESIGNED' else '' end, (n % 2 + 1)::smallint,
                '00000000-0000-0000-0000-000000000000', 1 + n % 5, $1
         from generate_series($2::bigint, $2::bigint + $3::bigint - 1) n
         join union_of u on u.at = n * 104729 % u.unions",
    )
    .bind(act_id)
    .bind(act * OF_AN_ACT)
    .bind(OF_AN_ACT)
    .execute(&mut *transaction)
    .await?;
    sqlx::query(
        "insert into feed.pending
             (change_id, act_id, act_complete, kind, aggregate_id, acted_at, effective_on, actor, body)
         values ($1, $2, true, 'reporting.activities_recorded', $2, now(), '2025-01-01', 'bench', '')",
    )
    .bind(Uuid::now_v7())
    .bind(act_id)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
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

fn day(year: i32, month: i32, day: i32) -> Date {
    Date { year, month, day }
}
