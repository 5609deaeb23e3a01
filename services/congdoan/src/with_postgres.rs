//! `congdoan with-postgres`: a command with a PostgreSQL of its own.

use std::process::ExitCode;

use anyhow::Context;
use chassis::cluster::testing;

use crate::cli::WithPostgres;
use crate::language::tell;

/// Runs the command and answers with its exit code.
pub async fn run(with: WithPostgres) -> anyhow::Result<ExitCode> {
    let cluster = testing::cluster(with.keep).await?;
    let (program, arguments) = with.command.split_first().context("name a command")?;
    testing::run(&cluster, program, arguments).await.with_context(|| {
        let program = program.to_string_lossy();
        tell!("không chạy được {program}", "cannot run {program}")
    })
}
