//! `congdoan rebuild`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `congdoan rebuild`.
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  congdoan rebuild show --database postgres://reporting_owner@127.0.0.1/reporting
  congdoan rebuild cancel --by 'Trần Thị Vận Hành' \\
    --database postgres://reporting_owner@127.0.0.1/reporting

A rebuild is begun where reporting's keys are: `reporting rebuild` (docs/rebuilding.md).")]
pub struct Rebuild {
    /// What to do.
    #[command(subcommand)]
    pub command: RebuildCommand,
}

/// What an operator does about a rebuild.
#[derive(Debug, Subcommand)]
pub enum RebuildCommand {
    /// Print how far the last rebuild is, or what it found otherwise, table by table.
    Show(RebuildOf),
    /// Cancel the rebuild that is running; what is served stays as it is.
    Cancel(CancelRebuild),
}

/// Where reporting's database is.
#[derive(Args, Debug)]
pub struct RebuildOf {
    /// Reporting's database, for the owner of its schema.
    #[arg(long, value_name = "URL", env = "CONGDOAN_OWNER_URL", hide_env_values = true)]
    pub database: String,
    /// A file with the owner's password, where one is needed.
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

/// `congdoan rebuild cancel`.
#[derive(Args, Debug)]
pub struct CancelRebuild {
    /// Of which database.
    #[command(flatten)]
    pub of: RebuildOf,
    /// Who decides this; it is kept.
    #[arg(long, value_name = "NAME")]
    pub by: String,
}
