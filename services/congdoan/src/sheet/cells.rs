//! The cells of a CSV text, as RFC 4180 has them, each at the line where an editor shows it.
//!
//! A quotation mark that is not where one may be is told, and not guessed at: what a lenient reader
//! makes of it is another name, or another number of cells.

/// One line of a table; of several lines of the text where a cell goes on in the next.
#[derive(Debug, PartialEq, Eq)]
pub struct Record {
    /// Where it begins, as an editor counts it.
    pub line: u64,
    /// What stands in it; up to the first that cannot be read.
    pub cells: Vec<String>,
    /// What is wrong with which cell, from 0.
    pub misquoted: Option<(usize, Misquoted)>,
}

/// What is wrong with the quotation marks of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misquoted {
    /// It goes on in the next line: no office names anybody so.
    GoesOn,
    /// It is not closed before the text ends.
    Open,
    /// Something follows the mark that closes it.
    Follows,
    /// Blanks come before the mark that was to begin it.
    Late,
}

/// The lines of a table that are not empty.
pub fn records(text: &str, delimiter: u8) -> Vec<Record> {
    let mut reader = Reader { text, delimiter, at: 0, line: 1 };
    let mut records = Vec::new();
    while reader.peek().is_some() {
        if !reader.end_of_line() {
            records.push(reader.record());
        }
    }
    records
}

struct Reader<'a> {
    text: &'a str,
    delimiter: u8,
    at: usize,
    line: u64,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes the end of a line, if one is here: of Unix, of Windows, or of an old Mac.
    fn end_of_line(&mut self) -> bool {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += match rest {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => return false,
        };
        self.line += 1;
        true
    }

    fn record(&mut self) -> Record {
        let (line, begins) = (self.line, self.at);
        let mut cells = Vec::new();
        let mut misquoted = None;
        loop {
            match self.cell() {
                Ok(cell) => {
                    if misquoted.is_none() && cell.trim().contains(['\n', '\r']) {
                        misquoted = Some((cells.len(), Misquoted::GoesOn));
                    }
                    cells.push(cell);
                }
                Err(how) => {
                    // A mark that is not closed makes everything after it one cell: the lines below
                    // are read as if there were none.
                    (self.line, self.at) = (line, begins);
                    self.pass_line();
                    misquoted = misquoted.or(Some((cells.len(), how)));
                    return Record { line, cells, misquoted };
                }
            }
            if self.peek() == Some(self.delimiter) {
                self.at += 1;
                continue;
            }
            self.end_of_line();
            return Record { line, cells, misquoted };
        }
    }

    fn cell(&mut self) -> Result<String, Misquoted> {
        if self.peek() == Some(b'"') {
            return self.quoted();
        }
        let plain = self.until_end_of_cell().to_owned();
        if plain.trim_start().starts_with('"') {
            return Err(Misquoted::Late);
        }
        Ok(plain)
    }

    /// A cell between quotation marks; within it, two stand for one.
    fn quoted(&mut self) -> Result<String, Misquoted> {
        let mut cell = String::new();
        self.at += 1;
        loop {
            let rest = &self.text[self.at..];
            let Some(mark) = rest.find('"') else { return Err(Misquoted::Open) };
            cell.push_str(&rest[..mark]);
            self.at += mark + 1;
            if self.peek() != Some(b'"') {
                break;
            }
            cell.push('"');
            self.at += 1;
        }
        self.line += lines_of(&cell);
        if !self.until_end_of_cell().trim().is_empty() {
            let goes_on = cell.contains(['\n', '\r']);
            return Err(if goes_on { Misquoted::GoesOn } else { Misquoted::Follows });
        }
        Ok(cell)
    }

    fn until_end_of_cell(&mut self) -> &str {
        let rest = &self.text[self.at..];
        let delimiter = char::from(self.delimiter);
        let ends = rest.find([delimiter, '\n', '\r']).unwrap_or(rest.len());
        self.at += ends;
        &rest[..ends]
    }

    fn pass_line(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.find(['\n', '\r']).unwrap_or(rest.len());
        self.end_of_line();
    }
}

/// How many ends of lines there are in a text.
fn lines_of(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let ends = bytes.iter().enumerate().filter(|(at, byte)| match byte {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    });
    u64::try_from(ends.count()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Record> {
        records(text, b',')
    }

    fn record(line: u64, cells: &[&str]) -> Record {
        let cells = cells.iter().map(|cell| (*cell).to_owned()).collect();
        Record { line, cells, misquoted: None }
    }

    #[test]
    fn cells_are_what_was_written() {
        for (text, expected) in [
            ("a,b\n", vec![record(1, &["a", "b"])]),
            ("a,", vec![record(1, &["a", ""])]),
            ("\"Hai, ba\",\"x \"\"y\"\"\" \r\n", vec![record(1, &["Hai, ba", "x \"y\""])]),
            ("Ty \"Sao\",b\n", vec![record(1, &["Ty \"Sao\"", "b"])]),
            ("a\r\rb\r", vec![record(1, &["a"]), record(3, &["b"])]),
            ("\"a\r\n\",b\nc", vec![record(1, &["a\r\n", "b"]), record(3, &["c"])]),
            ("\"\",\"\"", vec![record(1, &["", ""])]),
        ] {
            assert_eq!(read(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_mark_where_none_may_be_is_told_and_the_lines_below_are_read() {
        use Misquoted::{Follows, GoesOn, Late, Open};
        for (text, expected, below) in [
            ("x,\"Quote \"giữa\",y\nz", (1, Follows), Some(2)),
            ("x,\"a\"\"\"b\",y\nz", (1, Follows), Some(2)),
            ("x, \"a\",y\nz", (1, Late), Some(2)),
            ("x,\"a\nz", (1, Open), Some(2)),
            ("\"a", (0, Open), None),
            // It swallows lines up to the next mark.
            ("x,\"a,y\nz,\"b\",y\n", (1, GoesOn), Some(2)),
            ("x,\"a\nb\",y\nz", (1, GoesOn), Some(3)),
        ] {
            let read = read(text);
            assert_eq!((read[0].line, read[0].misquoted), (1, Some(expected)), "{text:?}");
            assert_eq!(read.get(1).map(|record| record.line), below, "{text:?}");
        }
    }
}
