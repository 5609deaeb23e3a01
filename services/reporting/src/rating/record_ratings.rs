//! RecordRatings: how unions were rated for a year, where that was decided elsewhere.

use std::collections::{HashMap, HashSet};

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::acting::{named, refuse_all, refuse_unknown_decision};
use crate::ground::reference::Scheme;
use crate::ground::refused::Refused;
use crate::rating::counting::{self, Counting};

/// Ratings of a year by one scheme.
pub struct RecordRatings {
    /// The scheme in force for that year.
    pub scheme: &'static Scheme,
    /// The rating year.
    pub year: i32,
    /// Its last day: when the ratings count, and under whom.
    pub counts_on: Date,
    /// Unions and grades; grades are not yet known to be the scheme's.
    pub lines: Vec<(Uuid, String)>,
    /// What it rests on.
    pub decision_id: Option<Uuid>,
}

/// How many.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recorded {
    /// For the first time.
    pub rated: i32,
    /// Anew.
    pub rerated: i32,
    /// The lines whose unions are not eligible, as far as is known.
    #[serde(default)]
    pub not_counted: Vec<i32>,
}

/// Which of these were unions on any day of the year that ends on a day.
async fn lived(
    acting: &mut Acting,
    units: &[Uuid],
    counts_on: Date,
) -> Result<HashSet<Uuid>, Failure> {
    let units = sqlx::query_scalar!(
        r#"select unit_id as "unit_id!" from unnest($1::uuid[]) as line (unit_id)
           where was_union_in_year(unit_id, $2)"#,
        units,
        counts_on,
    )
    .fetch_all(acting.db())
    .await?;
    Ok(units.into_iter().collect())
}

impl RecordRatings {
    /// After how many months a union is eligible, and after how many one that came of others.
    fn months(&self) -> (i32, i32) {
        let criteria = &self.scheme.criteria;
        (criteria.eligible_after_months, criteria.eligible_after_succession_months)
    }

    /// Which of these are eligible on the day on which the ratings count.
    async fn eligible(
        &self,
        acting: &mut Acting,
        units: &[Uuid],
    ) -> Result<HashSet<Uuid>, Failure> {
        let (months, succession_months) = self.months();
        let units = sqlx::query_scalar!(
            r#"select unit_id as "unit_id!" from unnest($1::uuid[]) as line (unit_id)
               where rating_ineligibility(unit_id, $2, $3, $4) is null"#,
            units,
            self.counts_on,
            months,
            succession_months,
        )
        .fetch_all(acting.db())
        .await?;
        Ok(units.into_iter().collect())
    }
}

impl Act for RecordRatings {
    type Answer = Recorded;

    async fn perform(self, acting: &mut Acting) -> Result<Recorded, Failure> {
        let units: Vec<Uuid> = self.lines.iter().map(|(unit, _)| *unit).collect();
        let known = named(acting, &units).await?;
        let lived = lived(acting, &units, self.counts_on).await?;
        let mut faults = Vec::new();
        let mut first_lines: HashMap<Uuid, usize> = HashMap::new();
        for (line, (unit, grade)) in self.lines.iter().enumerate() {
            let field = format!("lines[{line}].organisation_id");
            match known.get(unit) {
                None => faults.push(Refused::OrganisationUnknown { field, organisation_id: *unit }),
                // One that was a union in that year may be rated for it, whatever it is today.
                Some(named) if !named.grassroots && !lived.contains(unit) => {
                    faults.push(Refused::OrganisationNotGrassroots {
                        field,
                        organisation_type: named.organisation_type.clone(),
                    })
                }
                Some(_) => match first_lines.get(unit) {
                    Some(first) => faults.push(Refused::LineRepeated { field, first: *first }),
                    None => {
                        first_lines.insert(*unit, line);
                    }
                },
            }
            if self.scheme.grades.iter().all(|known| known.code != *grade) {
                faults.push(Refused::RatingGradeUnknown {
                    field: format!("lines[{line}].grade"),
                    scheme: self.scheme.code.clone(),
                    grade: grade.clone(),
                });
            }
        }
        refuse_all(faults)?;
        refuse_unknown_decision(acting, self.decision_id, &units).await?;

        let counting = Counting {
            year: self.year,
            counts_on: self.counts_on,
            scheme: &self.scheme.code,
            months: self.months(),
            round_id: None,
            answers_appeal: false,
            decision_id: self.decision_id,
            lines: &self.lines,
        };
        let earlier = counting::write(acting, counting).await?;
        let eligible = self.eligible(acting, &units).await?;
        let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
        Ok(Recorded {
            rated: count(self.lines.len() - earlier),
            rerated: count(earlier),
            not_counted: self
                .lines
                .iter()
                .enumerate()
                .filter(|(_, (unit, _))| !eligible.contains(unit))
                .map(|(line, _)| count(line))
                .collect(),
        })
    }
}
