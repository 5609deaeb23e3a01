//! `congdoan figures`: a table of figures.

use clap::{ArgGroup, Args, ValueEnum};
use time::{Date, OffsetDateTime};

use super::gateway::Gateway;
use super::values::{date, instant};

/// What the lines of a figure are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Lines {
    /// By direct child.
    Child,
    /// By sector.
    Sector,
    /// By industry.
    Industry,
    /// By group of sectors, or of industries.
    Group,
    /// By type of organisation.
    Type,
    /// By reason, kind, topic, event or grade.
    Reason,
    /// By the sex of whom is counted.
    Sex,
}

/// An earlier period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Earlier {
    /// The period just before.
    Previous,
    /// The same period of the year before.
    Year,
}

/// `congdoan figures`.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("whose").required(true).args(["organisations", "below"]))]
#[command(group = ArgGroup::new("when").required(true).args(["from", "calendar"]))]
#[command(after_help = "\
Examples:
  congdoan figures MBR_STOCK MBR_ADMITTED --below LDLD-01 --levels 1 --from 2020-01-01 --to 2020-12-31 --rank
  congdoan figures MBR_NET --organisation LDLD-01-001 --calendar UNION_YEAR --year 2020 --count 3 --compare previous
  congdoan figures ORG_STOCK --organisation LDLD-01 --calendar CIVIL_YEAR --year 2020 --by child --by type
  congdoan figures MBR_STOCK --organisation LDLD-01 --from 2020-01-01 --to 2020-12-31 --known-at 2021-01-15T17:00:00+07:00

Calendars: CIVIL_MONTH, CIVIL_QUARTER, CIVIL_HALF, CIVIL_YEAR, UNION_HALF, UNION_YEAR, SCHOOL_YEAR.")]
pub struct Figures {
    /// The indicators' codes, such as MBR_ADMITTED; see `congdoan list indicators`.
    #[arg(required = true, value_name = "INDICATOR")]
    pub indicators: Vec<String>,
    /// An organisation's code, as it was in the period; or its id.
    #[arg(long = "organisation", value_name = "CODE")]
    pub organisations: Vec<String>,
    /// Of all that lies below this organisation instead.
    #[arg(long, value_name = "CODE")]
    pub below: Option<String>,
    /// Of what lies below, only organisations of this type, or of these.
    #[arg(long = "type", value_name = "TYPE", requires = "below")]
    pub types: Vec<String>,
    /// Of what lies below, only so many levels; 1 is directly below.
    #[arg(long, value_name = "COUNT", requires = "below")]
    pub levels: Option<i32>,
    /// The first day of the period, YYYY-MM-DD.
    #[arg(long, value_name = "DATE", value_parser = date, requires = "through")]
    pub from: Option<Date>,
    /// Its last day.
    #[arg(long = "to", value_name = "DATE", value_parser = date, requires = "from")]
    pub through: Option<Date>,
    /// Periods of this calendar instead.
    #[arg(long, value_name = "CALENDAR", requires = "year")]
    pub calendar: Option<String>,
    /// The year of the calendar's first period.
    #[arg(long, value_name = "YEAR", requires = "calendar")]
    pub year: Option<i32>,
    /// Which of the year's periods comes first.
    #[arg(long, value_name = "NUMBER", requires = "calendar")]
    pub number: Option<i32>,
    /// How many periods, one after the other.
    #[arg(long, value_name = "COUNT", requires = "calendar")]
    pub count: Option<i32>,
    /// On the tree of this day; by default as then, on the tree of each fact's own day.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
    /// As it was known at this instant, such as 2026-01-31T17:00:00+07:00; by default as it is known now.
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub known_at: Option<OffsetDateTime>,
    /// In these lines; two of them are crossed.
    #[arg(long = "by", value_enum)]
    pub lines_of: Vec<Lines>,
    /// The grouping of sectors, for `--by group` and `--sector-group`.
    #[arg(long, value_name = "CODE")]
    pub sector_grouping: Option<String>,
    /// Count units of this group of the grouping only.
    #[arg(long, value_name = "CODE", requires = "sector_grouping")]
    pub sector_group: Option<String>,
    /// Leave suspended unions out of stocks of unions.
    #[arg(long)]
    pub without_suspended: bool,
    /// Count only each organisation itself and what lies directly below it.
    #[arg(long)]
    pub direct_only: bool,
    /// Hold each figure against an earlier period.
    #[arg(long, value_enum)]
    pub compare: Vec<Earlier>,
    /// Rank the organisations, the largest first.
    #[arg(long)]
    pub rank: bool,
    /// Decimals of percentages.
    #[arg(long, value_name = "COUNT")]
    pub decimals: Option<i32>,
    /// Print what there is, without waiting for what earlier commands have seen.
    #[arg(long)]
    pub no_wait: bool,
    /// Whom to talk to.
    #[command(flatten)]
    pub to: Gateway,
}
