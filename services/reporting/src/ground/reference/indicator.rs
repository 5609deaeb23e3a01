//! What can be counted: indicators.csv, and what is loaded later.

use anyhow::{Context, ensure};
use serde::Deserialize;
use time::Date;
use uuid::Uuid;

use crate::ground::figure::breakdown::{Apart, By};
use crate::ground::figure::completeness::Completing;
use crate::ground::figure::source::{Formula, Source, Unfit};
use crate::ground::reference::file;
use crate::ground::reference::scheme::Scheme;
use crate::ground::reference::vocabulary::Vocabulary;

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

impl Kind {
    /// As the table keeps it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Additive => "ADDITIVE",
            Self::Distinct => "DISTINCT",
            Self::Share => "SHARE",
        }
    }

    /// As the table keeps it.
    pub fn read(code: &str) -> anyhow::Result<Self> {
        let all = [Self::Additive, Self::Distinct, Self::Share];
        all.into_iter().find(|kind| kind.code() == code).with_context(|| format!("no kind {code}"))
    }
}

/// What an indicator is said to be: a row of indicators.csv, or what was loaded later.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Definition {
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
    /// A formula.
    pub numerator: String,
    /// A formula; empty but for shares.
    pub denominator: String,
    /// Whether suspended unions are left out of stocks of unions, whoever asks.
    #[serde(default)]
    pub without_suspended: bool,
}

/// Which version of an indicator that was loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// From 1 on.
    pub number: i32,
    /// Periods that end on this day or later are counted so.
    pub in_force_from: Date,
    /// By which decision.
    pub decision_id: Uuid,
}

/// What can be counted.
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
    /// Whether suspended unions are left out of stocks of unions, whoever asks.
    pub without_suspended: bool,
    /// Where it was loaded; none of those that the program brings along.
    pub version: Option<Version>,
}

impl Indicator {
    /// What a definition means; refused where it counts nothing that there is, or cannot be what it is
    /// said to be.
    pub fn define(
        definition: &Definition,
        schemes: &[Scheme],
        vocabulary: &Vocabulary,
    ) -> Result<Self, Unfit> {
        let Definition { kind, .. } = *definition;
        if (kind == Kind::Share) == definition.denominator.is_empty() {
            return Err(Unfit::KindUnfit);
        }
        let numerator = formula(&definition.numerator, schemes, vocabulary)?;
        let distinct = numerator.terms().any(|term| term.source.is_distinct());
        if kind != Kind::Share && distinct != (kind == Kind::Distinct) {
            return Err(Unfit::KindUnfit);
        }
        let denominator = match kind {
            Kind::Share => {
                let denominator = formula(&definition.denominator, schemes, vocabulary)?;
                if !numerator.is_share_of(&denominator) {
                    return Err(Unfit::NotPart);
                }
                Some(denominator)
            }
            Kind::Additive | Kind::Distinct => None,
        };
        Ok(Self {
            code: definition.code.clone(),
            name_vi: definition.name_vi.clone(),
            name_en: definition.name_en.clone(),
            unit_vi: definition.unit_vi.clone(),
            kind,
            numerator,
            denominator,
            without_suspended: definition.without_suspended,
            version: None,
        })
    }

    /// True when it is a state at the end of the period.
    pub fn is_stock(&self) -> bool {
        self.numerator.terms().all(|term| term.source.is_stock())
    }

    /// Whether its lines may be those of a breakdown: what is said of what it counts is told of one source,
    /// and of a share of none, since its whole would be told apart by other words.
    pub fn has(&self, by: By) -> bool {
        match by.apart() {
            None => true,
            Some(_) if self.denominator.is_some() => false,
            Some(Apart::Sex) => self.numerator.terms().all(|term| term.source.is_told_by_sex()),
            Some(Apart::Reason | Apart::Both) => self.told_of().is_some(),
        }
    }

    /// The source whose words its lines by reason are.
    pub fn told_of(&self) -> Option<&Source> {
        let mut terms = self.numerator.terms();
        let source = terms.next().map(|term| &term.source);
        let only = terms.next().is_none() && self.denominator.is_none();
        source.filter(|source| only && source.is_told_by_reason())
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

fn formula(text: &str, schemes: &[Scheme], vocabulary: &Vocabulary) -> Result<Formula, Unfit> {
    let formula = Formula::read(text, schemes)?;
    vocabulary.check(&formula)?;
    let several = formula.terms().count() > 1;
    let any = |holds: fn(&Source) -> bool| formula.terms().any(|term| holds(&term.source));
    if several && any(Source::is_distinct) {
        return Err(Unfit::DistinctCombined);
    }
    if any(Source::is_stock) && any(|source| !source.is_stock()) {
        return Err(Unfit::StockAndFlow);
    }
    Ok(formula)
}

/// The file; formulas may name every grade of a scheme.
pub(super) fn read(schemes: &[Scheme], vocabulary: &Vocabulary) -> anyhow::Result<Vec<Indicator>> {
    let mut indicators: Vec<Indicator> = Vec::new();
    for row in file::rows::<Definition>(include_str!("../../../reference/indicators.csv")) {
        let row = row?;
        ensure!(indicators.iter().all(|known| known.code != row.code), "{} stands twice", row.code);
        let indicator = Indicator::define(&row, schemes, vocabulary);
        indicators.push(indicator.with_context(|| format!("read {}", row.code))?);
    }
    Ok(indicators)
}
