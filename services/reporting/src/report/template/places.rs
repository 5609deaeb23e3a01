//! Texts with places for figures, in braces.
//!
//! A name in capitals is an indicator, followed by what is wanted of it:
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

use crate::ground::indicators::Indicators;
use crate::ground::reference::Kind;

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// As it stands.
    Text(String),
    /// A word of the row, or a parameter.
    Word(String),
    /// A figure.
    Number(Number),
}

/// A figure in a text.
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

/// What is wrong with a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not closed, or cannot be read.
    Malformed(String),
    /// There is no such indicator.
    Indicator(String),
    /// There is no such group, or no such grouping.
    Group(String),
}

/// No number has more digits to be filled up to.
const WIDTH_MAX: usize = 9;
/// So many letters of what cannot be read are said again.
const SAID: usize = 60;

/// Reads a text, with the first fault of it.
pub fn parts(text: &str, indicators: &Indicators) -> Result<Vec<Part>, Fault> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        if !before.is_empty() {
            parts.push(Part::Text(before.to_string()));
        }
        let (place, after) = after.split_once('}').ok_or_else(|| malformed(after))?;
        parts.push(part(place, indicators)?);
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_string()));
    }
    Ok(parts)
}

fn malformed(place: &str) -> Fault {
    Fault::Malformed(place.chars().take(SAID).collect())
}

fn part(place: &str, indicators: &Indicators) -> Result<Part, Fault> {
    if !place.is_empty() && place.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
        return Ok(Part::Word(place.to_string()));
    }
    let (rest, format) = if let Some((rest, noun)) = place.split_once('/') {
        (rest, Format::Against(noun.to_string()))
    } else if let Some((rest, format)) = place.split_once(':') {
        let format = match format {
            "+" => Format::Signed,
            "%" => Format::Percent,
            width => {
                let width = width.parse().ok().filter(|width| (1..=WIDTH_MAX).contains(width));
                Format::Padded(width.ok_or_else(|| malformed(place))?)
            }
        };
        (rest, format)
    } else {
        (place, Format::Plain)
    };
    let (rest, group) = match rest.split_once('@') {
        Some((rest, group)) => {
            let said = || Fault::Group(group.chars().take(SAID).collect());
            let (grouping, group) = group.split_once('.').ok_or_else(said)?;
            let known = indicators
                .reference()
                .groupings()
                .get(grouping)
                .is_some_and(|known| known.has(group));
            if !known {
                return Err(said());
            }
            (rest, Some((grouping.to_string(), group.to_string())))
        }
        None => (rest, None),
    };
    let (code, direct_only) = match rest.strip_suffix(".direct") {
        Some(code) => (code, true),
        None => (rest, false),
    };
    let code_like = code.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    if code.is_empty() || !code_like {
        return Err(malformed(place));
    }
    let versions = indicators.versions(code);
    if versions.is_empty() {
        return Err(Fault::Indicator(code.chars().take(SAID).collect()));
    }
    // Shares, and only shares, are printed as percentages: in whatever version they are counted.
    let is_share = format == Format::Percent;
    if versions.iter().any(|indicator| (indicator.kind == Kind::Share) != is_share) {
        return Err(malformed(place));
    }
    Ok(Part::Number(Number { indicator: code.to_string(), direct_only, group, format }))
}
