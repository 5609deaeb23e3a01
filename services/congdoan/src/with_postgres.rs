//! `congdoan with-postgres`: a command with a PostgreSQL of its own.

use std::process::ExitCode;

use anyhow::Context;
use chassis::cluster::{Cluster, Place, testing};
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::WithPostgres;
use crate::language::tell;

/// Where PostgreSQL's own log is, for a test that looks for what must not be in it.
const LOG_VARIABLE: &str = "CONGDOAN_TEST_POSTGRES_LOG";

/// Runs the command and answers with its exit code.
pub async fn run(with: WithPostgres) -> anyhow::Result<ExitCode> {
    let cluster = Cluster::start(Place::Ephemeral).await?;
    let (program, arguments) = with.command.split_first().context("name a command")?;
    let mut child = Command::new(program)
        .args(arguments)
        .env(testing::VARIABLE, cluster.superuser_url())
        .env(LOG_VARIABLE, cluster.log_file())
        .spawn()
        .with_context(|| {
            let program = program.to_string_lossy();
            tell!("không chạy được {program}", "cannot run {program}")
        })?;

    // An interrupt typed at the terminal reaches the command too, which ends as it sees fit;
    // a request to terminate comes to us alone and is passed on.
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let status = loop {
        tokio::select! {
            status = child.wait() => break status?,
            _ = interrupted.recv() => {}
            _ = terminated.recv() => terminate(&child).await?,
        }
    };
    // Ended by a signal, a command has no code.
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(ExitCode::from(code))
}

async fn terminate(child: &Child) -> anyhow::Result<()> {
    if let Some(id) = child.id() {
        Command::new("/bin/sh")
            .args(["-c", "kill -s TERM \"$1\"", "sh", &id.to_string()])
            .status()
            .await
            .context("pass the signal on")?;
    }
    Ok(())
}
