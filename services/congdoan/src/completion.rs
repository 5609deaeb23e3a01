//! `congdoan completion`: scripts by which shells complete what is typed.

use std::io;

use anyhow::Context;

use crate::cli::command_in;
use crate::cli::lookup::Completion;
use crate::language::current;
use crate::output::{is_json, print_json};

/// Prints the script of a shell.
pub fn run(completion: &Completion) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(completion.shell, &mut command_in(current()), "congdoan", &mut script);
    if is_json() {
        let (shell, script) = (completion.shell.to_string(), String::from_utf8_lossy(&script));
        print_json(&serde_json::json!({ "shell": shell, "script": script }));
        return Ok(());
    }
    io::Write::write_all(&mut io::stdout().lock(), &script).context("print the script")
}
