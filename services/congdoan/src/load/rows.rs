//! The files of a load: CSV, one organisation a line; and one change a line.

use std::collections::HashMap;

use chassis::parse::civil;
use proto::google::r#type::Date as CivilDate;
use proto::registry::v1::load_organisations_request::{Change, Ending, Line};
use proto::registry::v1::{EndKind, OrganisationStatus};

use crate::cli::values::date;
use crate::language::tell;
use crate::sheet::{self, Column, Faults, Row, in_column, optional, required};

/// An organisation as it was founded, and how it ended.
const ORGANISATION: [Column; 11] = [
    required("code"),
    required("name"),
    optional("short_name"),
    required("type"),
    optional("sector"),
    optional("industry"),
    required("superior_code"),
    required("founded_on"),
    optional("ended_on"),
    optional("end_kind"),
    optional("successor_code"),
];

/// What became of an organisation on a later day; what is empty stays as it was.
const LATER: [Column; 11] = [
    // The code of its line.
    required("of"),
    // Which of them, where several lines have this code.
    optional("founded_on"),
    required("from_on"),
    optional("code"),
    optional("name"),
    optional("short_name"),
    optional("type"),
    optional("sector"),
    optional("industry"),
    optional("superior_code"),
    optional("status"),
];

/// The lines of a load, and where each of them stands in its file.
pub struct Tree {
    /// As they are sent.
    pub lines: Vec<Line>,
    /// Where they stand.
    pub places: Places,
}

/// Where the lines of a load and their changes stand: what services count from 0 is found in the
/// files by it, as an editor counts.
pub struct Places {
    tree: String,
    history: String,
    /// For each line: its own place, and those of its changes.
    lines: Vec<(u64, Vec<u64>)>,
}

impl Places {
    /// `tree.csv line 4, superior_code` for `lines[2].superior_code`.
    pub fn of(&self, field: &str) -> Option<String> {
        let (n, rest) = numbered(field.strip_prefix("lines")?)?;
        let (line, changes) = self.lines.get(n)?;
        let (file, line, part) = match rest.strip_prefix("changes").and_then(numbered) {
            Some((k, part)) => (&self.history, changes.get(k)?, part),
            None => (&self.tree, line, rest),
        };
        let column = match part {
            "ending.ended_on" => "ended_on",
            "ending.kind" => "end_kind",
            "ending.principal_successor_code" => "successor_code",
            other => other,
        };
        if column.is_empty() {
            return Some(tell!("{file} dòng {line}", "{file} line {line}"));
        }
        Some(tell!("{file} dòng {line}, {column}", "{file} line {line}, {column}"))
    }
}

/// `[12].rest` as 12 and `rest`.
fn numbered(text: &str) -> Option<(usize, &str)> {
    let (n, rest) = text.strip_prefix('[')?.split_once(']')?;
    Some((n.parse().ok()?, rest.trim_start_matches('.')))
}

/// Reads the lines of a tree, and what they went through from a second file; a date or a text
/// that cannot be right is refused here already, with its line.
pub fn read(tree: &[u8], history: Option<&[u8]>) -> anyhow::Result<Vec<Line>> {
    let names = (tell!("cây tổ chức", "the tree"), Some(tell!("lịch sử", "the history")));
    Ok(read_files(tree, history, &names)?.lines)
}

