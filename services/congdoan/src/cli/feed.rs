//! `congdoan feed`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use uuid::Uuid;

use super::values::id;

/// `congdoan feed`.
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  congdoan feed show membership --database postgres://membership_owner@127.0.0.1/membership
  congdoan feed skip membership --source registry --change 0190… --by 'Trần Thị Vận Hành' \\
    --reason 'unreadable: TICKET-7' --database postgres://membership_owner@127.0.0.1/membership
  congdoan feed restored registry --database postgres://registry_owner@127.0.0.1/registry")]
pub struct Feed {
    /// What to do.
    #[command(subcommand)]
    pub command: FeedCommand,
}

/// What an operator does about a feed.
#[derive(Debug, Subcommand)]
pub enum FeedCommand {
    /// Print how far a service has followed others, and where and why it halted.
    Show(FeedOf),
    /// Tell a follower to leave out the change at which it halted, and to go on.
    Skip(SkipChange),
    /// Say that a service's database was restored from a backup: who has read more of it stops.
    Restored(FeedOf),
}

/// Of which service, and where its database is.
#[derive(Args, Debug)]
pub struct FeedOf {
    /// The service.
    #[arg(value_parser = proto::services::OWNERS)]
    pub service: String,
    /// The service's database, for the owner of its schema.
    #[arg(long, value_name = "URL", env = "CONGDOAN_OWNER_URL", hide_env_values = true)]
    pub database: String,
    /// A file with the owner's password, where one is needed.
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

/// `congdoan feed skip`.
#[derive(Args, Debug)]
pub struct SkipChange {
    /// Who follows.
    #[command(flatten)]
    pub of: FeedOf,
    /// Whose feed is followed.
    #[arg(long, value_parser = proto::services::OWNERS)]
    pub source: String,
    /// The change at which it halted, as `feed show` prints it.
    #[arg(long, value_name = "ID", value_parser = id)]
    pub change: Uuid,
    /// Who decides this; it is kept.
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// Why; it is kept.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}
