//! What stands in a table.

use std::borrow::Cow;

use time::Date;
use unicode_normalization::UnicodeNormalization;

/// What stands in a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// A text. All cells of a CSV file are.
    Text(String),
    /// A number, as the file writes it; never of a CSV file.
    Number(String),
    /// A number that the file shows as a day.
    Day(Date),
    /// A number that the file shows as a day, and that is the number of a year: somebody typed a year
    /// into a cell for days.
    YearAsDay(u16),
    /// True or false.
    Truth(bool),
    /// What a formula came to that came to nothing, such as `#N/A`.
    Error(String),
}

impl Cell {
    /// Whether nothing stands in it, or nothing that anybody sees.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => composed(text).is_empty(),
            _ => false,
        }
    }

    /// The text that a person would say stands in it, composed.
    pub fn shown(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) => Cow::Owned(composed(text)),
            Self::Number(number) => match whole(number) {
                Some(whole) => Cow::Owned(whole.to_string()),
                None => Cow::Borrowed(number),
            },
            Self::Day(date) => Cow::Owned(date_in_words(*date)),
            Self::YearAsDay(year) => Cow::Owned(year.to_string()),
            Self::Truth(truth) => Cow::Borrowed(if *truth { "TRUE" } else { "FALSE" }),
            Self::Error(error) => Cow::Borrowed(error),
        }
    }
}

/// A number of a workbook, where it is whole and exact: they are kept to fifteen digits.
pub(crate) fn whole(number: &str) -> Option<u64> {
    const EXACT: f64 = 999_999_999_999_999.0;
    let number: f64 = number.trim().parse().ok()?;
    let exact = number.fract() == 0.0 && (0.0..=EXACT).contains(&number);
    // Whole, not negative and below 2^53: nothing is lost.
    exact.then_some(number as u64)
}

/// A row in which something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// As a spreadsheet numbers it: empty rows count, and a cell of several lines is in one row.
    pub line: u32,
    /// From the first column on; none of the last ones is empty.
    pub cells: Vec<Cell>,
    /// What is wrong with its quotation marks, and in which cell, from 0: its cells are then those
    /// before it.
    pub misquoted: Option<(usize, Misquoted)>,
}

impl Row {
    /// What stands in a column, from 0.
    pub fn cell(&self, column: usize) -> &Cell {
        self.cells.get(column).unwrap_or(&Cell::Empty)
    }

    /// Whether nothing is in it that anybody sees.
    pub fn is_empty(&self) -> bool {
        self.misquoted.is_none() && self.cells.iter().all(Cell::is_empty)
    }
}

/// What is wrong with the quotation marks of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misquoted {
    /// It is not closed: it would take what is left of the file, or more than a row may hold.
    Open,
    /// Something follows the mark that closes it.
    Follows,
    /// It swallowed the row below, and something follows.
    GoesOn,
    /// Blanks come before the mark that was to begin it.
    Late,
}

/// What was typed: composed, on one line, with single blanks and without what nobody sees.
pub fn composed(text: &str) -> String {
    let mut composed = String::with_capacity(text.len());
    let mut blank = false;
    for letter in text.nfc() {
        match letter {
            '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'
            | '\u{FEFF}'
            | '\u{AD}' => {}
            letter if letter.is_whitespace() || letter.is_control() => blank = true,
            letter => {
                if blank && !composed.is_empty() {
                    composed.push(' ');
                }
                blank = false;
                composed.push(letter);
            }
        }
    }
    composed
}

/// `31/05/1990`.
pub fn date_in_words(date: Date) -> String {
    format!("{:02}/{:02}/{:04}", date.day(), u8::from(date.month()), date.year())
}

/// A column as a spreadsheet names it, from 0: `A`, `Z`, `AA`.
pub fn column_name(mut column: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + u8::try_from(column % 26).unwrap_or_default()));
        if column < 26 {
            break;
        }
        column = column / 26 - 1;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_goes_and_tones_are_composed() {
        assert_eq!(composed(" Nguyê\u{303}n\u{A0}\n Thi\u{323} \u{200B}"), "Nguyễn Thị");
        assert!(Cell::Text("\u{FEFF} \u{A0}".to_owned()).is_empty());
    }

    #[test]
    fn columns_are_named_as_a_spreadsheet_names_them() {
        let names: Vec<String> = [0, 25, 26, 51, 52, 701, 702].map(column_name).to_vec();
        assert_eq!(names, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn a_number_is_whole_where_nothing_is_lost() {
        for (number, expected) in [
            ("999012345678", Some(999_012_345_678)),
            ("9.99012345678E11", Some(999_012_345_678)),
            ("1990.0", Some(1990)),
            ("1990.5", None),
            ("-1", None),
            ("1e300", None),
            ("nan", None),
        ] {
            assert_eq!(whole(number), expected, "{number}");
        }
    }
}
