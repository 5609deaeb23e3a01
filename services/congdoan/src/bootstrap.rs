//! `congdoan bootstrap`: founds the Confederation and grants its administrator.

use crate::cli::Bootstrap;
use crate::fault::{ALREADY_BOOTSTRAPPED, COMMAND_LINE_INVALID, fault, fault_of};
use crate::language::tell;
use crate::output::{is_json, line, print_json};
use crate::owner;
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
    for (argument, given) in [("--issuer", &issuer), ("--subject", &bootstrap.subject)] {
        if given.is_empty() {
            return Err(fault_of(
                COMMAND_LINE_INVALID,
                argument,
                tell!("{argument} còn trống", "{argument} is empty"),
            ));
        }
    }
    let database = owner::url(&database, bootstrap.password_file.as_deref())?;
    let founded = registry::bootstrap(&database, &issuer, &bootstrap.subject).await;
    let founded = founded.map_err(|error| {
        if error.is::<registry::AlreadyBootstrapped>() {
            return fault(
                ALREADY_BOOTSTRAPPED,
                tell!(
                    "sổ bộ đã có tổ chức: chỉ lập Tổng Liên đoàn một lần",
                    "the register has organisations already: it is bootstrapped once"
                ),
            );
        }
        owner::hindered(error)
    })?;
    let subject = &bootstrap.subject;
    if is_json() {
        print_json(&serde_json::json!({
            "confederationId": founded,
            "issuer": issuer,
            "administrator": subject,
        }));
    } else {
        line(&tell!(
            "Đã lập Tổng Liên đoàn: {founded}.\nNgười quản trị là \"{subject}\" của {issuer}.",
            "The Confederation is founded: {founded}.\n\"{subject}\" of {issuer} is its administrator."
        ));
    }
    if Running::read(&bootstrap.data).is_ok_and(|running| running.issuer == issuer) {
        Running::remember_administrator(&bootstrap.data, &bootstrap.subject)?;
    }
    Ok(())
}
