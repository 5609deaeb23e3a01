//! What is asked of the country's figures, in every way in which the bench asks it.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use chassis::parse::civil;
use proto::reporting::v1::{Breakdown, LineKind, Period, QueryFiguresRequest, Tree};
use sqlx::{Postgres, Row, Transaction};
use system::Client;
use time::{Date, Duration};
use uuid::Uuid;

/// A figure by child or by sector.
#[derive(Clone, Debug)]
pub struct Question {
    /// `MBR_ADMITTED`, or `MBR_STOCK`.
    pub indicator: &'static str,
    /// Whose.
    pub head: Uuid,
    /// By child, or by sector.
    pub by: Breakdown,
    /// As of this day; as then where there is none.
    pub as_of: Option<Date>,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub through: Date,
}

/// What a question comes to, by line.
pub type Sums = BTreeMap<String, i64>;

impl Question {
    /// A stock is counted at the end of the last day.
    pub fn is_stock(&self) -> bool {
        self.indicator == "MBR_STOCK"
    }

    fn code(&self) -> &'static str {
        if self.by == Breakdown::Child { "CHILD" } else { "SECTOR" }
    }

    /// Units count in their lines on some days only: sectors are those of each fact's own day, on
    /// whatever tree.
    pub fn is_dated(&self) -> bool {
        self.as_of.is_none() || self.by == Breakdown::Sector
    }

    /// As a line of the bench says it.
    pub fn text(&self) -> String {
        let by = if self.by == Breakdown::Child { "child" } else { "sector" };
        let tree = if self.as_of.is_some() { "as of a day" } else { "as then" };
        format!("{} by {by}, {tree}", self.indicator)
    }

    pub fn request(&self) -> QueryFiguresRequest {
        QueryFiguresRequest {
            indicators: vec![self.indicator.to_owned()],
            organisation_id: self.head.to_string(),
            period: Some(Period {
                from_on: Some(civil(self.from)),
                through_on: Some(civil(self.through)),
            }),
            tree: Some(Tree { as_of: self.as_of.map(civil) }),
            breakdown: self.by.into(),
            ..QueryFiguresRequest::default()
        }
    }

    /// What the gateway answers.
    pub async fn answered(&self, client: &Client) -> anyhow::Result<Sums> {
        let answer = client.figures().query_figures(self.request()).await?.into_inner();
        let figure = answer.figures.into_iter().next().context("a figure")?;
        let lines = figure.lines.into_iter();
        Ok(lines
            .filter(|line| line.value != 0)
            .map(|line| {
                // As the statements name them.
                let name = match line.kind() {
                    LineKind::Sector => line.sector,
                    LineKind::Itself => "ITSELF".to_owned(),
                    LineKind::Ended => "ENDED".to_owned(),
                    LineKind::NotYetFounded => "NOT_YET_FOUNDED".to_owned(),
                    _ => line.organisation_id,
                };
                (name, line.value)
            })
            .collect())
    }

    /// What statements over the same tables count, in a transaction with somebody's rights.
    pub async fn by_statement(
        &self,
        transaction: &mut Transaction<'_, Postgres>,
    ) -> anyhow::Result<Sums> {
        let flows =
            include_str!("../../../../../../services/reporting/tests/reporting/by_sql/flows.sql");
        let stocks = include_str!(
            "../../../../../../services/reporting/tests/reporting/by_sql/members_at.sql"
        );
        let statement = sqlx::query(if self.is_stock() { stocks } else { flows })
            .bind(self.head)
            .bind(self.as_of)
            .bind(self.code())
            .bind(Vec::<String>::new())
            .bind(Vec::<String>::new())
            .bind("")
            .bind(false);
        let movements = ["MBR_ADMITTED", "MBR_EXITED", "MBR_TRANSFER_IN", "MBR_TRANSFER_OUT"];
        let statement = if self.is_stock() {
            statement.bind(self.through).bind(movements.map(str::to_owned).to_vec())
        } else {
            statement
                .bind(self.from)
                .bind(self.through + Duration::DAY)
                .bind(vec![self.indicator.to_owned()])
        };
        let rows = statement.fetch_all(&mut **transaction).await?;
        let mut sums = Sums::new();
        for row in rows {
            let amount: i64 = row.try_get("amount!")?;
            *sums.entry(row.try_get("line!")?).or_default() += amount;
        }
        sums.retain(|_, amount| *amount != 0);
        Ok(sums)
    }

    /// A statement for the places of its units: their numbers, their lines' numbers, and the days on
    /// which they count there, of which one that is open is far away.
    pub fn pieces(&self) -> String {
        let as_of = self.as_of.map_or("null".to_owned(), |day| format!("date '{day}'"));
        format!(
            "select u.n, dense_rank() over (order by p.line) - 1,
                    greatest(coalesce(lower(p.valid) - date '2000-01-01', -1000000), -1000000),
                    least(coalesce(upper(p.valid) - date '2000-01-01', 1000000), 1000000)
             from piece('{}', {as_of}, '{}', '{{}}', '{{}}', '', false) p
             join bench_unit u on u.unit_id = p.unit_id",
            self.head,
            self.code(),
        )
    }

    /// The lines in the order of their numbers.
    pub async fn lines(
        &self,
        transaction: &mut Transaction<'_, Postgres>,
    ) -> anyhow::Result<Vec<String>> {
        let lines: Vec<String> = sqlx::query_scalar(
            "select distinct line from piece($1, $2, $3, '{}', '{}', '', false) p
             join bench_unit u on u.unit_id = p.unit_id order by line",
        )
        .bind(self.head)
        .bind(self.as_of)
        .bind(self.code())
        .fetch_all(&mut **transaction)
        .await?;
        ensure!(!lines.is_empty(), "there are places");
        Ok(lines)
    }
}

/// The number of a day, from 2000 on.
pub fn number(day: Date) -> i64 {
    (day - time::macros::date!(2000 - 01 - 01)).whole_days()
}
