//! How lines are headed: the names of the organisations that they are of.

use std::collections::BTreeMap;

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::figure::breakdown::By;
use crate::ground::figure::counted::Figure;

/// Names the lines of children, at the end of the period or when they ended.
pub async fn heads(
    connection: &mut PgConnection,
    organisations: &[Uuid],
    on: Date,
) -> Result<BTreeMap<Uuid, String>, Failure> {
    let rows = sqlx::query_file!("src/ground/figure/named.sql", organisations, on)
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (row.organisation_id, row.name)).collect())
}

/// Names the lines of figures, all of one scope and period.
pub async fn heads_of(
    connection: &mut PgConnection,
    figures: &[Figure],
) -> Result<BTreeMap<Uuid, String>, Failure> {
    let by_child = figures.iter().filter(|figure| figure.scope.by == By::Child);
    let counts =
        by_child.flat_map(|figure| std::iter::once(&figure.value).chain(&figure.denominator));
    let mut named: Vec<Uuid> = counts
        .flat_map(|count| count.lines.keys())
        .filter_map(|line| Uuid::parse_str(line).ok())
        .collect();
    named.sort_unstable();
    named.dedup();
    match figures.first() {
        Some(figure) if !named.is_empty() => heads(connection, &named, figure.period.through).await,
        _ => Ok(BTreeMap::new()),
    }
}
