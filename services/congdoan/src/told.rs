//! What went wrong, as a person should read it: in one language, in words of the office, at the
//! place where she can mend it.

use std::collections::HashMap;
use std::fmt::{self, Write};
use std::io;
use std::path::Path;

use chassis::access::roles;
use serde_json::{Value as Json, json};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::fault::{
    self, FAILED, FILE_EXISTS, FILE_INVALID, FILE_UNREADABLE, FILE_UNWRITABLE, Fault, fault,
};
use crate::language::{Language, counted, current, tell};
use crate::sheet::Faults;

/// A refusal, or another answer that is none.
#[derive(Debug)]
pub struct Told {
    status: Status,
    /// Where the fields at fault stand for a person: `steps.csv line 12, superior`.
    places: HashMap<String, String>,
    /// What the person may want to know besides, in her language.
    besides: Vec<String>,
}

/// A refusal as a person should read it: the text in her language, every field at fault, and
/// the reason by which the contracts document it.
pub fn told(status: Status) -> anyhow::Error {
    Told::of(&status).into()
}

/// The same, with fields named as the person knows them.
pub fn told_at(status: Status, place: impl Fn(&str) -> Option<String>) -> anyhow::Error {
    placed(told(status), place)
}

/// Names the fields of a refusal as the person knows them; another error stays as it is.
pub fn placed(error: anyhow::Error, place: impl Fn(&str) -> Option<String>) -> anyhow::Error {
    match error.downcast::<Told>() {
        Ok(mut told) => {
            let details = told.status.get_error_details();
            let violations = details.bad_request().map(|bad| &*bad.field_violations);
            for violation in violations.unwrap_or_default() {
                if let Some(place) = place(&violation.field) {
                    told.places.insert(violation.field.clone(), place);
                }
            }
            told.into()
        }
        Err(error) => error,
    }
}

/// Adds what the person may want to know besides; another error stays as it is.
pub fn besides(error: anyhow::Error, lines: Vec<String>) -> anyhow::Error {
    match error.downcast::<Told>() {
        Ok(mut told) => {
            told.besides.extend(lines);
            told.into()
        }
        Err(error) => error,
    }
}

/// Whether the same call may succeed when it is repeated: nothing was wrong with it.
pub fn may_be_repeated(error: &anyhow::Error) -> bool {
    let Some(told) = error.downcast_ref::<Told>() else { return false };
    matches!(
        told.status.code(),
        Code::Unavailable
            | Code::DeadlineExceeded
            | Code::Internal
            | Code::Unknown
            | Code::Cancelled
            | Code::Aborted
            | Code::ResourceExhausted
    )
}

impl Told {
    fn of(status: &Status) -> Self {
        Self { status: status.clone(), places: HashMap::new(), besides: Vec::new() }
    }

    /// A number or a code beside the reason.
    fn beside(details: &ErrorDetails, key: &str) -> Option<String> {
        details.error_info().and_then(|info| info.metadata.get(key).cloned())
    }

    /// What a field at fault is called here.
    fn place<'a>(&'a self, field: &'a str) -> &'a str {
        self.places.get(field).map_or_else(|| usual_place(field), String::as_str)
    }

    /// The text as a whole.
    fn text(&self, language: Language) -> String {
        let details = self.status.get_error_details();
        let text = self.sentence(&details, language);
        let mut told = text.clone();
        if let Some(info) = details.error_info() {
            let _ = write!(told, " [{} {}]", info.domain, info.reason);
        }
        let violations = details.bad_request().map(|bad| &*bad.field_violations);
        let violations = violations.unwrap_or_default();
        for violation in violations {
            let localized = violation.localized_message.as_ref().map(|said| &*said.message);
            let said = localized.filter(|said| !said.is_empty()).unwrap_or(&violation.description);
            let place = self.place(&violation.field);
            // A refusal of one field says the same in both places.
            match said {
                "" => _ = write!(told, "\n  {place}"),
                said if said == text => _ = write!(told, "\n  {place}"),
                said => _ = write!(told, "\n  {place}: {said}"),
            }
        }
        let refused = Self::beside(&details, "refused").and_then(|count| count.parse().ok());
        let rest = refused.unwrap_or(0_i64) - lines_of(violations.iter().map(|one| &*one.field));
        if rest > 0 && !violations.is_empty() {
            let more = match language {
                Language::Vietnamese => format!("\n  … và {rest} dòng nữa"),
                Language::English => {
                    format!("\n  … and {}", counted(rest, "line more", "lines more"))
                }
            };
            told.push_str(&more);
        }
        for hint in self.besides.iter().cloned().chain(self.hints(&details, language)) {
            let _ = write!(told, "\n  {hint}");
        }
        told
    }

