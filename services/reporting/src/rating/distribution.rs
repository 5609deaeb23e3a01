//! How unions were rated, by lines and grades: of a round, or of a year.

use std::collections::BTreeMap;

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;

use crate::ground::figure::Pieces;
use crate::ground::figure::scope::over_pieces;
use crate::ground::period::Period;
use crate::rating::rounds::Round;

/// What is counted of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Distribution {
    /// Whoever is eligible and rated, by `SCHEME.GRADE`.
    pub grades: BTreeMap<String, i64>,
    /// Whoever is eligible and not rated yet.
    pub not_yet: i64,
    /// Whoever is not eligible, by why.
    pub ineligible: BTreeMap<String, i64>,
}

impl Distribution {
    /// Whoever is eligible and rated.
    pub fn rated(&self) -> i64 {
        self.grades.values().sum()
    }

    /// Those with one of some grades.
    pub fn with(&self, grades: &[String]) -> i64 {
        let chosen = self.grades.iter().filter(|(grade, _)| grades.contains(grade));
        chosen.map(|(_, unions)| unions).sum()
    }

    /// And another one.
    pub fn plus(&mut self, other: &Self) {
        for (grade, unions) in &other.grades {
            *self.grades.entry(grade.clone()).or_default() += unions;
        }
        for (why, unions) in &other.ineligible {
            *self.ineligible.entry(why.clone()).or_default() += unions;
        }
        self.not_yet += other.not_yet;
    }

    fn add(&mut self, grade: &str, ineligible: &str, unions: i64) {
        if !grade.is_empty() {
            *self.grades.entry(grade.to_string()).or_default() += unions;
        } else if !ineligible.is_empty() {
            *self.ineligible.entry(ineligible.to_string()).or_default() += unions;
        } else {
            self.not_yet += unions;
        }
    }
}

/// By line.
pub type Lines = BTreeMap<String, Distribution>;

/// Of a round.
pub async fn of_round(
    connection: &mut PgConnection,
    pieces: &Pieces,
    round: &Round,
) -> Result<Lines, Failure> {
    let rows = over_pieces!("src/rating/of_round.sql", pieces, round.round_id, round.listed_on,)
        .fetch_all(connection)
        .await?;
    let mut lines = Lines::new();
    for row in rows {
        let grade = match row.grade.as_str() {
            "" => String::new(),
            grade => format!("{}.{grade}", round.scheme),
        };
        lines.entry(row.line).or_default().add(&grade, &row.ineligible, row.unions);
    }
    Ok(lines)
}

/// Of a year: whoever is rated as figures count it, and of the others those of its last day.
pub async fn of_year(
    connection: &mut PgConnection,
    pieces: &Pieces,
    year: i32,
    days: Period,
) -> Result<Lines, Failure> {
    let mut lines = Lines::new();
    let rated = over_pieces!("src/rating/of_year.sql", pieces, days.from, days.until(),)
        .fetch_all(&mut *connection)
        .await?;
    for row in rated {
        lines.entry(row.line).or_default().add(&row.reason, "", row.amount);
    }
    let last_day: Date = days.through;
    let others = over_pieces!("src/rating/unrated.sql", pieces, last_day, year,)
        .fetch_all(connection)
        .await?;
    for row in others {
        lines.entry(row.line).or_default().add("", &row.ineligible, row.unions);
    }
    Ok(lines)
}
