//! A refusal as a status, which travels in the headers of an answer: never larger than what
//! clients read of them. One that does not fit breaks the connection and everybody's calls on
//! it, and who sent it reads "try again".

use std::borrow::Cow;
use std::collections::HashMap;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tonic::Status;
use tonic_types::{ErrorDetails, FieldViolation, LocalizedMessage, StatusExt};

use super::{Content, Language, Text, Violation};

/// The whole of a refusal as it travels. Clients of gRPC usually read 8 KiB of headers.
pub(super) const BYTES_MAX: usize = 6 * 1024;
/// The longest text that is ours, in characters.
const TEXT_MAX: usize = 400;
/// The longest text that repeats what the caller wrote.
const ECHO_MAX: usize = 200;
/// What a text is cut to at the shortest.
const ECHO_MIN: usize = 20;
/// What protobuf writes around the parts of a violation, at most.
const VIOLATION_BYTES: usize = 40;
/// How many digits a number of fields has, at most, with the names of the two numbers.
const NUMBERS_BYTES: usize = 80;

/// The status, with as many fields at fault as fit.
pub(super) fn status(content: &Content, language: Language) -> Status {
    let mut echo_max = ECHO_MAX;
    loop {
        let bare = of(content, language, echo_max, &[]);
        let used = bytes_of(&bare) + NUMBERS_BYTES;
        if used >= BYTES_MAX && echo_max > ECHO_MIN {
            // Much metadata, or many bytes to a letter.
            echo_max /= 2;
            continue;
        }
        // Three bytes become four.
        let mut room = BYTES_MAX.saturating_sub(used) * 3 / 4;
        let fit = content.violations.iter().take_while(|violation| {
            let size = size_of(violation, language);
            let fits = size <= room;
            room = room.saturating_sub(size);
            fits
        });
        let fit = fit.count();
        return match content.violations.get(..fit) {
            Some([]) | None => bare,
            Some(named) => of(content, language, echo_max, named),
        };
    }
}

fn of(content: &Content, language: Language, echo_max: usize, named: &[Violation]) -> Status {
    let text_max = echo_max * (TEXT_MAX / ECHO_MAX);
    let mut metadata: HashMap<String, String> = content
        .metadata
        .iter()
        .map(|(key, value)| ((*key).to_string(), cut(value, echo_max).into_owned()))
        .collect();
    if let Some(first) = content.violations.first() {
        let field = cut(&first.field, echo_max).into_owned();
        metadata.entry("field".to_string()).or_insert(field);
    }
    let more = content.violations.len() - named.len() + content.more;
    if more > 0 {
        metadata.insert("named".to_string(), named.len().to_string());
        metadata.insert("more".to_string(), more.to_string());
    }
    let text = cut(content.text.in_language(language), text_max);
    let mut details = ErrorDetails::new();
    details
        .set_error_info(content.reason, content.domain, metadata)
        .set_localized_message(language.tag(), text);
    if !named.is_empty() {
        details.set_bad_request(
            named
                .iter()
                .map(|violation| FieldViolation {
                    field: cut(&violation.field, ECHO_MAX).into_owned(),
                    description: cut(&violation.text.en, TEXT_MAX).into_owned(),
                    reason: violation.reason.to_string(),
                    localized_message: Some(LocalizedMessage::new(
                        language.tag(),
                        cut(violation.text.in_language(language), TEXT_MAX),
                    )),
                })
                .collect::<Vec<_>>(),
        );
    }
    if let Some(delay) = content.retry_after {
        details.set_retry_info(Some(delay));
    }
    let said = cut(&content.text.en, text_max);
    Status::with_error_details(content.code, said, details)
}

/// How much of the headers a status takes: its message percent-encoded, its details in base64.
fn bytes_of(status: &Status) -> usize {
    let message: usize =
        utf8_percent_encode(status.message(), NON_ALPHANUMERIC).map(str::len).sum();
    message + status.details().len().div_ceil(3) * 4
}

