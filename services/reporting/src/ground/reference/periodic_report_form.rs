//! Forms of periodic reports: periodic_report_forms.toml, and what organisations define.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{anyhow, ensure};
use serde::{Deserialize, Serialize};

use crate::ground::reference::grouping::Grouping;
use crate::ground::reference::indicator::{Indicator, Kind};

/// What a term of a check begins with that is of the period before.
const PREVIOUS: &str = "PREVIOUS.";

/// Who fills a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reporters {
    /// Grassroots unions.
    Grassroots,
    /// Their superiors.
    Superiors,
    /// Both.
    All,
}

impl Reporters {
    /// Whether a reporter of this level fills it.
    pub fn are(self, grassroots: bool) -> bool {
        match self {
            Self::Grassroots => grassroots,
            Self::Superiors => !grassroots,
            Self::All => true,
        }
    }
}

/// A form, in one of its versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// For example `MAU_1_HDCD`.
    pub code: String,
    /// 1, 2, …
    pub version: i32,
    /// What it is called in Vietnamese.
    pub name_vi: String,
    /// What it is called in English.
    pub name_en: String,
    /// Who fills it.
    pub reporters: Reporters,
    /// In the order in which they are printed.
    pub rows: Vec<Row>,
    /// Texts.
    #[serde(default)]
    pub sections: Vec<Section>,
    /// What must hold between rows.
    #[serde(default)]
    pub checks: Vec<Check>,
}

/// A row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// For example `WORKERS`.
    pub code: String,
    /// What it is called in Vietnamese.
    pub name_vi: String,
    /// What it is called in English.
    pub name_en: String,
    /// What is counted, in Vietnamese.
    pub unit_vi: String,
    /// What it is prefilled with; nothing, where it is declared or a ratio.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub indicator: String,
    /// At the end of the day before the period.
    #[serde(default)]
    pub at_start: bool,
    /// Unions of a group only.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sector_grouping: String,
    /// See there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sector_group: String,
    /// Nothing is submitted without it.
    #[serde(default)]
    pub required: bool,
    /// The row that says of how many this one is a mean.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub mean_of: String,
    /// Of a ratio.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub numerator: String,
    /// Of a ratio.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub denominator: String,
}

impl Row {
    /// Whether it shows the ratio of two others, and has no number of its own.
    pub fn is_ratio(&self) -> bool {
        !self.numerator.is_empty() || !self.denominator.is_empty()
    }
}

/// A text to be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// For example `RESULTS`.
    pub code: String,
    /// What it is called in Vietnamese.
    pub name_vi: String,
    /// What it is called in English.
    pub name_en: String,
    /// Nothing is submitted without it.
    #[serde(default)]
    pub required: bool,
}

/// What must hold between rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// For example `WORKERS_FEMALE`.
    pub code: String,
    /// Rows added and taken away.
    pub left: String,
    /// How both sides are compared.
    pub comparator: Comparator,
    /// Rows added and taken away.
    pub right: String,
    /// Nothing is submitted against it.
    #[serde(default)]
    pub blocking: bool,
    /// What must hold, in Vietnamese.
    pub message_vi: String,
    /// What must hold, in English.
    pub message_en: String,
}

/// How the sides of a check are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparator {
    /// At most.
    #[serde(rename = "<=")]
    LessOrEqual,
    /// As much.
    #[serde(rename = "=")]
    Equal,
    /// At least.
    #[serde(rename = ">=")]
    GreaterOrEqual,
}

