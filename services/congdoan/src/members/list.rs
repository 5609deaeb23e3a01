//! A list of people in a file that the command line names.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use sheets::writing::Format;
use sheets::{Limits, People, Refused};

use crate::fault::{FILE_INVALID, FILE_UNREADABLE, fault};
use crate::language::{self, tell};
use crate::told::words;

/// The language of this process, as files are answered in it.
pub(super) fn spoken() -> sheets::Language {
    match language::current() {
        language::Language::Vietnamese => sheets::Language::Vietnamese,
        language::Language::English => sheets::Language::English,
    }
}

/// In which form a file of this name is written.
pub(super) fn format_of(file: &Path) -> Format {
    let end = file.extension().unwrap_or_default();
    if end.eq_ignore_ascii_case("xlsx") { Format::Xlsx } else { Format::Csv }
}

/// Opens a list, and finds its heading.
pub(super) fn open(file: &Path) -> anyhow::Result<People<BufReader<File>>> {
    let opened = File::open(file).map_err(|error| refused(file, &Refused::Unreadable(error)))?;
    People::open(BufReader::new(opened), Limits::default()).map_err(|why| refused(file, &why))
}

/// Says why a file is not read, or not read further.
pub(super) fn refused(file: &Path, why: &Refused) -> anyhow::Error {
    let file = file.display();
    if let Refused::Unreadable(error) = why {
        let why = words(error);
        return fault(
            FILE_UNREADABLE,
            tell!("không đọc được {file}: {why}", "cannot read {file}: {why}"),
        );
    }
    let why = why.told(spoken());
    fault(FILE_INVALID, format!("{file}: {why}"))
}

/// What there is to say of the file beside its lines.
pub(super) fn remarks(people: &People<BufReader<File>>) -> Vec<String> {
    let mut told = Vec::new();
    let (sheet, others) = people.sheets();
    if let Some(sheet) = sheet.filter(|_| !others.is_empty()) {
        let others = others.join(", ");
        told.push(tell!(
            "Chỉ đọc trang tính {sheet}; không đọc các trang {others}.",
            "Only the sheet {sheet} is read, and not {others}."
        ));
    }
    if !people.unknown().is_empty() {
        let names: Vec<&str> = people.unknown().iter().map(|unknown| &*unknown.heading).collect();
        let names = names.join(", ");
        told.push(tell!("Không đọc các cột: {names}.", "These columns are not read: {names}."));
    }
    told.extend(people.remarks().told(spoken()));
    told
}
