//! A file of reference data, read: into rows of tables, or into what is wrong with it, line by
//! line.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chassis::refusal::Given;
use time::Date;
use time::macros::format_description;

use crate::ground::reference::lists::{List, What};

/// Lines of one file, at most.
const LINES_MAX: usize = 50_000;
/// Letters of one cell, at most.
const CELL_MAX: usize = 300;

/// What is wrong with a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is no line of such a file, or the heading lacks a column.
    Unreadable,
    /// Something must stand there.
    Required,
    /// No day, or a last day before the first.
    NotADate,
    /// No number, or one that cannot be.
    NotANumber,
    /// Not one of what may stand there.
    NotOneOf,
    /// Nobody knows this code.
    Unknown,
    /// Another line says something of the same days.
    Repeated,
    /// There are too many lines.
    TooMany,
}

impl Fault {
    /// As refusals name it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "UNREADABLE",
            Self::Required => "REQUIRED",
            Self::NotADate => "NOT_A_DATE",
            Self::NotANumber => "NOT_A_NUMBER",
            Self::NotOneOf => "NOT_ONE_OF",
            Self::Unknown => "UNKNOWN",
            Self::Repeated => "REPEATED",
            Self::TooMany => "TOO_MANY",
        }
    }
}

impl Given for Fault {
    fn told(self) -> Option<String> {
        self.code().told()
    }
}

/// What is wrong, and where: lines are counted as an editor counts them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The heading is line 1.
    pub line: u64,
    /// By the heading.
    pub column: String,
    /// What is wrong.
    pub fault: Fault,
}

/// Codes that are known, which a file may name.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub types: BTreeSet<String>,
    pub bodies: BTreeSet<String>,
}

/// Rows of one table, as `COPY` takes them.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub relation: &'static str,
    pub columns: Vec<&'static str>,
    pub text: String,
}

impl Rows {
    fn of(relation: &'static str, columns: Vec<&'static str>) -> Self {
        Self { relation, columns, text: String::new() }
    }

    fn push(&mut self, row: &[Option<String>]) {
        for (n, cell) in row.iter().enumerate() {
            if n > 0 {
                self.text.push('\t');
            }
            match cell {
                None => self.text.push_str("\\N"),
                Some(text) => {
                    for letter in text.chars() {
                        match letter {
                            '\\' => self.text.push_str("\\\\"),
                            '\t' => self.text.push_str("\\t"),
                            '\n' => self.text.push_str("\\n"),
                            '\r' => self.text.push_str("\\r"),
                            other => self.text.push(other),
                        }
                    }
                }
            }
        }
        self.text.push('\n');
    }
}

/// Half-open dates; `None` is unbounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    from: Option<Date>,
    until: Option<Date>,
}

impl Span {
    fn is_empty(self) -> bool {
        matches!((self.from, self.until), (Some(from), Some(until)) if until <= from)
    }

    /// While both hold.
    fn and(self, other: Self) -> Self {
        Self {
            from: self.from.max(other.from),
            until: match (self.until, other.until) {
                (Some(one), Some(another)) => Some(one.min(another)),
                (one, another) => one.or(another),
            },
        }
    }

    /// As PostgreSQL reads it.
    fn text(self) -> String {
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        format!("[{},{})", day(self.from), day(self.until))
    }
}

/// The lines of a file, and what is wrong with them.
struct Sheet<'a> {
    list: &'a List,
    headings: HashMap<String, usize>,
    lines: Vec<(u64, csv::StringRecord)>,
    wrong: Vec<Wrong>,
}

