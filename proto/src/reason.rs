//! What is told of each reason that a service refuses with: its code and its sentences, as
//! tables that are written from the contracts (`build/reasons.rs`).
//!
//! Each value of a `Reason` carries them as an option (`congdoan/refusal/v1/told.proto`): who
//! refuses gives the reason and its metadata, and nothing else.

use std::borrow::Cow;
use std::time::Duration;

use tonic::Code;

pub mod named;

/// An enumeration of reasons.
pub trait Reason: Copy {
    /// Whose reasons they are, as an ErrorInfo says it.
    const DOMAIN: &'static str;

    /// What is told of this one.
    fn told(self) -> &'static Told;
}

/// What is told of a reason. Names in braces stand for what the metadata has.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    /// As an ErrorInfo says it: `NAME_TAKEN`.
    pub reason: &'static str,
    /// Of every refusal with this reason.
    pub code: Code,
    /// For a person.
    pub vi: &'static str,
    /// For a person or a developer.
    pub en: &'static str,
    /// What is said where the metadata tells more; the first that fits.
    pub instead: &'static [Instead],
    /// What is said of one step of a plan.
    pub brief: Option<Brief>,
    /// Any call may be refused so.
    pub general: bool,
    /// When the same call may succeed.
    pub retry_after: Option<Duration>,
}

/// A code as google.rpc.Code names it, and so the contracts.
pub fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

/// What is said instead.
#[derive(Debug, PartialEq, Eq)]
pub struct Instead {
    /// Where the metadata has something under this name,
    pub key: &'static str,
    /// and it is this; whatever it is where this is empty.
    pub value: &'static str,
    /// For a person.
    pub vi: &'static str,
    /// For a person or a developer.
    pub en: &'static str,
}

/// A few words in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brief {
    /// In Vietnamese.
    pub vi: &'static str,
    /// In English.
    pub en: &'static str,
}

/// The reasons of one package.
#[derive(Debug)]
pub struct Reasons {
    /// Of the contract: `congdoan.registry.v1`.
    pub package: &'static str,
    /// As an ErrorInfo says it: `registry.congdoan.vn`.
    pub domain: &'static str,
    /// In the order of the contract.
    pub told: &'static [Told],
}

/// The zero of every enumeration: nobody refuses with it.
static NONE: Told = Told {
    reason: "UNSPECIFIED",
    code: Code::Unknown,
    vi: "Không rõ lý do.",
    en: "the reason is not known",
    instead: &[],
    brief: None,
    general: false,
    retry_after: None,
};

mod tables {
    use super::{Brief, Instead, NONE, Reason, Reasons, Told};

    include!(concat!(env!("OUT_DIR"), "/reasons.rs"));
}

/// The reasons of all packages.
pub fn all() -> &'static [Reasons] {
    tables::ALL
}

/// What is told of a reason, by its domain and its name in an ErrorInfo.
pub fn find(domain: &str, reason: &str) -> Option<&'static Told> {
    let reasons = all().iter().find(|reasons| reasons.domain == domain)?;
    reasons.told.iter().find(|told| told.reason == reason)
}

impl Told {
    /// The sentences in Vietnamese and in English, of a refusal with this metadata.
    pub fn sentences<'a>(
        &self,
        metadata: impl Fn(&str) -> Option<&'a str>,
    ) -> (&'static str, &'static str) {
        let fits = |instead: &&Instead| {
            metadata(instead.key)
                .is_some_and(|value| instead.value.is_empty() || instead.value == value)
        };
        match self.instead.iter().find(fits) {
            Some(instead) => (instead.vi, instead.en),
            None => (self.vi, self.en),
        }
    }
}

/// A sentence with what the metadata has in the place of each name in braces; a part in brackets
/// only where the metadata has all of its names.
pub fn filled<'a>(
    sentence: &'static str,
    metadata: impl Fn(&str) -> Option<&'a str>,
) -> Cow<'static, str> {
    if !sentence.contains('{') {
        return Cow::Borrowed(sentence);
    }
    let (mut made, mut rest) = (String::with_capacity(sentence.len()), sentence);
    while let Some((before, part, after)) = next_part(rest) {
        fill(before, &metadata, &mut made);
        let told = |name| metadata(name).is_some_and(|value| !value.is_empty());
        if names(part).into_iter().all(told) {
            fill(part, &metadata, &mut made);
        }
        rest = after;
    }
    fill(rest, &metadata, &mut made);
    Cow::Owned(made)
}

