//! Indicators as a call names them: those that the program brings along, and those that were loaded.

use std::collections::BTreeMap;

use anyhow::Context;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::reference::{Definition, Indicator, Kind, Reference, Version};
use crate::ground::refused::Refused;

/// A row of the table.
pub(crate) struct Row {
    pub code: String,
    pub version: i32,
    pub name_vi: String,
    pub name_en: String,
    pub unit_vi: String,
    pub kind: String,
    pub numerator: String,
    pub denominator: String,
    pub without_suspended: bool,
    pub in_force_from: Date,
    pub decision_id: Uuid,
}

impl Row {
    /// What was loaded.
    pub fn definition(&self) -> anyhow::Result<Definition> {
        Ok(Definition {
            code: self.code.clone(),
            name_vi: self.name_vi.clone(),
            name_en: self.name_en.clone(),
            unit_vi: self.unit_vi.clone(),
            kind: Kind::read(&self.kind)?,
            numerator: self.numerator.clone(),
            denominator: self.denominator.clone(),
            without_suspended: self.without_suspended,
        })
    }

    fn indicator(self, reference: &Reference) -> anyhow::Result<Indicator> {
        let indicator = reference.define(&self.definition()?);
        let indicator =
            indicator.with_context(|| format!("{} version {}", self.code, self.version))?;
        let version = Version {
            number: self.version,
            in_force_from: self.in_force_from,
            decision_id: self.decision_id,
        };
        Ok(Indicator { version: Some(version), ..indicator })
    }
}

/// The indicators that a list names, in its order: `CODE` as it holds for periods that end on a day, and
/// `CODE@2` in that version. `field` says where a code stands.
pub async fn named(
    connection: &mut PgConnection,
    reference: &'static Reference,
    codes: &[String],
    on: Date,
    field: impl Fn(usize) -> String,
) -> Result<Vec<Indicator>, Failure> {
    let mut found: Vec<Option<Indicator>> =
        codes.iter().map(|code| reference.indicator(code).cloned()).collect();
    if found.iter().any(Option::is_none) {
        let (asked, versions): (Vec<String>, Vec<i32>) =
            codes.iter().map(|code| parted(code)).unzip();
        let rows = sqlx::query_file!("src/ground/indicators/named.sql", &asked, &versions, on,)
            .fetch_all(connection)
            .await?;
        for row in rows {
            let line = usize::try_from(row.line - 1).context("a line")?;
            let loaded = Row {
                code: row.code,
                version: row.version,
                name_vi: row.name_vi,
                name_en: row.name_en,
                unit_vi: row.unit_vi,
                kind: row.kind,
                numerator: row.numerator,
                denominator: row.denominator,
                without_suspended: row.without_suspended,
                in_force_from: row.in_force_from,
                decision_id: row.decision_id,
            };
            if let Some(place) = found.get_mut(line).filter(|place| place.is_none()) {
                *place = Some(loaded.indicator(reference)?);
            }
        }
    }
    let all = found.into_iter().zip(codes).enumerate().map(|(line, (found, code))| {
        let unknown = || Refused::IndicatorUnknown { field: field(line), indicator: code.clone() };
        found.ok_or_else(unknown)
    });
    Ok(all.collect::<Result<_, Refused>>()?)
}

/// Indicators by their codes: those that the program brings along, and what of them was loaded. A target,
/// or a line of a template, counts by the version that holds for periods that end as its own does.
pub struct Indicators {
    reference: &'static Reference,
    /// In the order of their versions.
    loaded: BTreeMap<String, Vec<Indicator>>,
}

impl Indicators {
    /// Those that the program brings along.
    pub fn built_in(reference: &'static Reference) -> Self {
        Self { reference, loaded: BTreeMap::new() }
    }

    /// All of them.
    pub async fn read(
        connection: &mut PgConnection,
        reference: &'static Reference,
    ) -> Result<Self, Failure> {
        let mut of_codes: BTreeMap<String, Vec<Indicator>> = BTreeMap::new();
        for indicator in loaded(connection, reference).await? {
            of_codes.entry(indicator.code.clone()).or_default().push(indicator);
        }
        Ok(Self { reference, loaded: of_codes })
    }

    /// All of them, where any of these codes is none that the program brings along.
    pub async fn of_codes<'a>(
        connection: &mut PgConnection,
        reference: &'static Reference,
        codes: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, Failure> {
        if codes.into_iter().all(|code| reference.indicator(code).is_some()) {
            return Ok(Self::built_in(reference));
        }
        Self::read(connection, reference).await
    }

    /// What the code means for a period that ends on a day; the first version where none held yet.
    pub fn on(&self, code: &str, through: Date) -> Option<&Indicator> {
        if let Some(built_in) = self.reference.indicator(code) {
            return Some(built_in);
        }
        let versions = self.loaded.get(code)?;
        let holds =
            |one: &&Indicator| one.version.is_some_and(|version| version.in_force_from <= through);
        versions.iter().rev().find(holds).or(versions.first())
    }

    /// The same; refused where there is none. `field` named it.
    pub fn known(&self, field: &str, code: &str, through: Date) -> Result<&Indicator, Refused> {
        self.on(code, through).ok_or_else(|| Refused::IndicatorUnknown {
            field: field.to_string(),
            indicator: code.to_string(),
        })
    }

    /// The code in all its versions; none where nobody knows it.
    pub fn versions(&self, code: &str) -> Vec<&Indicator> {
        match self.reference.indicator(code) {
            Some(built_in) => vec![built_in],
            None => self.loaded.get(code).into_iter().flatten().collect(),
        }
    }

    /// What else the program brings along.
    pub fn reference(&self) -> &'static Reference {
        self.reference
    }
}

/// `CODE@2` as its code and its version; the one that holds is version 0.
fn parted(text: &str) -> (String, i32) {
    match text.split_once('@') {
        // What is no number is of no version.
        Some((code, version)) => (code.to_string(), version.parse().unwrap_or(-1)),
        None => (text.to_string(), 0),
    }
}

/// All that were loaded, by code and version.
pub async fn loaded(
    connection: &mut PgConnection,
    reference: &'static Reference,
) -> Result<Vec<Indicator>, Failure> {
    let rows = sqlx::query_as!(
        Row,
        "select code, version, name_vi, name_en, unit_vi, kind, numerator, denominator, without_suspended,
                in_force_from, decision_id
         from indicator_version
         order by code, version"
    )
    .fetch_all(connection)
    .await?;
    let rows = rows.into_iter().map(|row| row.indicator(reference));
    Ok(rows.collect::<anyhow::Result<_>>()?)
}
