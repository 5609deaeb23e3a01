//! `congdoan migrate`: a service's migrations, as the owner of its schema.

use chassis::database;
use system::schema;

use crate::cli::Migrate;
use crate::language::tell;
use crate::output::{is_json, line, print_json};
use crate::owner;

/// Applies what is not applied yet, and loads the roles' permissions.
pub async fn run(migrate: Migrate) -> anyhow::Result<()> {
    let url = owner::url(&migrate.database, migrate.password_file.as_deref())?;
    let service = &migrate.service;
    if let Err(error) = database::migrate(&url, schema(service)?).await {
        return Err(owner::unfitting(error, &url, service).await);
    }
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
