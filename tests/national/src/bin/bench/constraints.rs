//! Every constraint, asked for what it forbids: one query for each, put together from what
//! the catalogue says of it, and none of them by what upholds it.

use sqlx::{AssertSqlSafe, PgPool};

use crate::country::Country;
use crate::lines::{Bar, Lines};
use crate::load::TABLES;

/// A constraint as the catalogue knows it.
#[derive(sqlx::FromRow)]
struct Constraint {
    relation: String,
    name: String,
    /// `c`, `f`, `p`, `u` or `x`.
    kind: String,
    /// Of an exclusion they may be expressions.
    columns: Vec<String>,
    /// Of an exclusion, one for each column.
    operators: Vec<String>,
    /// Of one that holds for some rows.
    predicate: Option<String>,
    /// Of a check.
    expression: Option<String>,
    /// Of a reference.
    target: Option<String>,
    target_columns: Vec<String>,
}

pub async fn measure(country: &Country, lines: &mut Lines) -> anyhow::Result<()> {
    let constraints: Vec<Constraint> = sqlx::query_as(include_str!("constraints.sql"))
        .bind(TABLES.map(str::to_owned).to_vec())
        .fetch_all(&country.registry)
        .await?;
    let mut violations = 0;
    for constraint in &constraints {
        let found = violations_of(&country.registry, constraint).await?;
        if found > 0 {
            println!("{} of {}: {found} rows", constraint.name, constraint.relation);
        }
        violations += found;
    }
    let work = format!("rows against {} constraints, one query for each", constraints.len());
    lines.add("load", work, (violations as f64, "rows"), None, Bar::Exactly(0.0));
    Ok(())
}

async fn violations_of(pool: &PgPool, constraint: &Constraint) -> anyhow::Result<i64> {
    let relation = &constraint.relation;
    let columns = constraint.columns.join(", ");
    let statement = match constraint.kind.as_str() {
        "c" => {
            let expression = constraint.expression.as_deref().unwrap_or("true");
            format!("select count(*) from {relation} where not ({expression})")
        }
        "f" => {
            let target = constraint.target.as_deref().unwrap_or_default();
            let pairs = constraint.columns.iter().zip(&constraint.target_columns);
            let same: Vec<String> = pairs
                .clone()
                .map(|(mine, theirs)| format!("theirs.{theirs} = mine.{mine}"))
                .collect();
            let given: Vec<String> =
                pairs.map(|(mine, _)| format!("mine.{mine} is not null")).collect();
            format!(
                "select count(*) from {relation} mine where {} and not exists
                     (select from {target} theirs where {})",
                given.join(" and "),
                same.join(" and "),
            )
        }
        "x" => {
            let only = constraint.predicate.as_deref().unwrap_or("true");
            let compared = constraint.columns.iter().zip(1..);
            let compared: Vec<String> =
                compared.map(|(column, n)| format!("{column} as compared_{n}")).collect();
            let operators = constraint.operators.iter().zip(1..);
            let meet: Vec<String> = operators
                .map(|(operator, n)| format!("a.compared_{n} {operator} b.compared_{n}"))
                .collect();
            let compared = compared.join(", ");
            format!(
                "with held as materialized
                     (select ctid as place, {compared} from {relation} where {only})
                 select count(*) from held a join held b on {} and a.place < b.place",
                meet.join(" and "),
            )
        }
        _ => {
            let only = constraint.predicate.as_deref().unwrap_or("true");
            format!(
                "select count(*)
                 from (select from {relation} where {only} group by {columns}
                       having count(*) > 1) twice"
            )
        }
    };
    Ok(sqlx::query_scalar(AssertSqlSafe(statement)).fetch_one(pool).await?)
}
