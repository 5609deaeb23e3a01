//! The rows of a sheet, each let go of when the next is read.

use std::io::{Read, Seek};

use time::{Date, Duration, Month};

use super::package::{Package, Part};
use super::parts::Workbook;
use super::texts::{Text, Texts};
use super::xml::{Element, Node, Xml, unescaped};
use crate::cell::{Cell, Row, whole};
use crate::limits::Limits;
use crate::refused::{Refused, TooMuch};

/// No sheet has more rows and columns.
const ROWS: u32 = 1_048_576;
const COLUMNS: usize = 16_384;

/// One sheet of a workbook.
pub(crate) struct Sheet<R> {
    xml: Xml<Part<R>>,
    workbook: Workbook,
    texts: Texts,
    limits: Limits,
    line: u32,
    cells: u64,
}

impl<R: Read + Seek> Sheet<R> {
    pub(crate) fn open(source: R, length: u64, limits: Limits) -> Result<Self, Refused> {
        let mut package = Package::open(source, length, limits)?;
        let workbook = Workbook::read(&mut package, &limits)?;
        let texts = match &workbook.texts_part {
            Some(part) => Texts::read(package.part(part)?, &limits)?,
            None => Texts::default(),
        };
        let xml = Xml::new(package.into_part(&workbook.sheet_part)?, &limits);
        Ok(Self { xml, workbook, texts, limits, line: 0, cells: 0 })
    }

    pub(crate) fn name(&self) -> &str {
        &self.workbook.sheet
    }

    pub(crate) fn others(&self) -> &[String] {
        &self.workbook.others
    }

    /// The next row in which something stands. Behind the last the part is read to its end, so that
    /// its checksum is looked at.
    pub(crate) fn next_row(&mut self) -> Result<Option<Row>, Refused> {
        loop {
            let depth = self.xml.depth();
            let said = match self.xml.next()? {
                Node::Over => return Ok(None),
                // A sheet, its data, a row.
                Node::Begins(element) if depth == 2 && element.name() == "row" => {
                    element.attribute("r")?.map(|number| number.parse::<u32>())
                }
                _ => continue,
            };
            let line = match said {
                Some(Ok(line)) => line,
                Some(Err(_)) => return Err(Refused::Damaged("a row")),
                None => self.line.saturating_add(1),
            };
            if line <= self.line || line > ROWS {
                return Err(Refused::Damaged("a row"));
            }
            if line > self.limits.rows {
                return Err(Refused::TooMuch(TooMuch::Rows));
            }
            self.line = line;
            let row = Row { line, cells: self.row()?, misquoted: None };
            if !row.is_empty() {
                return Ok(Some(row));
            }
        }
    }

    /// The cells of the row that has begun.
    fn row(&mut self) -> Result<Vec<Cell>, Refused> {
        let mut cells: Vec<Cell> = Vec::new();
        let mut column = 0;
        loop {
            let depth = self.xml.depth();
            let begun = match self.xml.next()? {
                Node::Over => return Err(Refused::Damaged("cut off")),
                Node::Ends if depth == 3 => break,
                Node::Begins(element) if depth == 3 && element.name() == "c" => {
                    Begun::of(&element, column)?
                }
                _ => continue,
            };
            self.cells += 1;
            if self.cells > self.limits.cells {
                return Err(Refused::TooMuch(TooMuch::Cells));
            }
            let at = begun.column;
            column = at + 1;
            let value = self.value(&begun)?;
            if value == Cell::Empty || value == Cell::Text(String::new()) {
                continue;
            }
            if at >= self.limits.columns {
                return Err(Refused::TooMuch(TooMuch::Columns));
            }
            // Room for what stands before it is small: columns are limited.
            cells.resize(at, Cell::Empty);
            cells.push(value);
        }
        Ok(cells)
    }

    /// What stands in the cell that has begun.
    fn value(&mut self, begun: &Begun) -> Result<Cell, Refused> {
        let mut text = Text::default();
        let mut value = String::new();
        let mut in_value = false;
        loop {
            let depth = self.xml.depth();
            match self.xml.next()? {
                Node::Over => return Err(Refused::Damaged("cut off")),
                Node::Remark => {}
                Node::Begins(element) => {
                    in_value = depth == 4 && element.name() == "v";
                    text.begins(element.name(), depth);
                }
                Node::Text(piece) if in_value => {
                    if value.len() + piece.len() > self.limits.cell_bytes {
                        return Err(Refused::TooMuch(TooMuch::Cell));
                    }
                    value.push_str(&piece);
                }
                Node::Text(piece) => text.goes_on(&piece, &self.limits)?,
                Node::Ends if depth == 4 => break,
                Node::Ends => {
                    in_value = false;
                    text.ends(depth);
                }
            }
        }
        let read = match begun.kind {
            Kind::Inline => Cell::Text(text.taken()),
            _ if value.is_empty() => Cell::Empty,
            Kind::Shared => {
                let number = value.trim().parse().map_err(|_| Refused::Damaged("a text"))?;
                let text = self.texts.get(number).ok_or(Refused::Damaged("a text"))?;
                Cell::Text(text.to_owned())
            }
            Kind::Text => Cell::Text(unescaped(&value).into_owned()),
            Kind::Truth => Cell::Truth(value.trim() == "1"),
            Kind::Error => Cell::Error(value),
            Kind::Day => day_written(&value).map_or(Cell::Text(value), Cell::Day),
            Kind::Number => {
                let number: f64 = value.trim().parse().map_err(|_| Refused::Damaged("a number"))?;
                let shows_day = self.workbook.shows_day.get(begun.format).copied();
                match shows_day.unwrap_or_default() {
                    true => self.day(number).unwrap_or(Cell::Number(value)),
                    false => Cell::Number(value),
                }
            }
        };
        Ok(read)
    }