impl Comparator {
    /// As forms write it.
    pub fn sign(self) -> &'static str {
        match self {
            Self::LessOrEqual => "<=",
            Self::Equal => "=",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// Of its sign.
    pub fn read(sign: &str) -> Option<Self> {
        [Self::LessOrEqual, Self::Equal, Self::GreaterOrEqual]
            .into_iter()
            .find(|comparator| comparator.sign() == sign)
    }

    /// Whether it holds.
    pub fn holds(self, left: i128, right: i128) -> bool {
        match self {
            Self::LessOrEqual => left <= right,
            Self::Equal => left == right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

/// A row in one side of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term<'a> {
    /// 1 or -1.
    pub sign: i128,
    /// Of the report of the period before.
    pub previous: bool,
    /// The row.
    pub row: &'a str,
}

/// The terms of one side of a check; none where it is no sum of rows.
pub fn terms(side: &str) -> Option<Vec<Term<'_>>> {
    let mut terms = Vec::new();
    let mut sign = Some(1);
    for word in side.split_whitespace() {
        match (sign, word) {
            (None, "+") => sign = Some(1),
            (None, "-") => sign = Some(-1),
            (None, _) | (Some(_), "+" | "-") => return None,
            (Some(with), word) => {
                let row = word.strip_prefix(PREVIOUS);
                terms.push(Term { sign: with, previous: row.is_some(), row: row.unwrap_or(word) });
                sign = None;
            }
        }
    }
    (sign.is_none() && !terms.is_empty()).then_some(terms)
}

/// What is wrong with a form: which of its fields, and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// For example `rows[3].mean_of`.
    pub field: String,
    /// What stands there.
    pub code: String,
}

impl Form {
    /// A row by its code.
    pub fn row(&self, code: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.code == code)
    }

    /// Looks whether it is whole: every code once and all that is named there.
    pub fn whole(&self) -> Result<(), Malformed> {
        let wrong = |field: String, code: &str| Malformed { field, code: code.to_string() };
        if !is_code(&self.code) {
            return Err(wrong("code".to_string(), &self.code));
        }
        let codes = [
            ("rows", self.rows.iter().map(|row| row.code.as_str()).collect::<Vec<_>>()),
            ("sections", self.sections.iter().map(|section| section.code.as_str()).collect()),
            ("checks", self.checks.iter().map(|check| check.code.as_str()).collect()),
        ];
        for (list, codes) in codes {
            let mut known = BTreeSet::new();
            for (n, code) in codes.into_iter().enumerate() {
                if !is_code(code) || !known.insert(code) {
                    return Err(wrong(format!("{list}[{n}].code"), code));
                }
            }
        }
        for (n, row) in self.rows.iter().enumerate() {
            self.row_whole(n, row)?;
        }
        for (n, check) in self.checks.iter().enumerate() {
            for (side, text) in [("left", &check.left), ("right", &check.right)] {
                let fit = |term: &Term<'_>| self.row(term.row).is_some_and(|row| !row.is_ratio());
                if !terms(text).is_some_and(|terms| terms.iter().all(fit)) {
                    return Err(wrong(format!("checks[{n}].{side}"), text));
                }
            }
        }
        Ok(())
    }

    fn row_whole(&self, n: usize, row: &Row) -> Result<(), Malformed> {
        let wrong = |name: &str, code: &str| {
            Err(Malformed { field: format!("rows[{n}].{name}"), code: code.to_string() })
        };
        let number =
            |code: &str| code != row.code && self.row(code).is_some_and(|other| !other.is_ratio());
        if row.is_ratio() {
            for (name, code) in [("numerator", &row.numerator), ("denominator", &row.denominator)] {
                if !number(code) {
                    return wrong(name, code);
                }
            }
            if !row.indicator.is_empty() || !row.mean_of.is_empty() || row.required {
                return wrong("numerator", &row.code);
            }
        }
        if !row.mean_of.is_empty() && !number(&row.mean_of) {
            return wrong("mean_of", &row.mean_of);
        }
        let of_indicator = row.at_start || !row.sector_grouping.is_empty();
        if row.indicator.is_empty() && of_indicator {
            return wrong("indicator", &row.indicator);
        }
        Ok(())
    }
}

/// Whether an indicator can fill a row: a share is the ratio of two rows, and only stocks stand at
/// the start of a period.
pub fn fills(indicator: &Indicator, at_start: bool) -> bool {
    indicator.kind != Kind::Share && (!at_start || indicator.is_stock())
}

