//! A table that is served, made to say what the one beside it says: of the rows that may differ, those
//! that do.

use anyhow::Context;
use sqlx::{AssertSqlSafe, PgConnection};

use crate::rebuild::compare::{Both, columns, compared, copy, suspects};
use crate::rebuild::tables::Table;

/// What differs of a table, in tables of the session: rows that go, that come and that say something
/// else.
pub struct Differing {
    table: &'static Table,
    columns: Vec<String>,
    /// How many rows each.
    pub missing: i64,
    /// Rows that are no longer there.
    pub surplus: i64,
    /// Rows that say something else.
    pub otherwise: i64,
}

impl Differing {
    /// Holds the rows that are suspected against each other. Nothing is written yet.
    pub async fn find(both: &mut Both<'_>, table: &'static Table) -> anyhow::Result<Self> {
        let columns = columns(&mut *both.served, table).await?;
        let list = columns.join(", ");
        let (plain, name) = (table.plain(), table.name);
        let suspected =
            format!("{} and t.{} in (select id from {})", table.derived, table.id, suspects(table));
        let told = format!("pg_temp.told_{plain}");
        let make = format!(
            "create temporary table told_{plain} on commit drop as
             select {list} from {name} with no data"
        );
        sqlx::raw_sql(AssertSqlSafe(make)).execute(&mut *both.served).await?;
        let from = format!(
            "select {} from {name} t where {suspected}",
            columns.iter().map(|column| format!("t.{column}")).collect::<Vec<_>>().join(", ")
        );
        copy(&mut *both.beside, &from, &mut *both.served, &told, &columns).await?;
        sqlx::raw_sql(AssertSqlSafe(format!("analyze {told}"))).execute(&mut *both.served).await?;
        let held = format!("select t.ctid as row_id, t.* from {name} t where {suspected}");
        let statements = match table.key {
            [] => repeating(&plain, &list, &compared(&columns, table).join(", "), &held),
            key => by_key(&plain, key, &columns, &held),
        };
        sqlx::raw_sql(AssertSqlSafe(statements))
            .execute(&mut *both.served)
            .await
            .with_context(|| format!("find what differs of {name}"))?;
        let mut differing = Self { table, columns, missing: 0, surplus: 0, otherwise: 0 };
        differing.count(&mut *both.served).await?;
        Ok(differing)
    }

    /// Counts them anew, when some of them are left as they are.
    pub async fn count(&mut self, served: &mut PgConnection) -> anyhow::Result<()> {
        let plain = self.table.plain();
        let statement = format!(
            "select (select count(*) from pg_temp.come_{plain}), (select count(*) from pg_temp.gone_{plain}),
                    (select count(*) from pg_temp.other_{plain})"
        );
        (self.missing, self.surplus, self.otherwise) =
            sqlx::query_as(AssertSqlSafe(statement)).fetch_one(served).await?;
        Ok(())
    }

