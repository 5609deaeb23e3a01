//! The lines that were refused, as they were, with the reason beside each: corrected, the file is sent
//! as it is.

use std::borrow::Cow;
use std::io::{self, Write};

use super::{Format, Writer};
use crate::cell::Cell;
use crate::column::{Column, LINE, REASON};
use crate::heading::Unknown;
use crate::language::Language;

/// A file of refused lines that is being written.
pub struct Corrected<W: Write> {
    writer: Writer<W>,
    /// Columns of the first file that are written again.
    kept: Vec<usize>,
}

impl<W: Write> Corrected<W> {
    /// Begins a file, with the columns of the one that was refused in part.
    pub fn begin(
        out: W,
        format: Format,
        columns: &[Option<Column>],
        unknown: &[Unknown],
        language: Language,
    ) -> io::Result<Self> {
        let mut kept = Vec::new();
        let mut headings = Vec::new();
        for (place, column) in columns.iter().enumerate() {
            let not_understood = unknown.iter().find(|unknown| unknown.column == place);
            let heading = match (column, not_understood) {
                // What was told of it before.
                (Some(Column::ForReaders), _) | (None, None) => continue,
                (Some(column), _) => column.heading(),
                (None, Some(unknown)) => &unknown.heading,
            };
            kept.push(place);
            headings.push(heading);
        }
        let in_language = |texts: [&'static str; 2]| match language {
            Language::Vietnamese => texts[0],
            Language::English => texts[1],
        };
        headings.extend([in_language(LINE), in_language(REASON)]);
        // To say so of whoever may be a member already.
        let asks = !columns.contains(&Some(Column::Another));
        if asks {
            headings.push(Column::Another.heading());
        }
        Ok(Self { writer: Writer::begin(out, format, &headings)?, kept })
    }

    /// Writes a line that was refused, and why.
    pub fn line(&mut self, line: u32, cells: &[Cell], reasons: &[String]) -> io::Result<()> {
        let cell = |place: &usize| cells.get(*place).map_or(Cow::Borrowed(""), Cell::shown);
        let mut row: Vec<Cow<'_, str>> = self.kept.iter().map(cell).collect();
        row.push(Cow::Owned(line.to_string()));
        row.push(Cow::Owned(reasons.join("; ")));
        self.writer.row(&row)
    }

    /// Writes what comes behind the last line.
    pub fn finish(self) -> io::Result<W> {
        self.writer.finish()
    }
}
