//! The records of a CSV text, as RFC 4180 has them.
//!
//! A quotation mark that is not where one may be is told, and not guessed at: what a lenient reader
//! makes of it is another name, or another number of cells. The rows below are read all the same.

use crate::cell::{Cell, Misquoted};
use crate::writing::formula::original;

/// One row, and how much of the text it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) cells: Vec<Cell>,
    pub(super) misquoted: Option<(usize, Misquoted)>,
    /// With the end of its line.
    pub(super) length: usize,
}

/// No spreadsheet has more columns: of a row with more cells, the rest is another row.
pub(super) const CELLS_MOST: usize = 16_384;
/// So many lines of a file are looked at for what separates its cells.
const LINES_JUDGED: usize = 50;

/// What separates the cells of a file that begins so: what the line with most of it has most of.
pub(super) fn separator(begins: &str) -> u8 {
    const CANDIDATES: [u8; 3] = [b',', b';', b'\t'];
    let (mut most, mut here) = ([0_usize; 3], [0_usize; 3]);
    let (mut within, mut lines) = (false, 0);
    for byte in begins.bytes() {
        match byte {
            b'"' => within = !within,
            _ if within => {}
            b'\n' | b'\r' => {
                (here, lines) = ([0; 3], lines + 1);
                if lines == LINES_JUDGED {
                    break;
                }
            }
            byte => {
                for (n, candidate) in CANDIDATES.iter().enumerate() {
                    here[n] += usize::from(byte == *candidate);
                    most[n] = most[n].max(here[n]);
                }
            }
        }
    }
    // Of as many, the one that stands in names least.
    let best = (0..CANDIDATES.len()).max_by_key(|n| most[*n]).unwrap_or_default();
    CANDIDATES[best]
}

/// The record that a text begins with; nothing where it may go on behind the text. Where the text
/// `ends`, nothing goes on.
pub(super) fn record(text: &str, separator: u8, ends: bool) -> Option<Record> {
    let mut reader = Reader { text, separator, at: 0, ends };
    let mut cells = Vec::new();
    loop {
        match reader.cell() {
            Err(Incomplete::More) => return None,
            Err(Incomplete::Misquoted(how)) => {
                // A mark that is not closed makes everything after it one cell: the rows below are
                // read as if there were none.
                let misquoted = Some((cells.len(), how));
                return Some(Record { cells, misquoted, length: first_line(text, ends)? });
            }
            Ok(_) if cells.len() > CELLS_MOST => {
                return Some(Record { cells, misquoted: None, length: reader.at });
            }
            Ok(cell) if cell.is_empty() => cells.push(Cell::Empty),
            Ok(cell) => cells.push(Cell::Text(original(cell))),
        }
        match reader.text.as_bytes().get(reader.at) {
            Some(byte) if *byte == separator => reader.at += 1,
            Some(_) => {
                let length = reader.at + end_of_line(&text[reader.at..], ends)?;
                return Some(Record { cells, misquoted: None, length });
            }
            None if ends => return Some(Record { cells, misquoted: None, length: text.len() }),
            None => return None,
        }
    }
}

enum Incomplete {
    /// The text has to be read on.
    More,
    Misquoted(Misquoted),
}

struct Reader<'a> {
    text: &'a str,
    separator: u8,
    at: usize,
    ends: bool,
}

impl<'a> Reader<'a> {
    fn cell(&mut self) -> Result<String, Incomplete> {
        if self.text.as_bytes().get(self.at) == Some(&b'"') {
            return self.quoted();
        }
        let plain = self.until_end_of_cell()?;
        if plain.trim_start_matches(' ').starts_with('"') {
            return Err(Incomplete::Misquoted(Misquoted::Late));
        }
        Ok(plain.to_owned())
    }

    /// A cell between quotation marks; within it, two stand for one.
    fn quoted(&mut self) -> Result<String, Incomplete> {
        let mut cell = String::new();
        self.at += 1;
        loop {
            let rest = &self.text[self.at..];
            let Some(mark) = rest.find('"') else {
                return Err(match self.ends {
                    true => Incomplete::Misquoted(Misquoted::Open),
                    false => Incomplete::More,
                });
            };
            cell.push_str(&rest[..mark]);
            self.at += mark + 1;
            match self.text.as_bytes().get(self.at) {
                Some(b'"') => {
                    cell.push('"');
                    self.at += 1;
                }
                // Whether it closes the cell is not known yet.
                None if !self.ends => return Err(Incomplete::More),
                _ => break,
            }
        }
        if !self.until_end_of_cell()?.trim().is_empty() {
            let goes_on = cell.contains(['\n', '\r']);
            let how = if goes_on { Misquoted::GoesOn } else { Misquoted::Follows };
            return Err(Incomplete::Misquoted(how));
        }
        Ok(cell)
    }

