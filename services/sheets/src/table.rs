//! A file as a stream of rows.

use std::io::{Read, Seek, SeekFrom};

use crate::cell::Row;
use crate::csv::Csv;
use crate::limits::Limits;
use crate::refused::{Other, Refused, TooMuch};
use crate::xlsx::Sheet;

/// A file as a stream of rows in which something stands, in their order. It ends at the first thing
/// for which it is refused.
pub struct Table<R> {
    rows: Rows<R>,
    ended: bool,
}

enum Rows<R> {
    Csv(Box<Csv<R>>),
    Xlsx(Box<Sheet<R>>),
}

impl<R: Read + Seek> Table<R> {
    /// Looks what a file is, and begins to read it. Of a workbook, the first sheet that is shown.
    pub fn open(mut source: R, limits: Limits) -> Result<Self, Refused> {
        let length = source.seek(SeekFrom::End(0))?;
        source.seek(SeekFrom::Start(0))?;
        if length == 0 {
            return Err(Refused::Empty);
        }
        if length > limits.file_bytes {
            return Err(Refused::TooMuch(TooMuch::Bytes));
        }
        let mut begins = Vec::with_capacity(512);
        source.by_ref().take(512).read_to_end(&mut begins)?;
        source.seek(SeekFrom::Start(0))?;
        let rows = match what(&begins) {
            What::Packed => Rows::Xlsx(Box::new(Sheet::open(source, length, limits)?)),
            What::Other(other) => return Err(Refused::Other(other)),
            What::Text => Rows::Csv(Box::new(Csv::new(source, limits))),
        };
        Ok(Self { rows, ended: false })
    }

    /// The sheet of a workbook that is read, and those beside it that are not.
    pub fn sheets(&self) -> (Option<&str>, &[String]) {
        match &self.rows {
            Rows::Csv(_) => (None, &[]),
            Rows::Xlsx(sheet) => (Some(sheet.name()), sheet.others()),
        }
    }
}

impl<R: Read + Seek> Iterator for Table<R> {
    type Item = Result<Row, Refused>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = match &mut self.rows {
            Rows::Csv(csv) => csv.next_row(),
            Rows::Xlsx(sheet) => sheet.next_row(),
        };
        self.ended = !matches!(next, Ok(Some(_)));
        next.transpose()
    }
}

enum What {
    Text,
    Packed,
    Other(Other),
}

/// What a file is, by how it begins.
fn what(begins: &[u8]) -> What {
    if begins.starts_with(b"PK\x03\x04") {
        return What::Packed;
    }
    if begins.starts_with(b"PK\x05\x06") {
        return What::Other(Other::Packed);
    }
    if begins.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return What::Other(Other::OldOrLocked);
    }
    if begins.starts_with(b"%PDF") || begins.starts_with(b"{\\rtf") {
        return What::Other(Other::Document);
    }
    for packed in [&b"\x1F\x8B"[..], b"7z\xBC\xAF", b"Rar!"] {
        if begins.starts_with(packed) {
            return What::Other(Other::Packed);
        }
    }
    let text = begins.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(begins);
    let text = text.trim_ascii_start().to_ascii_lowercase();
    for page in [&b"<html"[..], b"<!doctype", b"<table", b"<?xml", b"<meta", b"<style"] {
        if text.starts_with(page) {
            return What::Other(Other::WebPage);
        }
    }
    What::Text
}
