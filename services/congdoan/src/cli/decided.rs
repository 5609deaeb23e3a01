//! What an act of the command line rests on.

use clap::Args;
use time::Date;

use super::values::{date, id};

/// A decision that is recorded with the act, or one that the register has.
#[derive(Args, Debug)]
pub struct Decided {
    /// The number of its decision, as printed.
    #[arg(long, value_name = "NUMBER", requires = "issued_on", conflicts_with = "decision_id")]
    pub decision: Option<String>,
    /// When that was signed, YYYY-MM-DD.
    #[arg(long, value_name = "DATE", value_parser = date, requires = "decision")]
    pub issued_on: Option<Date>,
    /// From when it takes effect; of a decision that is known, its own date by default.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub effective_on: Option<Date>,
    /// The id of a decision that the register has already.
    #[arg(long, value_name = "UUID", value_parser = id)]
    pub decision_id: Option<uuid::Uuid>,
}