fn size_of(violation: &Violation, language: Language) -> usize {
    let Violation { field, reason, text } = violation;
    cut(field, ECHO_MAX).len()
        + reason.len()
        + cut(&text.en, TEXT_MAX).len()
        + cut(text.in_language(language), TEXT_MAX).len()
        + VIOLATION_BYTES
}

/// A text of so many characters at most; one that goes on is known by its last. Of a list of
/// numbers, each is whole.
fn cut(text: &str, characters_max: usize) -> Cow<'_, str> {
    if text.char_indices().nth(characters_max).is_none() {
        return Cow::Borrowed(text);
    }
    let kept = characters_max.saturating_sub(1);
    let end = text.char_indices().nth(kept).map_or(text.len(), |(at, _)| at);
    let numbers = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b',');
    let end = match text[..end].rfind(',') {
        Some(comma) if numbers => comma + 1,
        _ => end,
    };
    Cow::Owned(format!("{}…", &text[..end]))
}

impl Text {
    fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Vietnamese => &self.vi,
            Language::English => &self.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Refusal;
    use http::HeaderMap;
    use proto::refusal::v1::Reason;
    use tonic::Code;

    const LANGUAGES: [Language; 2] = [Language::Vietnamese, Language::English];

    fn refusal(vi: impl Into<String>, en: impl Into<String>) -> Refusal {
        Refusal::shared(Code::InvalidArgument, Reason::TextMalformed, vi, en)
    }

    /// As a client with a limit counts it: names, values, and 32 bytes for each.
    fn travels(status: &Status) -> usize {
        let mut headers = HeaderMap::new();
        status.add_header(&mut headers).expect("written");
        headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 32).sum()
    }

    #[test]
    fn many_bad_lines_are_counted_where_they_are_not_named() {
        let whole =
            (0..70).fold(refusal("Có dòng sai.", "some lines are refused"), |whole, n| {
                let text = "Không có loại hình tổ chức này.";
                let line = refusal(text, "there is no such type of organisation");
                whole.and(line.field(format!("lines[{n}].type")))
            });
        for language in LANGUAGES {
            let status = whole.clone().and_more(1_000).status_in(language);
            let details = status.get_error_details();
            let named = details.bad_request().expect("fields").field_violations.len();
            let metadata = &details.error_info().expect("a reason").metadata;
            assert!((15..70).contains(&named), "{named}");
            assert_eq!(metadata["named"], named.to_string());
            assert_eq!(metadata["more"], (1_070 - named).to_string());
            assert!(travels(&status) < BYTES_MAX + 300, "{}", travels(&status));
        }
    }

    #[test]
    fn a_refusal_that_names_all_says_no_numbers() {
        let status = refusal("vi", "en").field("name").status();
        let details = status.get_error_details();
        let metadata = &details.error_info().expect("a reason").metadata;
        assert_eq!(metadata.len(), 1);
        assert_eq!(metadata["field"], "name");
    }

    #[test]
    fn what_the_caller_wrote_is_repeated_cut() {
        let long = "Ắ".repeat(60_000);
        let many = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
        let whole = many.into_iter().fold(
            refusal(format!("Không có {long}."), format!("there is no {long}")).field(&long),
            |whole, key| whole.with(key, &long),
        );
        for language in LANGUAGES {
            let status = whole.status_in(language);
            assert!(travels(&status) < BYTES_MAX + 300, "{}", travels(&status));
            assert_eq!(status.get_details_error_info().expect("kept").reason, "TEXT_MALFORMED");
        }
        let status = refusal("vi", "en").with("name", "A".repeat(60_000)).status();
        let told = status.get_details_error_info().expect("kept").metadata["name"].clone();
        assert_eq!(told, format!("{}…", "A".repeat(199)));
        let lines: Vec<String> = (1..=1_000).map(|line| line.to_string()).collect();
        let status = refusal("vi", "en").with("lines", lines.join(",")).status();
        let told = status.get_details_error_info().expect("kept").metadata["lines"].clone();
        assert!(told.ends_with(",68,69,…"), "{told}");
    }
}
