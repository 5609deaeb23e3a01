//! Templates: Vietnamese sentences with places for figures.
//!
//! A place is written in braces. A name in capitals is an indicator, followed by what is
//! wanted of it:
//!
//! ```text
//! {MBR_ADMITTED}                      30.018
//! {ORG_NET:2}                         03          two digits at least
//! {ORG_NET:+}                         +11         with its sign
//! {ORG_STOCK.direct}                  487         directly managed units only
//! {ORG_STOCK.direct@BA_KHOI.HCSN}     100         of one group of sectors
//! {RATING_STRONG:%}                   64,94%      of a share
//! {ORG_FOUNDED/CĐCS}                  101/88 CĐCS (đạt 114,77%)   against its target
//! ```
//!
//! A name in small letters is a word of the row when the line lists something (`each`), or a
//! parameter of the report.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, bail, ensure};
use serde::Deserialize;

use crate::ground::reference::grouping::Grouping;
use crate::ground::reference::indicator::{Indicator, Kind};
use crate::ground::refused::Refused;
use crate::ground::reports_due::Cadence;

/// One kind of report.
#[derive(Clone, Debug)]
pub struct Template {
    /// For example `BA_DINH`.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// What can be chosen.
    pub parameters: Vec<Parameter>,
    /// In the order of print.
    pub lines: Vec<Line>,
}

/// Something that can be chosen when a report is printed.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// For example `decimals`.
    pub name: String,
    /// What holds if nothing is chosen.
    pub default: String,
    /// What it does, in Vietnamese.
    pub meaning: String,
}

/// A sentence.
#[derive(Clone, Debug)]
pub struct Line {
    /// In order.
    pub parts: Vec<Part>,
    /// Printed once for each of these.
    pub each: Option<Each>,
    /// Printed instead where nobody asks for what the line holds against its target: `each` is
    /// the issuer then, and these parts do not name one.
    pub unassigned: Option<Vec<Part>>,
    /// Counted over the calendar year that this parameter names, not over the report's period.
    pub year_of: Option<String>,
    /// Not printed while every figure in it is 0.
    pub unless_zero: bool,
}

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// As it stands.
    Text(String),
    /// A word of the row, or a parameter.
    Word(String),
    /// A figure.
    Number(Number),
}

/// A figure in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// The indicator.
    pub indicator: String,
    /// Directly managed units only.
    pub direct_only: bool,
    /// Of a grouping of sectors, one group.
    pub group: Option<(String, String)>,
    /// How it is printed.
    pub format: Format,
}

