//! What a refusal holds, and the language in which it is told.

use std::time::Duration;

use proto::reason::Told;

/// The language of the texts in an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// vi-VN, the default.
    #[default]
    Vietnamese,
    /// en-US.
    English,
}

impl Language {
    /// Reads an `accept-language` header: the first of `vi` and `en` that it names.
    pub fn accepted(header: Option<&str>) -> Self {
        header
            .into_iter()
            .flat_map(|value| value.split(','))
            .find_map(|range| {
                let range = range.trim().to_ascii_lowercase();
                if range.starts_with("vi") {
                    Some(Language::Vietnamese)
                } else if range.starts_with("en") {
                    Some(Language::English)
                } else {
                    None
                }
            })
            .unwrap_or_default()
    }

    pub(super) fn tag(self) -> &'static str {
        match self {
            Language::Vietnamese => "vi-VN",
            Language::English => "en-US",
        }
    }
}

tokio::task_local! {
    /// The language that the call being answered asked for; set by [`crate::serve`].
    pub static LANGUAGE: Language;
}

/// What belongs to a refusal, by its keys.
pub(super) type Metadata = Vec<(&'static str, String)>;

/// A field at fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Violation {
    pub(super) field: String,
    pub(super) told: &'static Told,
    /// None where it is the refusal's own.
    pub(super) metadata: Option<Metadata>,
    /// Told in few words, with what it is about, which may be nothing.
    pub(super) about: Option<String>,
}

/// All that a refusal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) domain: &'static str,
    pub(super) told: &'static Told,
    pub(super) metadata: Metadata,
    pub(super) violations: Vec<Violation>,
    /// Fields at fault that were counted and are not among the violations.
    pub(super) more: usize,
    pub(super) retry_after: Option<Duration>,
}
