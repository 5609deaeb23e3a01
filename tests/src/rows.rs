//! What is in the databases, to compare before and after.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, PgPool, Row};

/// How many rows each table has, and a digest of what is in them. Keys are
/// `registry: public.organisation`.
pub type Rows = BTreeMap<String, (i64, String)>;

/// Every table of a database that holds what a service knows.
pub async fn tables(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar(
        "select quote_ident(schemaname) || '.' || quote_ident(tablename)
         from pg_tables
         where schemaname not in ('pg_catalog', 'information_schema')
           and tablename not like '\\_sqlx%'
         order by 1",
    )
    .fetch_all(pool)
    .await
    .expect("the tables")
}

/// Counts and digests of all tables of a service.
pub async fn of(service: &str, pool: &PgPool) -> Rows {
    let mut rows = Rows::new();
    for table in tables(pool).await {
        let statement = format!(
            "select count(*) as amount,
                    md5(coalesce(string_agg(md5(t::text), '' order by md5(t::text)), '')) as digest
             from {table} t"
        );
        let row = sqlx::query(AssertSqlSafe(statement)).fetch_one(pool).await.expect("counted");
        rows.insert(format!("{service}: {table}"), (row.get("amount"), row.get("digest")));
    }
    rows
}

/// Which tables differ, and by how many rows.
pub fn differences(before: &Rows, after: &Rows) -> Vec<String> {
    let tables = before.keys().chain(after.keys().filter(|key| !before.contains_key(*key)));
    let mut found = Vec::new();
    for table in tables {
        let (old, new) = (before.get(table), after.get(table));
        if old != new {
            let count = |rows: Option<&(i64, String)>| rows.map_or(0, |rows| rows.0);
            found.push(format!("{table}: {} rows before, {} after", count(old), count(new)));
        }
    }
    found
}

/// Every row of a table as text.
pub async fn texts(pool: &PgPool, table: &str) -> Vec<String> {
    let statement = format!("select t::text from {table} t");
    sqlx::query_scalar(AssertSqlSafe(statement)).fetch_all(pool).await.expect("read")
}
