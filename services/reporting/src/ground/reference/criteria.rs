//! By what unions are scored, and when they are rated at all: rating_criteria.toml.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

/// What a criterion's points do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CriterionKind {
    /// Scored of every union.
    Base,
    /// Added; nobody must have them.
    Bonus,
    /// Taken away.
    Penalty,
}

/// What a union is scored by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// For example `NHOM_1`.
    pub code: String,
    /// What it is called.
    pub name_vi: String,
    /// What its points do.
    pub kind: CriterionKind,
    /// Whole points.
    pub max_points: i32,
}

/// What is known of a scheme beside its grades.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criteria {
    scheme: String,
    /// Whole months that a union has operated by the end of the last day.
    pub eligible_after_months: i32,
    /// The same for one that came of a split or a merger.
    pub eligible_after_succession_months: i32,
    /// In the order in which they are asked; none where they are not known.
    #[serde(default)]
    pub criteria: Vec<Criterion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schemes: Vec<Criteria>,
}

/// The file, by scheme.
pub(super) fn read() -> anyhow::Result<BTreeMap<String, Criteria>> {
    let file: File = toml::from_str(include_str!("../../../reference/rating_criteria.toml"))?;
    let mut known = BTreeMap::new();
    for criteria in file.schemes {
        let scheme = criteria.scheme.clone();
        ensure!(
            criteria.eligible_after_months > 0 && criteria.eligible_after_succession_months > 0,
            "{scheme} says after how many months a union is eligible"
        );
        let twice = known.insert(scheme.clone(), criteria).is_some();
        ensure!(!twice, "{scheme} stands twice");
    }
    Ok(known)
}

/// What is known of one of the schemes; each has it.
pub(super) fn of(known: &mut BTreeMap<String, Criteria>, scheme: &str) -> anyhow::Result<Criteria> {
    known.remove(scheme).with_context(|| format!("nothing says when {scheme} rates a union"))
}