/// The same of files with these names.
pub fn read_files(
    tree: &[u8],
    history: Option<&[u8]>,
    (tree_name, history_name): &(String, Option<String>),
) -> anyhow::Result<Tree> {
    let mut lines = Vec::new();
    let mut places: Vec<(u64, Vec<u64>)> = Vec::new();
    let mut bearing: HashMap<String, Vec<usize>> = HashMap::new();
    let rows = sheet::read(tree, &ORGANISATION).map_err(|error| named(error, tree_name))?;
    let mut faults = Faults::default();
    for row in rows {
        match line(&row) {
            Ok(line) => {
                bearing.entry(line.code.clone()).or_default().push(lines.len());
                lines.push(line);
                places.push((row.line, Vec::new()));
            }
            Err(error) => faults.tell_error(row.line, &error),
        }
    }
    faults.none().map_err(|error| named(error, tree_name))?;
    let history_name = history_name.clone().unwrap_or_default();
    if let Some(history) = history {
        let rows = sheet::read(history, &LATER).map_err(|error| named(error, &history_name))?;
        let mut faults = Faults::default();
        for row in rows {
            let named = bearing.get(row.cell("of")).map(Vec::as_slice).unwrap_or_default();
            let read = whose(&lines, named, &row).and_then(|whose| Ok((whose, change(&row)?)));
            match read {
                Ok((whose, change)) => {
                    lines[whose].changes.push(change);
                    places[whose].1.push(row.line);
                }
                Err(error) => faults.tell_error(row.line, &error),
            }
        }
        faults.none().map_err(|error| named(error, &history_name))?;
    }
    for (line, (_, places)) in lines.iter_mut().zip(&mut places) {
        in_order(line, places);
    }
    let places = Places { tree: tree_name.clone(), history: history_name, lines: places };
    Ok(Tree { lines, places })
}

/// What is wrong with a file, said of it by its name.
fn named(error: anyhow::Error, name: &str) -> anyhow::Error {
    sheet::in_file(error, name).context(name.to_owned())
}

/// Puts the changes of a line in the order of their days, and their places with them.
fn in_order(line: &mut Line, places: &mut Vec<u64>) {
    let day = |on: Option<CivilDate>| on.map(|on| (on.year, on.month, on.day));
    let mut both: Vec<(Change, u64)> =
        std::mem::take(&mut line.changes).into_iter().zip(std::mem::take(places)).collect();
    both.sort_by_key(|(change, _)| day(change.from_on));
    (line.changes, *places) = both.into_iter().unzip();
}

/// A day that stands in a column.
fn day(row: &Row, column: &'static str) -> anyhow::Result<CivilDate> {
    let cell = row.cell(column);
    if cell.is_empty() {
        return Err(in_column(column, tell!("{column} còn trống", "{column} is empty")));
    }
    date(cell).map(civil).map_err(|error| in_column(column, format!("{column}: {error}")))
}

/// The line that a change is about.
fn whose(lines: &[Line], named: &[usize], row: &Row) -> anyhow::Result<usize> {
    let of = row.cell("of");
    if row.cell("founded_on").is_empty() {
        return match named {
            [] => {
                let said =
                    tell!("of: không có dòng nào mang mã {of}", "of: no line has the code {of}");
                Err(in_column("of", said))
            }
            [one] => Ok(*one),
            _ => Err(in_column(
                "of",
                tell!(
                    "of: nhiều dòng mang mã {of}: hãy ghi thêm founded_on",
                    "of: several lines have the code {of}: say founded_on as well"
                ),
            )),
        };
    }
    let founded_on = Some(day(row, "founded_on")?);
    let mut of_that_day = named.iter().copied().filter(|n| lines[*n].founded_on == founded_on);
    let on = row.cell("founded_on");
    of_that_day.next().ok_or_else(|| {
        in_column(
            "founded_on",
            tell!(
                "founded_on: không có dòng {of} nào thành lập ngày {on}",
                "founded_on: no line {of} was founded on {on}"
            ),
        )
    })
}

fn line(row: &Row) -> anyhow::Result<Line> {
    Ok(Line {
        code: row.cell("code").to_owned(),
        name: row.cell("name").to_owned(),
        short_name: row.cell("short_name").to_owned(),
        r#type: row.cell("type").to_owned(),
        sector: row.cell("sector").to_owned(),
        industry: row.cell("industry").to_owned(),
        superior_code: row.cell("superior_code").to_owned(),
        founded_on: Some(day(row, "founded_on")?),
        changes: Vec::new(),
        ending: ending(row)?,
    })
}

