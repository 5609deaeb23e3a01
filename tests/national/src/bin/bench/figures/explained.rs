//! A national figure of very many changes, explained down to each of them.

use anyhow::ensure;
use chassis::parse::civil;
use proto::reporting::v1::{ExplainWholeFigureRequest, Period};
use sqlx::PgPool;
use time::macros::date;
use tokio::time::Instant;

use crate::country::Country;
use crate::figures::numbered;
use crate::lines::{Bar, Lines};

/// Makes up so many changes, each with a fact of its own, and explains what they come to.
pub async fn measure(
    country: &Country,
    reporting: &PgPool,
    changes: i64,
    lines: &mut Lines,
) -> anyhow::Result<()> {
    make_up(reporting, changes).await?;
    sqlx::raw_sql("analyze").execute(reporting).await?;
    numbered(reporting).await?;
    let asked = ExplainWholeFigureRequest {
        indicator: "MBR_ADMITTED".to_owned(),
        organisation_id: country.confederation.clone(),
        period: Some(Period {
            from_on: Some(civil(date!(2019 - 01 - 01))),
            through_on: Some(civil(date!(2019 - 12 - 31))),
        }),
        ..Default::default()
    };
    let begun = Instant::now();
    let mut first = None;
    let (mut told, mut sum, mut value) = (0_usize, 0, 0);
    let mut parts = country.client.figures().explain_whole_figure(asked).await?.into_inner();
    while let Some(part) = parts.message().await? {
        value = part.figure.map_or(value, |figure| figure.value);
        for unit in &part.units {
            first.get_or_insert(begun.elapsed());
            told += unit.changes.len();
            sum += unit.changes.iter().map(|change| change.amount).sum::<i64>();
        }
    }
    let took = begun.elapsed().as_secs_f64();
    ensure!(told as i64 == changes, "{told} of {changes} changes are told");
    ensure!(sum == value && value == changes, "the changes come to {sum}, the figure is {value}");
    let first = first.map_or(0.0, |first| first.as_secs_f64() * 1_000.0);
    let work = format!("first line of a national figure of {changes} changes, explained");
    lines.add("reporting", work, (first, "ms"), None, Bar::Under(100.0));
    let speed = told as f64 / took;
    let work = "its lines, one after the other".to_owned();
    lines.add("reporting", work, (speed, "lines/s"), None, Bar::AtLeast(50_000.0));
    Ok(())
}

/// Changes of unions here and there in 2019, each by an act of its own.
async fn make_up(reporting: &PgPool, changes: i64) -> anyhow::Result<()> {
    let mut transaction = reporting.begin().await?;
    sqlx::query(
        "create temporary table bench_change on commit drop as
         select n, gen_random_uuid() as act_id from generate_series(1, $1) n",
    )
    .bind(changes)
    .execute(&mut *transaction)
    .await?;
    sqlx::query(
        "with union_of as materialized (
             select organisation_id, row_number() over (order by organisation_id) - 1 as at,
                    count(*) over () as unions
             from organisation where grassroots
         )
         insert into fact (unit_id, on_date, code, reason, sex, counterpart_id, amount, change_id)
         select u.organisation_id, date '2019-01-01' + (c.n * 7919 % 365)::integer, 'MBR_ADMITTED', '',
                (c.n % 2 + 1)::smallint, '00000000-0000-0000-0000-000000000000', 1, c.act_id
         from bench_change c join union_of u
              on u.at = c.n * 104729 % (select unions from union_of limit 1)",
    )
    .execute(&mut *transaction)
    .await?;
    sqlx::query(
        "insert into feed.pending
             (change_id, act_id, act_complete, kind, aggregate_id, acted_at, effective_on, actor, body)
         select gen_random_uuid(), c.act_id, true, 'reporting.activities_recorded', c.act_id, now(),
                date '2019-01-01', 'bench', ''
         from bench_change c",
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(())
}
