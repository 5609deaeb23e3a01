//! A list of people in a file: each line understood, or what is wrong with it, cell by cell.

use std::io::{Read, Seek};

use time::Date;

use crate::cell::{Cell, Row, column_name};
use crate::column::Column;
use crate::heading::{Heading, ROWS_LOOKED_AT, Unknown};
use crate::language::{Language, say};
use crate::limits::Limits;
use crate::refused::Refused;
use crate::spelling::key;
use crate::table::Table;
use crate::value::{
    Birth, IdentityKind, Sex, Wrong, birth, country, day, identity, mark, name, phone, plain, sex,
};

/// Somebody of a list, as far as it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The full name, in one piece.
    pub name: String,
    /// The sex.
    pub sex: Option<Sex>,
    /// The day or the year of birth.
    pub birth: Option<Birth>,
    /// The number that identifies her, and the country of a passport; empty for Vietnamese numbers.
    pub identity: Option<Identity>,
    /// Digits, with an optional `+` in front.
    pub phone: Option<String>,
    /// Dân tộc; empty where it is not said, as are the texts that follow.
    pub ethnicity: String,
    /// Quê quán.
    pub home_place: String,
    /// Nơi ở hiện nay.
    pub address: String,
    /// Nơi làm việc.
    pub workplace: String,
    /// Nghề nghiệp.
    pub occupation: String,
    /// The day on which she joined.
    pub joined_on: Option<Date>,
    /// The code of her union, where the list says it.
    pub union: String,
    /// She is another than the member whose name and birth she has: the list marks it with an x.
    pub is_another: bool,
}

/// A number that identifies somebody, as it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// What kind of number.
    pub kind: IdentityKind,
    /// The number.
    pub number: String,
    /// ISO 3166-1 alpha-2 of a passport; empty for Vietnamese numbers.
    pub country: String,
}

/// Something that is wrong with a cell of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which column; nothing where it is none that is understood.
    pub column: Option<Column>,
    /// Where it stands, as a spreadsheet names it: `E`.
    pub place: String,
    /// What is wrong.
    pub wrong: Wrong,
}

impl Fault {
    /// `Ngày sinh (cột C): …`.
    pub fn told(&self, language: Language) -> String {
        let (place, wrong) = (&self.place, self.wrong.told(language));
        match self.column.map(Column::heading) {
            Some(heading) => {
                say!(
                    language,
                    "{heading} (cột {place}): {wrong}",
                    "{heading} (column {place}): {wrong}"
                )
            }
            None => say!(language, "cột {place}: {wrong}", "column {place}: {wrong}"),
        }
    }
}

/// A line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// As a spreadsheet numbers it: the heading is counted, and so are empty rows.
    pub line: u32,
    /// What stands in it, so that it can be given back.
    pub cells: Vec<Cell>,
    /// Who it is, or everything that is wrong.
    pub person: Result<Box<Person>, Vec<Fault>>,
}

/// What a reader of a list wants to be told of it, beside its lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remarks {
    /// Lines in which nobody is: titles of groups, sums, and who signed. They are passed over.
    pub passed_over: Vec<u32>,
    /// How many lines were passed over in all; at most [`LINES_NAMED`] of them are named.
    pub passed_over_count: u32,
    /// Some dates are American: those that could be either may be American as well.
    pub american_dates: u32,
    /// Some days of birth are texts that begin with a day after the twelfth, and others are days to
    /// Excel, all of them up to the twelfth: Excel was set to America, and took day for month.
    pub turned_dates: bool,
}

/// So many lines that were passed over are named.
pub const LINES_NAMED: usize = 100;

