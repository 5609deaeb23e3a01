//! What a refusal says: its reason, the fields at fault, its text in the caller's language.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde_json::Value as Json;
use tonic::{Code, Status};
use tonic_types::StatusExt;

/// A refusal, read off a status or off its JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The status code.
    pub code: Code,
    /// As in ErrorInfo, for example `FIELD_REQUIRED`.
    pub reason: String,
    /// Whose reason, for example `registry.congdoan.vn`.
    pub domain: String,
    /// Numbers and codes that belong to it.
    pub metadata: BTreeMap<String, String>,
    /// Fields at fault, each with its own reason.
    pub violations: Vec<(String, String)>,
    /// The language of the text, for example `vi-VN`.
    pub locale: String,
    /// The text for a person.
    pub text: String,
}

impl Refused {
    /// Reads a status.
    ///
    /// # Panics
    /// When it carries no reason or no text: every refusal has both.
    pub fn of(status: &Status) -> Self {
        let details = status.get_error_details();
        let info = details.error_info().unwrap_or_else(|| panic!("no reason in {status:?}"));
        let text = details.localized_message().unwrap_or_else(|| panic!("no text in {status:?}"));
        Self {
            code: status.code(),
            reason: info.reason.clone(),
            domain: info.domain.clone(),
            metadata: info.metadata.clone().into_iter().collect(),
            violations: violations(status),
            locale: text.locale.clone(),
            text: text.message.clone(),
        }
    }

    /// Reads the JSON of a refusal.
    ///
    /// # Panics
    /// When it is not the JSON of a refusal.
    pub fn of_json(body: &Json) -> Self {
        let detail = |name: &str| {
            let typed = format!("type.googleapis.com/google.rpc.{name}");
            let details = body["error"]["details"].as_array().into_iter().flatten();
            details.into_iter().find(|detail| detail["@type"] == typed.as_str()).cloned()
        };
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let info = detail("ErrorInfo").unwrap_or_else(|| panic!("no reason in {body}"));
        let said = detail("LocalizedMessage").unwrap_or_else(|| panic!("no text in {body}"));
        let bad = detail("BadRequest").unwrap_or_default();
        let metadata = info["metadata"].as_object().into_iter().flatten();
        let violations = bad["fieldViolations"].as_array().into_iter().flatten();
        Self {
            code: code(body["error"]["status"].as_str().unwrap_or_default()),
            reason: text(&info["reason"]),
            domain: text(&info["domain"]),
            metadata: metadata.map(|(key, value)| (key.clone(), text(value))).collect(),
            violations: violations
                .map(|violation| (text(&violation["field"]), text(&violation["reason"])))
                .collect(),
            locale: text(&said["locale"]),
            text: text(&said["message"]),
        }
    }

    /// The reason and the first field at fault, for a short comparison.
    pub fn short(&self) -> (&str, &str) {
        (&self.reason, self.violations.first().map_or("", |(field, _)| field))
    }
}

/// The code that a name such as `NOT_FOUND` stands for.
fn code(name: &str) -> Code {
    (0..=16)
        .map(Code::from_i32)
        .find(|code| format!("{code:?}").to_uppercase() == name.replace('_', ""))
        .unwrap_or(Code::Unknown)
}

/// The reason of a refusal, or all of a failure that has none.
///
/// # Panics
/// When nothing was refused.
pub fn reason<T: Debug>(answer: Result<T, Status>) -> String {
    let status = answer.expect_err("refused");
    let details = status.get_error_details();
    details.error_info().map(|info| info.reason.clone()).unwrap_or_else(|| status.to_string())
}

/// The fields that a refusal names, each with its reason.
pub fn violations(status: &Status) -> Vec<(String, String)> {
    let details = status.get_error_details();
    let Some(bad) = details.bad_request() else { return Vec::new() };
    bad.field_violations.iter().map(|one| (one.field.clone(), one.reason.clone())).collect()
}

/// A refusal in short: its reason, then the first field that it names.
///
/// # Panics
/// When nothing was refused.
pub fn refused<T: Debug>(answer: Result<T, Status>) -> (String, String) {
    let status = answer.expect_err("refused");
    let field = violations(&status).first().map(|(field, _)| field.clone()).unwrap_or_default();
    (reason::<()>(Err(status)), field)
}

/// What a refusal should be in short.
pub fn because(reason: &str, field: &str) -> (String, String) {
    (reason.to_owned(), field.to_owned())
}
