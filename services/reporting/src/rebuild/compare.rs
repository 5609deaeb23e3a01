//! Which rows of a table may differ between two databases: found by digests, so that no row travels
//! that is the same in both, and of ten million rows some thousand numbers are held.

use std::collections::HashMap;

use anyhow::Context;
use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, PgConnection};

use crate::rebuild::tables::Table;

/// Rows lie in so many buckets, by a hash of their ids.
const BUCKETS: u32 = 1 << 16;

/// The two databases: the one that is served, and the one beside it. What is held of each goes with its
/// session.
pub struct Both<'a> {
    /// What is served.
    pub served: &'a mut PgConnection,
    /// Its other, which is told anew.
    pub beside: &'a mut PgConnection,
}

impl Both<'_> {
    /// Looks for ids whose rows may differ and keeps them in both, in the table [`suspects`] of the
    /// session.
    pub async fn suspect(&mut self, table: &Table) -> anyhow::Result<()> {
        let (served, beside) =
            tokio::try_join!(digests(&mut *self.served, table), digests(&mut *self.beside, table))?;
        let differing: Vec<i32> = differing(&served, &beside);
        let (suspects, bucket) = (suspects(table), bucket(table));
        let make = format!(
            "create temporary table if not exists {suspects} (id uuid not null);
             truncate {suspects}"
        );
        self.in_both(&make).await?;
        if differing.is_empty() {
            return Ok(());
        }
        let fill = format!(
            "insert into {suspects}
             select distinct t.{id} from {name} t where {derived} and {bucket} = any ($1)",
            id = table.id,
            name = table.name,
            derived = table.derived,
        );
        for connection in [&mut *self.served, &mut *self.beside] {
            sqlx::query(AssertSqlSafe(fill.clone()))
                .bind(&differing)
                .execute(connection)
                .await
                .with_context(|| format!("find what may differ of {}", table.name))?;
        }
        Ok(())
    }

    /// Suspects, besides, all rows of the changes that either followed since.
    pub async fn suspect_since(
        &mut self,
        table: &Table,
        served: &[(String, i64)],
        beside: &[(String, i64)],
    ) -> anyhow::Result<()> {
        let add = format!(
            "insert into {}
             select change_id from feed.applied where source = $1 and position > $2",
            suspects(table)
        );
        for (source, position) in served {
            let added = sqlx::query(AssertSqlSafe(add.clone())).bind(source).bind(position);
            added.execute(&mut *self.served).await?;
        }
        for (source, position) in beside {
            let added = sqlx::query(AssertSqlSafe(add.clone())).bind(source).bind(position);
            added.execute(&mut *self.beside).await?;
        }
        Ok(())
    }

    /// Tells each of what the other suspects; answers whether there is anything.
    pub async fn exchange(&mut self, table: &Table) -> anyhow::Result<bool> {
        let suspects = suspects(table);
        // What came from the other would go back to it.
        let own = format!(
            "drop table if exists {suspects}_own;
             create temporary table {suspects}_own as select distinct id from {suspects}"
        );
        self.in_both(&own).await?;
        let (out, into) = (format!("{suspects}_own"), suspects.clone());
        let (columns, from) = (vec!["id".to_owned()], format!("select id from {out}"));
        copy(self.served, &from, self.beside, &into, &columns).await?;
        copy(self.beside, &from, self.served, &into, &columns).await?;
        self.in_both(&format!("drop table {out}; analyze {suspects}")).await?;
        let any = format!("select exists (select from {suspects})");
        Ok(sqlx::query_scalar(AssertSqlSafe(any)).fetch_one(&mut *self.served).await?)
    }

    async fn in_both(&mut self, statements: &str) -> anyhow::Result<()> {
        for connection in [&mut *self.served, &mut *self.beside] {
            sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(connection).await?;
        }
        Ok(())
    }
}

/// The session's table of ids whose rows may differ.
pub fn suspects(table: &Table) -> String {
    format!("pg_temp.suspect_{}", table.plain())
}

fn bucket(table: &Table) -> String {
    format!("(uuid_hash_extended(t.{}, 0) & {})::integer", table.id, BUCKETS - 1)
}

/// By bucket: how many rows, and the sum of what each hashes to.
type Digests = HashMap<i32, (i64, String)>;

async fn digests(connection: &mut PgConnection, table: &Table) -> anyhow::Result<Digests> {
    let columns = columns(&mut *connection, table).await?;
    let of: Vec<String> =
        compared(&columns, table).iter().map(|column| format!("t.{column}")).collect();
    let statement = format!(
        "select {bucket}, count(*), sum(hash_record_extended(row({of}), 0))::text
         from {name} t where {derived} group by 1",
        bucket = bucket(table),
        of = of.join(", "),
        name = table.name,
        derived = table.derived,
    );
    let mut digests = Digests::new();
    let mut rows = sqlx::query_as(AssertSqlSafe(statement)).fetch(connection);
    while let Some((bucket, count, sum)) =
        rows.try_next().await.with_context(|| format!("take digests of {}", table.name))?
    {
        digests.insert(bucket, (count, sum));
    }
    Ok(digests)
}

fn differing(served: &Digests, beside: &Digests) -> Vec<i32> {
    let changed = served.iter().filter(|(bucket, digest)| beside.get(*bucket) != Some(*digest));
    let come = beside.keys().filter(|bucket| !served.contains_key(*bucket));
    changed.map(|(bucket, _)| *bucket).chain(come.copied()).collect()
}

/// The columns of a table, in their order.
pub async fn columns(connection: &mut PgConnection, table: &Table) -> anyhow::Result<Vec<String>> {
    sqlx::query_scalar(
        "select quote_ident(attname) from pg_attribute
         where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''
         order by attname",
    )
    .bind(table.name)
    .fetch_all(connection)
    .await
    .with_context(|| format!("learn the columns of {}", table.name))
}

/// Of these columns, whose names are quoted where they are words of SQL, those that tell whether rows are the same.
pub fn compared<'a>(columns: &'a [String], table: &Table) -> Vec<&'a str> {
    let of = columns.iter().map(String::as_str);
    of.filter(|column| !table.apart.contains(&column.trim_matches('"'))).collect()
}

/// Copies what a statement finds in one database into a table of another, as it streams by.
pub async fn copy(
    from: &mut PgConnection,
    statement: &str,
    into: &mut PgConnection,
    table: &str,
    columns: &[String],
) -> anyhow::Result<()> {
    let mut rows =
        from.copy_out_raw(&format!("copy ({statement}) to stdout (format binary)")).await?;
    let into_columns = columns.join(", ");
    let mut taken = into
        .copy_in_raw(&format!("copy {table} ({into_columns}) from stdin (format binary)"))
        .await?;
    while let Some(bytes) = rows.try_next().await? {
        taken.send(bytes).await?;
    }
    taken.finish().await?;
    Ok(())
}