impl Remarks {
    /// What is told, a sentence each.
    pub fn told(&self, language: Language) -> Vec<String> {
        let mut told = Vec::new();
        if self.passed_over_count > 0 {
            let lines: Vec<String> = self.passed_over.iter().take(20).map(u32::to_string).collect();
            let more = if self.passed_over_count > 20 { ", …" } else { "" };
            let (count, lines) = (self.passed_over_count, lines.join(", ") + more);
            told.push(say!(
                language,
                "{count} dòng không có người nào (tiêu đề nhóm, tổng cộng, chữ ký) được bỏ qua: dòng {lines}",
                "{count} lines with nobody in them (titles, sums, signatures) are passed over: {lines}"
            ));
        }
        if self.american_dates > 0 {
            let count = self.american_dates;
            told.push(say!(
                language,
                "{count} ngày viết kiểu Mỹ; hãy xem lại cả những ngày như 05/06/1990, được hiểu là ngày 5 tháng 6",
                "{count} dates are American; look at those like 05/06/1990 as well, which is read as 5 June"
            ));
        }
        if self.turned_dates {
            told.push(say!(
                language,
                "Excel của tệp này đặt kiểu ngày Mỹ: ngày sau ngày 12 thành chữ, còn 05/06 thành ngày 6 tháng 5; \
                 hãy xem lại mọi ngày sinh từ ngày 1 đến ngày 12",
                "Excel was set to American dates in this file: days after the 12th became texts, and 05/06 \
                 became 6 May; look at every day of birth from the 1st to the 12th again"
            ));
        }
        told
    }
}

/// A list of people, a line at a time. It ends at the first thing for which the file is refused.
pub struct People<R> {
    table: Table<R>,
    heading: Heading,
    /// A row that was read to see whether it is of the heading.
    ahead: Option<Row>,
    remarks: Remarks,
    lines: u64,
    days_of_excel: u64,
    late_days_of_excel: u64,
    late_days_written: u64,
    ended: bool,
}

impl<R: Read + Seek> People<R> {
    /// Opens a file and finds the heading of its list.
    pub fn open(source: R, limits: Limits) -> Result<Self, Refused> {
        let mut table = Table::open(source, limits)?;
        let mut any = false;
        let mut heading = loop {
            let Some(row) = table.next().transpose()? else {
                return Err(if any { Refused::HeadingMissing } else { Refused::Empty });
            };
            any = true;
            if row.line > ROWS_LOOKED_AT {
                return Err(Refused::HeadingMissing);
            }
            if let Some(heading) = Heading::of(&row) {
                break heading;
            }
        };
        let mut ahead = table.next().transpose()?;
        while ahead.as_ref().is_some_and(|row| row.misquoted.is_none() && heading.takes_up(row)) {
            ahead = table.next().transpose()?;
        }
        heading.whole()?;
        Ok(Self {
            table,
            heading,
            ahead,
            remarks: Remarks::default(),
            lines: 0,
            days_of_excel: 0,
            late_days_of_excel: 0,
            late_days_written: 0,
            ended: false,
        })
    }

    /// The line of the heading.
    pub fn heading_line(&self) -> u32 {
        self.heading.line
    }

    /// What each column of the file is, from the first on.
    pub fn columns(&self) -> &[Option<Column>] {
        &self.heading.columns
    }

    /// Columns that nobody understands: what stands in them is not read.
    pub fn unknown(&self) -> &[Unknown] {
        &self.heading.unknown
    }

    /// The sheet that is read, and those that are not.
    pub fn sheets(&self) -> (Option<&str>, &[String]) {
        self.table.sheets()
    }

    /// What there is to say of the lines so far.
    pub fn remarks(&self) -> Remarks {
        let mut remarks = self.remarks.clone();
        remarks.turned_dates =
            self.late_days_written > 0 && self.days_of_excel > 2 && self.late_days_of_excel == 0;
        remarks
    }

    fn next_line(&mut self) -> Result<Option<Line>, Refused> {
        loop {
            let row = match self.ahead.take() {
                Some(row) => Some(row),
                None => self.table.next().transpose()?,
            };
            let Some(row) = row else {
                return if self.lines == 0 { Err(Refused::NobodyInIt) } else { Ok(None) };
            };
            if self.is_nobody(&row) {
                self.remarks.passed_over_count += 1;
                if self.remarks.passed_over.len() < LINES_NAMED {
                    self.remarks.passed_over.push(row.line);
                }
                continue;
            }
            self.lines += 1;
            let person = self.person(&row);
            self.note_dates(&row, &person);
            return Ok(Some(Line { line: row.line, cells: row.cells, person }));
        }
    }