fn fill<'a>(text: &str, metadata: &impl Fn(&str) -> Option<&'a str>, made: &mut String) {
    let mut rest = text;
    while let Some((before, name, after)) = next_name(rest) {
        let value = metadata(name);
        debug_assert!(value.is_some(), "nothing is given for {name}: {text}");
        made.push_str(before);
        made.push_str(value.unwrap_or("…"));
        rest = after;
    }
    made.push_str(rest);
}

/// The names in braces of a sentence.
pub fn names(sentence: &str) -> Vec<&str> {
    let (mut names, mut rest) = (Vec::new(), sentence);
    while let Some((_, name, after)) = next_name(rest) {
        names.push(name);
        rest = after;
    }
    names
}

/// What stands before brackets, in them, and after them.
fn next_part(sentence: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = sentence.split_once('[')?;
    let (part, after) = rest.split_once(']')?;
    Some((before, part, after))
}

fn next_name(sentence: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = sentence.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{refusal, registry};

    fn given<'a>(metadata: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<&'a str> {
        move |key| metadata.iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
    }

    #[test]
    fn a_reason_is_told_by_its_contract() {
        let told = registry::v1::Reason::FoundersTooFew.told();
        assert_eq!((told.reason, told.code), ("FOUNDERS_TOO_FEW", Code::InvalidArgument));
        let metadata = [("founders", "4"), ("minimum", "5")];
        let (vi, en) = told.sentences(given(&metadata));
        assert_eq!(filled(vi, given(&metadata)), "Cần ít nhất 5 người để thành lập; mới có 4.");
        assert_eq!(filled(en, given(&metadata)), "at least 5 founders are needed; there are 4");
        assert_eq!(find("registry.congdoan.vn", "FOUNDERS_TOO_FEW"), Some(told));
        assert_eq!(find("congdoan.vn", "FOUNDERS_TOO_FEW"), None);
        assert_eq!(<refusal::v1::Reason as Reason>::DOMAIN, "congdoan.vn");
    }

    #[test]
    fn the_metadata_says_which_sentence_it_is() {
        let told = refusal::v1::Reason::Overloaded.told();
        let (_, of_all) = told.sentences(given(&[("service", "gateway")]));
        let (_, of_one) = told.sentences(given(&[("service", "gateway"), ("of", "caller")]));
        let (_, of_other) = told.sentences(given(&[("of", "moon")]));
        assert!(of_one.contains("of this caller") && !of_all.contains("of this caller"));
        assert_eq!(of_all, of_other);
        // Whatever it is.
        let told = registry::v1::Reason::OrganisationUnknown.told();
        let (_, by_code) = told.sentences(given(&[("code", "HN")]));
        assert!(by_code.contains("this code"), "{by_code}");
    }

    #[test]
    fn a_part_in_brackets_is_said_where_there_is_something_to_say() {
        let told = registry::v1::Reason::ReferenceLineInvalid.told();
        for (column, said) in
            [("minimum", "line 2, column minimum: is required"), ("", "line 2: is required")]
        {
            let metadata = [("line", "2"), ("column", column), ("fault", "REQUIRED")];
            let (_, en) = told.sentences(given(&metadata));
            assert_eq!(filled(en, given(&metadata)), said);
        }
    }

    /// A developer reads the English after a reason and a colon, a person the Vietnamese alone.
    #[test]
    fn every_sentence_is_written_as_the_others_are() {
        let mut count = 0;
        for told in all().iter().flat_map(|reasons| reasons.told) {
            let instead = told.instead.iter().map(|instead| (instead.vi, instead.en));
            for (vi, en) in [(told.vi, told.en)].into_iter().chain(instead) {
                count += 1;
                assert!(vi.ends_with('.') && !vi.ends_with(".."), "{}: {vi}", told.reason);
                let first = vi.chars().next().unwrap_or_default();
                // But for the name of a field.
                let first_word = vi.split(' ').next().unwrap_or_default();
                let is_name = first_word.contains('_');
                assert!(is_name || !first.is_lowercase(), "{}: {vi}", told.reason);
                assert!(!en.ends_with('.'), "{}: {en}", told.reason);
                assert_ne!(vi, en, "{}", told.reason);
                let (mut in_vi, mut in_en) = (names(vi), names(en));
                in_vi.sort_unstable();
                in_en.sort_unstable();
                assert_eq!(in_vi, in_en, "{}: the languages tell different things", told.reason);
            }
        }
        assert!(count > 250, "only {count} sentences were found");
    }
}
