//! The heading of a list: which of its columns is what.
//!
//! A list of a Vietnamese office begins with the names of its unions and of itself; its heading may
//! have a second row below it, where form 5b divides days of birth into those of men and women, and
//! a third that numbers the columns.

use crate::cell::{Cell, Row};
use crate::column::Column;
use crate::refused::Refused;
use crate::spelling::key;

/// So many rows are looked at for one that names columns.
pub(crate) const ROWS_LOOKED_AT: u32 = 50;

/// A column that nobody understands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Where it stands, from 0.
    pub column: usize,
    /// As the file writes it.
    pub heading: String,
}

/// What the columns of a file are.
#[derive(Clone, Debug)]
pub(crate) struct Heading {
    pub(crate) line: u32,
    /// For each column of the file, from the first on.
    pub(crate) columns: Vec<Option<Column>>,
    pub(crate) unknown: Vec<Unknown>,
}

impl Heading {
    /// The heading that a row is, if it is one: whoever lists people names them, and something else.
    pub(crate) fn of(row: &Row) -> Option<Self> {
        let columns: Vec<Option<Column>> =
            row.cells.iter().map(|cell| Column::of_heading(&cell.shown())).collect();
        let known = |wanted: &dyn Fn(Column) -> bool| {
            columns.iter().flatten().filter(|column| wanted(**column)).count()
        };
        let named = known(&|column| column == Column::Name) > 0;
        let beside = known(&|column| !matches!(column, Column::Name | Column::ForReaders));
        if !(named && beside > 0 || beside > 2) {
            return None;
        }
        let unknown = row.cells.iter().enumerate().filter_map(|(column, cell)| {
            let heading = cell.shown();
            let unknown = columns[column].is_none() && !heading.is_empty();
            unknown.then(|| Unknown { column, heading: heading.into_owned() })
        });
        let unknown = unknown.collect();
        Some(Self { line: row.line, columns, unknown })
    }

    /// Takes up what a row below says of the columns; false where it is a line of the list.
    pub(crate) fn takes_up(&mut self, below: &Row) -> bool {
        let shown: Vec<_> = below.cells.iter().map(Cell::shown).collect();
        let said = || shown.iter().enumerate().filter(|(_, text)| !text.is_empty());
        if said().all(|(_, text)| matches!(key(text).as_str(), "nam" | "nu")) {
            for (column, text) in said() {
                let birth = match key(text).as_str() {
                    "nam" => Column::BirthMale,
                    _ => Column::BirthFemale,
                };
                if column >= self.columns.len() {
                    self.columns.resize(column + 1, None);
                }
                self.columns[column] = Some(birth);
                self.unknown.retain(|unknown| unknown.column != column);
            }
            return true;
        }
        // `(1) (2) (3)`, or `A B 1 2 3`.
        let number = |text: &str| {
            let text = key(text);
            let letter = text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
            letter || (text.len() < 3 && text.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let named = self.columns.iter().position(|column| *column == Some(Column::Name));
        said().count() > 1
            && said().all(|(_, text)| number(text))
            && named.is_some_and(|named| shown.get(named).is_some_and(|text| !text.is_empty()))
    }

    /// Refuses a heading without which nobody is known, or in which something is there twice.
    pub(crate) fn whole(&self) -> Result<(), Refused> {
        let line = self.line;
        let mut known: Vec<Column> = Vec::new();
        for column in self.columns.iter().flatten().copied() {
            if column != Column::ForReaders && known.contains(&column) {
                return Err(Refused::ColumnTwice { line, column });
            }
            known.push(column);
        }
        let mut missing = Vec::new();
        if !known.contains(&Column::Name) {
            missing.push(Column::Name);
        }
        let of_birth = [Column::Birth, Column::BirthMale, Column::BirthFemale];
        if !of_birth.iter().any(|column| known.contains(column)) {
            missing.push(Column::Birth);
        }
        if missing.is_empty() {
            return Ok(());
        }
        Err(Refused::ColumnsMissing { line, columns: missing })
    }

    /// Where a column stands.
    pub(crate) fn place(&self, wanted: Column) -> Option<usize> {
        self.columns.iter().position(|column| *column == Some(wanted))
    }
}
