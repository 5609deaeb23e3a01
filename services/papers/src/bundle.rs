//! Several documents in one file, written as a stream: nothing is held of what is written.

use std::io::{self, Write};

use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

/// A packed file (ZIP) that is being written. It is whole only when it was finished.
pub struct Bundle<W: Write>(ZipWriter<StreamWriter<W>>);

impl<W: Write> Bundle<W> {
    /// Begins one.
    pub fn begin(out: W) -> Self {
        Self(ZipWriter::new_stream(out))
    }

    /// Adds a file. PDF and XLSX are packed already: they are stored as they are.
    pub fn file(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        let packed = name.ends_with(".pdf") || name.ends_with(".xlsx");
        let method = if packed { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options = SimpleFileOptions::default().compression_method(method);
        self.0.start_file(name, options)?;
        self.0.write_all(content)
    }

    /// Writes what comes behind the last file.
    pub fn finish(self) -> io::Result<W> {
        let mut out = self.0.finish()?.into_inner();
        out.flush()?;
        Ok(out)
    }
}

/// A name that every file system takes: letters and digits as they are, and a hyphen for the rest.
pub fn file_name(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars().take(80) {
        match letter {
            letter if letter.is_alphanumeric() => out.push(letter),
            _ if out.ends_with('-') || out.is_empty() => {}
            _ => out.push('-'),
        }
    }
    let out = out.trim_end_matches('-');
    if out.is_empty() { "bao-cao".to_string() } else { out.to_string() }
}