    /// The day that a number is, by which workbooks keep it.
    fn day(&self, number: f64) -> Option<Cell> {
        if !(1.0..2_958_466.0).contains(&number) {
            return None;
        }
        if let Some(year) = whole_year(number) {
            return Some(Cell::YearAsDay(year));
        }
        let date = day_of(number, self.workbook.from_1904)?;
        Some(Cell::Day(date))
    }
}

/// A number that somebody typed for a year, into a cell for days: as a day it is one of 1905.
fn whole_year(number: f64) -> Option<u16> {
    let year = whole(&number.to_string()).and_then(|year| u16::try_from(year).ok());
    year.filter(|year| (1900..=2100).contains(year))
}

/// The day of a number: 1 is 1900-01-01, and there is a 29 February in 1900, which there was not.
pub(crate) fn day_of(number: f64, from_1904: bool) -> Option<Date> {
    // Below three millions: see above. What is behind the point is a time of the day.
    let days = number.trunc() as i64;
    let zero = match (from_1904, days) {
        (true, _) => Date::from_calendar_date(1904, Month::January, 1),
        (false, 60) => return None,
        (false, ..60) => Date::from_calendar_date(1899, Month::December, 31),
        (false, _) => Date::from_calendar_date(1899, Month::December, 30),
    };
    zero.ok()?.checked_add(Duration::days(days))
}

/// `2026-03-05T00:00:00`, as some programs write days.
fn day_written(text: &str) -> Option<Date> {
    let mut parts = text.trim().get(..10)?.split('-');
    let year = parts.next()?.parse().ok()?;
    let month = Month::try_from(parts.next()?.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year, month, parts.next()?.parse().ok()?).ok()
}

/// A cell of which its beginning was read.
struct Begun {
    column: usize,
    kind: Kind,
    format: usize,
}

enum Kind {
    Shared,
    Inline,
    Text,
    Truth,
    Error,
    Day,
    Number,
}

impl Begun {
    /// It stands where it says it does, or behind the one before.
    fn of(element: &Element<'_>, next: usize) -> Result<Self, Refused> {
        const WRONG: Refused = Refused::Damaged("a cell");
        let column = match element.attribute("r")? {
            Some(place) => column(&place).ok_or(WRONG)?,
            None => next,
        };
        if column < next || column >= COLUMNS {
            return Err(WRONG);
        }
        let format = element.attribute("s")?.and_then(|format| format.parse().ok());
        let kind = match element.attribute("t")?.as_deref() {
            Some("s") => Kind::Shared,
            Some("inlineStr") => Kind::Inline,
            Some("str") => Kind::Text,
            Some("b") => Kind::Truth,
            Some("e") => Kind::Error,
            Some("d") => Kind::Day,
            Some("n") | None => Kind::Number,
            Some(_) => return Err(WRONG),
        };
        Ok(Self { column, kind, format: format.unwrap_or_default() })
    }
}

/// The column of a place such as `AB12`, from 0.
fn column(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic);
    let mut column = 0_usize;
    for letter in letters {
        let digit = usize::from(letter.to_ascii_uppercase() - b'A') + 1;
        column = column.checked_mul(26)?.checked_add(digit)?;
        if column > COLUMNS {
            return None;
        }
    }
    column.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_that_excel_shows() {
        let day =
            |number: f64, from_1904: bool| day_of(number, from_1904).map(|day| day.to_string());
        assert_eq!(day(1.0, false).as_deref(), Some("1900-01-01"));
        assert_eq!(day(59.0, false).as_deref(), Some("1900-02-28"));
        assert_eq!(day(60.0, false), None);
        assert_eq!(day(61.0, false).as_deref(), Some("1900-03-01"));
        assert_eq!(day(33_024.75, false).as_deref(), Some("1990-05-31"));
        assert_eq!(day(31_562.0, true).as_deref(), Some("1990-05-31"));
    }

    #[test]
    fn places_are_understood() {
        assert_eq!(column("A1"), Some(0));
        assert_eq!(column("AB12"), Some(27));
        assert_eq!(column("XFD1"), Some(16_383));
        assert_eq!(column("1"), None);
        assert_eq!(column("ZZZZZZZZZZZZZZZZZZZ1"), None);
    }
}
