//! A database per test: fresh, migrated, and made in a few hundredths of a second from a
//! template that the first test to need it makes.

use std::str::FromStr;

use anyhow::Context;
use aws_lc_rs::digest;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use uuid::Uuid;

use super::provision;
use crate::database::{self, Schema};

/// Holds the address of the cluster, for its superuser.
pub const VARIABLE: &str = "CONGDOAN_TEST_POSTGRES";

/// The database of one test. It goes when the cluster goes.
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
    let Ok(superuser_url) = std::env::var(VARIABLE) else {
        panic!(
            "tests need a PostgreSQL and {VARIABLE} names none: run `make test`, or \
             `congdoan with-postgres -- cargo test`, which start one for the purpose"
        );
    };
    match fresh(&superuser_url, service, schema).await {
        Ok(database) => database,
        Err(error) => panic!("no database for a test of {service}: {error:#}"),
    }
}

async fn fresh(
    superuser_url: &str,
    service: &str,
    schema: &Schema,
) -> anyhow::Result<TestDatabase> {
    let options = PgConnectOptions::from_str(superuser_url)?;
    let mut superuser = PgConnection::connect_with(&options).await.context("connect")?;

    let (template, lock) = template(service, schema);
    // Test processes start side by side: one makes the template, the others wait for it.
    sqlx::query("select pg_advisory_lock($1)").bind(lock).execute(&mut superuser).await?;
    let made: bool = sqlx::query_scalar(
        "select exists (select from pg_database where datname = $1 and datistemplate)",
    )
    .bind(&template)
    .fetch_one(&mut superuser)
    .await?;
    if !made {
        make_template(&mut superuser, &options, service, &template, schema)
            .await
            .with_context(|| format!("make the template {template}"))?;
    }
    sqlx::query("select pg_advisory_unlock($1)").bind(lock).execute(&mut superuser).await?;

    let database = format!("test_{service}_{}", Uuid::new_v4().simple());
    let create = format!("create database {database} template {template} owner {service}_owner");
    sqlx::raw_sql(AssertSqlSafe(create))
        .execute(&mut superuser)
        .await
        .context("copy the template")?;
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

    let mark = format!("alter database {template} is_template true");
    sqlx::raw_sql(AssertSqlSafe(mark)).execute(&mut *superuser).await?;
    Ok(())
}

fn address(options: &PgConnectOptions, role: &str, database: &str) -> String {
    let options = options.clone().username(role).database(database);
    options.to_url_lossy().to_string()
}
