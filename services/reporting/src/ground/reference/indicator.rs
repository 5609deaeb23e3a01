//! What can be counted: indicators.csv.

use anyhow::{Context, ensure};
use serde::Deserialize;

use crate::ground::figure::completeness::Completing;
use crate::ground::figure::source::{Formula, Source};
use crate::ground::reference::file;
use crate::ground::reference::scheme::Scheme;

/// How an indicator's lines relate to its figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// Lines sum to the figure.
    Additive,
    /// Distinct subjects: lines may sum to more.
    Distinct,
    /// Numerator over denominator.
    Share,
}

/// One row of indicators.csv.
#[derive(Clone, Debug)]
pub struct Indicator {
    /// For example `MBR_ADMITTED`.
    pub code: String,
    /// What it is called in Vietnamese.
    pub name_vi: String,
    /// What it is called in English.
    pub name_en: String,
    /// What is counted, in Vietnamese.
    pub unit_vi: String,
    /// How lines relate to the figure.
    pub kind: Kind,
    /// What is counted.
    pub numerator: Formula,
    /// Shares only.
    pub denominator: Option<Formula>,
}

impl Indicator {
    /// True when it is a state at the end of the period.
    pub fn is_stock(&self) -> bool {
        self.numerator.terms().all(|term| term.source.is_stock())
    }

    /// Whether all that it counts is summed: whatever is counted distinct, rated, reached or surveyed
    /// is not.
    pub fn is_summed(&self) -> bool {
        let formulas = std::iter::once(&self.numerator).chain(&self.denominator);
        formulas.flat_map(Formula::terms).all(|term| term.source.is_summed())
    }

    /// Of what a figure of it may be known to lack a part.
    pub fn completing(&self) -> Completing {
        let any = |holds: fn(&Source) -> bool| {
            std::iter::once(&self.numerator)
                .chain(&self.denominator)
                .flat_map(Formula::terms)
                .any(|term| holds(&term.source))
        };
        if any(|source| matches!(source, Source::Ratings(_))) {
            Completing::Ratings
        } else if any(Source::counts_members) {
            Completing::Members
        } else {
            Completing::Nothing
        }
    }

    /// The grades that count as rated: those of its denominator or, where it has none, of itself;
    /// none stands for all.
    pub fn grades(&self) -> &[String] {
        let rated = self.denominator.as_ref().unwrap_or(&self.numerator);
        rated
            .terms()
            .find_map(|term| match &term.source {
                Source::Ratings(grades) => Some(grades.as_slice()),
                _ => None,
            })
            .unwrap_or_default()
    }

    /// As indicators.csv writes it.
    pub fn formula(&self) -> String {
        match &self.denominator {
            Some(denominator) => format!("({}) / ({})", self.numerator.text(), denominator.text()),
            None => self.numerator.text().to_string(),
        }
    }
}

#[derive(Deserialize)]
struct IndicatorRow {
    code: String,
    name_vi: String,
    name_en: String,
    unit_vi: String,
    kind: Kind,
    numerator: String,
    denominator: String,
}

/// The file; formulas may name every grade of a scheme.
pub(super) fn read(schemes: &[Scheme]) -> anyhow::Result<Vec<Indicator>> {
    let mut indicators: Vec<Indicator> = Vec::new();
    for row in file::rows::<IndicatorRow>(include_str!("../../../reference/indicators.csv")) {
        let row = row?;
        let read = || -> anyhow::Result<Indicator> {
            ensure!(indicators.iter().all(|known| known.code != row.code), "the code stands twice");
            ensure!(
                (row.kind == Kind::Share) != row.denominator.is_empty(),
                "shares, and only shares, have a denominator"
            );
            let numerator = Formula::read(&row.numerator, schemes)?;
            let distinct = numerator.terms().any(|term| term.source.is_distinct());
            ensure!(!distinct || row.kind != Kind::Additive, "distinct subjects do not add up");
            ensure!(
                !distinct || numerator.terms().count() == 1,
                "distinct subjects of two sources cannot be combined"
            );
            let denominator = if row.denominator.is_empty() {
                None
            } else {
                let denominator = Formula::read(&row.denominator, schemes)?;
                ensure!(
                    numerator.is_share_of(&denominator),
                    "what is shared is no part of what it is a share of"
                );
                Some(denominator)
            };
            Ok(Indicator {
                code: row.code.clone(),
                name_vi: row.name_vi.clone(),
                name_en: row.name_en.clone(),
                unit_vi: row.unit_vi.clone(),
                kind: row.kind,
                numerator,
                denominator,
            })
        };
        let indicator = read().with_context(|| format!("read {}", row.code))?;
        indicators.push(indicator);
    }
    Ok(indicators)
}
