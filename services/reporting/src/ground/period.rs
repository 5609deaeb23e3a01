//! Periods of civil days.

use time::{Date, Duration};

/// Civil days, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The last day; not before the first.
    pub through: Date,
}

impl Period {
    /// The day after the last: SQL's ranges are half-open.
    pub fn until(&self) -> Date {
        self.through.next_day().unwrap_or(Date::MAX)
    }

    /// The day before the first, at whose end a book opens.
    pub fn eve(&self) -> Date {
        self.from.previous_day().unwrap_or(Date::MIN)
    }
}

/// The whole calendar year.
pub fn year(year: i32) -> Option<Period> {
    let from = Date::from_calendar_date(year, time::Month::January, 1).ok()?;
    let next = Date::from_calendar_date(year + 1, time::Month::January, 1).ok()?;
    Some(Period { from, through: next - Duration::DAY })
}
