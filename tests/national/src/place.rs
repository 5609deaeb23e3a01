//! Real places, published numbers, and names that are not anybody's.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;

const PROVINCES: &str = include_str!("../data/provinces.csv");
const DISTRICTS: &str = include_str!("../data/districts.csv");
const COMMUNES: &str = include_str!("../data/communes.csv");
const COMMUNES_2025: &str = include_str!("../data/communes_2025.csv");
const DISTRIBUTION: &str = include_str!("../data/distribution_2025.csv");
const PUBLISHED: &str = include_str!("../data/published.csv");
const NAMES: &str = include_str!("../data/names.csv");

/// A province as it was until 30 June 2025.
#[derive(Clone, Debug, Deserialize)]
#[allow(missing_docs)]
pub struct Province {
    pub code: String,
    pub name: String,
    pub full_name: String,
    /// How many communes it had.
    pub communes: u64,
    /// The province of 2025 that it went into, or that it stayed.
    pub new_code: String,
    pub new_name: String,
    /// Several provinces became that one.
    pub merged: bool,
}

/// A district.
#[derive(Clone, Debug, Deserialize)]
#[allow(missing_docs)]
pub struct District {
    pub code: String,
    pub name: String,
    pub full_name: String,
    pub province_code: String,
}

/// Unions and members that a province of 2025 was left with.
#[derive(Clone, Debug, Deserialize)]
#[allow(missing_docs)]
pub struct Left {
    pub province_code: String,
    pub unions: u64,
    pub members: u64,
}

/// A number that was published.
#[derive(Clone, Debug, Deserialize)]
#[allow(missing_docs)]
pub struct Published {
    pub scope: String,
    pub code: String,
    pub segment: String,
    pub unions: u64,
}

#[derive(Deserialize)]
struct Communes {
    #[serde(alias = "district_code", alias = "province_code")]
    code: String,
    names: String,
}

#[derive(Deserialize)]
struct Name {
    component: String,
    value: String,
    gender: String,
    share: f64,
}

/// Words of names, each with its weight.
type Words = Vec<(String, u64)>;

/// All places of a size.
pub struct Places {
    /// In the order of their codes.
    pub provinces: Vec<Province>,
    /// Likewise.
    pub districts: Vec<District>,
    /// By province of 2025.
    pub left: BTreeMap<String, Left>,
    /// Numbers that the shape keeps to.
    pub published: Vec<Published>,
    communes: BTreeMap<String, Vec<String>>,
    communes_2025: BTreeMap<String, Vec<String>>,
    surnames: Words,
    middles: [Words; 2],
    givens: [Words; 2],
    whole: bool,
}

impl Places {
    /// The places in these provinces of 2024, or all.
    pub(crate) fn read(only: Option<&[&str]>) -> anyhow::Result<Self> {
        let belongs = |code: &str| only.is_none_or(|only| only.contains(&code));
        let mut provinces: Vec<Province> = rows(PROVINCES)?;
        provinces.retain(|province| belongs(&province.code));
        let mut districts: Vec<District> = rows(DISTRICTS)?;
        districts.retain(|district| belongs(&district.province_code));
        let left: Vec<Left> = rows(DISTRIBUTION)?;
        let new_codes: Vec<&str> = provinces.iter().map(|one| one.new_code.as_str()).collect();
        let left: BTreeMap<String, Left> = left
            .into_iter()
            .filter(|left| new_codes.contains(&left.province_code.as_str()))
            .map(|left| (left.province_code.clone(), left))
            .collect();
        ensure!(provinces.iter().all(|one| left.contains_key(&one.new_code)), "a province is lost");
        let names: Vec<Name> = rows(NAMES)?;
        let words = |component: &str, genders: &[&str]| -> Words {
            names
                .iter()
                .filter(|name| name.component == component && !name.value.is_empty())
                .filter(|name| genders.contains(&name.gender.as_str()))
                .map(|name| (name.value.clone(), (name.share * 1_000.0).ceil() as u64))
                .collect()
        };
        Ok(Self {
            left,
            published: rows(PUBLISHED)?,
            communes: communes(COMMUNES)?,
            communes_2025: communes(COMMUNES_2025)?,
            surnames: words("surname", &["M", "F", "U"]),
            middles: [words("middle", &["M", "U"]), words("middle", &["F", "U"])],
            givens: [words("given", &["M", "U"]), words("given", &["F", "U"])],
            whole: only.is_none(),
            provinces,
            districts,
        })
    }

    /// The whole country is there.
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// The communes of a district of 2024; five island districts had none.
    pub fn communes(&self, district_code: &str) -> &[String] {
        self.communes.get(district_code).map_or(&[], Vec::as_slice)
    }

    /// Communes of a province of 2025, with their kind.
    pub fn communes_2025(&self, province_code: &str) -> &[String] {
        self.communes_2025.get(province_code).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn surnames(&self) -> &[(String, u64)] {
        &self.surnames
    }

    pub(crate) fn middles(&self, female: bool) -> &[(String, u64)] {
        &self.middles[usize::from(female)]
    }

    pub(crate) fn givens(&self, female: bool) -> &[(String, u64)] {
        &self.givens[usize::from(female)]
    }
}

fn rows<T: DeserializeOwned>(text: &str) -> anyhow::Result<Vec<T>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().collect::<Result<_, _>>().context("read the data compiled in")
}

fn communes(text: &str) -> anyhow::Result<BTreeMap<String, Vec<String>>> {
    let rows: Vec<Communes> = rows(text)?;
    let split = |row: Communes| (row.code, row.names.split('|').map(str::to_owned).collect());
    Ok(rows.into_iter().map(split).collect())
}
