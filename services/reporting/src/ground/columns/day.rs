//! Days as columns keep them: numbers, with one before all and one after all.

use time::Date;

/// Before every day: where a range has no beginning.
pub const EVER: i32 = i32::MIN;
/// After every day: where a range has no end.
pub const NEVER: i32 = i32::MAX;

/// The first day of PostgreSQL's count.
const FIRST: i32 = 2_451_545;

/// The day of a number; none before all days, and none after them.
pub fn read(number: i32) -> Option<Date> {
    Date::from_julian_day(number.checked_add(FIRST)?).ok()
}

/// The number of a day, counted as PostgreSQL does.
pub fn number(day: Date) -> i32 {
    day.to_julian_day() - FIRST
}
