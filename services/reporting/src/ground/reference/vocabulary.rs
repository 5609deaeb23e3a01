//! What indicators may be made of, and in which words: sources.toml.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use serde::Deserialize;

use crate::ground::figure::source::{Formula, Source, Unfit};
use crate::ground::reference::activity_kind::{ActivityKind, Field, Type};
use crate::ground::reference::scheme::Scheme;

/// A word by which a source is filtered: its code, and what it is called.
type Word = (String, String, String);

/// The sources of formulas, and by what each may be filtered.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    sources: BTreeMap<String, Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    vi: String,
    en: String,
    words: Words,
    filtered: bool,
}

#[derive(Clone, Debug)]
enum Words {
    None,
    These(Vec<Word>),
    /// Any code: others may load a later version of the list.
    Any,
    Number,
}

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InWords {
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

impl Vocabulary {
    /// Refuses a formula that names what there is not: such an indicator would count nothing, and say
    /// that it counts something.
    pub fn check(&self, formula: &Formula) -> Result<(), Unfit> {
        formula.terms().try_for_each(|term| self.check_source(&term.source))
    }

    fn check_source(&self, source: &Source) -> Result<(), Unfit> {
        let (name, reasons) = (source.name(), source.reasons());
        let entry = self.sources.get(name);
        let entry = entry.ok_or_else(|| Unfit::SourceUnknown { source: name.to_string() })?;
        if entry.filtered && reasons.is_empty() {
            return Err(Unfit::FilterNeeded { source: name.to_string() });
        }
        let unknown = |reason: &String| !entry.words.has(reason);
        match reasons.into_iter().find(unknown) {
            Some(word) => Err(Unfit::WordUnknown { source: name.to_string(), word }),
            None => Ok(()),
        }
    }

    /// What a word is called under which a source tells.
    pub fn word_vi(&self, source: &Source, word: &str) -> Option<&str> {
        match &self.sources.get(source.name())?.words {
            Words::These(words) => {
                words.iter().find(|(code, ..)| code == word).map(|(_, vi, _)| vi.as_str())
            }
            Words::None | Words::Any | Words::Number => None,
        }
    }

    /// What a formula counts, in words.
    pub fn spell(&self, formula: &Formula) -> InWords {
        let mut spelt = InWords::default();
        for (n, term) in formula.terms().enumerate() {
            let sign = match (term.sign, n) {
                (1, 0) => "",
                (1, _) => " + ",
                (_, 0) => "− ",
                _ => " − ",
            };
            let words = self.spell_source(&term.source);
            spelt.vi.push_str(sign);
            spelt.vi.push_str(&words.vi);
            spelt.en.push_str(sign);
            spelt.en.push_str(&words.en);
        }
        spelt
    }

    fn spell_source(&self, source: &Source) -> InWords {
        let Some(entry) = self.sources.get(source.name()) else { return InWords::default() };
        let reasons = source.reasons();
        let (mut vi, mut en) = (entry.vi.clone(), entry.en.clone());
        if !reasons.is_empty() {
            let spelt: Vec<(String, String)> =
                reasons.iter().map(|reason| entry.words.spell(reason)).collect();
            let join = |part: fn(&(String, String)) -> &str, or: &str| {
                spelt.iter().map(part).collect::<Vec<_>>().join(or)
            };
            vi = format!("{vi}: {}", join(|(vi, _)| vi.as_str(), " hoặc "));
            en = format!("{en}: {}", join(|(_, en)| en.as_str(), " or "));
        }
        InWords { vi, en }
    }
}

impl Words {
    fn has(&self, reason: &str) -> bool {
        match self {
            Self::None => false,
            Self::These(words) => words.iter().any(|(code, ..)| code == reason),
            Self::Any => {
                let of_code = |letter: char| letter.is_ascii_uppercase() || letter == '_';
                !reason.is_empty() && reason.len() <= 40 && reason.chars().all(of_code)
            }
            Self::Number => reason.parse::<i32>().is_ok_and(|number| number > 0),
        }
    }

    fn spell(&self, reason: &str) -> (String, String) {
        let known = match self {
            Self::These(words) => words.iter().find(|(code, ..)| code == reason),
            Self::None | Self::Any | Self::Number => None,
        };
        let itself = || (reason.to_string(), reason.to_string());
        known.map_or_else(itself, |(_, vi, en)| (vi.clone(), en.clone()))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    lists: BTreeMap<String, Vec<Word>>,
    sources: BTreeMap<String, SourceRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceRow {
    vi: String,
    en: String,
    words: Option<String>,
    #[serde(default)]
    any: bool,
    #[serde(default)]
    number: bool,
    #[serde(default)]
    filtered: bool,
}

/// The file, and what activities and ratings are filtered by.
pub(super) fn read(schemes: &[Scheme], kinds: &[ActivityKind]) -> anyhow::Result<Vocabulary> {
    let file: File = toml::from_str(include_str!("../../../reference/sources.toml"))?;
    let mut sources = BTreeMap::new();
    for (name, row) in file.sources {
        let words = match (row.words, row.any, row.number) {
            (Some(list), false, false) => {
                let list = file.lists.get(&list).with_context(|| format!("{name}: no {list}"))?;
                Words::These(list.clone())
            }
            (None, true, false) => Words::Any,
            (None, false, true) => Words::Number,
            (None, false, false) => elsewhere(&name, schemes, kinds),
            _ => anyhow::bail!("{name} is filtered in two ways"),
        };
        ensure!(!row.filtered || !matches!(words, Words::None), "{name} has nothing to filter by");
        let entry = Entry { vi: row.vi, en: row.en, words, filtered: row.filtered };
        sources.insert(name, entry);
    }
    Ok(Vocabulary { sources })
}

/// What other files say of a source's filter.
fn elsewhere(name: &str, schemes: &[Scheme], kinds: &[ActivityKind]) -> Words {
    let word = |code: String, vi: String, en: String| (code, vi, en);
    let fields = |of: fn(&Field) -> bool| {
        kinds.iter().flat_map(move |kind| {
            kind.fields
                .iter()
                .filter(move |field| field.counted && of(field))
                .map(move |field| (kind, field))
        })
    };
    let by_field = |of: fn(&Field) -> bool| -> Vec<Word> {
        fields(of)
            .map(|(kind, field)| {
                word(
                    format!("{}.{}", kind.code, field.name),
                    format!("{} ({})", field.name_vi, kind.name_vi),
                    format!("{} ({})", field.name_en, kind.name_en),
                )
            })
            .collect()
    };
    let words: Vec<Word> = match name {
        "ACTIVITY" => kinds
            .iter()
            .filter(|kind| kind.counted_as.as_ref().is_some_and(|(_, reason)| !reason.is_empty()))
            .map(|kind| word(kind.code.clone(), kind.name_vi.clone(), kind.name_en.clone()))
            .collect(),
        "ACTIVITY_OF" => fields(|field| matches!(field.value, Type::Choice | Type::Choices))
            .flat_map(|(kind, field)| {
                field.choices.iter().map(move |choice| {
                    word(
                        format!("{}.{}.{}", kind.code, field.name, choice.code),
                        format!("{}: {} ({})", field.name_vi, choice.name_vi, kind.name_vi),
                        format!("{}: {} ({})", field.name_en, choice.name_en, kind.name_en),
                    )
                })
            })
            .collect(),
        "ACTIVITY_AMOUNT" => {
            let mut words = by_field(|field| matches!(field.value, Type::Number | Type::AmountVnd));
            for kind in kinds.iter().filter(|kind| kind.people_counted) {
                for (name, vi, en) in
                    [("members", "đoàn viên", "members"), ("workers", "người lao động", "workers")]
                {
                    words.push(word(
                        format!("{}.{name}", kind.code),
                        format!("{vi} ({})", kind.name_vi),
                        format!("{en} ({})", kind.name_en),
                    ));
                }
            }
            words
        }
        "ACTIVITY_REACHED" => by_field(|field| field.value == Type::Date),
        "ACTIVITY_UNION" => by_field(|field| field.value == Type::Organisations),
        "RATING" => schemes
            .iter()
            .flat_map(|scheme| {
                scheme.grades.iter().map(move |grade| {
                    word(
                        format!("{}.{}", scheme.code, grade.code),
                        grade.name_vi.clone(),
                        grade.name_vi.clone(),
                    )
                })
            })
            .collect(),
        _ => return Words::None,
    };
    Words::These(words)
}