/// How it ended, if it did; the column that is wrong is the one that is named.
fn ending(row: &Row) -> anyhow::Result<Option<Ending>> {
    let (kind, successor) = (row.cell("end_kind"), row.cell("successor_code"));
    if row.cell("ended_on").is_empty() {
        if !kind.is_empty() || !successor.is_empty() {
            return Err(in_column(
                "ended_on",
                tell!(
                    "ended_on còn trống, mà end_kind hoặc successor_code đã ghi",
                    "ended_on is empty, though end_kind or successor_code is not"
                ),
            ));
        }
        return Ok(None);
    }
    let ended_on = day(row, "ended_on")?;
    let known = EndKind::from_str_name(&format!("END_KIND_{kind}"))
        .filter(|kind| *kind != EndKind::Unspecified);
    let Some(known) = known else {
        return Err(in_column(
            "end_kind",
            tell!(
                "end_kind là DISSOLVED, MERGED, CONSOLIDATED, DIVIDED hoặc TERMINATED, không phải \"{kind}\"",
                "end_kind is DISSOLVED, MERGED, CONSOLIDATED, DIVIDED or TERMINATED, not \"{kind}\""
            ),
        ));
    };
    let inherited = matches!(known, EndKind::Merged | EndKind::Consolidated | EndKind::Divided);
    if inherited && successor.is_empty() {
        return Err(in_column(
            "successor_code",
            tell!(
                "successor_code còn trống: {kind} phải có đơn vị kế thừa",
                "successor_code is empty: {kind} needs somebody who inherits"
            ),
        ));
    }
    Ok(Some(Ending {
        ended_on: Some(ended_on),
        kind: known.into(),
        principal_successor_code: successor.to_owned(),
    }))
}