/// How a figure is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// `30.018`
    Plain,
    /// `03`
    Padded(usize),
    /// `+11`
    Signed,
    /// `64,94%`
    Percent,
    /// `101/88 CĐCS (đạt 114,77%)`
    Against(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    code: String,
    title: String,
    #[serde(default)]
    parameters: Vec<ParameterRow>,
    lines: Vec<LineRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ParameterRow {
    name: String,
    default: String,
    meaning: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineRow {
    text: String,
    each: Option<Each>,
    unassigned: Option<String>,
    year_of: Option<String>,
    #[serde(default)]
    unless_zero: bool,
}

/// What a template may name.
#[derive(Clone, Copy)]
pub(super) struct Named<'a> {
    pub indicators: &'a [Indicator],
    pub groupings: &'a BTreeMap<String, Grouping>,
}

impl Template {
    /// Reads a template's file, and checks every name in it.
    pub(super) fn read(text: &str, named: Named<'_>) -> anyhow::Result<Self> {
        let file: File = toml::from_str(text)?;
        let parameters: Vec<Parameter> = file
            .parameters
            .into_iter()
            .map(|row| Parameter { name: row.name, default: row.default, meaning: row.meaning })
            .collect();
        let lines = file
            .lines
            .into_iter()
            .map(|row| {
                let parts = parts(&row.text, named)
                    .with_context(|| format!("read the line {:?}", row.text))?;
                let parameter =
                    |word: &String| parameters.iter().any(|parameter| parameter.name == *word);
                let known = |word: &String| {
                    parameter(word)
                        || row.each.is_some_and(|each| each.words().contains(&word.as_str()))
                };
                ensure!(
                    (row.each == Some(Each::Issuer)) == row.unassigned.is_some(),
                    "lines for each issuer, and only they, say what is printed where there is none"
                );
                let unassigned = match &row.unassigned {
                    Some(text) => Some(
                        self::parts(text, named)
                            .with_context(|| format!("read the line {text:?}"))?,
                    ),
                    None => None,
                };
                for part in unassigned.iter().flatten() {
                    if let Part::Word(word) = part {
                        ensure!(
                            word != "issuer" && parameter(word),
                            "{word} is no word of a line without an issuer"
                        );
                    }
                }
                for part in &parts {
                    if let Part::Word(word) = part {
                        ensure!(known(word), "{word} is neither a word of the row nor a parameter");
                    }
                }
                if let Some(parameter) = &row.year_of {
                    ensure!(known(parameter), "{parameter} is no parameter");
                }
                Ok(Line {
                    parts,
                    each: row.each,
                    unassigned,
                    year_of: row.year_of,
                    unless_zero: row.unless_zero,
                })
            })
            .collect::<anyhow::Result<_>>()?;
        Ok(Self { code: file.code, title: file.title, parameters, lines })
    }

    /// The parameters of one print: those chosen, and the defaults of the others.
    pub fn parameters(
        &self,
        chosen: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Chosen, Refused> {
        let mut values: Vec<(String, String)> = self
            .parameters
            .iter()
            .map(|parameter| (parameter.name.clone(), parameter.default.clone()))
            .collect();
        let mut named = BTreeSet::new();
        for (place, (name, value)) in chosen.into_iter().enumerate() {
            if !named.insert(name.clone()) {
                let field = format!("parameters[{place}].name");
                return Err(Refused::ParameterRepeated { field, parameter: name });
            }
            match values.iter_mut().find(|(known, _)| *known == name) {
                Some((_, held)) => *held = value,
                None => {
                    return Err(Refused::ParameterUnknown {
                        field: format!("parameters[{place}].name"),
                        parameter: name,
                    });
                }
            }
        }
        let chosen = Chosen(values);
        // Read every one now: a report is refused at the door, not in its last line.
        chosen.decimals()?;
        chosen.year("rating_year")?;
        chosen.count("min_decisions")?;
        chosen.cadence()?;
        Ok(chosen)
    }
}

/// Parameters and their values.
#[derive(Clone, Debug)]
pub struct Chosen(Vec<(String, String)>);

/// More are not read off a report by anybody.
const DECIMALS_MAX: u32 = 4;

impl Chosen {
    /// The value as text; empty if the template has no such parameter.
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// `decimals`: of percentages.
    pub fn decimals(&self) -> Result<u32, Refused> {
        Ok(self.number("decimals", 0..=i64::from(DECIMALS_MAX))?.unwrap_or(2).unsigned_abs() as u32)
    }

    /// A calendar year.
    pub fn year(&self, name: &str) -> Result<Option<i32>, Refused> {
        let year = self.number(name, 1990..=2200)?;
        Ok(year.and_then(|year| i32::try_from(year).ok()))
    }

    /// A small count.
    pub fn count(&self, name: &str) -> Result<i64, Refused> {
        Ok(self.number(name, 0..=1_000_000)?.unwrap_or(0))
    }

    /// `cadence`: how often reports are due.
    pub fn cadence(&self) -> Result<Cadence, Refused> {
        match self.text("cadence") {
            "" => Ok(Cadence::QUARTER),
            text => Cadence::read(text).ok_or_else(|| malformed("cadence")),
        }
    }

    fn number(
        &self,
        name: &str,
        range: std::ops::RangeInclusive<i64>,
    ) -> Result<Option<i64>, Refused> {
        match self.text(name) {
            "" => Ok(None),
            text => text
                .parse()
                .ok()
                .filter(|number| range.contains(number))
                .map(Some)
                .ok_or_else(|| malformed(name)),
        }
    }
}

fn malformed(name: &str) -> Refused {
    Refused::ParameterMalformed { field: "parameters".to_string(), parameter: name.to_string() }
}

fn parts(text: &str, named: Named<'_>) -> anyhow::Result<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        if !before.is_empty() {
            parts.push(Part::Text(before.to_string()));
        }
        let (place, after) = after.split_once('}').context("a brace does not close")?;
        parts.push(part(place, named).with_context(|| format!("read {{{place}}}"))?);
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_string()));
    }
    Ok(parts)
}

