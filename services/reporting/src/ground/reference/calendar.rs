//! How periods follow each other: calendars.csv.

use anyhow::{Context, bail, ensure};
use serde::Deserialize;
use time::{Date, Month};

use crate::ground::period::Period;
use crate::ground::reference::file;

/// A calendar: periods without a gap, each of so many whole months.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// For example `UNION_YEAR`.
    pub code: String,
    /// What it is called in Vietnamese.
    pub name_vi: String,
    /// What it is called in English.
    pub name_en: String,
    /// How many months a period has; they divide the year.
    pub months: i32,
    /// In which month a year begins, on its first day.
    pub first_month: Month,
    /// That month lies in the calendar year before the one that the year is called by.
    pub begins_year_before: bool,
    /// What each period of a year is called, or all of them, with `{number}`, `{year}` and `{next}`.
    periods_vi: Vec<String>,
}

impl Calendar {
    /// How many periods a year has.
    pub fn periods(&self) -> i32 {
        12 / self.months
    }

    /// A period of a year, from 1 on, or of a later year if there are not so many; none beyond what
    /// days can be said of.
    pub fn period(&self, year: i32, number: i32) -> Option<Period> {
        let year = year - i32::from(self.begins_year_before);
        let months =
            year * 12 + i32::from(u8::from(self.first_month)) - 1 + (number - 1) * self.months;
        let from = month(months)?;
        Some(Period { from, through: month(months + self.months)?.previous_day()? })
    }

    /// What a period is called in Vietnamese: `Quý 3/2020`.
    pub fn name_of(&self, year: i32, number: i32) -> String {
        let periods = self.periods();
        let (year, number) = (year + (number - 1) / periods, (number - 1) % periods);
        let own = usize::try_from(number).ok().and_then(|number| self.periods_vi.get(number));
        own.or(self.periods_vi.first())
            .map_or("", String::as_str)
            .replace("{number}", &(number + 1).to_string())
            .replace("{year}", &year.to_string())
            .replace("{next}", &(year + 1).to_string())
    }
}

/// The first day of a month, counted from the year 0.
fn month(months: i32) -> Option<Date> {
    let month = u8::try_from(months.rem_euclid(12) + 1).ok()?;
    Date::from_calendar_date(months.div_euclid(12), Month::try_from(month).ok()?, 1).ok()
}

#[derive(Deserialize)]
struct CalendarRow {
    code: String,
    name_vi: String,
    name_en: String,
    months: i32,
    first_month: u8,
    begins_year_before: bool,
    period_vi: String,
}

/// The file.
pub(super) fn read() -> anyhow::Result<Vec<Calendar>> {
    let mut calendars: Vec<Calendar> = Vec::new();
    for row in file::rows::<CalendarRow>(include_str!("../../../reference/calendars.csv")) {
        let row = row?;
        if calendars.iter().any(|known| known.code == row.code) {
            bail!("{} stands twice", row.code);
        }
        ensure!(
            (1..=12).contains(&row.months) && 12 % row.months == 0,
            "{}: {} months do not divide a year",
            row.code,
            row.months
        );
        let calendar = Calendar {
            first_month: Month::try_from(row.first_month)
                .with_context(|| format!("{}: no such month", row.code))?,
            periods_vi: row.period_vi.split('|').map(str::to_string).collect(),
            code: row.code,
            name_vi: row.name_vi,
            name_en: row.name_en,
            months: row.months,
            begins_year_before: row.begins_year_before,
        };
        let names = i32::try_from(calendar.periods_vi.len())?;
        ensure!(names == 1 || names == calendar.periods(), "{}: {names} names", calendar.code);
        calendars.push(calendar);
    }
    Ok(calendars)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn calendar(code: &str) -> Calendar {
        let calendars = read().expect("read");
        calendars.into_iter().find(|calendar| calendar.code == code).expect("known")
    }

    fn of(code: &str, year: i32, number: i32) -> (Date, Date, String) {
        let calendar = calendar(code);
        let period = calendar.period(year, number).expect("a period");
        (period.from, period.through, calendar.name_of(year, number))
    }

    #[test]
    fn reporting_years_of_the_union_end_on_30_11_and_their_first_halves_on_31_5() {
        let named = |from, through, name: &str| (from, through, name.to_string());
        assert_eq!(
            of("UNION_YEAR", 2020, 1),
            named(date!(2019 - 12 - 01), date!(2020 - 11 - 30), "Năm báo cáo 2020")
        );
        assert_eq!(
            of("UNION_HALF", 2020, 1),
            named(date!(2019 - 12 - 01), date!(2020 - 05 - 31), "Kỳ báo cáo 6 tháng đầu năm 2020")
        );
        assert_eq!(
            of("UNION_HALF", 2020, 2),
            named(date!(2020 - 06 - 01), date!(2020 - 11 - 30), "Kỳ báo cáo 6 tháng cuối năm 2020")
        );
        assert_eq!(
            of("CIVIL_QUARTER", 2020, 3),
            named(date!(2020 - 07 - 01), date!(2020 - 09 - 30), "Quý 3/2020")
        );
        assert_eq!(
            of("CIVIL_MONTH", 2020, 14),
            named(date!(2021 - 02 - 01), date!(2021 - 02 - 28), "Tháng 2/2021")
        );
        assert_eq!(
            of("SCHOOL_YEAR", 2021, 1),
            named(date!(2021 - 09 - 01), date!(2022 - 08 - 31), "Năm học 2021-2022")
        );
    }

    #[test]
    fn periods_of_every_calendar_follow_each_other_without_a_gap() {
        for calendar in read().expect("read") {
            for number in 1..60 {
                let (one, next) =
                    (calendar.period(2019, number), calendar.period(2019, number + 1));
                let (one, next) = (one.expect("a period"), next.expect("a period"));
                assert_eq!(one.until(), next.from, "{} {number}", calendar.code);
                assert_eq!(next.previous(), Some(one), "{} {number}", calendar.code);
            }
        }
    }
}
