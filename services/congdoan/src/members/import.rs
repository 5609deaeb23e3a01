//! `congdoan members import`: the people of a list become members.
//!
//! The list is read three times, as a stream: to count who is in it, to send them, and to write
//! down who was not taken. What is held of it is a number for each line.

mod refused;
mod send;

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use anyhow::ensure;
use aws_lc_rs::digest::{Context, SHA256};
use chassis::parse::civil;
use proto::membership::v1 as pb;
use proto::membership::v1::import_members_request::Header;
use serde_json::json;
use system::Client;
use uuid::Uuid;

use super::line::NOT_TAKEN;
use super::list::{open, refused as refuse, remarks};
use crate::cli::members::{Import, Kind};
use crate::fault::{CODE_UNKNOWN, FILE_INVALID, FILE_UNREADABLE, fault, fault_of};
use crate::language::{counted, tell};
use crate::organisation;
use crate::output::{is_json, line, print_json};
use crate::told::{file_name, may_be_repeated, words};

/// What a list has, before anything of it is sent.
struct Counted {
    /// The lines that are sent, as a spreadsheet numbers them.
    lines: Vec<u32>,
    /// How many are not, because something is wrong with them.
    ill: u32,
    /// The codes of unions that it names.
    unions: BTreeSet<String>,
    /// What there is to say of it.
    remarks: Vec<String>,
}

/// Takes them in, and writes down who was not taken.
pub async fn run(import: &Import) -> anyhow::Result<()> {
    let counted = count(&import.file)?;
    let corrected = refused::place(import)?;
    let import_id = import.request_id.map_or_else(|| named(import), Ok)?;
    let client = import.to.connect().await?;
    let unions = unions(&client, import, &counted.unions).await?;
    let header = header(import, import_id, &unions)?;
    let sending = send::Sending { file: &import.file, unions: &unions, lines: counted.lines.len() };
    let done = sending.send(&client, header).await.map_err(|error| {
        let context = broken_off(&import.file, import_id, &error);
        error.context(context)
    })?;
    let told = refused::told(&client, import_id, &counted.lines).await?;
    let written = refused::write(&import.file, &corrected, &told)?;
    report(import, import_id, &counted, &done, written.then_some(corrected.as_path()), &told)
}

/// Counts who is in a list.
fn count(file: &Path) -> anyhow::Result<Counted> {
    let mut people = open(file)?;
    let mut counted =
        Counted { lines: Vec::new(), ill: 0, unions: BTreeSet::new(), remarks: Vec::new() };
    for read in people.by_ref() {
        let read = read.map_err(|why| refuse(file, &why))?;
        match read.person {
            Ok(person) => {
                counted.lines.push(read.line);
                if !person.union.is_empty() {
                    counted.unions.insert(person.union);
                }
            }
            Err(_) => counted.ill += 1,
        }
    }
    counted.remarks = remarks(&people);
    let not_taken: Vec<&str> = NOT_TAKEN
        .iter()
        .filter(|column| people.columns().contains(&Some(**column)))
        .map(|column| column.heading())
        .collect();
    if !not_taken.is_empty() {
        let names = not_taken.join(", ");
        counted.remarks.push(tell!(
            "Sổ bộ chưa nhận các cột: {names}.",
            "The register does not take these columns yet: {names}."
        ));
    }
    Ok(counted)
}

/// What the id of an import is derived from: the same file under the same terms is the same import.
fn named(import: &Import) -> anyhow::Result<Uuid> {
    let mut digest = Context::new(&SHA256);
    let mut read = File::open(&import.file).map(BufReader::new);
    let mut chunk = [0; 64 << 10];
    let mut next = |chunk: &mut [u8]| match &mut read {
        Ok(read) => read.read(chunk),
        Err(error) => Err(std::io::Error::from(error.kind())),
    };
    loop {
        let length = next(&mut chunk).map_err(|error| {
            let (file, why) = (import.file.display(), words(&error));
            fault(
                FILE_UNREADABLE,
                tell!("không đọc được {file}: {why}", "cannot read {file}: {why}"),
            )
        })?;
        if length == 0 {
            break;
        }
        digest.update(&chunk[..length]);
    }
    let terms = format!(
        "{:?}",
        (
            &import.union,
            import.effective_on,
            import.how,
            &import.decision,
            import.issued_on,
            import.validate_only
        )
    );
    digest.update(terms.as_bytes());
    Ok(Uuid::new_v5(&Uuid::NAMESPACE_OID, digest.finish().as_ref()))
}

