//! `congdoan periodic-reports`.

use anyhow::Context;
use clap::{Args, Subcommand};
use time::Date;
use uuid::Uuid;

use super::gateway::Gateway;
use super::values::{count, date, id};
use crate::language::tell;

/// `congdoan periodic-reports`.
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  opening=$(congdoan periodic-reports open MAU_1_HDCD MAU_2_HDCD --organisation LDLD-01 \\
    --from 2025-12-01 --to 2026-11-30 --due-on 2026-12-10)
  congdoan periodic-reports list $opening
  congdoan periodic-reports draft $report
  congdoan periodic-reports declare $report --cell WORKERS=120 --cell WORKERS_FEMALE=80
  congdoan periodic-reports submit $report
  congdoan periodic-reports approve $report
  congdoan periodic-reports consolidate $report_of_the_district
  congdoan periodic-reports reminders --organisation LDLD-01")]
pub struct PeriodicReports {
    /// What to do.
    #[command(subcommand)]
    pub command: PeriodicReportsCommand,
}

/// What is done with periodic reports.
#[derive(Debug, Subcommand)]
pub enum PeriodicReportsCommand {
    /// List the forms that an organisation may be asked to fill.
    Forms {
        /// The organisation's code or id.
        #[arg(long, value_name = "CODE")]
        organisation: String,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// Ask an organisation and all below it to report on a period, and print the id of the opening.
    Open(OpenForms),
    /// List what was opened by an organisation or asks it to report, and how complete that is.
    Openings {
        /// The organisation's code or id.
        #[arg(long, value_name = "CODE")]
        organisation: String,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// List who is to report in an opening, and how each report stands.
    List {
        /// The opening.
        #[arg(value_parser = id)]
        opening_id: Uuid,
        /// Only this organisation, by its code or id, and what lies below it.
        #[arg(long, value_name = "CODE")]
        below: Option<String>,
        /// Print at most so many.
        #[arg(long, value_name = "COUNT", default_value_t = 1_000, value_parser = count)]
        limit: usize,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
    /// Print a report: what was counted, consolidated and declared, and what its checks find.
    Show {
        /// The report.
        #[command(flatten)]
        of: OfReport,
        /// As it was approved last.
        #[arg(long)]
        approved: bool,
    },
    /// Fill a report with what the register counts.
    Draft(OfReport),
    /// Say what a report says in some of its cells.
    Declare {
        /// The report.
        #[command(flatten)]
        of: OfReport,
        /// A cell, by its row.
        #[arg(long = "cell", value_name = "ROW=NUMBER", value_parser = cell, required = true)]
        cells: Vec<(String, i64)>,
        /// Why, where the register counts something else.
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
    /// Fill a superior's report with what those below it have reported.
    Consolidate(OfReport),
    /// Hand a report in.
    Submit(OfReport),
    /// Give a submitted report back, with why.
    Return(Said),
    /// Open one cell of a submitted or approved report again, with why.
    Reopen {
        /// The report, and why.
        #[command(flatten)]
        said: Said,
        /// Which row.
        #[arg(long, value_name = "ROW")]
        row: String,
    },
    /// Approve a submitted report.
    Approve(OfReport),
    /// Begin the next edition of an approved report, with why.
    Revise(Said),
    /// Ask a reporter no longer, with why.
    Waive(Said),
    /// List whom to remind: reports that are due and not handed in.
    Reminders {
        /// The organisation's code or id; those below it are listed, too.
        #[arg(long, value_name = "CODE")]
        organisation: String,
        /// Due by this day, YYYY-MM-DD; today by default.
        #[arg(long, value_name = "DATE", value_parser = date)]
        due_by: Option<Date>,
        /// Print at most so many.
        #[arg(long, value_name = "COUNT", default_value_t = 1_000, value_parser = count)]
        limit: usize,
        /// Whom to talk to.
        #[command(flatten)]
        to: Gateway,
    },
}

/// Which report.
#[derive(Args, Debug)]
pub struct OfReport {
    /// The report.
    #[arg(value_parser = id)]
    pub report_id: Uuid,
    /// Whom to talk to.
    #[command(flatten)]
    pub to: Gateway,
}

/// Which report, and what is said with it.
#[derive(Args, Debug)]
pub struct Said {
    /// The report.
    #[command(flatten)]
    pub of: OfReport,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub message: String,
}

/// What is opened, of whom, and by when.
#[derive(Args, Debug)]
pub struct OpenForms {
    /// The forms: one, or one for each level; see `congdoan periodic-reports forms`.
    #[arg(required = true, num_args = 1..=2, value_name = "FORM")]
    pub forms: Vec<String>,
    /// Whose forms they are, by code or id; the program's by default.
    #[arg(long, value_name = "CODE")]
    pub issuer: Option<String>,
    /// Who opens it and is asked with all below it, by code or id.
    #[arg(long, value_name = "CODE")]
    pub organisation: String,
    /// The first day of the period, YYYY-MM-DD.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub from: Date,
    /// Its last day.
    #[arg(long = "to", value_name = "DATE", value_parser = date)]
    pub through: Date,
    /// Who is to report is who lay there on this day; the last of the period by default.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub cutoff_on: Option<Date>,
    /// By when.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub due_on: Date,
    /// Whom to talk to.
    #[command(flatten)]
    pub to: Gateway,
}

/// `ROW=NUMBER`.
fn cell(text: &str) -> anyhow::Result<(String, i64)> {
    let (row, number) = text
        .split_once('=')
        .with_context(|| tell!("ghi MỤC=SỐ: {text}", "write ROW=NUMBER: {text}"))?;
    let number = number
        .parse()
        .with_context(|| tell!("không phải số nguyên: {number}", "no whole number: {number}"))?;
    Ok((row.to_owned(), number))
}
