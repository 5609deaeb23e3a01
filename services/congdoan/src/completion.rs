//! `congdoan completion`: scripts by which shells complete what is typed.

use std::io;

use anyhow::Context;

use crate::cli::command_in;
use crate::cli::lookup::Completion;
use crate::language::current;

/// Prints the script of a shell.
pub fn run(completion: &Completion) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(completion.shell, &mut command_in(current()), "congdoan", &mut script);
    io::Write::write_all(&mut io::stdout().lock(), &script).context("print the script")
}
