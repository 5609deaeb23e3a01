//! Figures of the country as they were known at one instant after the other, by child: the facts of the
//! acts until then, which lie among all others, on the tree as it was known then.

use anyhow::ensure;
use chassis::parse::{civil, instant};
use proto::reporting::v1::{Breakdown, Period, QueryFiguresRequest, Tree};
use sqlx::PgPool;
use time::OffsetDateTime;
use time::macros::date;

use crate::country::Country;
use crate::figures::calls;
use crate::lines::{Bar, Lines};
use crate::timetable;

const PER_SECOND: u32 = 20;

pub async fn measure(
    country: &Country,
    reporting: &PgPool,
    lines: &mut Lines,
) -> anyhow::Result<()> {
    let instants: Vec<OffsetDateTime> =
        sqlx::query_scalar("select distinct recorded_at from fact where recorded_at is not null")
            .fetch_all(reporting)
            .await?;
    let calls = calls(lines);
    ensure!(!instants.is_empty(), "nothing says when it was recorded");
    for indicator in ["MBR_ADMITTED", "MBR_STOCK"] {
        for (tree, as_of) in [("as then", None), ("as of a day", Some(date!(2025 - 06 - 30)))] {
            let latencies = timetable::run(calls, PER_SECOND, |call| {
                let asked = QueryFiguresRequest {
                    indicators: vec![indicator.to_owned()],
                    organisation_id: country.confederation.clone(),
                    period: Some(Period {
                        from_on: Some(civil(date!(2020 - 01 - 17))),
                        through_on: Some(civil(date!(2024 - 11 - 20))),
                    }),
                    tree: Some(Tree { as_of: as_of.map(civil) }),
                    breakdown: Breakdown::Child.into(),
                    known_at: Some(instant(instants[call * 7_919 % instants.len()])),
                    ..QueryFiguresRequest::default()
                };
                let mut figures = country.client.fork().figures();
                async move {
                    figures.query_figures(asked).await?;
                    Ok(())
                }
            })
            .await?;
            let work =
                format!("{indicator} by child, {tree}, known at any instant, p99 of {calls}");
            lines.add("reporting", work, (latencies.at(0.99), "ms"), None, Bar::Under(50.0));
        }
    }
    Ok(())
}