    fn cell<'a>(&self, row: &'a Row, column: Column) -> &'a Cell {
        self.heading.place(column).map_or(&Cell::Empty, |place| row.cell(place))
    }

    /// Whether nobody is in a line: it says nothing by which one person is told from another, as
    /// titles, sums and signatures do not; or it is the example of a template.
    fn is_nobody(&self, row: &Row) -> bool {
        const TELLING: [Column; 7] = [
            Column::Birth,
            Column::BirthMale,
            Column::BirthFemale,
            Column::Sex,
            Column::Identity,
            Column::Phone,
            Column::JoinedOn,
        ];
        if row.misquoted.is_some() {
            return false;
        }
        let ordinal = key(&self.cell(row, Column::Ordinal).shown());
        matches!(ordinal.as_str(), "vidu" | "example")
            || TELLING.iter().all(|column| self.cell(row, *column).is_empty())
    }

    fn person(&self, row: &Row) -> Result<Box<Person>, Vec<Fault>> {
        let mut faults = Vec::new();
        if let Some((place, how)) = row.misquoted {
            let column = self.heading.columns.get(place).copied().flatten();
            let wrong = Wrong::Misquoted(how);
            return Err(vec![Fault { column, place: column_name(place), wrong }]);
        }
        let mut fault = |column: Column, wrong: Wrong| {
            let place = self.heading.place(column).map(column_name).unwrap_or_default();
            faults.push(Fault { column: Some(column), place, wrong });
        };
        macro_rules! read {
            ($column:expr, $reading:expr) => {
                $reading(self.cell(row, $column)).unwrap_or_else(|wrong| {
                    fault($column, wrong);
                    Default::default()
                })
            };
        }
        let name = read!(Column::Name, name);
        let said = read!(Column::Sex, sex);
        let born = read!(Column::Birth, birth);
        let mut person = Person {
            name,
            sex: said,
            birth: born,
            identity: None,
            phone: read!(Column::Phone, phone),
            ethnicity: read!(Column::Ethnicity, plain),
            home_place: read!(Column::HomePlace, plain),
            address: read!(Column::Address, plain),
            workplace: read!(Column::Workplace, plain),
            occupation: read!(Column::Occupation, plain),
            joined_on: read!(Column::JoinedOn, day),
            union: read!(Column::Union, plain),
            is_another: read!(Column::Another, mark),
        };
        for (column, sex) in [(Column::BirthMale, Sex::Male), (Column::BirthFemale, Sex::Female)] {
            let cell = self.cell(row, column);
            if cell.is_empty() {
                continue;
            }
            if person.sex.is_some_and(|said| said != sex) {
                fault(column, Wrong::SexTwice);
                continue;
            }
            person.sex = Some(sex);
            // A mark says the sex alone; `1` counts for a mark in sums.
            if matches!(key(&cell.shown()).as_str(), "x" | "1" | "nam" | "nu")
                || cell.shown() == "✓"
            {
                continue;
            }
            match birth(cell) {
                Ok(born) => person.birth = born,
                Err(wrong) => fault(column, wrong),
            }
        }
        let country = read!(Column::Country, country);
        if let Some((kind, number)) = read!(Column::Identity, identity) {
            let passport = kind == IdentityKind::Passport;
            if passport && country.is_none() {
                fault(Column::Identity, Wrong::CountryMissing);
            }
            let country = country.filter(|_| passport).unwrap_or_default();
            person.identity = Some(Identity { kind, number, country });
        }
        if faults.is_empty() { Ok(Box::new(person)) } else { Err(faults) }
    }

    /// Takes note of how dates are written, for what is only seen of all of them.
    fn note_dates(&mut self, row: &Row, person: &Result<Box<Person>, Vec<Fault>>) {
        if let Err(faults) = person {
            let american = faults.iter().any(|fault| fault.wrong == Wrong::DayAmerican);
            self.remarks.american_dates += u32::from(american);
        }
        for column in [Column::Birth, Column::BirthMale, Column::BirthFemale] {
            match self.cell(row, column) {
                Cell::Day(date) => {
                    self.days_of_excel += 1;
                    self.late_days_of_excel += u64::from(date.day() > 12);
                }
                cell @ Cell::Text(_) => {
                    let late = matches!(birth(cell), Ok(Some(Birth::Day(date))) if date.day() > 12);
                    self.late_days_written += u64::from(late);
                }
                _ => {}
            }
        }
    }
}

impl<R: Read + Seek> Iterator for People<R> {
    type Item = Result<Line, Refused>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.next_line();
        self.ended = !matches!(next, Ok(Some(_)));
        next.transpose()
    }
}
