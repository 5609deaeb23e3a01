//! `congdoan report`, `congdoan explain` and `congdoan targets`: what is asked of figures.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use time::{Date, OffsetDateTime};

use super::gateway::Gateway;
use super::values::{count, date, id, instant};
use crate::language::tell;

/// The organisation, the period and the tree that a figure or a report is asked for.
#[derive(Args, Debug)]
pub struct Question {
    /// The organisation's code, as it was in the period; or its id.
    #[arg(long, value_name = "CODE")]
    pub organisation: String,
    /// The first day of the period, YYYY-MM-DD.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub from: Date,
    /// Its last day.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub to: Date,
    /// On the tree of this day; by default as then, on the tree of each fact's own day.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
}

/// A report as a file.
#[derive(Args, Debug)]
pub struct Paper {
    /// Write it to this file, in the form that its name ends in: txt, csv, xlsx, html, pdf or svg.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write it in this form, whatever the file is called.
    #[arg(long = "format", value_enum, requires = "out")]
    pub paper_format: Option<PaperForm>,
    /// Of svg: which of its charts, from 1 on.
    #[arg(long, value_name = "COUNT", requires = "out", default_value_t = 1)]
    pub chart: i32,
    /// The document's number, before the template's symbol.
    #[arg(long, requires = "out")]
    pub number: Option<String>,
    /// Where the document is issued.
    #[arg(long, requires = "out")]
    pub place: Option<String>,
    /// The day on which the document is issued.
    #[arg(long, value_name = "DATE", requires = "out", value_parser = date)]
    pub issued_on: Option<Date>,
    /// Who signs the document.
    #[arg(long, requires = "out")]
    pub signer: Option<String>,
}

/// In what form a report is written to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PaperForm {
    /// Text, line by line.
    Txt,
    /// A table, as text.
    Csv,
    /// A workbook.
    Xlsx,
    /// A page to be printed.
    Html,
    /// A4.
    Pdf,
    /// One of its charts.
    Svg,
}

/// `congdoan report`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  congdoan report BA_DINH --organisation LDLD-01-001 --from 2020-01-01 --to 2020-12-31
  congdoan report BA_DINH --organisation LDLD-01 --from 2020-01-01 --to 2020-12-31 --as-of 2026-01-01
  congdoan report TONG_QUAN --organisation LDLD-01 --from 2020-01-01 --to 2020-12-31 --out ha-noi.pdf
  congdoan report --list

A report knows what the commands before it have seen: it waits for it, and, up to half a minute, for \
what membership has yet to carry out of it.

Exit codes:
  0  printed, and every figure is complete
  1  not printed
  2  the command line is wrong
  3  printed, and a figure in it is not complete, or the period has not begun; it says so")]
pub struct Report {
    /// The template's code, such as BA_DINH.
    #[arg(required_unless_present = "list")]
    pub template: Option<String>,
    /// List the templates with their parameters instead.
    #[arg(long, conflicts_with_all = [
        "template", "template_version", "parameters", "out", "figures", "no_wait", "organisation", "from", "to", "as_of",
    ])]
    pub list: bool,
    /// By this version of the template, and not by the one that holds.
    #[arg(long, value_name = "UUID", value_parser = id)]
    pub template_version: Option<uuid::Uuid>,
    /// A parameter of the template.
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parameter)]
    pub parameters: Vec<(String, String)>,
    /// As a file.
    #[command(flatten)]
    pub paper: Paper,
    /// Print under each line the figures it was computed from.
    #[arg(long)]
    pub figures: bool,
    /// Print what there is, without waiting for what earlier commands have seen.
    #[arg(long)]
    pub no_wait: bool,
    /// What is asked.
    #[command(flatten)]
    pub question: Option<Question>,
    /// Whom to talk to.
    #[command(flatten)]
    pub to: Gateway,
}

/// `congdoan activities`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  congdoan activities --organisation LDLD-01-001 --from 2021-01-01 --to 2021-12-31
  congdoan activities --organisation LDLD-01 --from 2021-01-01 --to 2021-12-31 --kind INSPECTION")]
