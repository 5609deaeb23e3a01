//! `congdoan closing`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use time::Date;
use uuid::Uuid;

use super::gateway::Gateway;
use super::values::{date, id};

/// `congdoan closing`.
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  closing=$(congdoan closing close --organisation LDLD-01 --from 2024-12-01 --to 2025-11-30)
  congdoan closing export $closing --file 2025.json
  congdoan closing keys --file keys.json
  congdoan closing verify 2025.json --keys keys.json     without a network
  congdoan closing differences $closing                  what is known since")]
pub struct Closing {
    /// What to do.
    #[command(subcommand)]
    pub command: ClosingCommand,
}

/// What is done with closings.
#[derive(Debug, Subcommand)]
pub enum ClosingCommand {
    /// Close a period of an organisation, and print the id of the closing.
    Close {
        /// The organisation's code or id.
        #[arg(long, value_name = "CODE")]
        organisation: String,
        /// The first day of the period, YYYY-MM-DD.
        #[arg(long, value_name = "DATE", value_parser = date)]
        from: Date,
        /// Its last day.
        #[arg(long = "to", value_name = "DATE", value_parser = date)]
        through: Date,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// Freeze what is known since as the next revision of a closing, and print its id.
    Revise {
        /// The newest revision.
        #[arg(value_parser = id)]
        closing_id: Uuid,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        message: String,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// List the closings of an organisation.
    List {
        /// The organisation's code or id.
        #[arg(long, value_name = "CODE")]
        organisation: String,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// Print in which cells a closing differs from what is known now, or from another revision.
    Differences {
        /// The closing.
        #[arg(value_parser = id)]
        closing_id: Uuid,
        /// Another revision of the same period.
        #[arg(long, value_name = "UUID", value_parser = id)]
        other: Option<Uuid>,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// Write a closing with all its cells to a file that can be verified anywhere.
    Export {
        /// The closing.
        #[arg(value_parser = id)]
        closing_id: Uuid,
        /// The file, JSON; one that is there stays as it is.
        #[arg(long, value_name = "FILE.json")]
        file: PathBuf,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// Write the public keys with which closings are verified to a file.
    Keys {
        /// The file, JSON; one that is there stays as it is.
        #[arg(long, value_name = "FILE.json")]
        file: PathBuf,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// Make the chain of an exported closing anew and verify its signature, asking nobody.
    Verify {
        /// What `closing export` wrote.
        #[arg(value_name = "FILE.json")]
        export: PathBuf,
        /// What `closing keys` wrote, from a source that is trusted.
        #[arg(long, value_name = "FILE.json")]
        keys: PathBuf,
    },
}