    /// The sentence of the service in this language, or ours where the service did not speak.
    fn sentence(&self, details: &ErrorDetails, language: Language) -> String {
        let localized = details.localized_message().map(|said| said.message.clone());
        if let Some(said) = localized.filter(|said| !said.is_empty()) {
            return said;
        }
        let (vi, en) = match self.status.code() {
            Code::Unavailable => (
                "Hệ thống không trả lời, hoặc đường truyền bị ngắt.",
                "the system does not answer, or the line to it broke",
            ),
            Code::DeadlineExceeded => {
                ("Đã quá thời hạn chờ.", "it took longer than one was ready to wait")
            }
            Code::Internal => ("Hệ thống gặp lỗi bên trong.", "the system met an error of its own"),
            Code::Unimplemented => (
                "Cổng này không biết yêu cầu: phiên bản của nó có lẽ cũ hơn.",
                "this gateway does not know the request: it may be of an older version",
            ),
            Code::ResourceExhausted => ("Hệ thống đang quá tải.", "the system is overloaded"),
            Code::Unauthenticated => ("Mã truy cập bị từ chối.", "the access token was refused"),
            Code::PermissionDenied => ("Không có quyền làm việc này.", "you may not do this"),
            Code::Cancelled => ("Yêu cầu đã bị ngắt.", "the request was cut off"),
            _ => ("Yêu cầu không thực hiện được.", "the request could not be done"),
        };
        match language {
            Language::Vietnamese => vi.to_owned(),
            Language::English => en.to_owned(),
        }
    }

    /// What the person can do.
    fn hints(&self, details: &ErrorDetails, language: Language) -> Vec<String> {
        let say = |vi: String, en: String| match language {
            Language::Vietnamese => vi,
            Language::English => en,
        };
        let mut hints = Vec::new();
        match self.status.code() {
            Code::Unauthenticated => hints.push(say(
                "(lấy mã truy cập mới, ví dụ bằng `congdoan token`, hoặc bỏ --token)".to_owned(),
                "(get another access token, as by `congdoan token`, or leave --token out)"
                    .to_owned(),
            )),
            Code::PermissionDenied => {
                let permission = Self::beside(details, "permission").unwrap_or_default();
                let holding: Vec<&str> = roles::holding(&permission).collect();
                if !holding.is_empty() {
                    let holding = holding.join(", ");
                    hints.push(say(
                        format!("(quyền {permission} thuộc vai trò: {holding}; xem `congdoan list roles`)"),
                        format!("({permission} is held by: {holding}; see `congdoan list roles`)"),
                    ));
                }
            }
            Code::FailedPrecondition
                if details.error_info().is_some_and(|info| info.reason == "PLAN_HAS_CONFLICTS") =>
            {
                hints.push(say(
                    "(liệt kê tất cả bằng `congdoan plan conflicts PLAN_ID`)".to_owned(),
                    "(`congdoan plan conflicts PLAN_ID` lists all of them)".to_owned(),
                ));
            }
            Code::AlreadyExists => {
                if let Some(decision_id) = Self::beside(details, "decision_id") {
                    hints.push(say(
                        format!("(đó là quyết định {decision_id}; có thể ghi --decision-id)"),
                        format!("(it is the decision {decision_id}; --decision-id may name it)"),
                    ));
                }
            }
            _ => {}
        }
        if let Some(retry) = details.retry_info().and_then(|retry| retry.retry_delay) {
            let ms = retry.as_millis();
            hints.push(say(
                format!("(có thể thử lại sau {ms} ms)"),
                format!("(worth trying again after {ms} ms)"),
            ));
        }
        hints
    }

    /// As `--json` prints it.
    fn json(&self) -> Json {
        let details = self.status.get_error_details();
        let info = details.error_info();
        let violations = details.bad_request().map(|bad| &*bad.field_violations);
        let fields: Vec<Json> = violations
            .unwrap_or_default()
            .iter()
            .map(|violation| {
                let localized = violation.localized_message.as_ref().map(|said| &*said.message);
                json!({
                    "field": violation.field,
                    "place": self.place(&violation.field),
                    "reason": violation.reason,
                    "message": localized.unwrap_or(&violation.description),
                })
            })
            .collect();
        json!({
            "message": self.sentence(&details, current()),
            "reason": info.map(|info| &*info.reason).unwrap_or_default(),
            "domain": info.map(|info| &*info.domain).unwrap_or_default(),
            "metadata": info.map(|info| info.metadata.clone()).unwrap_or_default(),
            "fields": fields,
        })
    }
}

