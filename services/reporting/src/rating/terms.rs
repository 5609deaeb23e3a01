//! What a scheme says: grades with their bands, criteria, and when a union is eligible. A round keeps
//! its own copy.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::reference::{Criterion, CriterionKind, Grade, Scheme};
use crate::ground::refused::Refused;

/// The terms of a version of a scheme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// What it is called.
    pub name_vi: String,
    /// Best first.
    pub grades: Vec<Grade>,
    /// In the order in which they are asked; none where they are not known.
    pub criteria: Vec<Criterion>,
    /// Whole months that a union has operated by the end of the last day.
    pub eligible_after_months: i32,
    /// The same for one that came of a split or a merger.
    pub eligible_after_succession_months: i32,
}

/// A version of a scheme, by whomever it was set.
#[derive(Clone, Debug)]
pub struct Version {
    /// For example `BON_MUC`.
    pub scheme: String,
    /// 1, and 1 more by each that is defined.
    pub version: i32,
    /// Who defined it; none for the whole country.
    pub organisation_id: Option<Uuid>,
    /// The first rating year.
    pub from_year: i32,
    /// The last; 0 until further notice.
    pub through_year: i32,
    /// The guidance, where it is one of the whole country.
    pub document: Option<(String, Date)>,
    /// What it rests on, where it was defined.
    pub decision_id: Option<Uuid>,
    /// What it says.
    pub terms: Terms,
}

impl Version {
    /// One of the whole country.
    pub fn of_country(scheme: &Scheme) -> Self {
        Self {
            scheme: scheme.code.clone(),
            version: 1,
            organisation_id: None,
            from_year: scheme.from_year,
            through_year: scheme.through_year,
            document: Some((scheme.document.clone(), scheme.issued_on)),
            decision_id: None,
            terms: Terms {
                name_vi: scheme.name_vi.clone(),
                grades: scheme.grades.clone(),
                criteria: scheme.criteria.criteria.clone(),
                eligible_after_months: scheme.criteria.eligible_after_months,
                eligible_after_succession_months: scheme.criteria.eligible_after_succession_months,
            },
        }
    }

    /// Whether unions may be rated by it for this year.
    pub fn in_force(&self, year: i32) -> bool {
        self.from_year <= year && (self.through_year == 0 || year <= self.through_year)
    }
}

/// Points of a criterion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// Its code.
    pub criterion: String,
    /// Tenths of a point.
    pub tenths: i32,
    /// What it rests on.
    pub note: String,
}

impl Terms {
    /// The grade of this code.
    pub fn grade(&self, code: &str) -> Option<&Grade> {
        self.grades.iter().find(|grade| grade.code == code)
    }

    /// Whether unions can be scored by it.
    pub fn scores(&self) -> bool {
        !self.criteria.is_empty()
    }

    /// The sum of points, in tenths, and its band; refuses with each score that is none of the scheme.
    pub fn judged(&self, scores: &[Score]) -> Result<(i32, &Grade), Vec<Refused>> {
        let mut faults = Vec::new();
        let mut seen = BTreeSet::new();
        let mut total = 0;
        for (line, score) in scores.iter().enumerate() {
            let field = format!("scores[{line}].criterion");
            let known = self.criteria.iter().find(|known| known.code == score.criterion);
            let Some(known) = known.filter(|known| seen.insert(known.code.as_str())) else {
                let criterion = score.criterion.clone();
                faults.push(Refused::RatingCriterionUnfit { field, criterion });
                continue;
            };
            if !(0..=known.max_points * 10).contains(&score.tenths) {
                faults.push(Refused::RatingPointsOutOfRange {
                    field: format!("scores[{line}].tenths"),
                    criterion: known.code.clone(),
                    limit: known.max_points,
                });
                continue;
            }
            total += match known.kind {
                CriterionKind::Base | CriterionKind::Bonus => score.tenths,
                CriterionKind::Penalty => -score.tenths,
            };
        }
        for criterion in &self.criteria {
            if criterion.kind == CriterionKind::Base && !seen.contains(criterion.code.as_str()) {
                faults.push(Refused::RatingCriterionUnfit {
                    field: "scores".to_string(),
                    criterion: criterion.code.clone(),
                });
            }
        }
        let total = total.max(0);
        match self.band(total) {
            Some(grade) if faults.is_empty() => Ok((total, grade)),
            _ => Err(faults),
        }
    }

    /// The best grade whose band such a sum reaches.
    pub fn band(&self, tenths: i32) -> Option<&Grade> {
        self.grades.iter().find(|grade| grade.score_from * 10 <= tenths)
    }

    /// The field at which it does not hold together, if there is one.
    pub fn unfit(&self) -> Option<String> {
        let mut codes = BTreeSet::new();
        for (line, grade) in self.grades.iter().enumerate() {
            if !is_code(&grade.code) || !codes.insert(&grade.code) {
                return Some(format!("grades[{line}].code"));
            }
            let falls = match self.grades.get(line + 1) {
                Some(next) => next.score_from < grade.score_from,
                None => grade.score_from == 0,
            };
            if !falls {
                return Some(format!("grades[{line}].score_from"));
            }
        }
        let mut codes = BTreeSet::new();
        for (line, criterion) in self.criteria.iter().enumerate() {
            if !is_code(&criterion.code) || !codes.insert(&criterion.code) {
                return Some(format!("criteria[{line}].code"));
            }
            if !(1..=POINTS_MAX).contains(&criterion.max_points) {
                return Some(format!("criteria[{line}].max_points"));
            }
        }
        let reached: i32 = self
            .criteria
            .iter()
            .filter(|criterion| criterion.kind != CriterionKind::Penalty)
            .map(|criterion| criterion.max_points)
            .sum();
        let asked = self.criteria.iter().any(|criterion| criterion.kind == CriterionKind::Base);
        let best = self.grades.first().map_or(0, |grade| grade.score_from);
        if !asked || reached < best {
            return Some("criteria".to_string());
        }
        for (field, months) in [
            ("eligible_after_months", self.eligible_after_months),
            ("eligible_after_succession_months", self.eligible_after_succession_months),
        ] {
            if !(1..=MONTHS_MAX).contains(&months) {
                return Some(field.to_string());
            }
        }
        // The shorter one is a favour to those who came of others.
        (self.eligible_after_succession_months > self.eligible_after_months)
            .then(|| "eligible_after_succession_months".to_string())
    }
}