fn is_code(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    text.bytes().next().is_some_and(|first| first.is_ascii_uppercase()) && text.bytes().all(plain)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    forms: Vec<Form>,
}

/// The file.
pub(super) fn read(
    indicators: &[Indicator],
    groupings: &BTreeMap<String, Grouping>,
) -> anyhow::Result<Vec<Form>> {
    let file: File = toml::from_str(include_str!("../../../reference/periodic_report_forms.toml"))?;
    let mut known = BTreeSet::new();
    for form in &file.forms {
        let code = &form.code;
        form.whole().map_err(|wrong| anyhow!("{code}: {} says {}", wrong.field, wrong.code))?;
        ensure!(known.insert((code, form.version)), "{code} has a version twice");
        for row in form.rows.iter().filter(|row| !row.indicator.is_empty()) {
            let indicator = indicators.iter().find(|indicator| indicator.code == row.indicator);
            let fits = indicator.is_some_and(|indicator| fills(indicator, row.at_start));
            ensure!(fits, "{code}: {} fills no row", row.indicator);
            let group = (row.sector_grouping.as_str(), row.sector_group.as_str());
            let grouped = match group {
                ("", "") => true,
                (grouping, group) => groupings.get(grouping).is_some_and(|known| known.has(group)),
            };
            ensure!(grouped, "{code}: {} is of no group", row.code);
        }
    }
    Ok(file.forms)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> Form {
        let row = |code: &str| Row { code: code.to_string(), ..Row::default() };
        Form {
            code: "TET_CARE".to_string(),
            version: 1,
            name_vi: "Chăm lo Tết".to_string(),
            name_en: "Care at Tết".to_string(),
            reporters: Reporters::All,
            rows: vec![row("PEOPLE"), row("WOMEN")],
            sections: Vec::new(),
            checks: vec![Check {
                code: "WOMEN".to_string(),
                left: "WOMEN".to_string(),
                comparator: Comparator::LessOrEqual,
                right: "PEOPLE".to_string(),
                blocking: true,
                message_vi: "Số nữ không lớn hơn tổng số".to_string(),
                message_en: "women are no more than all".to_string(),
            }],
        }
    }

    fn wrong(change: impl FnOnce(&mut Form)) -> Option<String> {
        let mut form = form();
        change(&mut form);
        form.whole().err().map(|wrong| wrong.field)
    }

    #[test]
    fn a_side_of_a_check_is_a_sum_of_rows() {
        let read = terms("PREVIOUS.MEMBERS + IN - OUT").expect("terms");
        let read: Vec<_> = read.iter().map(|term| (term.sign, term.previous, term.row)).collect();
        assert_eq!(read, [(1, true, "MEMBERS"), (1, false, "IN"), (-1, false, "OUT")]);
        for no_sum in ["", "+", "A +", "+ A", "A B", "A - - B"] {
            assert_eq!(terms(no_sum), None, "{no_sum}");
        }
    }

    #[test]
    fn a_form_that_is_not_whole_says_where() {
        assert_eq!(form().whole(), Ok(()));
        let says = |field: &str| Some(field.to_string());
        assert_eq!(wrong(|form| form.code = "tet".to_string()), says("code"));
        assert_eq!(wrong(|form| form.rows[1].code = "PEOPLE".to_string()), says("rows[1].code"));
        assert_eq!(wrong(|form| form.checks[0].left = "MEN".to_string()), says("checks[0].left"));
        assert_eq!(wrong(|form| form.rows[0].at_start = true), says("rows[0].indicator"));
        let mean = |form: &mut Form| form.rows[0].mean_of = "PEOPLE".to_string();
        assert_eq!(wrong(mean), says("rows[0].mean_of"));
        let ratio = |form: &mut Form| form.rows[1].numerator = "PEOPLE".to_string();
        assert_eq!(wrong(ratio), says("rows[1].denominator"));
    }
}
