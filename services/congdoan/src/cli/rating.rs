//! `congdoan ratings`: what is asked of ratings.

use clap::Args;
use time::Date;
use uuid::Uuid;

use super::gateway::Gateway;
use super::values::{count, date, id};

/// `congdoan ratings`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  congdoan ratings --organisation LDLD-01-001 --year 2025 --attained BON_MUC.HOAN_THANH_TOT
  congdoan ratings --organisation LDLD-01 --year 2025 --by-sectors HAI_KHU_VUC --as-of 2026-01-01
  congdoan ratings --organisation CDCS-01-001-0001 --year 2025 --history")]
pub struct Ratings {
    /// The organisation's code (or its id).
    #[arg(long, value_name = "CODE")]
    pub organisation: String,
    /// The rating year.
    #[arg(long, value_name = "YEAR")]
    pub year: i32,
    /// Of this round only, by its id; by default of the year, whoever decided it.
    #[arg(long, value_name = "ID", value_parser = id)]
    pub round: Option<Uuid>,
    /// Print the unions of the round one by one instead.
    #[arg(long, requires = "round", conflicts_with = "history")]
    pub unions: bool,
    /// Print all that was said of the union in its round instead.
    #[arg(long)]
    pub history: bool,
    /// A grade that is reached by whoever is to be counted, as SCHEME.GRADE; may be given several times.
    #[arg(long = "attained", value_name = "GRADE")]
    pub attained: Vec<String>,
    /// In lines by the groups of this grouping of sectors; by default by what lies directly below.
    #[arg(long, value_name = "CODE")]
    pub by_sectors: Option<String>,
    /// On the tree of this day; by default as then, on the tree of each fact's own day.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
    /// Print at most so many.
    #[arg(long, value_name = "COUNT", default_value_t = 1_000, value_parser = count)]
    pub limit: usize,
    /// Whom to talk to.
    #[command(flatten)]
    pub to: Gateway,
}
