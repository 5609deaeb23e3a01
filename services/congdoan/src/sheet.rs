//! A table in a file, as an office makes one: CSV, lines as an editor counts them.
//!
//! Everything that is wrong with its form is told here, by line and column, in words; what its
//! cells mean is for whoever asked for it. The heading is line 1.

mod cells;

use std::collections::HashMap;
use std::fmt;

use serde_json::{Value as Json, json};
use unicode_normalization::UnicodeNormalization;

use self::cells::{Misquoted, Record};
use crate::fault::{FILE_INVALID, fault};
use crate::language::{counted, tell};

/// So many faults of a file are told.
const FAULTS_TOLD: usize = 20;

/// A column that a file may have.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// As the heading writes it.
    pub name: &'static str,
    /// No file is without it.
    pub required: bool,
}

/// A column that no file is without.
pub const fn required(name: &'static str) -> Column {
    Column { name, required: true }
}

/// A column that may be left out.
pub const fn optional(name: &'static str) -> Column {
    Column { name, required: false }
}

/// A line of a file.
#[derive(Clone, Debug)]
pub struct Row {
    /// As an editor counts it; the heading is line 1.
    pub line: u64,
    cells: HashMap<&'static str, String>,
}

impl Row {
    /// What stands in a column; nothing where the file does not have it.
    pub fn cell(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// Something that is wrong with a line.
#[derive(Debug)]
struct Fault {
    line: u64,
    column: Option<String>,
    what: String,
}

/// What is wrong with a file: lines with what is wrong there.
#[derive(Debug, Default)]
pub struct Faults {
    /// As its person calls it, where that is known.
    file: Option<String>,
    all: Vec<Fault>,
}

impl Faults {
    /// Something is wrong with a line.
    pub fn tell(&mut self, line: u64, what: impl Into<String>) {
        self.all.push(Fault { line, column: None, what: what.into() });
    }

    /// Something is wrong with a line, and where it was found, with which column.
    pub fn tell_error(&mut self, line: u64, error: &anyhow::Error) {
        let column = error.chain().find_map(|cause| cause.downcast_ref::<InColumn>());
        let column = column.map(|in_column| in_column.column.to_owned());
        self.all.push(Fault { line, column, what: format!("{error:#}") });
    }

    /// Something is wrong with a column of a line.
    fn tell_in(&mut self, line: u64, column: Option<&str>, what: String) {
        self.all.push(Fault { line, column: column.map(str::to_owned), what });
    }

    /// Refuses the file if anything is wrong with it.
    pub fn none(mut self) -> anyhow::Result<()> {
        if self.all.is_empty() {
            return Ok(());
        }
        self.all.sort_by_key(|fault| fault.line);
        Err(self.into())
    }

    fn one(line: u64, what: String) -> anyhow::Error {
        let mut faults = Self::default();
        faults.tell(line, what);
        faults.into()
    }

    /// Each of them, as `--json` prints it.
    pub fn json(&self) -> Vec<Json> {
        let file = self.file.clone().unwrap_or_default();
        let each = self.all.iter().map(|Fault { line, column, what }| {
            let column = column.clone().unwrap_or_default();
            let place = tell!("dòng {line}", "line {line}");
            let place = [file.clone(), place].join(" ");
            let place = if column.is_empty() { place } else { format!("{place}, {column}") };
            json!({
                "field": column,
                "place": place.trim(),
                "file": file,
                "line": line,
                "column": column,
                "reason": FILE_INVALID,
                "message": what,
            })
        });
        each.collect()
    }
}

/// Says in which file it is, where something is wrong with one.
pub fn in_file(error: anyhow::Error, file: &str) -> anyhow::Error {
    match error.downcast::<Faults>() {
        Ok(faults) => Faults { file: Some(file.to_owned()), ..faults }.into(),
        Err(error) => error,
    }
}

/// Something that is wrong with a column; the sentence names it.
#[derive(Debug)]
struct InColumn {
    column: &'static str,
    said: String,
}

impl fmt::Display for InColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said)
    }
}

impl std::error::Error for InColumn {}

