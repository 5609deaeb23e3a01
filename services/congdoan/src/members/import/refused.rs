//! The lines that were not taken, written to a file that can be corrected and sent as it is.

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use proto::membership::v1 as pb;
use proto::membership::v1::ImportOutcome as Outcome;
use proto::membership::v1::list_import_lines_response::Warning;
use sheets::column::Column;
use sheets::writing::Corrected;
use system::Client;
use uuid::Uuid;

use crate::cli::members::Import;
use crate::fault::{FILE_EXISTS, FILE_UNWRITABLE, fault};
use crate::language::{self, Language, tell};
use crate::members::line::column_of;
use crate::members::list::{format_of, open, refused, spoken};
use crate::told;

/// Lines that are asked for at once.
const PAGE: i32 = 500;
/// So many warnings are told.
const WARNINGS_TOLD: usize = 20;

/// What the register says of the lines of an import.
#[derive(Default)]
pub(super) struct Told {
    /// Why lines were not taken, by their numbers.
    not_taken: HashMap<i64, String>,
    /// What is unlikely of others, a sentence each.
    pub(super) warnings: Vec<String>,
}

/// Where lines that are not taken will be written: where the command line says, if nothing is there,
/// or else beside the list.
pub(super) fn place(import: &Import) -> anyhow::Result<PathBuf> {
    if let Some(corrected) = &import.corrected {
        if corrected.exists() {
            let shown = corrected.display();
            return Err(fault(
                FILE_EXISTS,
                tell!(
                    "đã có tệp {shown}, và nó không bị ghi đè; hãy chọn tên khác",
                    "{shown} is there already, and is not overwritten; choose another name"
                ),
            ));
        }
        return Ok(corrected.clone());
    }
    let end = match format_of(&import.file) {
        sheets::writing::Format::Xlsx => "xlsx",
        sheets::writing::Format::Csv => "csv",
    };
    let stem = import.file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut names = (1..).map(|n| match n {
        1 => format!("{stem}.refused.{end}"),
        n => format!("{stem}.refused-{n}.{end}"),
    });
    let free = names.find_map(|name| {
        let file = import.file.with_file_name(name);
        (!file.exists()).then_some(file)
    });
    Ok(free.unwrap_or_default())
}

/// Asks what became of the lines that want a look; `lines` is where each stands in the list.
pub(super) async fn told(client: &Client, import_id: Uuid, lines: &[u32]) -> anyhow::Result<Told> {
    let mut told = Told::default();
    let mut warned = 0_usize;
    let mut request = pb::ListImportLinesRequest {
        import_id: import_id.to_string(),
        outcome: Outcome::Unspecified.into(),
        page_size: PAGE,
        page_token: String::new(),
    };
    loop {
        let page = client.imports().list_import_lines(request.clone()).await;
        let page = page.map_err(told::told)?.into_inner();
        for line in page.lines {
            if let Some(reason) = reason(&line) {
                told.not_taken.insert(line.number, reason);
            }
            for warning in line.warnings() {
                warned += 1;
                if told.warnings.len() < WARNINGS_TOLD {
                    let place = usize::try_from(line.number).ok().and_then(|n| lines.get(n));
                    told.warnings.push(unlikely(place.copied().unwrap_or_default(), warning));
                }
            }
        }
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    if warned > told.warnings.len() {
        let more = warned - told.warnings.len();
        told.warnings.push(tell!("… và {more} lưu ý nữa", "… and {more} more"));
    }
    Ok(told)
}

/// Why a line was not taken, in the language of this process.
fn reason(line: &pb::list_import_lines_response::Line) -> Option<String> {
    match line.outcome() {
        Outcome::Refused => {
            let refusal = line.refusal.clone().unwrap_or_default();
            let said = match language::current() {
                Language::Vietnamese => refusal.vi,
                Language::English => refusal.en,
            };
            Some(match column_of(&refusal.field).map(Column::heading) {
                Some(heading) => format!("{heading}: {said}"),
                None => said,
            })
        }
        Outcome::Candidate => {
            let heading = Column::Another.heading();
            Some(tell!(
                "công đoàn đã có đoàn viên cùng họ tên và ngày sinh; nếu là người khác, đánh dấu x ở cột \
                 {heading} rồi nhập lại tệp này; nếu là một người, xóa dòng này",
                "the union has a member of this name and birth; if this is another person, put an x into the \
                 column {heading} and import this file; if she is the same, delete the line"
            ))
        }
        Outcome::Unspecified | Outcome::Admitted | Outcome::AlreadyMember => None,
    }
}

/// What is unlikely about a line, and may be true.
fn unlikely(line: u32, warning: Warning) -> String {
    let heading = Column::Identity.heading();
    match warning {
        Warning::IdentitySexDiffers => tell!(
            "dòng {line}: {heading} cho thấy giới tính khác; vẫn nhận, hãy xem lại",
            "line {line}: the {heading} says another sex; taken all the same, look at it again"
        ),
        Warning::IdentityYearDiffers => tell!(
            "dòng {line}: {heading} cho thấy năm sinh khác; vẫn nhận, hãy xem lại",
            "line {line}: the {heading} says another year of birth; taken all the same, look at it again"
        ),
        Warning::IdentityProvinceDiffers => tell!(
            "dòng {line}: {heading} cho thấy nơi khai sinh khác; vẫn nhận, hãy xem lại",
            "line {line}: the {heading} says another province of birth; taken all the same, look at it again"
        ),
        Warning::Unspecified => tell!("dòng {line}: hãy xem lại", "line {line}: look at it again"),
    }
}

/// Writes the lines of a list that were not sent or not taken; false where there are none.
pub(super) fn write(file: &Path, corrected: &Path, told: &Told) -> anyhow::Result<bool> {
    let unwritable = |error: std::io::Error| {
        let (shown, why) = (corrected.display(), told::words(&error));
        fault(
            FILE_UNWRITABLE,
            tell!("không ghi được {shown}: {why}", "cannot write {shown}: {why}"),
        )
    };
    let mut people = open(file)?;
    let (columns, unknown) = (people.columns().to_vec(), people.unknown().to_vec());
    let mut out: Option<Corrected<BufWriter<std::fs::File>>> = None;
    let mut number = 0;
    for read in people.by_ref() {
        let read = read.map_err(|why| refused(file, &why))?;
        let reasons: Vec<String> = match &read.person {
            Err(faults) => faults.iter().map(|fault| fault.told(spoken())).collect(),
            Ok(_) => {
                number += 1;
                told.not_taken.get(&(number - 1)).cloned().into_iter().collect()
            }
        };
        if reasons.is_empty() {
            continue;
        }
        if out.is_none() {
            let created = OpenOptions::new().write(true).create_new(true).open(corrected);
            let created = BufWriter::new(created.map_err(unwritable)?);
            let begun =
                Corrected::begin(created, format_of(corrected), &columns, &unknown, spoken());
            out = Some(begun.map_err(unwritable)?);
        }
        if let Some(out) = &mut out {
            out.line(read.line, &read.cells, &reasons).map_err(unwritable)?;
        }
    }
    match out {
        None => Ok(false),
        Some(out) => {
            out.finish().and_then(|mut out| out.flush()).map_err(unwritable)?;
            Ok(true)
        }
    }
}
