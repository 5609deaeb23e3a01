//! Reference data: indicators, groupings of sectors, rating schemes, kinds of activities. Files beside the source, compiled in, read once at the start and refused there if wrong.

pub mod activity_kind;
mod file;
pub mod grouping;
pub mod indicator;
pub mod scheme;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use anyhow::Context;
use serde::Deserialize;

pub use self::activity_kind::ActivityKind;
pub use self::grouping::{Group, Grouping, OTHER_GROUP};
pub use self::indicator::{Indicator, Kind};
pub use self::scheme::{Grade, Scheme};

/// Everything that the reference files say.
pub struct Reference {
    indicators: Vec<Indicator>,
    groupings: BTreeMap<String, Grouping>,
    grassroots_types: BTreeSet<String>,
    schemes: Vec<Scheme>,
    activity_kinds: Vec<ActivityKind>,
}

static REFERENCE: OnceLock<Reference> = OnceLock::new();

/// Reads the files; to be called before anything is served.
pub fn load() -> anyhow::Result<&'static Reference> {
    if let Some(reference) = REFERENCE.get() {
        return Ok(reference);
    }
    let reference = Reference::read()?;
    Ok(REFERENCE.get_or_init(|| reference))
}

impl Reference {
    /// All indicators, in the order of the file.
    pub fn indicators(&self) -> &[Indicator] {
        &self.indicators
    }

    /// One indicator.
    pub fn indicator(&self, code: &str) -> Option<&Indicator> {
        self.indicators.iter().find(|indicator| indicator.code == code)
    }

    /// All groupings.
    pub fn groupings(&self) -> &BTreeMap<String, Grouping> {
        &self.groupings
    }

    /// A grouping spelt out for SQL: sectors, and beside each its group.
    pub fn sector_groups(&self, grouping: &str) -> (Vec<String>, Vec<String>) {
        self.groupings
            .get(grouping)
            .into_iter()
            .flat_map(|grouping| &grouping.groups)
            .flat_map(|group| {
                group.sectors.iter().map(|sector| (sector.clone(), group.code.clone()))
            })
            .unzip()
    }

    /// Whether organisations of this type are counted as unions.
    pub fn is_grassroots(&self, organisation_type: &str) -> bool {
        self.grassroots_types.contains(organisation_type)
    }

    /// Whether unions are rated for a year by a scheme that has one of these grades (any, if
    /// there are none).
    pub fn rates_in(&self, year: i32, grades: &[String]) -> bool {
        self.schemes.iter().filter(|scheme| scheme.in_force(year)).any(|scheme| {
            grades.is_empty()
                || grades.iter().any(|grade| grade.split('.').next() == Some(&scheme.code))
        })
    }

    /// All rating schemes.
    pub fn schemes(&self) -> &[Scheme] {
        &self.schemes
    }

    /// All kinds of activities, in the order of the file.
    pub fn activity_kinds(&self) -> &[ActivityKind] {
        &self.activity_kinds
    }

    /// The kind of activity of this code.
    pub fn activity_kind(&self, code: &str) -> Option<&ActivityKind> {
        self.activity_kinds.iter().find(|kind| kind.code == code)
    }

    fn read() -> anyhow::Result<Self> {
        let schemes = scheme::read().context("read rating_schemes.csv")?;
        let groupings = grouping::read().context("read sector_groupings.csv")?;
        let indicators = indicator::read(&schemes).context("read indicators.csv")?;
        Ok(Self {
            grassroots_types: grassroots_types().context("read grassroots_types.csv")?,
            indicators,
            groupings,
            schemes,
            activity_kinds: activity_kind::read().context("read activity_kinds.toml")?,
        })
    }
}

#[derive(Deserialize)]
struct TypeRow {
    code: String,
}

fn grassroots_types() -> anyhow::Result<BTreeSet<String>> {
    file::rows::<TypeRow>(include_str!("../../reference/grassroots_types.csv"))
        .map(|row| Ok(row?.code))
        .collect()
}
