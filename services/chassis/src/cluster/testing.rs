//! A database per test: fresh, migrated, and made in a few hundredths of a second from a
//! template that the first test to need it makes. Where a service brings rows of its own along,
//! such as reference data, a second template holds them, too.

use std::ffi::OsStr;
use std::future::Ready;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{self, ExitCode};
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, bail};
use aws_lc_rs::digest;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

use super::{Cluster, Place, provision};
use crate::database::{self, Schema};

/// Holds the address of the cluster, for its superuser.
pub const VARIABLE: &str = "CONGDOAN_TEST_POSTGRES";

/// Where PostgreSQL's own log is, for a test that looks for what must not be in it.
const LOG_VARIABLE: &str = "CONGDOAN_TEST_POSTGRES_LOG";

/// How often what tests left behind is dropped while more of them run.
const SWEEP: Duration = Duration::from_secs(2);

/// The database of one test. It goes soon after the process that made it, and at the latest with
/// the cluster: all tests together would fill a small disk.
#[derive(Clone, Debug)]
pub struct TestDatabase {
    /// For the owner of the schema.
    pub owner_url: String,
    /// For the running service.
    pub url: String,
    /// For a test that must do what neither may.
    pub superuser_url: String,
}

/// A fresh database of a service, with its schema.
///
/// # Panics
/// When no cluster is named by `CONGDOAN_TEST_POSTGRES`, or it does not answer: a test
/// cannot go on without its database.
pub async fn database(service: &str, schema: &Schema) -> TestDatabase {
    told(fresh(service, schema, None::<fn(String) -> Ready<anyhow::Result<()>>>).await, service)
}

/// A fresh database of a service, migrated, with what `fill` writes into it once, as the running
/// service at the address that it is given.
///
/// # Panics
/// As [`database()`] does.
pub async fn filled<F>(
    service: &str,
    schema: &Schema,
    fill: impl FnOnce(String) -> F,
) -> TestDatabase
where
    F: Future<Output = anyhow::Result<()>>,
{
    told(fresh(service, schema, Some(fill)).await, service)
}

fn told(database: anyhow::Result<TestDatabase>, service: &str) -> TestDatabase {
    match database {
        Ok(database) => database,
        Err(error) => panic!("no database for a test of {service}: {error:#}"),
    }
}

/// A cluster for tests: one that goes with them, or in a directory, where it is kept with its
/// templates for the next ones.
pub async fn cluster(directory: Option<PathBuf>) -> anyhow::Result<Cluster> {
    let Some(directory) = directory else { return Cluster::start(Place::Ephemeral).await };
    let cluster = Cluster::start(Place::ForTests(directory)).await?;
    drop_databases(&cluster.superuser_url()).await?;
    Ok(cluster)
}

/// Runs a command that is told of the cluster, and answers with its exit code.
pub async fn run<S: AsRef<OsStr>>(
    cluster: &Cluster,
    program: &OsStr,
    arguments: &[S],
) -> io::Result<ExitCode> {
    let mut child = Command::new(program)
        .args(arguments)
        .env(VARIABLE, cluster.superuser_url())
        .env(LOG_VARIABLE, cluster.log_file())
        .spawn()?;

    // An interrupt typed at the terminal reaches the command too, which ends as it sees fit;
    // a request to terminate comes to us alone and is passed on.
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let mut sweep = tokio::time::interval(SWEEP);
    sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let status = loop {
        tokio::select! {
            status = child.wait() => break status?,
            _ = interrupted.recv() => {}
            _ = terminated.recv() => terminate(&child).await?,
            _ = sweep.tick() => {
                if let Err(error) = drop_left(&cluster.superuser_url()).await {
                    // Space is all that is lost by it; the tests say themselves what is wrong.
                    eprintln!("databases that tests left were not dropped: {error:#}");
                }
            }
        }
    };
    // Ended by a signal, a command has no code.
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(ExitCode::from(code))
}

