//! A refusal as a status, which travels in the headers of an answer: never larger than what
//! clients read of them. One that does not fit breaks the connection and everybody's calls on
//! it, and who sent it reads "try again".

use std::borrow::Cow;
use std::collections::HashMap;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tonic::Status;
use tonic_types::{ErrorDetails, FieldViolation, LocalizedMessage, StatusExt};

use proto::reason::{Told, filled};

use super::content::{Content, Language, Metadata, Violation};

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
            let size = size_of(content, violation, language);
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
    let text = content.text(language);
    let mut details = ErrorDetails::new();
    details
        .set_error_info(content.told.reason, content.domain, metadata)
        .set_localized_message(language.tag(), cut(&text, text_max));
    if !named.is_empty() {
        details.set_bad_request(
            named
                .iter()
                .map(|violation| FieldViolation {
                    field: cut(&violation.field, ECHO_MAX).into_owned(),
                    description: cut(&content.text_of(violation, Language::English), TEXT_MAX)
                        .into_owned(),
                    reason: violation.told.reason.to_string(),
                    localized_message: Some(LocalizedMessage::new(
                        language.tag(),
                        cut(&content.text_of(violation, language), TEXT_MAX),
                    )),
                })
                .collect::<Vec<_>>(),
        );
    }
    if let Some(delay) = content.retry_after {
        details.set_retry_info(Some(delay));
    }
    let said = content.text(Language::English);
    Status::with_error_details(content.told.code, cut(&said, text_max), details)
}

/// How much of the headers a status takes: its message percent-encoded, its details in base64.
fn bytes_of(status: &Status) -> usize {
    let message: usize =
        utf8_percent_encode(status.message(), NON_ALPHANUMERIC).map(str::len).sum();
    message + status.details().len().div_ceil(3) * 4
}

fn size_of(content: &Content, violation: &Violation, language: Language) -> usize {
    let text = |language| cut(&content.text_of(violation, language), TEXT_MAX).len();
    cut(&violation.field, ECHO_MAX).len()
        + violation.told.reason.len()
        + text(Language::English)
        + text(language)
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

impl Content {
    /// What is said of the whole, with what belongs to it.
    pub(super) fn text(&self, language: Language) -> Cow<'static, str> {
        said(self.told, &self.metadata, language)
    }

    /// What is said of one field at fault.
    fn text_of(&self, violation: &Violation, language: Language) -> Cow<'static, str> {
        let Violation { told, metadata, about, .. } = violation;
        if let (Some(brief), Some(about)) = (told.brief, about) {
            let words = match language {
                Language::Vietnamese => brief.vi,
                Language::English => brief.en,
            };
            return match about.as_str() {
                "" => Cow::Borrowed(words),
                about => Cow::Owned(format!("{words} ({about})")),
            };
        }
        said(told, metadata.as_ref().unwrap_or(&self.metadata), language)
    }
}

fn said(told: &'static Told, metadata: &Metadata, language: Language) -> Cow<'static, str> {
    let value = |key: &str| {
        let found = metadata.iter().find(|(known, _)| *known == key);
        found.map(|(_, value)| value.as_str())
    };
    let (vi, en) = told.sentences(value);
    let sentence = match language {
        Language::Vietnamese => vi,
        Language::English => en,
    };
    filled(sentence, value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Refusal;
    use http::HeaderMap;
    use proto::refusal::v1::Reason;
    use proto::registry;

    const LANGUAGES: [Language; 2] = [Language::Vietnamese, Language::English];

    fn refusal() -> Refusal {
        Refusal::of(Reason::TextMalformed)
    }

    /// As a client with a limit counts it: names, values, and 32 bytes for each.
    fn travels(status: &Status) -> usize {
        let mut headers = HeaderMap::new();
        status.add_header(&mut headers).expect("written");
        headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 32).sum()
    }

    #[test]
    fn many_bad_lines_are_counted_where_they_are_not_named() {
        let whole = (0..70).fold(refusal(), |whole, n| {
            let line = Refusal::of(registry::v1::Reason::OrganisationTypeUnknown);
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

    /// Each line tells what belongs to it, and not what belongs to the whole.
    #[test]
    fn a_field_at_fault_is_told_with_what_belongs_to_it() {
        let line = |n: usize, value: &str| {
            Refusal::of(Reason::EnumValueUnknown)
                .field(format!("lines[{n}].sex"))
                .with("value", value)
        };
        let whole = Refusal::of(Reason::TooManyLines).field("lines");
        let whole = whole.and(line(0, "7")).and(line(1, "8"));
        let status = whole.with("lines", "1200").with("limit", "1000").status();
        assert_eq!(status.message(), "the list has 1200 lines; the limit is 1000");
        let details = status.get_error_details();
        let said = details.localized_message().expect("a text").message.clone();
        assert_eq!(said, "Danh sách có 1200 dòng, tối đa 1000.");
        let fields = &details.bad_request().expect("fields").field_violations;
        let told: Vec<&str> = fields.iter().map(|field| field.description.as_str()).collect();
        assert_eq!(
            told,
            [
                "the list has 1200 lines; the limit is 1000",
                "no value has the number 7",
                "no value has the number 8",
            ]
        );
        let said = fields[1].localized_message.as_ref().expect("a text").message.clone();
        assert_eq!(said, "Không có giá trị nào mang số 7.");
    }

    #[test]
    fn a_refusal_that_names_all_says_no_numbers() {
        let status = refusal().field("name").status();
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
            Refusal::of(Reason::EncodingUnsupported).with("encoding", &long).field(&long),
            |whole, key| whole.with(key, &long),
        );
        for language in LANGUAGES {
            let status = whole.status_in(language);
            assert!(travels(&status) < BYTES_MAX + 300, "{}", travels(&status));
            assert_eq!(
                status.get_details_error_info().expect("kept").reason,
                "ENCODING_UNSUPPORTED"
            );
        }
        let status = refusal().with("name", "A".repeat(60_000)).status();
        let told = status.get_details_error_info().expect("kept").metadata["name"].clone();
        assert_eq!(told, format!("{}…", "A".repeat(199)));
        let lines: Vec<String> = (1..=1_000).map(|line| line.to_string()).collect();
        let status = refusal().with("lines", lines.join(",")).status();
        let told = status.get_details_error_info().expect("kept").metadata["lines"].clone();
        assert!(told.ends_with(",68,69,…"), "{told}");
    }
}
