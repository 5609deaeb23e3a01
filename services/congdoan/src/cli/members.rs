//! `congdoan members`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `congdoan members`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  congdoan members template members.xlsx
  congdoan members check members.xlsx")]
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