async fn terminate(child: &Child) -> io::Result<()> {
    if let Some(id) = child.id() {
        Command::new("/bin/sh")
            .args(["-c", "kill -s TERM \"$1\"", "sh", &id.to_string()])
            .status()
            .await?;
    }
    Ok(())
}

/// Drops the databases of processes that have ended. Where the system does not show its processes
/// as files, they stay until the cluster goes.
async fn drop_left(superuser_url: &str) -> anyhow::Result<()> {
    if !Path::new("/proc/self").exists() {
        return Ok(());
    }
    let mut superuser = PgConnection::connect(superuser_url).await.context("connect")?;
    let databases: Vec<String> =
        sqlx::query_scalar(r"select datname from pg_database where datname like 'test\_%'")
            .fetch_all(&mut superuser)
            .await?;
    for database in databases.iter().filter(|database| is_left(database)) {
        let dropped = format!("drop database if exists {database} with (force)");
        sqlx::raw_sql(AssertSqlSafe(dropped)).execute(&mut superuser).await?;
    }
    superuser.close().await?;
    Ok(())
}

/// The name of a new database of this process.
fn test_name(service: &str) -> String {
    format!("test_{service}_{}_{}", process::id(), Uuid::new_v4().simple())
}

/// Whether the process that gave a database its name has ended.
fn is_left(database: &str) -> bool {
    let maker = database.rsplit('_').nth(1).and_then(|maker| maker.parse::<u32>().ok());
    maker.is_some_and(|maker| !Path::new("/proc").join(maker.to_string()).exists())
}

/// Drops what earlier tests left in a cluster that is kept: their databases, and the templates
/// whose rows another program may have written.
async fn drop_databases(superuser_url: &str) -> anyhow::Result<()> {
    let mut superuser = PgConnection::connect(superuser_url).await.context("connect")?;
    let left: Vec<String> = sqlx::query_scalar(
        r"select datname from pg_database where datname like 'test\_%' or datname like 'filled\_%'",
    )
    .fetch_all(&mut superuser)
    .await?;
    for database in left {
        let dropped = format!(
            "update pg_database set datistemplate = false where datname = '{database}';
             drop database {database} with (force)"
        );
        for statement in dropped.split(';') {
            sqlx::raw_sql(AssertSqlSafe(statement.to_string())).execute(&mut superuser).await?;
        }
    }
    superuser.close().await?;
    Ok(())
}

async fn fresh<F>(
    service: &str,
    schema: &Schema,
    fill: Option<impl FnOnce(String) -> F>,
) -> anyhow::Result<TestDatabase>
where
    F: Future<Output = anyhow::Result<()>>,
{
    let Ok(superuser_url) = std::env::var(VARIABLE) else {
        bail!(
            "tests need a PostgreSQL and {VARIABLE} names none: run `make test`, or \
             `congdoan with-postgres -- cargo test`, which start one for the purpose"
        );
    };
    let options = PgConnectOptions::from_str(&superuser_url)?;
    let mut superuser = PgConnection::connect_with(&options).await.context("connect")?;

    let (mut template, lock) = template(service, schema);
    // Test processes start side by side: one makes the template, the others wait for it.
    sqlx::query("select pg_advisory_lock($1)").bind(lock).execute(&mut superuser).await?;
    if !is_made(&mut superuser, &template).await? {
        make_template(&mut superuser, &options, service, &template, schema)
            .await
            .with_context(|| format!("make the template {template}"))?;
    }
    if let Some(fill) = fill {
        let filled = template.replace("template_", "filled_");
        let empty = std::mem::replace(&mut template, filled);
        if !is_made(&mut superuser, &template).await? {
            copy(&mut superuser, &empty, &template, service).await?;
            fill(address(&options, service, &template))
                .await
                .with_context(|| format!("fill the template {template}"))?;
            mark(&mut superuser, &template).await?;
        }
    }
    sqlx::query("select pg_advisory_unlock($1)").bind(lock).execute(&mut superuser).await?;

    let database = test_name(service);
    copy(&mut superuser, &template, &database, service).await?;
    superuser.close().await?;

    let of = |role: &str| address(&options, role, &database);
    Ok(TestDatabase {
        owner_url: of(&format!("{service}_owner")),
        url: of(service),
        superuser_url: of(options.get_username()),
    })
}