/// What fields of requests are called on every command line that has them.
fn usual_place(field: &str) -> &str {
    match field {
        "plan_id" | "header.plan_id" => "PLAN_ID",
        "template" => "TEMPLATE",
        "indicator" => "INDICATOR",
        "person_id" => "UUID",
        "period" => "--from, --to",
        "period.from_on" => "--from",
        "period.through_on" => "--to",
        "tree.as_of" => "--as-of",
        "organisation_id" | "code" | "codes[0]" => "--organisation",
        "as_of" => "--as-of",
        "parameters" => "--parameter",
        "sector_grouping" => "--sector-grouping",
        "sector_group" => "--sector-group",
        other => other,
    }
}

/// How many lines of a list these fields name.
fn lines_of<'a>(fields: impl Iterator<Item = &'a str>) -> i64 {
    let mut lines: Vec<&str> =
        fields.map(|field| field.split('.').next().unwrap_or(field)).collect();
    lines.sort_unstable();
    lines.dedup();
    i64::try_from(lines.len()).unwrap_or(i64::MAX)
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(current()))
    }
}

impl std::error::Error for Told {}

/// A failure as it is printed at the end: to a person.
pub fn failure(error: &anyhow::Error) -> String {
    let mut parts = Vec::new();
    for cause in error.chain() {
        // What stands behind a refusal is for programmers.
        if let Some(status) = cause.downcast_ref::<Status>() {
            parts.push(Told::of(status).text(current()));
            break;
        }
        parts.push(match cause.downcast_ref::<io::Error>() {
            Some(error) => words(error),
            None => cause.to_string(),
        });
    }
    parts.join(": ")
}

/// A failure as `--json` prints it: `{"error": {"message": …, "reason": …, "fields": …}}`.
pub fn failure_json(error: &anyhow::Error) -> Json {
    let known = error.chain().find_map(|cause| {
        if let Some(told) = cause.downcast_ref::<Told>() {
            return Some(told.json());
        }
        if let Some(status) = cause.downcast_ref::<Status>() {
            return Some(Told::of(status).json());
        }
        if let Some(faults) = cause.downcast_ref::<Faults>() {
            return Some(local(FILE_INVALID, faults.json()));
        }
        let fault = cause.downcast_ref::<Fault>()?;
        let field = fault.argument.as_ref().map(|argument| {
            json!({
                "field": argument,
                "place": argument,
                "reason": fault.reason,
                "message": fault.message,
            })
        });
        Some(local(fault.reason, field.into_iter().collect()))
    });
    let mut told = known.unwrap_or_else(|| local(FAILED, Vec::new()));
    told["text"] = json!(failure(error));
    if told.get("message").is_none() {
        told["message"] = told["text"].clone();
    }
    json!({ "error": told })
}

/// What no service refused, as `--json` prints it.
fn local(reason: &str, fields: Vec<Json>) -> Json {
    json!({ "reason": reason, "domain": fault::DOMAIN, "metadata": {}, "fields": fields })
}

/// What the operating system says, in words.
pub(crate) fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => {
            tell!("không có tệp hay thư mục này", "there is no such file or directory")
        }
        io::ErrorKind::PermissionDenied => tell!("không được phép mở", "you may not open it"),
        io::ErrorKind::IsADirectory => {
            tell!("đây là thư mục, không phải tệp", "it is a directory, not a file")
        }
        io::ErrorKind::NotADirectory => tell!("đây không phải thư mục", "it is no directory"),
        io::ErrorKind::AlreadyExists => {
            tell!("đã có tệp hay thư mục tên này", "something of this name is there already")
        }
        io::ErrorKind::TimedOut => tell!("đã quá thời hạn chờ", "it took too long"),
        io::ErrorKind::AddrNotAvailable => {
            tell!("máy này không có địa chỉ đó", "this machine does not have the address")
        }
        // The library names no kind of it.
        _ if error.to_string().starts_with("failed to lookup address") => {
            tell!("không tìm thấy máy nào tên như vậy", "there is no machine of this name")
        }
        io::ErrorKind::AddrInUse => {
            tell!("địa chỉ này đang có chương trình khác dùng", "another program uses this address")
        }
        io::ErrorKind::ConnectionRefused => {
            tell!("không có ai trả lời ở địa chỉ này", "nobody answers at this address")
        }
        io::ErrorKind::StorageFull => tell!("ổ đĩa đã đầy", "the disk is full"),
        _ => {
            // The number that stands behind it is for programmers.
            let said = error.to_string();
            let said = said.split(" (os error").next().unwrap_or_default();
            tell!("máy báo \"{said}\"", "{said}")
        }
    }
}

