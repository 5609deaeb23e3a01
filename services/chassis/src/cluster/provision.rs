//! Makes the roles and the database of a service.

use std::str::FromStr;

use anyhow::{Context, ensure};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// Makes the role `<service>_owner`, which applies migrations, the role `<service>`, which
/// the running service uses, and the database, in which the second may use whatever the
/// first makes. What is there already stays as it is.
///
/// `superuser_url` may name any database of the cluster.
pub async fn provision(superuser_url: &str, service: &str, database: &str) -> anyhow::Result<()> {
    // Names go into statements that take no parameters: they are ours, and plain.
    for name in [service, database] {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        ensure!(name.chars().all(plain) && !name.is_empty(), "{name} is not a plain name");
    }

    let options = PgConnectOptions::from_str(superuser_url)?;
    let mut anywhere = PgConnection::connect_with(&options)
        .await
        .context("connect to PostgreSQL as its superuser")?;
    let roles = include_str!("../../sql/provision/roles.sql").replace("{service}", service);
    sqlx::raw_sql(AssertSqlSafe(roles)).execute(&mut anywhere).await?;

    let exists: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(database)
            .fetch_one(&mut anywhere)
            .await?;
    if !exists {
        let create = format!("create database {database} owner {service}_owner");
        sqlx::raw_sql(AssertSqlSafe(create))
            .execute(&mut anywhere)
            .await
            .with_context(|| format!("create the database {database}"))?;
    }
    anywhere.close().await?;

    let mut inside = PgConnection::connect_with(&options.database(database)).await?;
    let privileges = include_str!("../../sql/provision/database.sql").replace("{service}", service);
    sqlx::raw_sql(AssertSqlSafe(privileges)).execute(&mut inside).await?;
    inside.close().await?;
    Ok(())
}
