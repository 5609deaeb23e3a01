//! `congdoan members`: members in files of people's own.

mod check;
mod list;
mod template;

use crate::cli::members::{Members, MembersCommand};

/// Does what was asked for.
pub fn run(members: Members) -> anyhow::Result<()> {
    match members.command {
        MembersCommand::Template(template) => template::run(&template),
        MembersCommand::Check(check) => check::run(&check),
    }
}