/// Something that is wrong with a column, in a sentence that names it.
pub fn in_column(column: &'static str, said: String) -> anyhow::Error {
    InColumn { column, said }.into()
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, Fault { line, what, .. }) in self.all.iter().take(FAULTS_TOLD).enumerate() {
            if n > 0 || self.all.len() > 1 {
                f.write_str("\n  ")?;
            }
            f.write_str(&tell!("dòng {line}: {what}", "line {line}: {what}"))?;
        }
        let rest = self.all.len().saturating_sub(FAULTS_TOLD);
        if rest > 0 {
            let more =
                counted(i64::try_from(rest).unwrap_or(i64::MAX), "fault more", "faults more");
            f.write_str(&tell!("\n  … và {rest} lỗi nữa", "\n  … and {more}"))?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

/// Reads a file with these columns, in any order; lines without anything in them are passed over.
/// Letters are composed as they are typed nowadays, and blanks around them go.
pub fn read(content: &[u8], columns: &[Column]) -> anyhow::Result<Vec<Row>> {
    let text = text(content)?;
    let first = text.lines().next().unwrap_or_default();
    let delimiter = match first {
        line if line.contains(',') => b',',
        // As spreadsheets write it where the comma is the decimal mark.
        line if line.contains(';') => b';',
        line if line.contains('\t') => b'\t',
        _ => b',',
    };
    let mut records = cells::records(text, delimiter).into_iter();
    let Some(heading) = records.next() else {
        return Err(fault(FILE_INVALID, tell!("tệp trống", "the file is empty")));
    };
    let heading = understood(&heading, columns)?;
    let mut rows = Vec::new();
    let mut faults = Faults::default();
    for record in records {
        let line = record.line;
        // What a mark is wrong with is told first: a line that it swallows has no cells to count.
        if let Some((n, how)) = record.misquoted {
            let column = heading.get(n).copied();
            faults.tell_in(line, column, misquoted(column, n, how));
            continue;
        }
        if record.cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if record.cells.len() != heading.len() {
            let (has, wants) = (record.cells.len(), heading.len());
            let cells = counted(i64::try_from(has).unwrap_or(i64::MAX), "cell", "cells");
            faults.tell(
                line,
                tell!(
                    "có {has} ô, mà tiêu đề có {wants} cột",
                    "it has {cells}, and the heading has {wants} columns"
                ),
            );
            continue;
        }
        let cells = heading.iter().copied().zip(record.cells.iter().map(|cell| composed(cell)));
        rows.push(Row { line, cells: cells.collect() });
    }
    faults.none()?;
    if rows.is_empty() {
        return Err(fault(
            FILE_INVALID,
            tell!("tệp không có dòng nào dưới tiêu đề", "there is no line below the heading"),
        ));
    }
    Ok(rows)
}

/// What is wrong with the quotation marks of a cell, in words.
fn misquoted(column: Option<&str>, n: usize, how: Misquoted) -> String {
    let cell = match column {
        Some(name) => name.to_owned(),
        None => (n + 1).to_string(),
    };
    match how {
        Misquoted::GoesOn => tell!(
            "ô {cell} kéo dài sang dòng sau; có dấu ngoặc kép \" nào chưa đóng không?",
            "the cell {cell} goes on in the next line; is a quotation mark \" not closed?"
        ),
        Misquoted::Open => tell!(
            "dấu ngoặc kép \" mở đầu ô {cell} chưa được đóng",
            "the quotation mark \" that begins the cell {cell} is not closed"
        ),
        Misquoted::Follows => tell!(
            "trong ô {cell} còn chữ sau dấu ngoặc kép \" đóng ô; dấu ngoặc kép ở giữa ô ghi hai lần: \"\"",
            "in the cell {cell} something follows the quotation mark \" that closes it; a mark within a \
             cell is written twice: \"\""
        ),
        Misquoted::Late => tell!(
            "ô {cell} có khoảng trắng trước dấu ngoặc kép \" mở đầu",
            "the cell {cell} has blanks before the quotation mark \" that begins it"
        ),
    }
}

/// The file as text, or the line from which it is none.
fn text(content: &[u8]) -> anyhow::Result<&str> {
    if content.starts_with(&[0xFF, 0xFE]) || content.starts_with(&[0xFE, 0xFF]) {
        return Err(Faults::one(1, not_utf8()));
    }
    // Spreadsheets mark UTF-8 so.
    let content = content.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(content);
    std::str::from_utf8(content).map_err(|error| {
        let before = &content[..error.valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        Faults::one(u64::try_from(line).unwrap_or_default(), not_utf8())
    })
}

fn not_utf8() -> String {
    tell!(
        "chữ không đọc được; hãy lưu tệp thành \"CSV UTF-8\" (mã Unicode, không phải TCVN3 hay VNI)",
        "its letters cannot be read; save the file as \"CSV UTF-8\" (Unicode, neither TCVN3 nor VNI)"
    )
}

/// The columns in the order of the heading.
fn understood(heading: &Record, columns: &[Column]) -> anyhow::Result<Vec<&'static str>> {
    let names = || columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
    let mut faults = Faults::default();
    let mut known: Vec<&'static str> = Vec::with_capacity(heading.cells.len());
    let mut unknown: Vec<String> = Vec::new();
    if let Some((n, how)) = heading.misquoted {
        return Err(Faults::one(heading.line, misquoted(None, n, how)));
    }
    for cell in &heading.cells {
        let cell = composed(cell).to_lowercase();
        match columns.iter().find(|column| column.name == cell) {
            Some(column) if known.contains(&column.name) => {
                let twice = tell!("cột {cell} có hai lần", "the column {cell} is there twice");
                faults.tell_in(1, Some(column.name), twice);
            }
            Some(column) => known.push(column.name),
            None => unknown.push(format!("\"{cell}\"")),
        }
    }
    if !unknown.is_empty() {
        let (names, unknown) = (names(), unknown.join(", "));
        faults.tell(
            1,
            tell!(
                "không có cột nào tên {unknown}; các cột là: {names}",
                "there is no column {unknown}; the columns are: {names}"
            ),
        );
    }
    // Where names are misspelt, what they miss is not told once more.
    if faults.all.is_empty() {
        for column in columns.iter().filter(|column| column.required) {
            if !known.contains(&column.name) {
                let name = column.name;
                let missing = tell!("thiếu cột {name}", "the column {name} is missing");
                faults.tell_in(1, Some(name), missing);
            }
        }
    }
    faults.none()?;
    Ok(known)
}

/// What was typed, composed, without blanks around it and without marks that nobody sees.
pub fn composed(text: &str) -> String {
    let seen: String = text
        .nfc()
        .filter(|letter| !matches!(letter, '\u{200B}' | '\u{200C}' | '\u{200D}' | '\u{FEFF}'))
        .map(|letter| if letter == '\u{A0}' { ' ' } else { letter })
        .collect();
    seen.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 3] = [required("code"), required("name"), optional("sector")];

    fn told(content: &[u8]) -> String {
        format!("{:#}", read(content, &COLUMNS).expect_err("refused"))
    }

    #[test]
    fn lines_are_those_of_an_editor() {
        let rows =
            read(b"code,name\r\nA,Mot\r\n\r\n,\r\nB,\"Hai, ba\"\r\n", &COLUMNS).expect("read");
        let lines: Vec<(u64, &str)> = rows.iter().map(|row| (row.line, row.cell("code"))).collect();
        assert_eq!(lines, [(2, "A"), (5, "B")]);
        assert_eq!((rows[1].cell("name"), rows[1].cell("sector")), ("Hai, ba", ""));
    }

    #[test]
    fn a_file_of_a_spreadsheet_is_read() {
        let rows = read("\u{FEFF}Code;Name\nA; Ha\u{300}\u{A0}Nội \n".as_bytes(), &COLUMNS);
        assert_eq!(rows.expect("read")[0].cell("name"), "Hà Nội");
    }

    #[test]
    fn what_is_wrong_is_told_by_line_and_in_words() {
        for (content, expected) in [
            (&b""[..], "the file is empty"),
            (b"code,name\n", "there is no line below the heading"),
            (b"code,name\nA,Mot\nB\n", "line 3: it has 1 cell, and the heading has 2 columns"),
            (
                b"code,nmae\nA,B\n",
                "line 1: there is no column \"nmae\"; the columns are: code, name, sector",
            ),
            (b"code,code,name\nA,B,C\n", "line 1: the column code is there twice"),
            (b"code\nA\n", "line 1: the column name is missing"),
            (
                b"code,name\nA,\"Mot\nB,Hai\n",
                "line 2: the quotation mark \" that begins the cell name is not closed",
            ),
            (b"code,name\nA,\"Mot\nhai\"\n", "line 2: the cell name goes on in the next line"),
            (b"code,name\nA,\"Mot\nB,\"Hai\"\n", "line 2: the cell name goes on in the next line"),
            (
                b"code,name\nA,\"Mot \"hai\"\n",
                "line 2: in the cell name something follows the quotation mark",
            ),
            (
                b"code,name\nA, \"Mot\"\n",
                "line 2: the cell name has blanks before the quotation mark",
            ),
            (b"code,\"na\"me\nA,B\n", "line 1: in the cell 2 something follows"),
        ] {
            let told = told(content);
            assert!(told.contains(expected), "{told}");
        }
        for bad in [&b"code,name\nA,B\nC,\xE0\n"[..], b"\xFF\xFEc\0o\0"] {
            let told = told(bad);
            assert!(told.contains("CSV UTF-8") && !told.contains("byte"), "{told}");
        }
        assert!(told(b"code,name\nA,B\nC,\xE0\n").starts_with("line 3: "));
        assert!(told(b"code,name\nA\nB\nC,D\n").contains("\n  line 2: "));
        // Lines below one that swallows them are read all the same.
        let both = told(b"code,name\nA,\"Mot\nB,Hai,Ba\nC,D\n");
        assert!(
            both.contains("line 2: the quotation") && both.contains("line 3: it has 3"),
            "{both}"
        );
    }
}