/// What could not be done with files, and what the operating system says to it; another error is told
/// behind the same words.
pub fn in_words(error: anyhow::Error, what: String) -> anyhow::Error {
    match error.chain().find_map(|cause| cause.downcast_ref::<io::Error>()) {
        Some(of_system) => {
            let why = words(of_system);
            fault(FILE_UNWRITABLE, format!("{what}: {why}"))
        }
        None => error.context(what),
    }
}

/// A file as its person calls it.
pub fn file_name(file: &Path) -> String {
    file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned()
}

/// Reads a file that the command line names.
pub fn read_file(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).map_err(|error| {
        let (file, why) = (file.display(), words(&error));
        fault(FILE_UNREADABLE, tell!("không đọc được {file}: {why}", "cannot read {file}: {why}"))
    })
}

/// Writes a file that the command line names. One that is there already is somebody's work, and stays
/// as it is.
pub fn write_file(file: &Path, content: impl AsRef<[u8]>) -> anyhow::Result<()> {
    let shown = file.display();
    // A pipe or a terminal holds nothing that could be lost.
    if std::fs::metadata(file).is_ok_and(|known| known.is_file()) {
        return Err(fault(
            FILE_EXISTS,
            tell!(
                "đã có tệp {shown}, và nó không bị ghi đè; hãy chọn tên khác",
                "{shown} is there already, and is not overwritten; choose another name"
            ),
        ));
    }
    let opened = std::fs::OpenOptions::new().write(true).create_new(!file.exists()).open(file);
    opened.and_then(|mut opened| io::Write::write_all(&mut opened, content.as_ref())).map_err(
        |error| {
            let why = words(&error);
            fault(
                FILE_UNWRITABLE,
                tell!("không ghi được {shown}: {why}", "cannot write {shown}: {why}"),
            )
        },
    )
}

#[cfg(test)]
mod tests {
    use chassis::refusal::{Language as Spoken, Refusal};
    use proto::registry::v1::Reason;

    use super::*;

    fn refusal() -> Refusal {
        let bad = |n: usize| Refusal::of(Reason::SectorUnknown).field(format!("lines[{n}].sector"));
        let whole = Refusal::of(Reason::LinesRefused);
        whole.with("refused", "5").and(bad(0)).and(bad(3))
    }

    #[test]
    fn a_refusal_is_told_in_one_language_at_the_place_in_the_file() {
        for (spoken, language, expected) in [
            (
                Spoken::Vietnamese,
                Language::Vietnamese,
                "5 dòng không hợp lệ; chưa dòng nào được ghi. [registry.congdoan.vn LINES_REFUSED]\n  \
                 tệp dòng 2: Không có khối (khu vực) này, hoặc đây là tên một nhóm khối.\n  \
                 tệp dòng 5: Không có khối (khu vực) này, hoặc đây là tên một nhóm khối.\n  \
                 … và 3 dòng nữa",
            ),
            (
                Spoken::English,
                Language::English,
                "5 lines are refused; nothing was written [registry.congdoan.vn LINES_REFUSED]\n  \
                 tệp dòng 2: there is no such sector, or it names a group of sectors\n  \
                 tệp dòng 5: there is no such sector, or it names a group of sectors\n  \
                 … and 3 lines more",
            ),
        ] {
            let error = told_at(refusal().status_in(spoken), |field| {
                let n: usize =
                    field.trim_start_matches("lines[").split(']').next()?.parse().ok()?;
                Some(format!("tệp dòng {}", n + 2))
            });
            let told = error.downcast_ref::<Told>().expect("told");
            assert_eq!(told.text(language), expected);
        }
    }

    #[test]
    fn only_what_was_not_the_callers_fault_is_worth_repeating() {
        assert!(may_be_repeated(&told(Status::unavailable("x"))));
        for fault in [Status::unauthenticated("x"), Status::invalid_argument("x")] {
            assert!(!may_be_repeated(&told(fault)));
        }
    }
}
