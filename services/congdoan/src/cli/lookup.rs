//! `congdoan search`, `congdoan member`, `congdoan list` and `congdoan completion`.

use clap::{Args, Subcommand, ValueEnum};
use clap_complete::Shell;
use time::Date;

use super::gateway::Gateway;
use super::values::{count, date, id};

/// `congdoan search`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  congdoan search 'thai nguyen'
  congdoan search 'truong mam non' --within LDLD-01 --status ended
  congdoan search --commune 'Ba Đình' --type CD_XA")]
pub struct Search {
    /// A name, short name, other name or code, of today or of the past; accents do not matter.
    /// Without it, all are listed that the options ask for.
    pub text: Option<String>,
    /// Only below the organisation of this code or id.
    #[arg(long, value_name = "CODE")]
    pub within: Option<String>,
    /// Only those with this commune in their territory: its code or its name.
    #[arg(long, value_name = "COMMUNE")]
    pub commune: Option<String>,
    /// Only organisations of this type; see `congdoan list types`.
    #[arg(long = "type", value_name = "TYPE")]
    pub kind: Option<String>,
    /// Only those of this sector or group of sectors; see `congdoan list sectors`.
    #[arg(long, value_name = "SECTOR")]
    pub sector: Option<String>,
    /// Only those of this industry; see `congdoan list industries`.
    #[arg(long, value_name = "INDUSTRY")]
    pub industry: Option<String>,
    /// Only those of this status; by default, with a text all, without one those that live.
    #[arg(long, value_enum)]
    pub status: Option<Status>,
    /// Only those whose code begins so; without a text.
    #[arg(long, value_name = "CODE", conflicts_with_all = ["text", "within"])]
    pub code_prefix: Option<String>,
    /// As they stood on this day, YYYY-MM-DD; today by default.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
    /// Print at most so many; a text finds at most 50.
    #[arg(long, value_name = "COUNT", default_value_t = 1_000, value_parser = count)]
    pub limit: usize,
    /// Whom to talk to.
    #[command(flatten)]
    pub to: Gateway,
}

/// Where an organisation is in its life.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Status {
    /// It lives and is directed.
    Active,
    /// Its direction is suspended.
    Suspended,
    /// It exists no longer.
    Ended,
    /// It is founded for a later day.
    NotYetFounded,
}

/// `congdoan member`.
#[derive(Args, Debug)]
pub struct Member {
    /// The person, by her id.
    #[arg(value_name = "UUID", value_parser = id)]
    pub person_id: uuid::Uuid,
    /// Whom to talk to.
    #[command(flatten)]
    pub to: Gateway,
}

/// `congdoan list`.
#[derive(Args, Debug)]
pub struct List {
    /// Which list.
    #[command(subcommand)]
    pub what: Listed,
}

/// What is listed.
#[derive(Debug, Subcommand)]
pub enum Listed {
    /// Types of organisation, with their superiors and the days on which they are in force.
    Types {
        /// Only those in force on this day, YYYY-MM-DD.
        #[arg(long, value_name = "DATE", value_parser = date)]
        in_force_on: Option<Date>,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// Sectors and their groups.
    Sectors {
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// Industries, with the days on which they are in force.
    Industries {
        /// Only those in force on this day, YYYY-MM-DD.
        #[arg(long, value_name = "DATE", value_parser = date)]
        in_force_on: Option<Date>,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// Roles that a grant may give.
    Roles {
        /// Only those that have this permission, such as membership.identity.read.
        #[arg(long, value_name = "PERMISSION")]
        permission: Option<String>,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// Indicators, of which figures are asked and explained.
    Indicators {
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// Kinds of activities, with what is said of each.
    ActivityKinds {
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
}

/// `congdoan completion`.
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  congdoan completion bash > ~/.local/share/bash-completion/completions/congdoan")]
pub struct Completion {
    /// Of which shell.
    #[arg(value_enum)]
    pub shell: Shell,
}
