//! What units do and report, and what is said of it: activity_kinds.toml.

use anyhow::{Context, ensure};
use serde::Deserialize;

use crate::ground::fact::{Code, Counting};

/// Characters of a text, where its field says nothing.
const TEXT_MAX: i64 = 2_000;
/// The largest number, where its field says nothing.
const NUMBER_MAX: i64 = 1_000_000;
/// The largest amount of money, where its field says nothing: a quadrillion đồng.
const AMOUNT_MAX: i64 = 1_000_000_000_000_000;
/// Entries of a list, where its field says nothing.
const ENTRIES_MAX: i64 = 100;

/// A kind of activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityKind {
    /// For example `INSPECTION`.
    pub code: String,
    /// What it is called in Vietnamese.
    pub name_vi: String,
    /// What it is called in English.
    pub name_en: String,
    /// What is counted of it, in Vietnamese.
    pub unit_vi: String,
    /// As what it is counted, and with which reason; a kind that is no sum, as nothing.
    pub counted_as: Option<(Code, String)>,
    /// Whether whoever reports one says how many people it reached.
    pub people_required: bool,
    /// Whether these people are added up.
    pub people_counted: bool,
    /// In the order in which they are asked.
    pub fields: Vec<Field>,
}

/// What is said of an activity of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// For example `follow_up`.
    pub name: String,
    /// What it is called in Vietnamese.
    pub name_vi: String,
    /// What it is called in English.
    pub name_en: String,
    /// What its value is.
    pub value: Type,
    /// Whether it may be left out.
    pub required: bool,
    /// Characters of a text, the largest number, entries of a list.
    pub limit: i64,
    /// Of choices.
    pub choices: Vec<Choice>,
    /// Of organisations: only these.
    pub grassroots_only: bool,
    /// Whether it can be said of several at once.
    pub of_one: bool,
    /// Whether it is counted.
    pub counted: bool,
}

/// What may be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// For example `DONE`.
    pub code: String,
    /// What it is called in Vietnamese.
    pub name_vi: String,
    /// What it is called in English.
    pub name_en: String,
}

/// What the value of a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Type {
    /// A whole number.
    Number,
    /// Money, in đồng.
    AmountVnd,
    /// A text.
    Text,
    /// One of some codes.
    Choice,
    /// Some of some codes.
    Choices,
    /// A day.
    Date,
    /// Organisations of the register.
    Organisations,
    /// An employer, of the register or by name.
    Employer,
    /// A document, of the register or written out.
    Document,
}

impl Type {
    /// As the file and the contract call it.
    pub fn code(self) -> &'static str {
        match self {
            Type::Number => "NUMBER",
            Type::AmountVnd => "AMOUNT_VND",
            Type::Text => "TEXT",
            Type::Choice => "CHOICE",
            Type::Choices => "CHOICES",
            Type::Date => "DATE",
            Type::Organisations => "ORGANISATIONS",
            Type::Employer => "EMPLOYER",
            Type::Document => "DOCUMENT",
        }
    }

    fn limit(self) -> i64 {
        match self {
            Type::Text => TEXT_MAX,
            Type::Number => NUMBER_MAX,
            Type::AmountVnd => AMOUNT_MAX,
            Type::Choices | Type::Organisations => ENTRIES_MAX,
            Type::Choice | Type::Date | Type::Employer | Type::Document => 1,
        }
    }

    fn is_counted(self) -> bool {
        !matches!(self, Type::Text | Type::Employer | Type::Document)
    }
}

impl ActivityKind {
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    kinds: Vec<KindRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindRow {
    code: String,
    name_vi: String,
    name_en: String,
    unit_vi: String,
    counted_as: Option<String>,
    #[serde(default)]
    people_required: bool,
    #[serde(default)]
    people_counted: bool,
    #[serde(default)]
    fields: Vec<FieldRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldRow {
    name: String,
    name_vi: String,
    name_en: String,
    #[serde(rename = "type")]
    value: Type,
    #[serde(default)]
    required: bool,
    limit: Option<i64>,
    #[serde(default)]
    choices: Vec<Choice>,
    #[serde(default)]
    grassroots_only: bool,
    #[serde(default)]
    of_one: bool,
    #[serde(default)]
    counted: bool,
}

/// The file.
pub(super) fn read() -> anyhow::Result<Vec<ActivityKind>> {
    let file: File = toml::from_str(include_str!("../../../reference/activity_kinds.toml"))?;
    let mut kinds: Vec<ActivityKind> = Vec::new();
    for row in file.kinds {
        let code = row.code.clone();
        let kind = kind(row).with_context(|| format!("read {code}"))?;
        ensure!(kinds.iter().all(|known| known.code != code), "{code} stands twice");
        kinds.push(kind);
    }
    Ok(kinds)
}

fn kind(row: KindRow) -> anyhow::Result<ActivityKind> {
    let counted_as = match row.counted_as.as_deref() {
        None => Some((Code::Activity, row.code.clone())),
        Some("") => None,
        Some(code) => {
            let code = Code::parse(code).with_context(|| format!("no fact is called {code}"))?;
            ensure!(code.counting() == Counting::Summed, "{code} is no sum");
            Some((code, String::new()))
        }
    };
    let mut fields: Vec<Field> = Vec::new();
    for row in row.fields {
        let field = field(row)?;
        ensure!(
            fields.iter().all(|known| known.name != field.name),
            "the field {} stands twice",
            field.name
        );
        fields.push(field);
    }
    Ok(ActivityKind {
        code: row.code,
        name_vi: row.name_vi,
        name_en: row.name_en,
        unit_vi: row.unit_vi,
        counted_as,
        people_required: row.people_required,
        people_counted: row.people_counted,
        fields,
    })
}

fn field(row: FieldRow) -> anyhow::Result<Field> {
    let name = &row.name;
    let chosen = matches!(row.value, Type::Choice | Type::Choices);
    ensure!(chosen != row.choices.is_empty(), "{name}: choices, and only they, have codes");
    for (n, choice) in row.choices.iter().enumerate() {
        let first = row.choices.iter().position(|known| known.code == choice.code);
        ensure!(first == Some(n), "{name}: {} stands twice", choice.code);
    }
    ensure!(!row.counted || row.value.is_counted(), "{name}: nothing is counted of it");
    ensure!(
        !row.grassroots_only || row.value == Type::Organisations,
        "{name}: only organisations are grassroots unions"
    );
    // A day, and who is named, are of one activity: several have several.
    ensure!(
        row.of_one || !matches!(row.value, Type::Date | Type::Employer | Type::Document),
        "{name}: it can be said of one activity only"
    );
    Ok(Field {
        limit: row.limit.unwrap_or(row.value.limit()),
        name: row.name,
        name_vi: row.name_vi,
        name_en: row.name_en,
        value: row.value,
        required: row.required,
        choices: row.choices,
        grassroots_only: row.grassroots_only,
        of_one: row.of_one,
        counted: row.counted,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kinds_of_before_are_counted_as_they_were() {
        let kinds = read().expect("read");
        let counted = |code: &str| {
            let kind = kinds.iter().find(|kind| kind.code == code).expect("a kind");
            kind.counted_as.clone()
        };
        assert_eq!(counted("DISSEMINATION"), None);
        assert_eq!(counted("INSPECTION"), Some((Code::Inspection, String::new())));
        assert_eq!(counted("LAUNCH"), Some((Code::Launch, String::new())));
        assert_eq!(counted("POST"), Some((Code::Activity, "POST".to_string())));
    }
}
