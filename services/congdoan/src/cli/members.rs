//! `congdoan members`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use time::Date;

use super::gateway::Gateway;
use super::values::{date, id};

/// `congdoan members`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  congdoan members template members.xlsx
  congdoan members check members.xlsx
  congdoan members import members.xlsx --union CDCS-1 --effective-on 2026-03-01
  congdoan members export members.xlsx --organisation CDCS-1")]
pub struct Members {
    /// What to do.
    #[command(subcommand)]
    pub command: MembersCommand,
}

/// What is done with members in a file.
#[derive(Debug, Subcommand)]
pub enum MembersCommand {
    /// Write a file to fill in, with the columns of a form and one line that shows how.
    Template(Template),
    /// Read a file, and say what is wrong with it by line and column. Nothing is sent.
    #[command(long_about = "\
Read a file, and say what is wrong with it by line and column. Nothing is sent.

FILE is a list as offices make it: CSV as Excel writes it, in Unicode or Windows-1258, with commas, \
semicolons or tabs, or a workbook (.xlsx), of which the first sheet is read. Above its heading may \
stand whatever titles it has. Its columns are those of forms 5a and 5b, in any order, however they \
are spelt; of others it is said that they are not read. A name and a day of birth, or its year, are \
needed. Lines are counted as a spreadsheet counts them, the first of the file being line 1.

Dates are day/month/year: 05/06/1990 is 5 June. What only an American could mean is refused, and so \
is what Excel has made of a number: 1.23457E+11, or one without the zeros in front.")]
    Check(Check),
    /// Take the people of a file in as members. The same file again changes nothing.
    #[command(long_about = "\
Take the people of a file in as members. FILE is what `congdoan members check` says of it.

Each line is taken or not by itself. Lines in which something is wrong, and people who may be members \
already, are written to another file, with the reason beside each: corrected, it is imported as it is; \
an x in its column \"Là người khác\" says that somebody is another than the member who has her name and \
birth. An import that broke off goes on behind the last line that was done when the same command is \
run again, and the same file again changes nothing.")]
    Import(Import),
    /// Write the members of an organisation to a file.
    #[command(long_about = "\
Write the members of an organisation to a file, with the columns of the template: what is exported can be \
imported again.

The register writes the file, of one state of the roll, however long it takes and whoever moves \
meanwhile; it is fetched when it is whole, and deleted there. That somebody read so many people's data \
stays written down. Identity numbers and phones are in it only where they are asked for, by whoever may \
read them.")]
    Export(Export),
}

/// `congdoan members export`.
#[derive(Args, Debug)]
pub struct Export {
    /// The file to write, which must not be there; a workbook if its name ends in .xlsx, else CSV.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Whose members, by its code or id.
    #[arg(long, value_name = "CODE")]
    pub organisation: String,
    /// Those of all that stood under it, too.
    #[arg(long)]
    pub with_subtree: bool,
    /// Members on this day, YYYY-MM-DD; today by default.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
    /// With identity numbers and phones.
    #[arg(long)]
    pub with_identity: bool,
    /// Whom to talk to.
    #[command(flatten)]
    pub to: Gateway,
}

/// `congdoan members template`.
#[derive(Args, Debug)]
pub struct Template {
    /// The file to write, which must not be there; a workbook if its name ends in .xlsx, else CSV.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Write a workbook, whatever the name.
    #[arg(long)]
    pub xlsx: bool,
    /// The form whose columns it has.
    #[arg(long, value_enum, default_value_t = Form::Individual)]
    pub form: Form,
}

/// A form by which people apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// all that one person says of herself
    #[value(name = "5a")]
    Individual,
    /// a list of several, with days of birth by sex
    #[value(name = "5b")]
    Collective,
}

/// `congdoan members check`.
#[derive(Args, Debug)]
pub struct Check {
    /// The file.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// `congdoan members import`.
#[derive(Args, Debug)]
pub struct Import {
    /// The file.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The union of whoever has none in the column "Mã công đoàn", by its code or id.
    #[arg(long, value_name = "CODE")]
    pub union: Option<String>,
    /// From when on they are members who have no day in the column "Ngày vào công đoàn", YYYY-MM-DD.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub effective_on: Date,
    /// How they became members.
    #[arg(long = "kind", value_name = "KIND", value_enum, default_value_t = Kind::Admitted)]
    pub how: Kind,
    /// The number of the decision, as printed.
    #[arg(long, value_name = "NUMBER")]
    pub decision: Option<String>,
    /// When that was signed, YYYY-MM-DD.
    #[arg(long, value_name = "DATE", value_parser = date, requires = "decision")]
    pub issued_on: Option<Date>,
    /// Check everything and take in nobody.
    #[arg(long)]
    pub validate_only: bool,
    /// Where the lines are written that were not taken, with the reason beside each; by default beside
    /// the file, under a name that is free. A workbook if it ends in .xlsx, else CSV.
    #[arg(long, value_name = "FILE")]
    pub corrected: Option<PathBuf>,
    /// Names this import: the same id never imports twice, and goes on where it broke off. Derived
    /// from the file and these options by default.
    #[arg(long, value_name = "UUID", value_parser = id)]
    pub request_id: Option<uuid::Uuid>,
    /// Whom to talk to.
    #[command(flatten)]
    pub to: Gateway,
}

/// How people became members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// they applied, and were admitted
    Admitted,
    /// they were recognised: members of an organisation of workers
    Recognised,
    /// they were members before
    Readmitted,
}
