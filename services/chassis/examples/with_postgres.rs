//! Runs a command with a PostgreSQL for tests, as `congdoan with-postgres` does, without building
//! a service: `with_postgres DIRECTORY COMMAND…` keeps the cluster in the directory.

use std::process::ExitCode;

use anyhow::Context;
use chassis::cluster::testing;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let directory = arguments.next().context("name a directory")?;
    let program = arguments.next().context("name a command")?;
    let cluster = testing::cluster(Some(directory.into())).await?;
    let arguments: Vec<_> = arguments.collect();
    Ok(testing::run(&cluster, &program, &arguments).await?)
}