/// The ids of the unions that the command line and the list name, by their codes. A line whose code
/// nobody in scope bears is sent with the id of nobody: it is refused, as any other that is wrong,
/// and the rest of the list is taken.
async fn unions(
    client: &Client,
    import: &Import,
    named: &BTreeSet<String>,
) -> anyhow::Result<HashMap<String, String>> {
    let mut ids = HashMap::new();
    for code in named {
        let id = match organisation::today(client, code).await {
            Ok(found) => found.organisation_id,
            Err(error) if is_unknown(&error) => Uuid::nil().to_string(),
            Err(error) => return Err(error),
        };
        ids.insert(code.clone(), id);
    }
    if let Some(code) = &import.union {
        let found = organisation::today(client, code).await.map_err(|error| {
            // Which option it is: it is none of the list.
            match error.downcast::<crate::fault::Fault>() {
                Ok(unknown) if unknown.reason == CODE_UNKNOWN => {
                    fault_of(CODE_UNKNOWN, "--union", unknown.message)
                }
                Ok(other) => other.into(),
                Err(error) => error,
            }
        })?;
        ids.insert(code.clone(), found.organisation_id);
    }
    Ok(ids)
}

fn is_unknown(error: &anyhow::Error) -> bool {
    error.downcast_ref::<crate::fault::Fault>().is_some_and(|fault| fault.reason == CODE_UNKNOWN)
}

fn header(
    import: &Import,
    import_id: Uuid,
    unions: &HashMap<String, String>,
) -> anyhow::Result<Header> {
    let union = import.union.as_ref().and_then(|code| unions.get(code));
    ensure!(
        union.is_some() || !unions.is_empty(),
        tell!(
            "danh sách không có cột Mã công đoàn; hãy ghi --union",
            "the list has no column Mã công đoàn; say --union"
        )
    );
    let kind = match import.how {
        Kind::Admitted => pb::AdmissionKind::Admitted,
        Kind::Recognised => pb::AdmissionKind::Recognised,
        Kind::Readmitted => pb::AdmissionKind::Readmitted,
    };
    Ok(Header {
        request_id: import_id.to_string(),
        validate_only: import.validate_only,
        organisation_id: union.cloned().unwrap_or_default(),
        kind: kind.into(),
        effective_on: Some(civil(import.effective_on)),
        decision_number: import.decision.clone().unwrap_or_default(),
        decision_issued_on: import.issued_on.map(civil),
        ..Header::default()
    })
}

/// Says how to go on, where there is anything to go on with.
fn broken_off(file: &Path, import_id: Uuid, error: &anyhow::Error) -> String {
    let file = file.display();
    if may_be_repeated(error) {
        return tell!(
            "{file} chưa nhập xong; chạy lại đúng lệnh này để nhập tiếp từ chỗ dừng (lần nhập {import_id})",
            "{file} was not imported to its end; run the same command again to go on where it broke off \
             (the import is {import_id})"
        );
    }
    tell!("{file} chưa nhập xong", "{file} was not imported to its end")
}

/// Says what became of the list.
fn report(
    import: &Import,
    import_id: Uuid,
    list: &Counted,
    sent: &send::Sent,
    corrected: Option<&Path>,
    told: &refused::Told,
) -> anyhow::Result<()> {
    let done = &sent.import;
    let not_taken = i64::from(list.ill) + done.refused + done.candidates;
    if is_json() {
        print_json(&json!({
            "importId": import_id,
            "validateOnly": import.validate_only,
            "admitted": done.admitted,
            "alreadyMembers": done.already_members,
            "candidates": done.candidates,
            "refused": done.refused + i64::from(list.ill),
            "warned": done.warned,
            "corrected": corrected.map(|file| file.display().to_string()),
            "remarks": list.remarks,
        }));
    } else {
        for remark in list.remarks.iter().chain(&told.warnings) {
            line(remark);
        }
        if sent.done_before > 0 && !import.validate_only {
            let before = sent.done_before;
            let lines = counted(i64::try_from(before)?, "line was", "lines were");
            line(&tell!(
                "{before} dòng đã được nhập từ trước, theo đúng tệp này.",
                "{lines} done before, from this very file."
            ));
        }
        let (admitted, known) = (done.admitted, done.already_members);
        let people = counted(admitted, "person", "people");
        line(&match import.validate_only {
            true => tell!(
                "{admitted} người sẽ thành đoàn viên, {known} người đã là đoàn viên từ trước; chưa ghi gì.",
                "{people} would become members, {known} are members already; nothing was written."
            ),
            false => tell!(
                "{admitted} người đã thành đoàn viên, {known} người đã là đoàn viên từ trước.",
                "{people} became members, {known} were members already."
            ),
        });
    }
    let Some(corrected) = corrected else { return Ok(()) };
    let (file, into) = (file_name(&import.file), corrected.display());
    let lines = counted(not_taken, "line", "lines");
    Err(fault(
        FILE_INVALID,
        tell!(
            "{not_taken} dòng của {file} chưa được nhận; chúng được ghi ở {into} kèm lý do",
            "{lines} of {file} could not be taken; {into} has them with their reasons"
        ),
    ))
}
