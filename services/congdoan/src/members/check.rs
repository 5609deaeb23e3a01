//! `congdoan members check`: what is wrong with a list, before it is sent.

use std::collections::HashMap;

use serde_json::{Value as Json, json};

use super::list::{open, refused, remarks, spoken};
use crate::cli::members::Check;
use crate::fault::{FILE_INVALID, fault};
use crate::language::{counted, tell};
use crate::output::{is_json, line, print_json};
use crate::told::file_name;

/// Reads the file to its end, and tells each fault as it is found.
pub fn run(check: &Check) -> anyhow::Result<()> {
    let mut people = open(&check.file)?;
    let (mut well, mut ill) = (0_u32, 0_u32);
    let mut fields: Vec<Json> = Vec::new();
    let mut numbers: HashMap<String, u32> = HashMap::new();
    let mut tell_fault = |number: u32, column: &str, reason: &str, what: &str| {
        if is_json() {
            fields.push(field(&file_name(&check.file), number, column, reason, what));
        } else {
            line(&tell!("dòng {number}: {what}", "line {number}: {what}"));
        }
    };
    for read in people.by_ref() {
        let read = read.map_err(|why| refused(&check.file, &why))?;
        let number = read.line;
        match read.person {
            Err(faults) => {
                ill += 1;
                for of_cell in faults {
                    let what = of_cell.told(spoken());
                    tell_fault(number, &of_cell.place, of_cell.wrong.reason(), &what);
                }
            }
            Ok(person) => {
                let identity = person.identity.map(|one| one.number).unwrap_or_default();
                match numbers.get(&identity) {
                    Some(before) if !identity.is_empty() => {
                        ill += 1;
                        let what = tell!(
                            "cùng số định danh với dòng {before}",
                            "it has the identity number of line {before}"
                        );
                        tell_fault(number, "", "NUMBER_REPEATED", &what);
                    }
                    _ => {
                        well += 1;
                        numbers.insert(identity, number);
                    }
                }
            }
        }
    }
    let remarks = remarks(&people);
    if is_json() {
        print_json(&json!({
            "file": file_name(&check.file),
            "people": well,
            "linesRefused": ill,
            "fields": fields,
            "remarks": remarks,
        }));
    } else {
        for remark in &remarks {
            line(remark);
        }
        let (people, lines) = (counted(well, "person", "people"), counted(ill, "line", "lines"));
        line(&tell!(
            "{well} người đọc được; {ill} dòng có lỗi. Chưa gửi gì.",
            "{people} can be read; {lines} cannot. Nothing was sent."
        ));
    }
    if ill == 0 {
        return Ok(());
    }
    let (file, lines) = (file_name(&check.file), counted(ill, "line", "lines"));
    Err(fault(
        FILE_INVALID,
        tell!("{file} có {ill} dòng có lỗi", "{file} has {lines} with something wrong"),
    ))
}

/// A fault as `--json` prints it, like those of every file.
fn field(file: &str, line: u32, column: &str, reason: &str, what: &str) -> Json {
    let place = tell!("dòng {line}", "line {line}");
    let place = if column.is_empty() { place } else { format!("{place}, {column}") };
    json!({
        "field": column,
        "place": format!("{file} {place}"),
        "file": file,
        "line": line,
        "column": column,
        "reason": reason,
        "message": what,
    })
}
