//! `congdoan migrate`: a service's migrations, as the owner of its schema.

use std::fs;
use std::path::Path;
use std::str::FromStr;

use anyhow::Context;
use chassis::database;
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;

use crate::cli::Migrate;
use crate::system::migrations;

/// Applies what is not applied yet, and loads the roles' permissions.
pub async fn run(migrate: Migrate) -> anyhow::Result<()> {
    let url = owner_url(&migrate.database, migrate.password_file.as_deref())?;
    database::migrate(&url, migrations(&migrate.service)?).await?;
    println!("The schema of {} is up to date.", migrate.service);
    Ok(())
}

/// The address with the password that a file holds: so that it stands in no command line and
/// in no environment.
pub(crate) fn owner_url(url: &str, password_file: Option<&Path>) -> anyhow::Result<String> {
    let Some(file) = password_file else { return Ok(url.to_owned()) };
    let password = fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
    let options = PgConnectOptions::from_str(url).context("read the database's url")?;
    Ok(options.password(password.trim_end()).to_url_lossy().to_string())
}
