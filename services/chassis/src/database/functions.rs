//! The functions of a schema: one a file, repeatable. Migrations are frozen; a function is
//! changed where it stands, and given to every database again when its text has changed.

use std::collections::BTreeMap;

use anyhow::Context;
use aws_lc_rs::digest::{SHA256, digest};
use sqlx::{Connection, PgConnection, PgPool, SqlSafeStr};

/// A function, as its file makes it.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// As the file is called.
    pub name: &'static str,
    /// `create or replace function …`, and a comment.
    pub text: &'static str,
}

/// The files of these names in the folder `functions` of the crate that asks.
#[macro_export]
macro_rules! functions {
    ($($name:literal),* $(,)?) => {
        &[$($crate::database::Function {
            name: $name,
            text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/functions/", $name, ".sql")),
        }),*]
    };
}

/// What every service's database computes: what rights are decided by, and how large its tables are.
pub const EVERYWHERE: &[Function] = crate::functions![
    "access_covers",
    "access_covers_with",
    "access_granted",
    "access_granted_to",
    "access_holds",
    "access_line",
    "access_line_living",
    "access_reached",
    "access_today",
    "counted_anew",
    "decides_about",
];

/// Has tables counted again that a load made another size, so that what is read from now on is
/// planned for as much as there is. What is loaded stays loaded where that cannot be done:
/// PostgreSQL counts by itself, only later.
pub async fn count_anew(pool: &PgPool) {
    if let Err(error) = sqlx::query("select counted_anew()").execute(pool).await {
        tracing::warn!(%error, "tables could not be counted after a load");
    }
}

/// What a function names that is not there yet: a function that comes later, or a table's.
const UNDEFINED: [&str; 2] = ["42883", "42P01"];

/// Makes the functions of a database what their files say, all in one transaction. Where nothing
/// has changed since they were applied, neither a file nor the migrations, nothing is done.
pub(super) async fn apply(db: &mut PgConnection, functions: &[Function]) -> anyhow::Result<()> {
    let mut transaction = db.begin().await?;
    // Two that migrate at once want the same: the second finds it done.
    sqlx::query("lock table function_applied in share row exclusive mode")
        .execute(&mut *transaction)
        .await?;
    let applied: Vec<(String, Vec<u8>)> =
        sqlx::query_as("select name, checksum from function_applied")
            .fetch_all(&mut *transaction)
            .await?;
    // A migration may have dropped a function, or made an old one again.
    let migrated_since: bool = sqlx::query_scalar(
        "select coalesce((select max(installed_on) from _sqlx_migrations)
                         >= (select min(applied_at) from function_applied), false)",
    )
    .fetch_one(&mut *transaction)
    .await?;

    let wanted: BTreeMap<String, Vec<u8>> =
        functions.iter().map(|function| (function.name.to_owned(), checksum(function))).collect();
    anyhow::ensure!(wanted.len() == functions.len(), "two functions have one name");
    let applied: BTreeMap<String, Vec<u8>> = applied.into_iter().collect();
    if applied == wanted && !migrated_since {
        return Ok(());
    }
    make(&mut transaction, functions).await?;
    sqlx::query("delete from function_applied").execute(&mut *transaction).await?;
    for (name, checksum) in wanted {
        sqlx::query("insert into function_applied (name, checksum) values ($1, $2)")
            .bind(name)
            .bind(checksum)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(())
}

fn checksum(function: &Function) -> Vec<u8> {
    digest(&SHA256, function.text.as_bytes()).as_ref().to_vec()
}

/// Makes each; one that names another that is not there yet is made after it, in whatever order
/// the files come.
async fn make(db: &mut PgConnection, functions: &[Function]) -> anyhow::Result<()> {
    let mut left: Vec<Function> = functions.to_vec();
    while !left.is_empty() {
        let mut later = Vec::new();
        let mut undefined = None;
        for function in &left {
            let mut attempt = db.begin().await?;
            match sqlx::raw_sql(function.text.into_sql_str()).execute(&mut *attempt).await {
                Ok(_) => attempt.commit().await?,
                Err(error) if names_what_is_not_there(&error) => {
                    attempt.rollback().await?;
                    later.push(*function);
                    undefined = undefined.or(Some((function.name, error)));
                }
                Err(error) => {
                    return Err(error).with_context(|| format!("make {}", function.name));
                }
            }
        }
        if let Some((name, error)) = undefined.filter(|_| later.len() == left.len()) {
            return Err(error).with_context(|| format!("make {name}"));
        }
        left = later;
    }
    Ok(())
}

fn names_what_is_not_there(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .is_some_and(|code| UNDEFINED.contains(&&*code))
}
