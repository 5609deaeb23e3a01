//! RecordRatings: how unions were rated for a year.

use std::collections::{HashMap, HashSet};

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::acting::{decided_on_registry, named, refuse_all, refuse_unknown_decision};
use crate::ground::fact::{Code, Facts};
use crate::ground::ledger;
use crate::ground::reference::Scheme;
use crate::ground::refused::Refused;
use crate::rating::wire::ratings_recorded;

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
    /// The lines whose unions were none on any day of the year, as far as is known.
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

        let earlier: HashMap<Uuid, (String, String)> = sqlx::query!(
            "select organisation_id, scheme, grade from rating
             where year = $1 and organisation_id = any($2)",
            self.year,
            &units,
        )
        .fetch_all(acting.db())
        .await?
        .into_iter()
        .map(|row| (row.organisation_id, (row.scheme, row.grade)))
        .collect();

        // A rating that is replaced is taken back, so that sums stay sums.
        let mut facts = Facts::default();
        for (unit, grade) in &self.lines {
            if let Some((scheme, grade)) = earlier.get(unit) {
                facts.add(*unit, self.counts_on, Code::Rating, &format!("{scheme}.{grade}"), -1);
            }
            let reason = format!("{}.{grade}", self.scheme.code);
            facts.add(*unit, self.counts_on, Code::Rating, &reason, 1);
        }
        let grades: Vec<&str> = self.lines.iter().map(|(_, grade)| grade.as_str()).collect();
        let act_id = acting.act_id;
        sqlx::query!(
            "insert into rating (organisation_id, year, scheme, grade, act_id)
             select organisation_id, $3, $4, grade, $5
             from unnest($1::uuid[], $2::text[]) as line (organisation_id, grade)
             order by organisation_id
             on conflict on constraint rating_key
             do update set scheme = excluded.scheme, grade = excluded.grade, act_id = excluded.act_id",
            &units,
            &grades as &[&str],
            self.year,
            self.scheme.code,
            act_id,
        )
        .execute(acting.db())
        .await?;
        ledger::write(acting.db(), act_id, &facts).await?;

        let lines: Vec<(Uuid, &str, &str)> = self
            .lines
            .iter()
            .map(|(unit, grade)| {
                let earlier = earlier.get(unit).map_or("", |(_, grade)| grade.as_str());
                (*unit, grade.as_str(), earlier)
            })
            .collect();
        let recorded = ratings_recorded(self.year, &self.scheme.code, &lines);
        let (on, decision_id) = (self.counts_on, self.decision_id);
        acting.publish(feeds::reporting::change(recorded, act_id, on, decision_id));
        decided_on_registry(acting).await?;
        let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
        Ok(Recorded {
            rated: count(self.lines.len() - earlier.len()),
            rerated: count(earlier.len()),
            not_counted: self
                .lines
                .iter()
                .enumerate()
                .filter(|(_, (unit, _))| !lived.contains(unit))
                .map(|(line, _)| count(line))
                .collect(),
        })
    }
}