/// Whole points of a criterion, at most.
const POINTS_MAX: i32 = 1_000;
/// Months after which a union is eligible, at most.
const MONTHS_MAX: i32 = 60;
/// Characters of a code, at most.
const CODE_MAX: usize = 40;

/// Capitals, digits and `_`, beginning with a capital.
pub fn is_code(text: &str) -> bool {
    text.len() <= CODE_MAX
        && text.starts_with(|first: char| first.is_ascii_uppercase())
        && text.chars().all(|one| one.is_ascii_uppercase() || one.is_ascii_digit() || one == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms() -> Terms {
        let grade = |code: &str, rank, score_from| Grade {
            code: code.to_string(),
            rank,
            name_vi: code.to_string(),
            score_from,
        };
        let criterion = |code: &str, kind, max_points| Criterion {
            code: code.to_string(),
            name_vi: code.to_string(),
            kind,
            max_points,
        };
        Terms {
            name_vi: "Ba mức".to_string(),
            grades: vec![grade("TOT", 1, 80), grade("DAT", 2, 50), grade("CHUA_DAT", 3, 0)],
            criteria: vec![
                criterion("A", CriterionKind::Base, 60),
                criterion("B", CriterionKind::Base, 35),
                criterion("THUONG", CriterionKind::Bonus, 5),
                criterion("TRU", CriterionKind::Penalty, 20),
            ],
            eligible_after_months: 12,
            eligible_after_succession_months: 6,
        }
    }

    fn scores(points: &[(&str, i32)]) -> Vec<Score> {
        let score = |(criterion, tenths): &(&str, i32)| Score {
            criterion: (*criterion).to_string(),
            tenths: *tenths,
            note: String::new(),
        };
        points.iter().map(score).collect()
    }

    #[test]
    fn a_bonus_is_added_a_penalty_taken_away_and_half_a_point_decides_a_band() {
        let terms = terms();
        let judged = |points: &[(&str, i32)]| {
            terms.judged(&scores(points)).map(|(total, grade)| (total, grade.code.clone()))
        };
        assert_eq!(judged(&[("A", 500), ("B", 300)]), Ok((800, "TOT".to_string())));
        assert_eq!(judged(&[("A", 500), ("B", 295)]), Ok((795, "DAT".to_string())));
        let with_bonus = [("A", 500), ("B", 295), ("THUONG", 5)];
        assert_eq!(judged(&with_bonus), Ok((800, "TOT".to_string())));
        let less = [("A", 600), ("B", 350), ("TRU", 151)];
        assert_eq!(judged(&less), Ok((799, "DAT".to_string())));
        let nothing = [("A", 0), ("B", 0), ("TRU", 200)];
        assert_eq!(judged(&nothing), Ok((0, "CHUA_DAT".to_string())));
    }

    #[test]
    fn every_score_at_fault_is_named() {
        let terms = terms();
        let faults = terms.judged(&scores(&[("A", 601), ("A", 1), ("C", 1), ("TRU", -1)]));
        let fields = |fault: Refused| match fault {
            Refused::RatingCriterionUnfit { field, criterion }
            | Refused::RatingPointsOutOfRange { field, criterion, .. } => (field, criterion),
            other => panic!("{other:?}"),
        };
        let faults: Vec<_> = faults.expect_err("faults").into_iter().map(fields).collect();
        let named = |field: &str, criterion: &str| (field.to_string(), criterion.to_string());
        assert_eq!(
            faults,
            [
                named("scores[0].tenths", "A"),
                named("scores[1].criterion", "A"),
                named("scores[2].criterion", "C"),
                named("scores[3].tenths", "TRU"),
                named("scores", "B"),
            ]
        );
    }

    #[test]
    fn a_scheme_that_does_not_hold_together_says_where() {
        let holds = terms();
        assert_eq!(holds.unfit(), None);
        let wrong = |change: fn(&mut Terms)| {
            let mut terms = holds.clone();
            change(&mut terms);
            terms.unfit().expect("unfit")
        };
        assert_eq!(wrong(|it| it.grades[1].score_from = 80), "grades[0].score_from");
        assert_eq!(wrong(|it| it.grades[2].score_from = 1), "grades[2].score_from");
        assert_eq!(wrong(|it| it.grades[2].code = "TOT".to_string()), "grades[2].code");
        assert_eq!(wrong(|it| it.criteria[1].code = "b".to_string()), "criteria[1].code");
        assert_eq!(wrong(|it| it.criteria[0].max_points = 0), "criteria[0].max_points");
        assert_eq!(wrong(|it| it.criteria.truncate(1)), "criteria");
        assert_eq!(wrong(|it| it.eligible_after_months = 0), "eligible_after_months");
        let favour = wrong(|it| it.eligible_after_succession_months = 24);
        assert_eq!(favour, "eligible_after_succession_months");
    }
}