impl Sheet<'_> {
    fn blame(&mut self, line: u64, column: &str, fault: Fault) {
        self.wrong.push(Wrong { line, column: column.to_owned(), fault });
    }

    /// What stands in a column of a line; nothing where there is no such column.
    fn at(&self, n: usize, heading: &str) -> &str {
        let column = self.headings.get(heading);
        column.and_then(|column| self.lines[n].1.get(*column)).unwrap_or_default()
    }

    fn day(&mut self, n: usize, heading: &str) -> Option<Date> {
        let text = self.at(n, heading);
        if text.is_empty() {
            return None;
        }
        let day = Date::parse(text, format_description!("[year]-[month]-[day]")).ok();
        if day.is_none() {
            self.blame(self.lines[n].0, heading, Fault::NotADate);
        }
        day
    }

    /// The days of a line, and the first one on which what it speaks of is no more.
    fn days(&mut self, n: usize) -> (Span, Option<Date>) {
        if !self.list.dated {
            return (Span { from: None, until: None }, None);
        }
        let after = |day: Option<Date>| day.and_then(Date::next_day);
        let over = after(self.day(n, "last_day"));
        let (from, last) = (self.day(n, "valid_from"), self.day(n, "valid_to"));
        let span = Span { from, until: after(last) }.and(Span { from: None, until: over });
        if span.is_empty() {
            self.blame(self.lines[n].0, "valid_to", Fault::NotADate);
        }
        (span, over)
    }

    /// The cells of a line, as its table takes them.
    fn cells(&mut self, n: usize, known: &Known) -> Vec<Option<String>> {
        let line = self.lines[n].0;
        let mut row = Vec::with_capacity(self.list.cells.len() + 2);
        for cell in self.list.cells {
            let text = self.at(n, cell.heading).to_owned();
            let number = |least: i32| text.parse::<i32>().is_ok_and(|number| number >= least);
            let fault = match cell.what {
                _ if text.chars().count() > CELL_MAX => Some(Fault::Unreadable),
                What::Optional => None,
                What::Nullable | What::NullableNumber(_) if text.is_empty() => None,
                _ if text.is_empty() => Some(Fault::Required),
                What::Text | What::Nullable => None,
                What::Number(least) | What::NullableNumber(least) => {
                    (!number(least)).then_some(Fault::NotANumber)
                }
                What::Flag => (!["0", "1"].contains(&&*text)).then_some(Fault::NotOneOf),
                What::OneOf(values) => (!values.contains(&&*text)).then_some(Fault::NotOneOf),
                What::Type => (!known.types.contains(&text)).then_some(Fault::Unknown),
                What::Body => (!known.bodies.contains(&text)).then_some(Fault::Unknown),
            };
            if let Some(fault) = fault {
                self.blame(line, cell.heading, fault);
            }
            let none = matches!(cell.what, What::Nullable | What::NullableNumber(_));
            row.push((!text.is_empty() || !none).then_some(text));
        }
        row
    }

    /// What the schema holds between two cells of a line.
    fn relate(&mut self, n: usize) {
        let pairs = [("least", "most"), ("numerator", "denominator")];
        for (less, more) in pairs {
            let number = |heading| self.at(n, heading).parse::<i32>().ok();
            if let (Some(lower), Some(upper)) = (number(less), number(more))
                && upper < lower
            {
                self.blame(self.lines[n].0, more, Fault::NotANumber);
            }
        }
    }

    /// Lines that speak of the same, on days of both; of codes, also two with one place.
    fn refuse_repeated(&mut self, spans: &[Span]) {
        let mut once: Vec<&[&str]> = vec![self.list.once];
        if self.list.name == "CAMPAIGN_STAGES" {
            once.push(&["stage_order"]);
        }
        for headings in once {
            let mut named: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
            for n in 0..self.lines.len() {
                let name = headings.iter().map(|heading| self.at(n, heading).to_owned()).collect();
                named.entry(name).or_default().push(n);
            }
            for mut same in named.into_values().filter(|same| same.len() > 1) {
                same.sort_by_key(|n| (spans[*n].from, *n));
                for pair in same.windows(2) {
                    if !spans[pair[0]].and(spans[pair[1]]).is_empty() {
                        let line = self.lines[pair[0].max(pair[1])].0;
                        self.blame(line, headings[0], Fault::Repeated);
                    }
                }
            }
        }
    }
}

