//! `congdoan bootstrap`: founds the Confederation and grants its administrator.

use crate::cli::Bootstrap;
use crate::migrate::owner_url;
use crate::running::Running;

/// Bootstraps registry through the owner of its schema; the running services learn of it
/// from the feed.
pub async fn run(bootstrap: Bootstrap) -> anyhow::Result<()> {
    let (issuer, database) = match (bootstrap.issuer, bootstrap.database) {
        (Some(issuer), Some(database)) => (issuer, database),
        (issuer, database) => {
            let running = Running::read(&bootstrap.data)?;
            (issuer.unwrap_or(running.issuer), database.unwrap_or(running.registry_owner_url))
        }
    };
    let database = owner_url(&database, bootstrap.password_file.as_deref())?;
    let founded = registry::bootstrap(&database, &issuer, &bootstrap.subject).await?;
    println!("The Confederation is founded: {founded}.");
    println!("\"{}\" of {issuer} is its administrator.", bootstrap.subject);
    if Running::read(&bootstrap.data).is_ok_and(|running| running.issuer == issuer) {
        Running::remember_administrator(&bootstrap.data, &bootstrap.subject)?;
    }
    Ok(())
}
