//! Reference data: rules and codes, as dated rows.
//!
//! A list is a file. The files compiled into this program are applied when the service starts, each
//! version once: a program of before that starts again puts nothing back. A later version comes with
//! its decision ([`LoadReference`](crate::reference::load_reference)). To apply a list is to make the
//! rules' table say what the file says; what it said before is kept. Nobody else keeps these
//! rules: nothing is published.

mod lists;
mod sheet;

use anyhow::{Context, bail};
use aws_lc_rs::digest::{SHA256, digest};
use chassis::database::today;
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use sheet::{Known, Rows};
use sqlx::{AssertSqlSafe, Executor, PgConnection, PgPool};
use time::Date;
use uuid::Uuid;

pub use lists::{LISTS, List};
pub use sheet::{Fault, Wrong};

/// The advisory lock of those who write reference data: any constant that nobody else uses.
const REFERENCE_LOCK: i64 = 0x7265_6665_7265_6E63;

/// What a version changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// Rules and codes that are new.
    pub added: i64,
    /// Rules that are no more as they were.
    pub ended: i64,
    /// Codes of which something else is said.
    pub changed: i64,
}

/// Where a version comes from, and from when the names hold that it changes.
#[derive(Clone, Copy, Debug)]
pub struct Version {
    /// From when.
    pub effective_on: Date,
    /// The decision and the act that loaded it; none of what a program brought along.
    pub loaded: Option<(Uuid, Uuid)>,
}

/// The list of this name.
pub fn list(name: &str) -> Option<&'static List> {
    LISTS.iter().find(|list| list.name == name)
}

/// Applies what is compiled in and was not applied before. Replicas that start together wait for
/// each other, where there is anything to apply: what is unchanged costs one read.
pub async fn bring_up_to_date(pool: &PgPool) -> anyhow::Result<()> {
    bring(pool, |list| list.file).await
}

async fn bring(pool: &PgPool, file: impl Fn(&List) -> &'static str) -> anyhow::Result<()> {
    if unapplied(&mut *pool.acquire().await?, &file).await?.is_empty() {
        return Ok(());
    }
    let mut transaction = pool.begin().await?;
    lock(&mut transaction).await?;
    for (list, text) in unapplied(&mut transaction, &file).await? {
        let version = Version { effective_on: today(), loaded: None };
        let outcome = apply(&mut transaction, list, text.as_bytes(), version).await;
        if let Err(wrong) = outcome.with_context(|| format!("apply {}", list.name))? {
            bail!("the reference data compiled in is wrong: {}: {wrong:?}", list.name);
        }
    }
    transaction.commit().await?;
    Ok(())
}

/// The lists whose files no version was made of, with the files.
async fn unapplied(
    db: &mut PgConnection,
    file: impl Fn(&List) -> &'static str,
) -> Result<Vec<(&'static List, &'static str)>, sqlx::Error> {
    let applied: Vec<(String, Vec<u8>)> =
        sqlx::query_as("select list, checksum from reference_version").fetch_all(db).await?;
    let is_applied = |list: &List, text: &str| {
        let checksum = checksum(text.as_bytes());
        applied.iter().any(|(name, known)| name == list.name && *known == checksum)
    };
    let files = LISTS.iter().map(|list| (list, file(list)));
    Ok(files.filter(|(list, text)| !is_applied(list, text)).collect())
}

/// Whoever writes reference data waits for whoever does.
pub async fn lock(db: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_xact_lock($1)").bind(REFERENCE_LOCK).execute(db).await?;
    Ok(())
}

fn checksum(text: &[u8]) -> Vec<u8> {
    digest(&SHA256, text).as_ref().to_vec()
}

/// From when the version of a list holds that was loaded last.
pub async fn loaded_on(db: &mut PgConnection, list: &List) -> Result<Option<Date>, Failure> {
    let on = sqlx::query_scalar!(
        "select max(effective_on) from reference_version where list = $1 and act_id is not null",
        list.name,
    )
    .fetch_one(db)
    .await?;
    Ok(on)
}

/// Makes the tables of a list say what its file says; or answers what is wrong with the file, and
/// writes nothing.
pub async fn apply(
    db: &mut PgConnection,
    list: &List,
    text: &[u8],
    version: Version,
) -> Result<Result<Applied, Vec<Wrong>>, sqlx::Error> {
    let known = known(db).await?;
    let tables = match sheet::read(list, text, &known) {
        Ok(tables) => tables,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let version_id = Uuid::now_v7();
    sqlx::query!(
        "insert into reference_version
             (version_id, list, checksum, effective_on, decision_id, act_id)
         values ($1, $2, $3, $4, $5, $6)",
        version_id,
        list.name,
        checksum(text),
        version.effective_on,
        version.loaded.map(|(decision_id, _)| decision_id),
        version.loaded.map(|(_, act_id)| act_id),
    )
    .execute(&mut *db)
    .await?;
    let mut applied = Applied::default();
    for rows in tables {
        let keys = if list.dated { Vec::new() } else { keys(list) };
        want(db, &rows).await?;
        let columns: Vec<String> = rows.columns.iter().map(|it| (*it).to_owned()).collect();
        if list.dated {
            let done = sqlx::query!(
                r#"select added as "added!", ended as "ended!"
                   from apply_rules($1::text::regclass, $2, $3)"#,
                rows.relation,
                &columns,
                version_id,
            )
            .fetch_one(&mut *db)
            .await?;
            applied.added += done.added;
            applied.ended += done.ended;
        } else {
            let done = sqlx::query!(
                r#"select added as "added!", changed as "changed!"
                   from apply_codes($1::text::regclass, $2, $3, $4, $5)"#,
                rows.relation,
                &columns,
                &keys,
                version.effective_on,
                version_id,
            )
            .fetch_one(&mut *db)
            .await?;
            applied.added += done.added;
            applied.changed += done.changed;
        }
        db.execute("drop table reference_wanted").await?;
    }
    Ok(Ok(applied))
}

/// The columns that are the code.
fn keys(list: &List) -> Vec<String> {
    let named = list.cells.iter().filter(|cell| list.once.contains(&cell.heading));
    named.map(|cell| cell.column.to_owned()).collect()
}

async fn known(db: &mut PgConnection) -> Result<Known, sqlx::Error> {
    let types = sqlx::query_scalar!("select distinct type from organisation_type_rule");
    let bodies = sqlx::query_scalar!("select body from body_rule");
    Ok(Known {
        types: types.fetch_all(&mut *db).await?.into_iter().collect(),
        bodies: bodies.fetch_all(&mut *db).await?.into_iter().collect(),
    })
}

/// What a table is to say, in a table of the same columns that goes with the transaction.
async fn want(db: &mut PgConnection, rows: &Rows) -> Result<(), sqlx::Error> {
    let create = format!(
        "create temp table reference_wanted on commit drop as select {} from {} where false",
        rows.columns.join(", "),
        rows.relation,
    );
    db.execute(AssertSqlSafe(create)).await?;
    let mut copy = db.copy_in_raw("copy reference_wanted from stdin").await?;
    copy.send(rows.text.as_bytes()).await?;
    copy.finish().await?;
    Ok(())
}

#[cfg(test)]
mod tests;
