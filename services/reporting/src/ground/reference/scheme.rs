//! How unions are rated: rating_schemes.csv.

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};
use time::Date;
use time::macros::format_description;

use crate::ground::reference::criteria::{self, Criteria};
use crate::ground::reference::file;

/// How unions are rated, and for which years.
#[derive(Clone, Debug)]
pub struct Scheme {
    /// For example `BON_MUC`.
    pub code: String,
    /// What it is called.
    pub name_vi: String,
    /// The first rating year.
    pub from_year: i32,
    /// The last rating year; 0 until further notice.
    pub through_year: i32,
    /// The guidance that set it.
    pub document: String,
    /// When that was issued: later than the first year that it is for.
    pub issued_on: Date,
    /// Best first.
    pub grades: Vec<Grade>,
    /// By what unions are scored, and when they are rated at all.
    pub criteria: Criteria,
}

/// A grade of a scheme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grade {
    /// For example `HOAN_THANH_TOT`.
    pub code: String,
    /// 1 is the best.
    pub rank: i32,
    /// What it is called.
    pub name_vi: String,
    /// The lowest score of its band.
    pub score_from: i32,
}

impl Scheme {
    /// Whether unions are rated by it for this year.
    pub fn in_force(&self, year: i32) -> bool {
        self.from_year <= year && (self.through_year == 0 || year <= self.through_year)
    }
}

/// The reasons of a source of a formula: `NAM_MUC.*` stands for every grade of the scheme. Of a scheme that
/// there is not, the word is answered.
pub(crate) fn reasons(list: &str, schemes: &[Scheme]) -> Result<Vec<String>, String> {
    let mut reasons = Vec::new();
    for reason in list.split('|').filter(|reason| !reason.is_empty()) {
        match reason.strip_suffix(".*") {
            Some(code) => {
                let scheme = schemes.iter().find(|scheme| scheme.code == code);
                let scheme = scheme.ok_or_else(|| reason.to_string())?;
                reasons.extend(scheme.grades.iter().map(|grade| format!("{code}.{}", grade.code)));
            }
            None => reasons.push(reason.to_string()),
        }
    }
    Ok(reasons)
}

#[derive(Deserialize)]
struct SchemeRow {
    scheme: String,
    scheme_name_vi: String,
    from_year: i32,
    through_year: i32,
    document: String,
    issued_on: String,
    grade: String,
    rank: i32,
    grade_name_vi: String,
    score_from: i32,
}

/// The file.
pub(super) fn read() -> anyhow::Result<Vec<Scheme>> {
    let mut known = criteria::read().context("read rating_criteria.toml")?;
    let mut schemes: Vec<Scheme> = Vec::new();
    for row in file::rows::<SchemeRow>(include_str!("../../../reference/rating_schemes.csv")) {
        let row = row?;
        let grade = Grade {
            code: row.grade,
            rank: row.rank,
            name_vi: row.grade_name_vi,
            score_from: row.score_from,
        };
        match schemes.iter_mut().find(|scheme| scheme.code == row.scheme) {
            Some(scheme) => scheme.grades.push(grade),
            None => schemes.push(Scheme {
                criteria: criteria::of(&mut known, &row.scheme)?,
                code: row.scheme,
                name_vi: row.scheme_name_vi,
                from_year: row.from_year,
                through_year: row.through_year,
                document: row.document,
                issued_on: Date::parse(
                    &row.issued_on,
                    format_description!("[year]-[month]-[day]"),
                )?,
                grades: vec![grade],
            }),
        }
    }
    ensure!(known.is_empty(), "no scheme is called as one of rating_criteria.toml: {known:?}");
    Ok(schemes)
}
