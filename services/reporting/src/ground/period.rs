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

impl Period {
    /// The period just before, as long: whole months before whole months, and as many days before
    /// days. None before all days that can be said.
    pub fn previous(self) -> Option<Self> {
        if let Some(months) = self.whole_months() {
            return self.months_earlier(months);
        }
        let through = self.from.previous_day()?;
        let from = through.checked_sub(self.through - self.from)?;
        Some(Self { from, through })
    }

    /// The same period of the year before. Of 29/2 it is 28/2; the last day of a month stays its last.
    pub fn year_earlier(self) -> Option<Self> {
        if self.whole_months().is_some() {
            return self.months_earlier(12);
        }
        Some(Self {
            from: year_before(self.from, false)?,
            through: year_before(self.through, true)?,
        })
    }

    /// How many months it has, if it has none in part.
    fn whole_months(self) -> Option<i32> {
        let next = self.through.next_day()?;
        let whole = self.from.day() == 1 && next.day() == 1;
        whole.then(|| month_of(next) - month_of(self.from))
    }

    fn months_earlier(self, months: i32) -> Option<Self> {
        let begins = |day: Date| first_of(month_of(day) - months);
        let through = begins(self.through.next_day()?)?.previous_day()?;
        Some(Self { from: begins(self.from)?, through })
    }
}

/// The number of a day's month, counted from the year 0.
fn month_of(day: Date) -> i32 {
    day.year() * 12 + i32::from(u8::from(day.month())) - 1
}

/// The first day of a month.
fn first_of(month: i32) -> Option<Date> {
    let of_year = u8::try_from(month.rem_euclid(12) + 1).ok()?;
    Date::from_calendar_date(month.div_euclid(12), time::Month::try_from(of_year).ok()?, 1).ok()
}

fn year_before(day: Date, keeps_last: bool) -> Option<Date> {
    let (year, month) = (day.year() - 1, day.month());
    let last = month.length(year);
    let was_last = keeps_last && day.day() == month.length(day.year());
    let number = if was_last { last } else { day.day().min(last) };
    Date::from_calendar_date(year, month, number).ok()
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn of(from: Date, through: Date) -> Period {
        Period { from, through }
    }

    #[test]
    fn whole_months_come_before_whole_months_and_days_before_days() {
        let quarter = of(date!(2020 - 01 - 01), date!(2020 - 03 - 31));
        assert_eq!(quarter.previous(), Some(of(date!(2019 - 10 - 01), date!(2019 - 12 - 31))));
        assert_eq!(quarter.year_earlier(), Some(of(date!(2019 - 01 - 01), date!(2019 - 03 - 31))));
        let february = of(date!(2021 - 02 - 01), date!(2021 - 02 - 28));
        assert_eq!(february.year_earlier(), Some(of(date!(2020 - 02 - 01), date!(2020 - 02 - 29))));
        let week = of(date!(2021 - 03 - 01), date!(2021 - 03 - 07));
        assert_eq!(week.previous(), Some(of(date!(2021 - 02 - 22), date!(2021 - 02 - 28))));
        let forty_months = of(date!(2018 - 01 - 01), date!(2021 - 04 - 07));
        let earlier = forty_months.previous().expect("before");
        assert_eq!(earlier.through, date!(2017 - 12 - 31));
        assert_eq!(earlier.through - earlier.from, forty_months.through - forty_months.from);
        let leap = of(date!(2020 - 02 - 29), date!(2020 - 02 - 29));
        assert_eq!(leap.year_earlier(), Some(of(date!(2019 - 02 - 28), date!(2019 - 02 - 28))));
        let first = of(Date::MIN, Date::MIN);
        assert_eq!((first.previous(), first.year_earlier()), (None, None));
    }
}