fn change(row: &Row) -> anyhow::Result<Change> {
    let status = match row.cell("status") {
        "" => OrganisationStatus::Unspecified,
        "ACTIVE" => OrganisationStatus::Active,
        "SUSPENDED" => OrganisationStatus::Suspended,
        other => {
            return Err(in_column(
                "status",
                tell!(
                    "status là ACTIVE, SUSPENDED hoặc để trống, không phải \"{other}\"",
                    "status is ACTIVE, SUSPENDED or empty, not \"{other}\""
                ),
            ));
        }
    };
    Ok(Change {
        from_on: Some(day(row, "from_on")?),
        code: row.cell("code").to_owned(),
        name: row.cell("name").to_owned(),
        short_name: row.cell("short_name").to_owned(),
        r#type: row.cell("type").to_owned(),
        sector: row.cell("sector").to_owned(),
        industry: row.cell("industry").to_owned(),
        superior_code: row.cell("superior_code").to_owned(),
        status: status.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADING: &str = "code,name,short_name,type,sector,superior_code,founded_on\n";
    const WITH_ENDS: &str =
        "code,name,type,superior_code,founded_on,ended_on,end_kind,successor_code\n";

    #[test]
    fn a_file_is_read_and_a_bad_line_is_named() {
        let good =
            format!("{HEADING}HN,Liên đoàn Lao động Thành phố Hà Nội,,LDLD_TINH,,TLD,1946-01-01\n");
        let lines = read(good.as_bytes(), None).expect("read");
        assert_eq!((lines.len(), lines[0].superior_code.as_str()), (1, "TLD"));

        let bad = format!("{HEADING}HN,Hà Nội,,LDLD_TINH,,TLD,01/01/1946\n");
        let error = read(bad.as_bytes(), None).expect_err("refused");
        assert!(format!("{error:#}").contains("line 2: founded_on: "), "{error:#}");
        assert!(read(HEADING.as_bytes(), None).is_err());
        // What is typed in the older way of Unicode is the same name.
        let typed = format!("{HEADING}HN,Ha\u{300} Nội,,LDLD_TINH,,TLD,1946-01-01\n");
        assert_eq!(read(typed.as_bytes(), None).expect("read")[0].name, "Hà Nội");
    }

    #[test]
    fn what_a_service_counts_is_found_in_the_files() {
        let tree = format!("{HEADING}A,Một,,CDCS,HC,P,2010-01-01\n\nB,Hai,,CDCS,HC,P,2010-01-01\n");
        let history = "of,from_on,name\nB,2020-01-01,X\nB,2019-01-01,Y\nA,2018-01-01,Z\n";
        let names = ("t.csv".to_owned(), Some("h.csv".to_owned()));
        let read = read_files(tree.as_bytes(), Some(history.as_bytes()), &names).expect("read");
        for (field, place) in [
            ("lines[0].superior_code", "t.csv line 2, superior_code"),
            ("lines[1].code", "t.csv line 4, code"),
            ("lines[1].ending.ended_on", "t.csv line 4, ended_on"),
            ("lines[1].changes[0].name", "h.csv line 3, name"),
            ("lines[1].changes[1].from_on", "h.csv line 2, from_on"),
            ("lines[0].changes[0]", "h.csv line 4"),
        ] {
            assert_eq!(read.places.of(field).as_deref(), Some(place));
        }
        assert_eq!(read.places.of("lines[9].code"), None);
        assert_eq!(read.places.of("header.request_id"), None);
    }

    #[test]
    fn ends_are_columns_and_changes_a_file_of_their_own() {
        let tree = format!(
            "{WITH_ENDS}\
             24,Bắc Giang,LDLD_TINH,TLD,1997-01-01,2025-07-01,MERGED,24-N\n\
             24,Bắc Ninh,LDLD_TINH,TLD,2025-07-02,,,\n\
             BG-1,Một,CDCS,24,2010-01-01,,,\n"
        );
        let history = "of,founded_on,from_on,code,name,superior_code,status\n\
                       BG-1,,2020-01-01,,,,ACTIVE\n\
                       BG-1,,2019-01-01,,Một mới,,SUSPENDED\n\
                       24,2025-07-02,2026-01-01,24-M,,,\n";
        let lines = read(tree.as_bytes(), Some(history.as_bytes())).expect("read");
        let ending = lines[0].ending.as_ref().expect("it ended");
        assert_eq!(ending.kind(), EndKind::Merged);
        assert_eq!(ending.principal_successor_code, "24-N");
        assert!(lines[1].ending.is_none() && lines[0].changes.is_empty());
        assert_eq!(lines[1].changes[0].code, "24-M");
        let days: Vec<i32> =
            lines[2].changes.iter().map(|one| one.from_on.expect("a day").year).collect();
        assert_eq!(days, [2019, 2020], "in the order of their days");
        assert_eq!(lines[2].changes[0].status(), OrganisationStatus::Suspended);

        let said = |tree: &str, history: &str| {
            let error = read(tree.as_bytes(), Some(history.as_bytes())).expect_err("refused");
            format!("{error:#}")
        };
        for (bad, word) in [
            ("24,,2026-01-01,,,,\n", "say founded_on"),
            ("X,,2026-01-01,,,,\n", "no line has the code X"),
            ("24,2020-01-01,2026-01-01,,,,\n", "was founded on 2020-01-01"),
            ("BG-1,,2026-01-01,,,,ENDED\n", "status is ACTIVE"),
            ("BG-1,,soon,,,,\n", "the history: line 2: from_on"),
        ] {
            let heading = "of,founded_on,from_on,code,name,superior_code,status\n";
            let told = said(&tree, &format!("{heading}{bad}"));
            assert!(told.contains(word), "{told}");
        }
        // The column that is wrong is the one that is named.
        for (odd, named) in [
            ("1997-01-01,,MERGED,\n", "ended_on is empty"),
            ("1997-01-01,2025-07-01,GONE,\n", "end_kind is DISSOLVED"),
            ("1997-01-01,2025-07-01,,24-N\n", "end_kind is DISSOLVED"),
            ("1997-01-01,2025-07-01,MERGED,\n", "successor_code is empty"),
            ("1997-01-01,2025-02-30,MERGED,24-N\n", "ended_on: "),
            (",2025-07-01,MERGED,24-N\n", "founded_on is empty"),
        ] {
            let odd = format!("{WITH_ENDS}24,Bắc Giang,LDLD_TINH,TLD,{odd}");
            let told = format!("{:#}", read(odd.as_bytes(), None).expect_err("refused"));
            assert!(told.contains(&format!("line 2: {named}")), "{told}");
        }
    }
}
