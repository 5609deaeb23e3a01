//! People who are counted once however often they are told of: those who were trained, of the whole
//! country, among whom some were trained by several unions.

use anyhow::Context;
use proto::reporting::v1::Breakdown;
use sqlx::PgPool;
use time::macros::date;
use uuid::Uuid;

use crate::country::Country;
use crate::figures::question::Question;
use crate::figures::{PER_SECOND, calls, numbered, tell};
use crate::lines::{Bar, Lines};
use crate::timetable;

/// Of so many attendances, one act tells.
const OF_AN_ACT: i64 = 50_000;
/// Somebody attends so often in five years.
const TIMES: i64 = 3;

/// Makes so many attendances of five years up, and counts who attended.
pub async fn measure(
    country: &Country,
    reporting: &PgPool,
    attendances: i64,
    lines: &mut Lines,
) -> anyhow::Result<()> {
    for act in 0..(attendances + OF_AN_ACT - 1) / OF_AN_ACT {
        make_up(reporting, act, attendances).await.context("make attendances up")?;
    }
    sqlx::raw_sql("analyze subject_fact").execute(reporting).await?;
    numbered(reporting).await?;
    let calls = calls(lines);
    for (years, from) in [("a year", date!(2024 - 01 - 01)), ("five years", date!(2020 - 01 - 01))]
    {
        for as_of in [None, Some(date!(2025 - 06 - 30))] {
            let question = Question {
                indicator: "TRAIN_HEADCOUNT",
                head: country.confederation.parse()?,
                by: Breakdown::Child,
                as_of,
                from,
                through: date!(2024 - 12 - 31),
            };
            let latencies = timetable::run(calls, PER_SECOND, |_| {
                let (client, question) = (country.client.fork(), question.clone());
                async move {
                    client.figures().query_figures(question.request()).await?;
                    Ok(())
                }
            })
            .await?;
            let work = format!(
                "{} over {years} of {attendances} in five, p99 of {calls}",
                question.text()
            );
            lines.add("reporting", work, (latencies.at(0.99), "ms"), None, Bar::Under(50.0));
        }
    }
    Ok(())
}

/// One act that tells of people who attended, for unions here and there.
async fn make_up(reporting: &PgPool, act: i64, attendances: i64) -> anyhow::Result<()> {
    let act_id = Uuid::now_v7();
    let mut transaction = reporting.begin().await?;
    sqlx::query(
        "with union_of as materialized (
             select organisation_id, row_number() over (order by organisation_id) - 1 as at,
                    count(*) over () as unions
             from organisation where grassroots
         )
         insert into subject_fact (unit_id, on_date, code, reason, subject, amount, change_id)
         select u.organisation_id, date '2020-01-01' + (n * 7919 % 1826)::integer, 'TRAINED', 'UNION_WORK',
                '00000000-0000-4000-8000-' || lpad(to_hex(n * 31337 % $4), 12, '0'), 1, $1
         from generate_series($2::bigint, $2::bigint + $3::bigint - 1) n
         join union_of u on u.at = n * 104729 % (select unions from union_of limit 1)",
    )
    .bind(act_id)
    .bind(act * OF_AN_ACT)
    .bind(OF_AN_ACT.min(attendances - act * OF_AN_ACT))
    .bind((attendances / TIMES).max(1))
    .execute(&mut *transaction)
    .await?;
    tell(&mut transaction, act_id).await?;
    transaction.commit().await?;
    Ok(())
}
