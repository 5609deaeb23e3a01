//! Who follows which unit, and the reports due from them.

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, Month};
use uuid::Uuid;

use crate::ground::period::Period;

/// How often a report is due, in months.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cadence(u8);

impl Cadence {
    /// Every month.
    pub const MONTH: Self = Self(1);
    /// Every quarter.
    pub const QUARTER: Self = Self(3);
    /// Every half year.
    pub const HALF_YEAR: Self = Self(6);
    /// Every year.
    pub const YEAR: Self = Self(12);

    /// `MONTH`, `QUARTER`, `HALF_YEAR` or `YEAR`.
    pub fn read(text: &str) -> Option<Self> {
        Some(match text {
            "MONTH" => Self::MONTH,
            "QUARTER" => Self::QUARTER,
            "HALF_YEAR" => Self::HALF_YEAR,
            "YEAR" => Self::YEAR,
            _ => return None,
        })
    }

    /// The whole spans that end within a period, whenever they began, in their order.
    fn spans(self, period: Period) -> impl Iterator<Item = Period> {
        let months = i32::from(self.0);
        // Months since year 0; spans begin where the number divides.
        let first = (period.from.year() * 12 + i32::from(u8::from(period.from.month())) - 1)
            .div_euclid(months)
            * months;
        (0..)
            .map_while(move |n| {
                let begin = first + n * months;
                let from = month(begin)?;
                let through = month(begin + months)?.previous_day()?;
                (through <= period.through).then_some(Period { from, through })
            })
            .filter(move |span| span.through >= period.from)
    }
}

fn month(number: i32) -> Option<Date> {
    let month = u8::try_from(number.rem_euclid(12) + 1).ok()?;
    Date::from_calendar_date(number.div_euclid(12), Month::try_from(month).ok()?, 1).ok()
}

/// A member of a steering committee follows a unit.
pub struct Assignment {
    /// It.
    pub assignment_id: Uuid,
    /// The committee.
    pub steering_committee_id: Uuid,
    /// The member's seat.
    pub office_id: Uuid,
    /// The member.
    pub person_id: Uuid,
    /// The seat's position.
    pub position: String,
    /// The unit that is followed.
    pub unit_id: Uuid,
    /// Its name at the end of the period.
    pub unit_name: String,
    /// From when.
    pub from_on: Date,
    /// Until the day before; none while it holds.
    pub until_on: Option<Date>,
}

impl Assignment {
    /// What each report is about that is due from it in a period: the spans on whose last day it
    /// held.
    pub fn reports_due(&self, period: Period, cadence: Cadence) -> impl Iterator<Item = Period> {
        let last = self.until_on.and_then(Date::previous_day).unwrap_or(Date::MAX);
        let held =
            Period { from: period.from.max(self.from_on), through: period.through.min(last) };
        cadence.spans(held)
    }
}

/// Assignments in their order, and how many there are.
pub struct Assignments {
    /// As many as were asked for.
    pub assignments: Vec<Assignment>,
    /// How many there are, from the first of these on.
    pub of: i64,
}

/// Where to go on: an assignment's first day and its id.
pub type From = (Date, Uuid);

/// The assignments of an organisation's steering committees that hold at any time of the
/// period: from one on, at most so many.
pub async fn assignments(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    period: Period,
    from: Option<From>,
    limit: i64,
) -> Result<Assignments, Failure> {
    let rows = sqlx::query_file!(
        "src/ground/reports_due.sql",
        organisation_id,
        period.from,
        period.until(),
        period.through,
        from.map(|(from_on, _)| from_on),
        from.map(|(_, assignment_id)| assignment_id),
        limit,
    )
    .fetch_all(connection)
    .await?;
    Ok(Assignments {
        of: rows.first().map_or(0, |row| row.of),
        assignments: rows
            .into_iter()
            .map(|row| Assignment {
                assignment_id: row.assignment_id,
                steering_committee_id: row.steering_committee_id,
                office_id: row.office_id,
                person_id: row.person_id,
                position: row.position,
                unit_id: row.unit_id,
                unit_name: row.unit_name,
                from_on: row.from_on,
                until_on: row.until_on,
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn a_report_is_due_for_every_whole_span_that_ends_within_the_period() {
        let period = Period { from: date!(2018 - 01 - 01), through: date!(2021 - 04 - 07) };
        let quarters: Vec<Period> = Cadence::QUARTER.spans(period).collect();
        assert_eq!(quarters.len(), 13);
        assert_eq!(quarters.last().map(|span| span.through), Some(date!(2021 - 03 - 31)));
        assert_eq!(Cadence::YEAR.spans(period).count(), 3);
        let mid_year = Period { from: date!(2020 - 05 - 15), through: date!(2020 - 06 - 30) };
        assert_eq!(
            Cadence::HALF_YEAR.spans(mid_year).collect::<Vec<_>>(),
            [Period { from: date!(2020 - 01 - 01), through: date!(2020 - 06 - 30) }]
        );
    }
}
