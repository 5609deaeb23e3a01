//! Days as people write them: the day first.
//!
//! `31/5/1990`, `31-05-1990`, `31.5.1990`, `1990-05-31`, `1990`. A date of which both numbers may be
//! months is read day first, as everybody here writes it: 05/06/1990 is the fifth of June. One that
//! only an American could mean is refused.

use time::{Date, Month};

use super::{Birth, Wrong};
use crate::cell::{Cell, whole};

/// The years of anybody's birth, and of every union.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;

/// A day of birth, or the year alone; nothing where nothing stands there.
pub(crate) fn birth(cell: &Cell) -> Result<Option<Birth>, Wrong> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Day(date) => of_calendar(*date).map(|date| Some(Birth::Day(date))),
        Cell::YearAsDay(year) => Ok(Some(Birth::Year(i32::from(*year)))),
        Cell::Number(number) => match whole(number) {
            Some(year @ 1900..=2100) => {
                Ok(Some(Birth::Year(i32::try_from(year).unwrap_or_default())))
            }
            Some(1..=99) => Err(Wrong::YearShort),
            Some(2_101..=80_000) => Err(Wrong::DaySerial),
            _ => Err(Wrong::DayUnknown),
        },
        Cell::Error(_) => Err(Wrong::FormulaFailed),
        Cell::Truth(_) => Err(Wrong::DayUnknown),
        Cell::Text(_) => written(&cell.shown()),
    }
}

/// A day; nothing where nothing stands there.
pub(crate) fn day(cell: &Cell) -> Result<Option<Date>, Wrong> {
    match birth(cell)? {
        None => Ok(None),
        Some(Birth::Day(date)) => Ok(Some(date)),
        Some(Birth::Year(_)) => Err(Wrong::YearOnly),
    }
}

fn of_calendar(date: Date) -> Result<Date, Wrong> {
    if YEARS.contains(&date.year()) { Ok(date) } else { Err(Wrong::YearImpossible) }
}

fn written(text: &str) -> Result<Option<Birth>, Wrong> {
    let text = text.strip_prefix('\'').unwrap_or(text).trim();
    if text.is_empty() {
        return Ok(None);
    }
    // What a program puts behind a day, where it keeps the time as well.
    let day = match text.split_once([' ', 'T']) {
        Some((day, time)) if time.starts_with("00:00") || time.starts_with("0:00") => day,
        _ => text,
    };
    let parts: Vec<&str> =
        day.split(['/', '-', '.', ' ']).filter(|part| !part.is_empty()).collect();
    let digits = |part: &&str| part.len() <= 5 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !parts.iter().all(digits) {
        return Err(Wrong::DayUnknown);
    }
    let number = |part: &str| part.parse::<i32>().map_err(|_| Wrong::DayUnknown);
    match *parts.as_slice() {
        [year] => match (year.len(), number(year)?) {
            (4, year) if YEARS.contains(&year) => Ok(Some(Birth::Year(year))),
            (4, _) => Err(Wrong::YearImpossible),
            (1 | 2, _) => Err(Wrong::YearShort),
            _ => Err(Wrong::DaySerial),
        },
        [_, year] if year.len() == 4 => Err(Wrong::DayMissing),
        [year, _] if year.len() == 4 => Err(Wrong::DayMissing),
        [year, month, day] if year.len() == 4 => {
            in_order(number(year)?, number(month)?, number(day)?, Wrong::DayImpossible).map(Some)
        }
        [day, month, year] if year.len() == 4 => {
            let (day, month) = (number(day)?, number(month)?);
            let american = (13..=31).contains(&month) && (1..=12).contains(&day);
            let otherwise = if american { Wrong::DayAmerican } else { Wrong::DayImpossible };
            in_order(number(year)?, month, day, otherwise).map(Some)
        }
        [_, _, year] if year.len() <= 2 => Err(Wrong::YearShort),
        _ => Err(Wrong::DayUnknown),
    }
}

fn in_order(year: i32, month: i32, day: i32, otherwise: Wrong) -> Result<Birth, Wrong> {
    let month = u8::try_from(month).ok().and_then(|month| Month::try_from(month).ok());
    let day = u8::try_from(day).ok();
    let date =
        month.zip(day).and_then(|(month, day)| Date::from_calendar_date(year, month, day).ok());
    of_calendar(date.ok_or(otherwise)?).map(Birth::Day)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn read(text: &str) -> Result<Option<Birth>, Wrong> {
        birth(&Cell::Text(text.to_owned()))
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        let may = Ok(Some(Birth::Day(date!(1990 - 05 - 31))));
        for text in [
            "31/5/1990",
            "31/05/1990",
            "31-05-1990",
            "31.5.1990",
            "31 / 5 / 1990",
            "1990-05-31",
            "1990/5/31",
            "'31/5/1990",
            "1990-05-31 00:00:00",
            "1990-05-31T00:00:00",
            "\u{A0}31/5/1990 ",
        ] {
            assert_eq!(read(text), may, "{text}");
        }
        // Day first, where both could be months.
        assert_eq!(read("05/06/1990"), Ok(Some(Birth::Day(date!(1990 - 06 - 05)))));
        assert_eq!(read("1990"), Ok(Some(Birth::Year(1990))));
        assert_eq!(read(" "), Ok(None));
        assert_eq!(birth(&Cell::Day(date!(1990 - 05 - 31))), may);
        assert_eq!(birth(&Cell::YearAsDay(1990)), Ok(Some(Birth::Year(1990))));
        assert_eq!(birth(&Cell::Number("1990".to_owned())), Ok(Some(Birth::Year(1990))));
    }

    #[test]
    fn what_nobody_could_be_sure_of_is_refused() {
        for (text, expected) in [
            ("5/31/1990", Wrong::DayAmerican),
            ("05-31-1990", Wrong::DayAmerican),
            ("31/5/90", Wrong::YearShort),
            ("90", Wrong::YearShort),
            ("5/1990", Wrong::DayMissing),
            ("1990-05", Wrong::DayMissing),
            ("30/2/1990", Wrong::DayImpossible),
            ("1990-31-05", Wrong::DayImpossible),
            ("31/31/1990", Wrong::DayImpossible),
            ("0/0/1990", Wrong::DayImpossible),
            ("31/5/1890", Wrong::YearImpossible),
            ("1890", Wrong::YearImpossible),
            ("33024", Wrong::DaySerial),
            ("31 tháng 5", Wrong::DayUnknown),
            ("không rõ", Wrong::DayUnknown),
            ("1/2/3/4", Wrong::DayUnknown),
            ("99999999999999999999", Wrong::DayUnknown),
        ] {
            assert_eq!(read(text), Err(expected), "{text}");
        }
        assert_eq!(birth(&Cell::Number("33024".to_owned())), Err(Wrong::DaySerial));
        assert_eq!(birth(&Cell::Error("#N/A".to_owned())), Err(Wrong::FormulaFailed));
        assert_eq!(day(&Cell::Text("1990".to_owned())), Err(Wrong::YearOnly));
    }
}
