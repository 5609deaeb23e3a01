//! A table as text, as RFC 4180 has it.

use std::io::{self, Write};

use super::formula::neutral;

/// A file that is being written.
pub(super) struct Csv<W: Write> {
    out: W,
}

impl<W: Write> Csv<W> {
    pub(super) fn begin(mut out: W) -> io::Result<Self> {
        out.write_all("\u{FEFF}".as_bytes())?;
        Ok(Self { out })
    }

    pub(super) fn row(&mut self, cells: &[impl AsRef<str>]) -> io::Result<()> {
        for (n, cell) in cells.iter().enumerate() {
            if n > 0 {
                self.out.write_all(b",")?;
            }
            self.cell(&neutral(cell.as_ref()))?;
        }
        self.out.write_all(b"\r\n")
    }

    fn cell(&mut self, text: &str) -> io::Result<()> {
        // What any reader may take for what separates cells; and blanks, which some take away.
        let quoted = text.contains([',', ';', '\t', '"', '\n', '\r'])
            || text.starts_with(char::is_whitespace)
            || text.ends_with(char::is_whitespace);
        if !quoted {
            return self.out.write_all(text.as_bytes());
        }
        write!(self.out, "\"{}\"", text.replace('"', "\"\""))
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}