/// Reads a list; answers the rows of its tables, or what is wrong with it.
pub(super) fn read(list: &List, text: &[u8], known: &Known) -> Result<Vec<Rows>, Vec<Wrong>> {
    let mut sheet = opened(list, text)?;
    let mut columns: Vec<&str> = list.cells.iter().map(|cell| cell.column).collect();
    match list.name {
        "SECTORS" => columns.push("is_group"),
        "COMMUNES" => columns.push("abolished_on"),
        _ => {}
    }
    if list.dated {
        columns.push("valid");
    }
    let mut rows = Rows::of(list.relation, columns);
    let groups: BTreeSet<String> = match list.name {
        "SECTORS" => {
            (0..sheet.lines.len()).map(|n| sheet.at(n, "parent_code").to_owned()).collect()
        }
        _ => BTreeSet::new(),
    };
    let codes: BTreeSet<String> =
        (0..sheet.lines.len()).map(|n| sheet.at(n, "code").to_owned()).collect();
    let mut spans = Vec::with_capacity(sheet.lines.len());
    for n in 0..sheet.lines.len() {
        let mut row = sheet.cells(n, known);
        sheet.relate(n);
        let (span, over) = sheet.days(n);
        spans.push(span);
        match list.name {
            "SECTORS" => {
                row.push(Some(groups.contains(sheet.at(n, "code")).to_string()));
                let group = sheet.at(n, "parent_code");
                if !group.is_empty() && !codes.contains(group) {
                    sheet.blame(sheet.lines[n].0, "parent_code", Fault::Unknown);
                }
            }
            "COMMUNES" => row.push(over.map(|day| day.to_string())),
            _ => {}
        }
        if list.dated {
            row.push(Some(span.text()));
        }
        rows.push(&row);
    }
    sheet.refuse_repeated(&spans);
    let mut tables = vec![rows];
    if list.name == "ORGANISATION_TYPES" {
        tables.push(superiors(&mut sheet, &spans, &codes));
    }
    match sheet.wrong.is_empty() {
        true => Ok(tables),
        false => {
            sheet.wrong.sort_by_key(|wrong| wrong.line);
            Err(sheet.wrong)
        }
    }
}

/// The file with its heading.
fn opened<'a>(list: &'a List, text: &[u8]) -> Result<Sheet<'a>, Vec<Wrong>> {
    let wrong =
        |line, column: &str, fault| Err(vec![Wrong { line, column: column.to_owned(), fault }]);
    let mut reader = csv::Reader::from_reader(text);
    let Ok(headings) = reader.headers() else {
        return wrong(1, "", Fault::Unreadable);
    };
    let headings: HashMap<String, usize> =
        headings.iter().enumerate().map(|(n, heading)| (heading.to_owned(), n)).collect();
    let days: &[&str] = match (list.dated, list.name) {
        (true, "COMMUNES") => &["valid_from", "valid_to", "last_day"],
        (true, "ORGANISATION_TYPES") => &["parent_types", "valid_from", "valid_to"],
        (true, _) => &["valid_from", "valid_to"],
        (false, _) => &[],
    };
    let needed = list.cells.iter().map(|cell| cell.heading).chain(days.iter().copied());
    for heading in needed {
        if !headings.contains_key(heading) {
            return wrong(1, heading, Fault::Unreadable);
        }
    }
    let mut lines = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                lines.push((record.position().map_or(0, csv::Position::line), record));
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                return wrong(line, "", Fault::Unreadable);
            }
        }
        if lines.len() > LINES_MAX {
            return wrong(lines.len() as u64 + 1, "", Fault::TooMany);
        }
    }
    if lines.is_empty() {
        return wrong(1, "", Fault::Required);
    }
    Ok(Sheet { list, headings, lines, wrong: Vec::new() })
}

