//! The rating of a union and year that counts, and the facts that figures are told by: whoever decided
//! it, in a round or elsewhere.

use std::collections::HashMap;

use chassis::database::Acting;
use chassis::refusal::Failure;
use time::Date;
use uuid::Uuid;

use crate::ground::acting::decided_on_registry;
use crate::ground::fact::{Code, Facts};
use crate::ground::ledger::{self, Teller};
use crate::ground::period;
use crate::rating::telling::{Told, ratings_recorded};

/// Ratings of a year by one scheme.
pub struct Counting<'a> {
    /// The rating year.
    pub year: i32,
    /// The day on which they count, and under whom: the last of what is rated.
    pub counts_on: Date,
    /// The scheme's code.
    pub scheme: &'a str,
    /// After how many months a union is eligible by it, and after how many one that came of others.
    pub months: (i32, i32),
    /// The round in which they were decided.
    pub round_id: Option<Uuid>,
    /// They answer an appeal.
    pub answers_appeal: bool,
    /// What they rest on.
    pub decision_id: Option<Uuid>,
    /// Unions, each once, and grades of the scheme.
    pub lines: &'a [(Uuid, String)],
}

/// What a rating replaces.
struct Earlier {
    scheme: String,
    grade: String,
    counts_on: Date,
}

/// Writes them, takes back what they replace, and tells it; answers how many replace another.
pub async fn write(acting: &mut Acting, counting: Counting<'_>) -> Result<usize, Failure> {
    let Counting { year, counts_on, scheme, lines, .. } = counting;
    let units: Vec<Uuid> = lines.iter().map(|(unit, _)| *unit).collect();
    let last_day = period::year(year).map_or(counts_on, |year| year.through);
    let earlier: HashMap<Uuid, Earlier> = sqlx::query!(
        "select organisation_id, scheme, grade, counts_on from rating
         where year = $1 and organisation_id = any($2)",
        year,
        &units,
    )
    .fetch_all(acting.db())
    .await?
    .into_iter()
    .map(|row| {
        let counts_on = row.counts_on.unwrap_or(last_day);
        (row.organisation_id, Earlier { scheme: row.scheme, grade: row.grade, counts_on })
    })
    .collect();

    // A rating that is replaced is taken back, so that sums stay sums.
    let mut facts = Facts::default();
    for (unit, grade) in lines {
        if let Some(earlier) = earlier.get(unit) {
            let reason = format!("{}.{}", earlier.scheme, earlier.grade);
            facts.add(*unit, earlier.counts_on, Code::Rating, &reason, -1);
        }
        facts.add(*unit, counts_on, Code::Rating, &format!("{scheme}.{grade}"), 1);
    }
    let grades: Vec<&str> = lines.iter().map(|(_, grade)| grade.as_str()).collect();
    let act_id = acting.act_id;
    sqlx::query!(
        "insert into rating (organisation_id, year, scheme, grade, act_id, counts_on, round_id,
                             eligible_after_months, eligible_after_succession_months)
         select organisation_id, $3, $4, grade, $5, $6, $7, $8, $9
         from unnest($1::uuid[], $2::text[]) as line (organisation_id, grade)
         order by organisation_id
         on conflict on constraint rating_key
         do update set scheme = excluded.scheme, grade = excluded.grade, act_id = excluded.act_id,
                       counts_on = excluded.counts_on, round_id = excluded.round_id,
                       eligible_after_months = excluded.eligible_after_months,
                       eligible_after_succession_months = excluded.eligible_after_succession_months",
        &units,
        &grades as &[&str],
        year,
        scheme,
        act_id,
        counts_on,
        counting.round_id,
        counting.months.0,
        counting.months.1,
    )
    .execute(acting.db())
    .await?;
    let teller = Teller::of(acting);
    ledger::write(acting.db(), teller, &facts).await?;

    let told: Vec<Told<'_>> = lines
        .iter()
        .map(|(unit, grade)| Told {
            organisation_id: *unit,
            grade,
            earlier_grade: earlier.get(unit).map_or("", |earlier| earlier.grade.as_str()),
        })
        .collect();
    let recorded =
        ratings_recorded(year, scheme, &told, counting.round_id, counting.answers_appeal);
    let aggregate_id = counting.round_id.unwrap_or(act_id);
    let decision_id = counting.decision_id;
    acting.publish(feeds::reporting::change(recorded, aggregate_id, counts_on, decision_id));
    decided_on_registry(acting).await?;
    Ok(earlier.len())
}