    /// The name of the table.
    pub fn name(&self) -> &'static str {
        self.table.name
    }

    /// Whether nothing differs.
    pub fn is_nothing(&self) -> bool {
        self.missing + self.surplus + self.otherwise == 0
    }

    /// What this writes is known since it was told, and what was known before is derived by itself: the
    /// table tells neither until all of it is written.
    pub async fn record(&self, served: &mut PgConnection, record: bool) -> anyhow::Result<()> {
        if self.is_nothing() {
            return Ok(());
        }
        let (name, turn) = (self.table.name, if record { "enable" } else { "disable" });
        let turned = self.table.recorders.iter();
        let turned = turned.map(|trigger| format!("alter table {name} {turn} trigger {trigger};"));
        self.run(served, turned.collect()).await
    }

    /// Takes out what goes.
    pub async fn take_out(&self, served: &mut PgConnection) -> anyhow::Result<()> {
        let (plain, name) = (self.table.plain(), self.table.name);
        let mut statements = String::new();
        if self.surplus > 0 {
            statements += &format!(
                "delete from {name} t using pg_temp.gone_{plain} gone where t.ctid = gone.row_id;"
            );
        }
        if self.otherwise > 0 && self.table.comes_again {
            statements += &format!(
                "delete from {name} t using pg_temp.other_{plain} other where {};",
                self.same_key("t", "other")
            );
        }
        self.run(served, statements).await
    }

    /// Puts in what comes, and says otherwise what says something else.
    pub async fn put_in(&self, served: &mut PgConnection) -> anyhow::Result<()> {
        let (plain, name, list) = (self.table.plain(), self.table.name, self.columns.join(", "));
        let mut statements = String::new();
        if self.otherwise > 0 && self.table.comes_again {
            statements +=
                &format!("insert into {name} ({list}) select {list} from pg_temp.other_{plain};");
        } else if self.otherwise > 0 {
            let others = self.columns.iter().filter(|column| !self.is_key(column));
            let set: Vec<String> =
                others.map(|column| format!("{column} = other.{column}")).collect();
            statements += &format!(
                "update {name} t set {} from pg_temp.other_{plain} other where {};",
                set.join(", "),
                self.same_key("t", "other")
            );
        }
        if self.missing > 0 {
            statements +=
                &format!("insert into {name} ({list}) select {list} from pg_temp.come_{plain};");
        }
        self.run(served, statements).await
    }

    fn is_key(&self, column: &str) -> bool {
        self.table.key.contains(&column)
    }

    fn same_key(&self, one: &str, other: &str) -> String {
        same(self.table.key, one, other)
    }

    async fn run(&self, served: &mut PgConnection, statements: String) -> anyhow::Result<()> {
        if statements.is_empty() {
            return Ok(());
        }
        sqlx::raw_sql(AssertSqlSafe(statements))
            .execute(served)
            .await
            .with_context(|| format!("mend {}", self.table.name))?;
        Ok(())
    }
}

fn same(key: &[&str], one: &str, other: &str) -> String {
    let each: Vec<String> =
        key.iter().map(|column| format!("{one}.{column} = {other}.{column}")).collect();
    each.join(" and ")
}

/// Rows that a key tells apart.
fn by_key(plain: &str, key: &[&str], columns: &[String], held: &str) -> String {
    let same = same(key, "held", "told");
    let of = |table: &str| -> String {
        let each: Vec<String> = columns.iter().map(|column| format!("{table}.{column}")).collect();
        each.join(", ")
    };
    format!(
        "create temporary table held_{plain} on commit drop as {held};
         analyze pg_temp.held_{plain};
         create temporary table gone_{plain} on commit drop as
         select held.* from pg_temp.held_{plain} held
         where not exists (select from pg_temp.told_{plain} told where {same});
         create temporary table come_{plain} on commit drop as
         select told.* from pg_temp.told_{plain} told
         where not exists (select from pg_temp.held_{plain} held where {same});
         create temporary table other_{plain} on commit drop as
         select told.* from pg_temp.told_{plain} told join pg_temp.held_{plain} held on {same}
         where row({told}) is distinct from row({held_columns});",
        told = of("told"),
        held_columns = of("held"),
    )
}

/// Rows that may repeat: each is the first, the second, … of its like, all of whose columns that are
/// compared say the same, or say nothing.
fn repeating(plain: &str, list: &str, compared: &str, held: &str) -> String {
    let numbered = format!(
        "row({compared})::text as says, row_number() over (partition by {compared}) as of_its_like"
    );
    format!(
        "create temporary table held_{plain} on commit drop as
         select row_id, {list}, {numbered} from ({held}) held;
         create temporary table told_numbered_{plain} on commit drop as
         select {list}, {numbered} from pg_temp.told_{plain};
         analyze pg_temp.held_{plain};
         analyze pg_temp.told_numbered_{plain};
         create temporary table gone_{plain} on commit drop as
         select held.* from pg_temp.held_{plain} held
         left join (select true as known, says, of_its_like from pg_temp.told_numbered_{plain}) told
              using (says, of_its_like)
         where told.known is null;
         create temporary table come_{plain} on commit drop as
         select {list} from pg_temp.told_numbered_{plain} told
         left join (select true as known, says, of_its_like from pg_temp.held_{plain}) held
              using (says, of_its_like)
         where held.known is null;
         create temporary table other_{plain} on commit drop as
         select {list} from pg_temp.told_{plain} with no data;"
    )
}