/// Which type may stand under which, while both are in force.
fn superiors(sheet: &mut Sheet<'_>, spans: &[Span], codes: &BTreeSet<String>) -> Rows {
    let mut rows = Rows::of("superior_type_rule", vec!["type", "superior_type", "valid"]);
    let mut in_force: HashMap<String, Vec<Span>> = HashMap::new();
    for (n, span) in spans.iter().enumerate() {
        in_force.entry(sheet.at(n, "code").to_owned()).or_default().push(*span);
    }
    for (n, span) in spans.iter().enumerate() {
        let code = sheet.at(n, "code").to_owned();
        let superiors = sheet.at(n, "parent_types").to_owned();
        let superiors: BTreeSet<&str> = superiors.split('|').filter(|it| !it.is_empty()).collect();
        for superior in superiors {
            if !codes.contains(superior) {
                sheet.blame(sheet.lines[n].0, "parent_types", Fault::Unknown);
            }
            for both in in_force.get(superior).into_iter().flatten().map(|other| other.and(*span)) {
                if !both.is_empty() {
                    let row = [&code, superior, &both.text()].map(|it: &str| Some(it.to_owned()));
                    rows.push(&row);
                }
            }
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::super::list;
    use super::*;

    fn known() -> Known {
        Known { types: ["CDCS".to_owned()].into(), bodies: ["EXECUTIVE".to_owned()].into() }
    }

    fn wrong(name: &str, text: &str) -> Vec<(u64, String, Fault)> {
        let wrong = read(list(name).expect("a list"), text.as_bytes(), &known());
        let wrong = wrong.expect_err("something is wrong").into_iter();
        wrong.map(|wrong| (wrong.line, wrong.column, wrong.fault)).collect()
    }

    #[test]
    fn what_is_wrong_is_told_by_line_and_column() {
        let founders = "type,minimum,valid_from,valid_to\n";
        let told = wrong(
            "MINIMUM_FOUNDERS",
            &format!(
                "{founders}CDCS,0,2020-01-01,\nX,5,2020-13-01,2019-01-01\nCDCS,5,,2020-06-30\n"
            ),
        );
        let expected = [
            (2, "minimum", Fault::NotANumber),
            (3, "type", Fault::Unknown),
            (3, "valid_from", Fault::NotADate),
            (4, "type", Fault::Repeated),
        ];
        assert_eq!(told, expected.map(|(line, column, fault)| (line, column.to_owned(), fault)));

        let told = wrong("MINIMUM_FOUNDERS", "type,minimum,valid_from\nCDCS,5,\n");
        assert_eq!(told, [(1, "valid_to".to_owned(), Fault::Unreadable)]);
        let told = wrong("MINIMUM_FOUNDERS", &format!("{founders}CDCS,5\n"));
        assert_eq!(told, [(2, String::new(), Fault::Unreadable)]);
        assert_eq!(wrong("MINIMUM_FOUNDERS", founders), [(1, String::new(), Fault::Required)]);
        let sizes = "type,organisation_code,body,members_from,least,most,valid_from,valid_to\n";
        let told =
            wrong("BODY_SIZES", &format!("{sizes}CDCS,,EXECUTIVE,0,5,3,,\nCDCS,,Y,0,3,3,,\n"));
        assert_eq!(
            told,
            [(2, "most".to_owned(), Fault::NotANumber), (3, "body".to_owned(), Fault::Unknown)]
        );
        let stages = "code,stage_order,name_vi\nA,1,Một\nB,1,Hai\nB,2,\n";
        let told = wrong("CAMPAIGN_STAGES", stages);
        assert!(told.contains(&(3, "stage_order".to_owned(), Fault::Repeated)), "{told:?}");
        assert!(told.contains(&(4, "code".to_owned(), Fault::Repeated)), "{told:?}");
        assert!(told.contains(&(4, "name_vi".to_owned(), Fault::Required)), "{told:?}");
    }

    #[test]
    fn every_file_compiled_in_can_be_read() {
        let mut known = Known::default();
        for list in &super::super::LISTS {
            let rows = read(list, list.file.as_bytes(), &known)
                .unwrap_or_else(|wrong| panic!("{}: {wrong:?}", list.name));
            let lines = rows[0].text.lines().map(|row| row.split('\t').next().unwrap_or_default());
            let codes: BTreeSet<String> = lines.map(str::to_owned).collect();
            match list.name {
                "ORGANISATION_TYPES" => known.types = codes,
                "BODIES" => known.bodies = codes,
                _ => {}
            }
        }
    }

    #[test]
    fn a_code_names_one_commune_at_a_time() {
        let communes = list("COMMUNES").expect("a list");
        let rows = read(communes, communes.file.as_bytes(), &known()).expect("read").remove(0);
        assert_eq!(rows.columns[0], "commune");
        let named = |code: &str| -> Vec<(String, String)> {
            let cells = rows.text.lines().map(|row| row.split('\t').collect::<Vec<_>>());
            let own = cells.filter(|row| row[0] == code);
            own.map(|row| (row[1].to_owned(), row[row.len() - 1].to_owned())).collect()
        };
        let pairs = |of: &[(&str, &str)]| -> Vec<(String, String)> {
            of.iter().map(|(name, days)| ((*name).to_owned(), (*days).to_owned())).collect()
        };
        assert_eq!(
            named("00004"),
            pairs(&[("Phường Trúc Bạch", "[,2025-07-01)"), ("Phường Ba Đình", "[2025-07-01,)")])
        );
        assert_eq!(
            named("25270"),
            pairs(&[
                ("Thị trấn Lộc Ninh", "[,2025-07-01)"),
                ("Xã Lộc Ninh", "[2025-07-01,2026-04-30)"),
                ("Phường Lộc Ninh", "[2026-04-30,)"),
            ])
        );
    }
}
