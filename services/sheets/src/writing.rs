//! Tables that people open in their programs, written as a stream: nothing is held of what is written.
//!
//! A cell that begins as a formula does is written as the text that it is, so that a name out of the
//! register runs nothing on the machine of whoever opens the file.

mod corrected;
mod csv;
pub(crate) mod formula;
mod template;
mod xlsx;

use std::io::{self, Write};

pub use corrected::Corrected;
pub use template::{Form, template};

/// In what form a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text, in UTF-8 with its mark, without which Excel does not read it as that.
    Csv,
    /// A workbook of one sheet, all cells of which are texts: no zero in front is lost.
    Xlsx,
}

/// A table that is being written. It is whole only when it was finished.
pub struct Writer<W: Write>(Kind<W>);

enum Kind<W: Write> {
    Csv(csv::Csv<W>),
    Xlsx(Box<xlsx::Xlsx<W>>),
}

impl<W: Write> Writer<W> {
    /// Begins a table, with its heading.
    pub fn begin(out: W, format: Format, headings: &[&str]) -> io::Result<Self> {
        let mut kind = match format {
            Format::Csv => Kind::Csv(csv::Csv::begin(out)?),
            Format::Xlsx => Kind::Xlsx(Box::new(xlsx::Xlsx::begin(out, headings)?)),
        };
        if let Kind::Csv(csv) = &mut kind {
            csv.row(headings)?;
        }
        Ok(Self(kind))
    }

    /// Writes a row.
    pub fn row(&mut self, cells: &[impl AsRef<str>]) -> io::Result<()> {
        match &mut self.0 {
            Kind::Csv(csv) => csv.row(cells),
            Kind::Xlsx(xlsx) => xlsx.row(cells),
        }
    }

    /// Writes what comes behind the last row.
    pub fn finish(self) -> io::Result<W> {
        match self.0 {
            Kind::Csv(csv) => csv.finish(),
            Kind::Xlsx(xlsx) => xlsx.finish(),
        }
    }
}