pub struct Activities {
    /// What is asked.
    #[command(flatten)]
    pub question: Question,
    /// Only those of this kind, or of these; see `congdoan list activity-kinds`.
    #[arg(long = "kind", value_name = "KIND")]
    pub kinds: Vec<String>,
    /// Those of the organisation itself, and of nothing below it.
    #[arg(long)]
    pub itself: bool,
    /// Print at most so many.
    #[arg(long, value_name = "COUNT", default_value_t = 1_000, value_parser = count)]
    pub limit: usize,
    /// Whom to talk to.
    #[command(flatten)]
    pub to: Gateway,
}

/// `congdoan explain`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  congdoan explain MBR_ADMITTED --organisation LDLD-01-001 --from 2020-01-01 --to 2020-12-31
  congdoan explain RATING_STRONG --organisation LDLD-01-020 --from 2018-01-01 --to 2018-12-31 \\
    --sector-grouping HAI_KHU_VUC --sector-group NGOAI_NHA_NUOC")]
pub struct Explain {
    /// The indicator's code, such as MBR_ADMITTED.
    pub indicator: String,
    /// What is asked.
    #[command(flatten)]
    pub question: Question,
    /// As it was known at this instant, such as 2026-01-31T17:00:00+07:00; by default as it is known now.
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub known_at: Option<OffsetDateTime>,
    /// Count units of one group of this grouping of sectors only.
    #[arg(long, value_name = "CODE", requires = "sector_group")]
    pub sector_grouping: Option<String>,
    /// The group.
    #[arg(long, value_name = "CODE", requires = "sector_grouping")]
    pub sector_group: Option<String>,
    /// Leave suspended unions out of stocks of unions.
    #[arg(long)]
    pub without_suspended: bool,
    /// Count only the organisation itself and what lies directly below it.
    #[arg(long)]
    pub direct_only: bool,
    /// Print at most so many units; 0 prints all.
    #[arg(long, value_name = "COUNT", default_value_t = 20, value_parser = count)]
    pub units: usize,
    /// Print at most so many changes of each unit.
    #[arg(long, value_name = "COUNT", default_value_t = 5, value_parser = count)]
    pub changes: usize,
    /// Explain what there is, without waiting for what earlier commands have seen.
    #[arg(long)]
    pub no_wait: bool,
    /// Whom to talk to.
    #[command(flatten)]
    pub to: Gateway,
}

/// `congdoan targets`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  congdoan targets --organisation LDLD-01-001 --from 2021-01-01 --to 2021-12-31 --through 2021-06-30
  congdoan targets --organisation LDLD-01 --from 2021-01-01 --to 2021-12-31 --cascade MBR_ADMITTED
  congdoan targets --organisation TLD --from 2021-01-01 --to 2021-12-31 --issued

The targets are those whose periods end within the period; with --cascade, those of exactly that \
period.")]
pub struct Targets {
    /// What is asked.
    #[command(flatten)]
    pub question: Question,
    /// Measure through this day; by default today, or to the end of what has ended by then.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub through: Option<Date>,
    /// As it was known at this instant, such as 2026-01-31T17:00:00+07:00; by default as it is known now.
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub known_at: Option<OffsetDateTime>,
    /// Print how the target of this indicator was handed down, and what each has reached.
    #[arg(long, value_name = "CODE")]
    pub cascade: Option<String>,
    /// Print what the organisation set for others instead, and how far each of them is.
    #[arg(long, conflicts_with = "cascade")]
    pub issued: bool,
    /// Print what there is, without waiting for what earlier commands have seen.
    #[arg(long)]
    pub no_wait: bool,
    /// Whom to talk to.
    #[command(flatten)]
    pub to: Gateway,
}

fn parameter(text: &str) -> anyhow::Result<(String, String)> {
    let (name, value) =
        text.split_once('=').with_context(|| tell!("hãy ghi TÊN=GIÁ_TRỊ", "write NAME=VALUE"))?;
    Ok((name.to_owned(), value.to_owned()))
}