    fn until_end_of_cell(&mut self) -> Result<&'a str, Incomplete> {
        let rest = &self.text[self.at..];
        let separator = char::from(self.separator);
        let ends = match rest.find([separator, '\n', '\r']) {
            Some(ends) => ends,
            None if self.ends => rest.len(),
            None => return Err(Incomplete::More),
        };
        self.at += ends;
        Ok(&rest[..ends])
    }
}

/// How long the end of a line is: of Unix, of Windows, or of an old Mac.
fn end_of_line(rest: &str, ends: bool) -> Option<usize> {
    match rest.as_bytes() {
        [b'\r', b'\n', ..] => Some(2),
        [b'\r'] if !ends => None,
        [b'\r' | b'\n', ..] => Some(1),
        _ => Some(0),
    }
}

/// How long the first line of a text is.
fn first_line(text: &str, ends: bool) -> Option<usize> {
    match text.find(['\n', '\r']) {
        Some(at) => Some(at + end_of_line(&text[at..], ends)?),
        None => Some(text.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Record> {
        let (mut records, mut at) = (Vec::new(), 0);
        while at < text.len() {
            let record = record(&text[at..], b',', true).expect("the text ends");
            at += record.length;
            records.push(record);
        }
        records
    }

    fn cells(texts: &[&str]) -> Vec<Cell> {
        let cell = |text: &&str| match *text {
            "" => Cell::Empty,
            text => Cell::Text(text.to_owned()),
        };
        texts.iter().map(cell).collect()
    }

    #[test]
    fn cells_are_what_was_written() {
        for (text, expected) in [
            ("a,b\n", vec![cells(&["a", "b"])]),
            ("a,", vec![cells(&["a", ""])]),
            ("\"Hai, ba\",\"x \"\"y\"\"\" \r\n", vec![cells(&["Hai, ba", "x \"y\""])]),
            ("Ty \"Sao\",b\n", vec![cells(&["Ty \"Sao\"", "b"])]),
            ("a\r\rb\r", vec![cells(&["a"]), cells(&[""]), cells(&["b"])]),
            ("\"a\r\nb\",c\nd", vec![cells(&["a\r\nb", "c"]), cells(&["d"])]),
        ] {
            let read: Vec<Vec<Cell>> = read(text).into_iter().map(|record| record.cells).collect();
            assert_eq!(read, expected, "{text:?}");
        }
    }

    #[test]
    fn a_mark_where_none_may_be_is_told_and_the_rows_below_are_read() {
        use Misquoted::{Follows, GoesOn, Late, Open};
        for (text, expected) in [
            ("x,\"Quote \"giữa\",y\nz", (1, Follows)),
            ("x, \"a\",y\nz", (1, Late)),
            ("x,\"a\nz", (1, Open)),
            ("x,\"a,y\nz\"b\",y\n", (1, GoesOn)),
        ] {
            let read = read(text);
            assert_eq!(read[0].misquoted, Some(expected), "{text:?}");
            assert!(read.len() > 1 && read[1].misquoted.is_none(), "{text:?}");
        }
    }

    #[test]
    fn what_may_go_on_is_waited_for() {
        for text in ["a", "a,b", "\"a", "\"a\"", "\"a\nb", "a\r"] {
            assert_eq!(record(text, b',', false), None, "{text:?}");
        }
    }

    #[test]
    fn the_separator_is_what_a_heading_has_most_of() {
        for (text, expected) in [
            ("Danh sách, năm 2026\nSTT;Họ và tên;Ngày sinh\n", b';'),
            ("a\tb\tc, d\n", b'\t'),
            ("\"a;b;c\",d\n", b','),
            ("a\n", b'\t'),
        ] {
            assert_eq!(separator(text), expected, "{text:?}");
        }
    }
}
