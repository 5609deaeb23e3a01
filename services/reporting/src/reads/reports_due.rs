//! Who follows which unit, and the reports due from them.

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, Month};
use uuid::Uuid;

use crate::figure::Period;

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

    /// The whole spans that end within a period, whenever they began.
    fn spans(self, period: Period) -> Vec<Period> {
        let months = i32::from(self.0);
        // Months since year 0; spans begin where the number divides.
        let first = (period.from.year() * 12 + i32::from(u8::from(period.from.month())) - 1)
            .div_euclid(months)
            * months;
        let mut spans = Vec::new();
        let mut begin = first;
        while let (Some(from), Some(until)) = (month(begin), month(begin + months)) {
            let Some(through) = until.previous_day() else { break };
            if through > period.through {
                break;
            }
            if through >= period.from {
                spans.push(Period { from, through });
            }
            begin += months;
        }
        spans
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
    /// What each report due is about.
    pub reports_due: Vec<Period>,
}

/// The assignments of an organisation's steering committees that hold at any time of the
/// period, and what is due from them in it.
pub async fn reports_due(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    period: Period,
    cadence: Cadence,
) -> Result<Vec<Assignment>, Failure> {
    let rows = sqlx::query_file!(
        "src/reads/reports_due.sql",
        organisation_id,
        period.from,
        period.until(),
        period.through,
    )
    .fetch_all(connection)
    .await?;
    let spans = cadence.spans(period);
    Ok(rows
        .into_iter()
        .map(|row| Assignment {
            reports_due: spans
                .iter()
                .filter(|span| {
                    row.from_on <= span.through
                        && row.until_on.is_none_or(|until| until > span.through)
                })
                .copied()
                .collect(),
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
        .collect())
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn a_report_is_due_for_every_whole_span_that_ends_within_the_period() {
        let period = Period { from: date!(2018 - 01 - 01), through: date!(2021 - 04 - 07) };
        let quarters = Cadence::QUARTER.spans(period);
        assert_eq!(quarters.len(), 13);
        assert_eq!(quarters.last().map(|span| span.through), Some(date!(2021 - 03 - 31)));
        assert_eq!(Cadence::YEAR.spans(period).len(), 3);
        let mid_year = Period { from: date!(2020 - 05 - 15), through: date!(2020 - 06 - 30) };
        assert_eq!(
            Cadence::HALF_YEAR.spans(mid_year),
            [Period { from: date!(2020 - 01 - 01), through: date!(2020 - 06 - 30) }]
        );
    }
}