fn part(place: &str, named: Named<'_>) -> anyhow::Result<Part> {
    if place.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
        return Ok(Part::Word(place.to_string()));
    }
    let (rest, format) = if let Some((rest, noun)) = place.split_once('/') {
        (rest, Format::Against(noun.to_string()))
    } else if let Some((rest, format)) = place.split_once(':') {
        let format = match format {
            "+" => Format::Signed,
            "%" => Format::Percent,
            width => Format::Padded(width.parse().context("read the number of digits")?),
        };
        (rest, format)
    } else {
        (place, Format::Plain)
    };
    let (rest, group) = match rest.split_once('@') {
        Some((rest, group)) => {
            let (grouping, group) = group.split_once('.').context("a group needs its grouping")?;
            let known = named.groupings.get(grouping).is_some_and(|known| known.has(group));
            ensure!(known, "no group {group} in a grouping {grouping}");
            (rest, Some((grouping.to_string(), group.to_string())))
        }
        None => (rest, None),
    };
    let (code, direct_only) = match rest.strip_suffix(".direct") {
        Some(code) => (code, true),
        None => (rest, false),
    };
    let indicator = named
        .indicators
        .iter()
        .find(|indicator| indicator.code == code)
        .with_context(|| format!("no indicator {code}"))?;
    if (indicator.kind == Kind::Share) != (format == Format::Percent) {
        bail!("shares, and only shares, are printed as percentages");
    }
    Ok(Part::Number(Number { indicator: code.to_string(), direct_only, group, format }))
}

/// What a line is printed for each of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Each {
    /// Whoever asks for what the line holds against its target.
    Issuer,
    /// Targets of the organisation that end within the period, measured.
    Target,
    /// Congresses of the period whose term is not five years.
    ShortenedCongress,
    /// Ceremonies of the period at which several decisions were handed over.
    Ceremony,
    /// Units that came from elsewhere, by day and former superior.
    TakenOver,
    /// Employers of 20 workers or more without a union.
    Employer,
    /// What the organisation was asked for, with what it handed down.
    Cascade,
    /// What it handed down, unit by unit.
    CascadeChild,
    /// Who follows which unit.
    Assignment,
    /// Reports due from those who follow units, unit by unit.
    ReportDue,
}

impl Each {
    /// The words of a row.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Each::Issuer => &["issuer"],
            Each::Target => &["indicator", "scope", "result", "issuer"],
            Each::ShortenedCongress => &["organisation", "ordinal", "term", "reason", "date"],
            Each::Ceremony => &["organisation", "date", "count", "names"],
            Each::TakenOver => &["date", "former", "count"],
            Each::Employer => &["employer", "workforce", "surveyor", "stage"],
            Each::Cascade => {
                &["indicator", "from", "through", "issuer", "value", "units", "sum", "difference"]
            }
            Each::CascadeChild => {
                &["indicator", "from", "through", "unit", "value", "share", "revision"]
            }
            Each::Assignment => &["position", "unit", "from"],
            Each::ReportDue => &["position", "unit", "count", "next"],
        }
    }
}
