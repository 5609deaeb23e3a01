//! `congdoan indicators`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use time::Date;

use super::gateway::Gateway;
use super::values::{date, id};

/// `congdoan indicators`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  congdoan indicators load tet.csv --decision 12/QĐ-TLĐ --in-force-from 2026-01-01 --dry-run
  congdoan indicators load tet.csv --decision 12/QĐ-TLĐ --in-force-from 2026-01-01
  congdoan indicators list --loaded")]
pub struct Indicators {
    /// What to do.
    #[command(subcommand)]
    pub command: IndicatorsCommand,
}

/// What is done to indicators.
#[derive(Debug, Subcommand)]
pub enum IndicatorsCommand {
    /// Load indicators, or later versions of them, with their decision.
    #[command(long_about = "\
Load indicators, or later versions of them, with their decision: whoever administers the \
Confederation does.

FILE.csv has one indicator a line, in UTF-8, separated by commas, with the columns
  code, name_vi, name_en, unit_vi, kind, numerator
  denominator            of those whose kind is SHARE
  without_suspended      1 where suspended unions are left out of stocks of unions
kind is ADDITIVE, DISTINCT or SHARE; numerator and denominator are formulas, such as \
WELFARE_FOR[TET] + WELFARE_FOR[HARDSHIP]. A first version counts all days, a later one periods \
that end on --in-force-from or after. What says the same as its newest version is left as it is.")]
    Load(LoadIndicators),
    /// List what can be counted: what the program brings along, and what was loaded.
    List(ListIndicators),
}

/// `congdoan indicators load`.
#[derive(Args, Debug)]
#[command(group = clap::ArgGroup::new("basis").required(true).args(["decision", "decision_id"]))]
pub struct LoadIndicators {
    /// What to load.
    #[arg(value_name = "FILE.csv")]
    pub file: PathBuf,
    /// From when periods that end on this day or later are counted so, YYYY-MM-DD.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub in_force_from: Date,
    /// The number of a decision of the Confederation that the register has, as printed.
    #[arg(long, value_name = "NUMBER", conflicts_with = "decision_id")]
    pub decision: Option<String>,
    /// The id of a decision of the Confederation that the register has.
    #[arg(long, value_name = "UUID", value_parser = id)]
    pub decision_id: Option<uuid::Uuid>,
    /// Say what would be otherwise, and load nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Whom to talk to.
    #[command(flatten)]
    pub to: Gateway,
}

/// `congdoan indicators list`.
#[derive(Args, Debug)]
pub struct ListIndicators {
    /// Only those that were loaded, each in all its versions.
    #[arg(long)]
    pub loaded: bool,
    /// Whom to talk to.
    #[command(flatten)]
    pub to: Gateway,
}
