//! Days as columns keep them: numbers, with one before all and one after all.

use time::{Date, Month};

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

/// The year of a day.
pub fn year(number: i32) -> i32 {
    read(number).map_or(0, Date::year)
}

/// The same day so many months earlier, or the last of its month, as PostgreSQL counts.
pub fn months_before(number: i32, months: i32) -> i32 {
    let Some(day) = read(number) else { return number };
    let month = day.year() * 12 + i32::from(u8::from(day.month())) - 1 - months;
    let earlier = u8::try_from(month.rem_euclid(12) + 1)
        .ok()
        .and_then(|month| Month::try_from(month).ok())
        .and_then(|named| {
            let year = month.div_euclid(12);
            let last = named.length(year);
            Date::from_calendar_date(year, named, day.day().min(last)).ok()
        });
    earlier.map_or(EVER, self::number)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn months_earlier_is_the_same_day_or_the_last_of_its_month() {
        let before = |day: Date, months| read(months_before(number(day), months)).expect("a day");
        assert_eq!(before(date!(2025 - 01 - 01), 12), date!(2024 - 01 - 01));
        assert_eq!(before(date!(2025 - 01 - 01), 6), date!(2024 - 07 - 01));
        assert_eq!(before(date!(2024 - 08 - 31), 6), date!(2024 - 02 - 29));
        assert_eq!(before(date!(2023 - 08 - 31), 6), date!(2023 - 02 - 28));
        assert_eq!(before(date!(2024 - 02 - 29), 12), date!(2023 - 02 - 28));
        assert_eq!(months_before(number(date!(2024 - 01 - 01)), 400_000), EVER);
        assert_eq!(year(number(date!(2024 - 12 - 31))), 2_024);
    }
}
