//! The rows of a file as lines of an import, read apart from where calls are answered.

use std::io::{Seek, SeekFrom};

use chassis::parse::civil;
use chassis::refusal::{Failure, Refusal};
use proto::membership::v1 as pb;
use proto::membership::v1::list_import_lines_response::Cell;
use sheets::column::Column;
use sheets::people::{Fault, Line, Person};
use sheets::value::{Birth, IdentityKind, Sex};
use sheets::{Language, Limits, People};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::import::came::{Row, Unread};
use crate::import::spool::Opened;

/// Rows that are handed on together.
const ROWS: usize = 1_000;
/// So many times as many may wait to be taken.
const AHEAD: usize = 2;

/// What a list may say and the register does not take from it.
const NOT_TAKEN: [Column; 3] = [Column::Ethnicity, Column::HomePlace, Column::Address];

/// Rows of a file on their way; an empty one is its end.
pub type Rows = mpsc::Receiver<Result<Vec<Row>, Failure>>;

/// Reads a file to its end, and says what there is to say of it beside its lines; or why it is
/// refused.
pub fn look(file: &mut Opened, limits: Limits, language: Language) -> Result<Vec<String>, Failure> {
    let mut people = People::open(file, limits).map_err(refused)?;
    for line in people.by_ref() {
        line.map_err(refused)?;
    }
    Ok(remarks(&people, language))
}

fn refused(why: sheets::Refused) -> Failure {
    match why {
        sheets::Refused::Unreadable(error) => Failure::Failed(error.into()),
        why => Refused::FileRefused { fault: why.reason(), line: why.line().unwrap_or_default() }
            .into(),
    }
}

fn remarks<R: std::io::Read + Seek>(people: &People<R>, language: Language) -> Vec<String> {
    let say = |vi: String, en: String| match language {
        Language::Vietnamese => vi,
        Language::English => en,
    };
    let mut told = Vec::new();
    let (sheet, others) = people.sheets();
    if let Some(sheet) = sheet.filter(|_| !others.is_empty()) {
        let others = others.join(", ");
        told.push(say(
            format!("Chỉ đọc trang tính {sheet}; không đọc các trang {others}."),
            format!("Only the sheet {sheet} is read, and not {others}."),
        ));
    }
    if !people.unknown().is_empty() {
        let names: Vec<&str> = people.unknown().iter().map(|unknown| &*unknown.heading).collect();
        let names = names.join(", ");
        told.push(say(
            format!("Không đọc các cột: {names}."),
            format!("These columns are not read: {names}."),
        ));
    }
    let not_taken: Vec<&str> = NOT_TAKEN
        .iter()
        .filter(|column| people.columns().contains(&Some(**column)))
        .map(|column| column.heading())
        .collect();
    if !not_taken.is_empty() {
        let names = not_taken.join(", ");
        told.push(say(
            format!("Sổ bộ chưa nhận các cột: {names}."),
            format!("The register does not take these columns yet: {names}."),
        ));
    }
    told.extend(people.remarks().told(language));
    told
}

/// Reads a file again, and hands on its rows as they are wanted.
pub fn rows(mut file: Opened, limits: Limits) -> Rows {
    let (give, rows) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        let read = || -> Result<(), Failure> {
            file.seek(SeekFrom::Start(0)).map_err(anyhow::Error::new)?;
            let mut people = People::open(file, limits).map_err(refused)?;
            let mut some = Vec::with_capacity(ROWS);
            while let Some(line) = people.next() {
                some.push(row(line.map_err(refused)?, people.columns()));
                if some.len() == ROWS {
                    let full = std::mem::replace(&mut some, Vec::with_capacity(ROWS));
                    // Nobody takes any more: whoever asked has her answer.
                    if give.blocking_send(Ok(full)).is_err() {
                        return Ok(());
                    }
                }
            }
            if !some.is_empty() && give.blocking_send(Ok(some)).is_err() {
                return Ok(());
            }
            let _ = give.blocking_send(Ok(Vec::new()));
            Ok(())
        };
        if let Err(failure) = read() {
            let _ = give.blocking_send(Err(failure));
        }
    });
    rows
}

fn row(line: Line, columns: &[Option<Column>]) -> Row {
    let cells = line
        .cells
        .iter()
        .zip(columns)
        .filter_map(|(cell, column)| {
            let column = column.filter(|column| *column != Column::ForReaders)?;
            let text = cell.shown().into_owned();
            (!text.is_empty()).then(|| Cell { column: column.heading().to_string(), text })
        })
        .collect();
    let read = match line.person {
        Ok(person) => union(&person.union).map(|union| of(*person, union)),
        Err(faults) => Err(unread(&faults)),
    };
    Row { file_line: i32::try_from(line.line).unwrap_or(i32::MAX), cells, read }
}

/// The union that a list says: by its id, since codes are registry's.
fn union(said: &str) -> Result<String, Unread> {
    if said.is_empty() {
        return Ok(String::new());
    }
    let heading = Column::Union.heading();
    Uuid::try_parse(said).map(|union| union.to_string()).map_err(|_| Unread {
        refusal: unreadable(heading, "UNION_NO_ID", Column::Union.name()),
        vi: format!("{heading}: cần mã định danh (UUID) của công đoàn"),
        en: format!("{heading}: the id (UUID) of the union is needed"),
    })
}

fn unread(faults: &[Fault]) -> Unread {
    let told = |language| {
        let each: Vec<String> = faults.iter().map(|fault| fault.told(language)).collect();
        each.join("; ")
    };
    let (heading, name, fault) = match faults.first() {
        Some(Fault { column: Some(column), wrong, .. }) => {
            (column.heading(), column.name(), wrong.reason())
        }
        Some(fault) => ("?", "?", fault.wrong.reason()),
        None => ("?", "?", "?"),
    };
    Unread {
        refusal: unreadable(heading, fault, name),
        vi: told(Language::Vietnamese),
        en: told(Language::English),
    }
}

fn unreadable(column: &'static str, fault: &'static str, field: &str) -> Refusal {
    Refused::CellUnreadable { column, fault }.refusal().field(field)
}

/// A person of a list, as the contract writes her.
fn of(person: Person, organisation_id: String) -> pb::ImportLine {
    let identity = person.identity;
    let identity_kind = match identity.as_ref().map(|identity| identity.kind) {
        None => pb::IdentityKind::Unspecified,
        Some(IdentityKind::Citizen) => pb::IdentityKind::Citizen,
        Some(IdentityKind::OldCard) => pb::IdentityKind::OldCard,
        Some(IdentityKind::Passport) => pb::IdentityKind::Passport,
    };
    let (number, country) =
        identity.map(|identity| (identity.number, identity.country)).unwrap_or_default();
    let (birth_date, birth_year) = match person.birth {
        Some(Birth::Day(date)) => (Some(civil(date)), 0),
        Some(Birth::Year(year)) => (None, year),
        None => (None, 0),
    };
    let written = pb::PersonLine {
        name: person.name,
        sex: match person.sex {
            Some(Sex::Male) => pb::Sex::Male.into(),
            Some(Sex::Female) => pb::Sex::Female.into(),
            None => pb::Sex::Unspecified.into(),
        },
        birth_date,
        birth_year,
        identity_number: number,
        identity_kind: identity_kind.into(),
        identity_country: country,
        phone: person.phone.unwrap_or_default(),
        workplace: person.workplace,
        occupation: person.occupation,
        ..pb::PersonLine::default()
    };
    pb::ImportLine {
        person: Some(written),
        organisation_id,
        joined_on: person.joined_on.map(civil),
        is_another: person.is_another,
        ..pb::ImportLine::default()
    }
}
