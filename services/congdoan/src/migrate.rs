//! `congdoan migrate`: a service's migrations, as the owner of its schema.

use std::path::Path;
use std::str::FromStr;

use anyhow::Context;
use chassis::database;
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;

use crate::cli::Migrate;
use crate::language::tell;
use crate::output::{is_json, line, print_json};
use crate::system::migrations;
use crate::told::read_file;

/// Applies what is not applied yet, and loads the roles' permissions.
pub async fn run(migrate: Migrate) -> anyhow::Result<()> {
    let url = owner_url(&migrate.database, migrate.password_file.as_deref())?;
    database::migrate(&url, migrations(&migrate.service)?).await?;
    let service = &migrate.service;
    if is_json() {
        print_json(&serde_json::json!({ "service": service }));
    } else {
        line(&tell!(
            "Lược đồ của {service} đã cập nhật.",
            "The schema of {service} is up to date."
        ));
    }
    Ok(())
}

/// The address with the password that a file holds: so that it stands in no command line and
/// in no environment.
pub(crate) fn owner_url(url: &str, password_file: Option<&Path>) -> anyhow::Result<String> {
    let Some(file) = password_file else { return Ok(url.to_owned()) };
    let password = read_file(file)?;
    let password = String::from_utf8_lossy(&password);
    let options = PgConnectOptions::from_str(url).with_context(|| {
        tell!("địa chỉ cơ sở dữ liệu không đúng", "the address of the database cannot be read")
    })?;
    Ok(options.password(password.trim_end()).to_url_lossy().to_string())
}