/// The name of the template and the number of its lock: both change with the schema.
fn template(service: &str, schema: &Schema) -> (String, i64) {
    let mut content = digest::Context::new(&digest::SHA256);
    content.update(service.as_bytes());
    for migration in schema.migrations.iter() {
        content.update(&migration.version.to_be_bytes());
        content.update(&migration.checksum);
    }
    for function in schema.all_functions() {
        content.update(function.name.as_bytes());
        content.update(function.text.as_bytes());
    }
    let content = content.finish();
    let mut first = [0; 8];
    first.copy_from_slice(&content.as_ref()[..8]);
    let number = u64::from_be_bytes(first);
    (format!("template_{service}_{number:016x}"), number.cast_signed())
}

/// Makes the template whole, and only then marks it as one: what a killed process left
/// half-made is made again.
async fn make_template(
    superuser: &mut PgConnection,
    options: &PgConnectOptions,
    service: &str,
    template: &str,
    schema: &Schema,
) -> anyhow::Result<()> {
    let drop = format!("drop database if exists {template}");
    sqlx::raw_sql(AssertSqlSafe(drop)).execute(&mut *superuser).await?;

    let superuser_name = options.get_username();
    provision(&address(options, superuser_name, "postgres"), service, template).await?;

    let owner = address(options, &format!("{service}_owner"), template);
    database::migrate(&owner, schema).await?;

    mark(superuser, template).await
}

/// A template is one from here on.
async fn mark(superuser: &mut PgConnection, template: &str) -> anyhow::Result<()> {
    let mark = format!("alter database {template} is_template true");
    sqlx::raw_sql(AssertSqlSafe(mark)).execute(superuser).await?;
    Ok(())
}

async fn is_made(superuser: &mut PgConnection, template: &str) -> anyhow::Result<bool> {
    let made = sqlx::query_scalar(
        "select exists (select from pg_database where datname = $1 and datistemplate)",
    )
    .bind(template)
    .fetch_one(superuser)
    .await?;
    Ok(made)
}

/// Makes a database as another one is; what a killed process left half-made under its name goes.
async fn copy(
    superuser: &mut PgConnection,
    from: &str,
    to: &str,
    service: &str,
) -> anyhow::Result<()> {
    for statement in [
        format!("drop database if exists {to}"),
        // By its files: writing every page of it to the log takes four times as long.
        format!("create database {to} template {from} owner {service}_owner strategy file_copy"),
    ] {
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut *superuser)
            .await
            .with_context(|| format!("copy {from}"))?;
    }
    Ok(())
}

fn address(options: &PgConnectOptions, role: &str, database: &str) -> String {
    let options = options.clone().username(role).database(database);
    options.to_url_lossy().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_database_goes_after_the_process_that_made_it_and_not_before() {
        let cluster = cluster(None).await.expect("a cluster");
        let mut superuser =
            PgConnection::connect(&cluster.superuser_url()).await.expect("the superuser");
        let ours = test_name("registry");
        let mut ended = std::process::Command::new("true").spawn().expect("a process");
        let left =
            test_name("registry").replace(&process::id().to_string(), &ended.id().to_string());
        ended.wait().expect("it ends");
        for database in [&ours, &left] {
            sqlx::raw_sql(AssertSqlSafe(format!("create database {database}")))
                .execute(&mut superuser)
                .await
                .expect("a database");
        }

        drop_left(&cluster.superuser_url()).await.expect("dropped");

        let databases: Vec<String> =
            sqlx::query_scalar(r"select datname from pg_database where datname like 'test\_%'")
                .fetch_all(&mut superuser)
                .await
                .expect("the databases");
        assert_eq!(databases, [ours]);
    }
}
