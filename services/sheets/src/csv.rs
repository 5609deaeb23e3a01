//! A CSV file as a stream of rows, whatever program wrote it.

mod letters;
mod records;

use std::io::Read;

use self::letters::Letters;
use self::records::{CELLS_MOST, Record, record, separator};
use crate::cell::{Cell, Row};
use crate::limits::Limits;
use crate::refused::{Refused, TooMuch};

/// A file of which a window is held: from where the next row begins to as far as was read.
pub(crate) struct Csv<R> {
    letters: Letters<R>,
    limits: Limits,
    window: String,
    /// Where in the window the next row begins.
    at: usize,
    /// The file is in the window to its end.
    whole: bool,
    separator: Option<u8>,
    /// Rows so far, empty ones included.
    line: u32,
}

impl<R: Read> Csv<R> {
    pub(crate) fn new(source: R, limits: Limits) -> Self {
        Self {
            letters: Letters::new(source),
            limits,
            window: String::new(),
            at: 0,
            whole: false,
            separator: None,
            line: 0,
        }
    }

    /// The next row in which something stands.
    pub(crate) fn next_row(&mut self) -> Result<Option<Row>, Refused> {
        loop {
            let Some(separator) = self.separator()? else { return Ok(None) };
            let Some(Record { cells, misquoted, length }) = self.record(separator)? else {
                return Ok(None);
            };
            self.at += length;
            self.line += 1;
            if self.line > self.limits.rows {
                return Err(Refused::TooMuch(TooMuch::Rows));
            }
            if cells.len() > CELLS_MOST {
                return Err(Refused::TooMuch(TooMuch::Columns));
            }
            let mut row = Row { line: self.line, cells, misquoted };
            while row.cells.last().is_some_and(Cell::is_empty) {
                row.cells.pop();
            }
            if row.cells.len() > self.limits.columns {
                return Err(Refused::TooMuch(TooMuch::Columns));
            }
            if !row.is_empty() {
                return Ok(Some(row));
            }
        }
    }

    /// What separates the cells of this file; nothing where it is empty.
    fn separator(&mut self) -> Result<Option<u8>, Refused> {
        if self.separator.is_none() {
            self.read_on()?;
            // A first line that only Excel reads, and no other program shows.
            let said = self.window.strip_prefix("sep=").and_then(|rest| rest.bytes().next());
            if let Some(said) = said.filter(|said| b",;\t|".contains(said)) {
                self.separator = Some(said);
                let rest = self.window.find('\n').map_or(self.window.len(), |end| end + 1);
                self.at = rest;
            } else if !self.window.is_empty() || !self.whole {
                self.separator = Some(separator(&self.window));
            }
        }
        Ok(self.separator)
    }

    /// The record at the place where the next row begins; nothing at the end of the file.
    fn record(&mut self, separator: u8) -> Result<Option<Record>, Refused> {
        loop {
            let rest = &self.window[self.at..];
            if rest.is_empty() && self.whole {
                return Ok(None);
            }
            let ends = self.whole || rest.len() > self.limits.row_bytes;
            if let Some(record) = record(rest, separator, ends) {
                let too_long = |cell: &Cell| match cell {
                    Cell::Text(text) => text.len() > self.limits.cell_bytes,
                    _ => false,
                };
                if record.cells.iter().any(too_long) {
                    return Err(Refused::TooMuch(TooMuch::Cell));
                }
                return Ok(Some(record));
            }
            self.read_on()?;
        }
    }

    /// Reads more into the window, and lets go of what was read before.
    fn read_on(&mut self) -> Result<(), Refused> {
        self.window.drain(..self.at);
        self.at = 0;
        let line = self.line.saturating_add(1);
        self.whole = !self.letters.read_on(&mut self.window).map_err(|refused| match refused {
            // Told from where what was read well ends.
            Refused::Letters { .. } => {
                let more = self.window.bytes().filter(|byte| *byte == b'\n').count();
                let more = u32::try_from(more).unwrap_or(u32::MAX);
                Refused::Letters { line: line.saturating_add(more) }
            }
            other => other,
        })?;
        Ok(())
    }
}
