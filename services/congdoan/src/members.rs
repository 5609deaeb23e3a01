//! `congdoan members`: members in files of people's own.

mod check;
mod export;
mod import;
mod line;
mod list;
mod template;

use crate::cli::members::{Members, MembersCommand};

/// Does what was asked for.
pub async fn run(members: Members) -> anyhow::Result<()> {
    match members.command {
        MembersCommand::Template(template) => template::run(&template),
        MembersCommand::Check(check) => check::run(&check),
        MembersCommand::Import(import) => import::run(&import).await,
        MembersCommand::Export(export) => export::run(&export).await,
    }
}
