//! The files of a load: CSV, one organisation a line; and one change a line.

use std::collections::HashMap;

use anyhow::{Context, bail, ensure};
use chassis::parse::civil;
use proto::registry::v1::load_organisations_request::{Change, Ending, Line};
use proto::registry::v1::{EndKind, OrganisationStatus};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::cli::date;

/// An organisation as it was founded, and how it ended.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Organisation {
    code: String,
    name: String,
    #[serde(default)]
    short_name: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    sector: String,
    superior_code: String,
    founded_on: String,
    #[serde(default)]
    ended_on: String,
    #[serde(default)]
    end_kind: String,
    #[serde(default)]
    successor_code: String,
}

/// What became of an organisation on a later day; what is empty stays as it was.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Later {
    /// The code of its line.
    of: String,
    /// Which of them, where several lines have this code.
    #[serde(default)]
    founded_on: String,
    from_on: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    short_name: String,
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    sector: String,
    #[serde(default)]
    superior_code: String,
    #[serde(default)]
    status: String,
}

/// Reads the lines of a tree, and what they went through from a second file; a date or a text
/// that cannot be right is refused here already, with its line.
pub fn read(tree: &[u8], history: Option<&[u8]>) -> anyhow::Result<Vec<Line>> {
    let mut lines = Vec::new();
    let mut places: HashMap<String, Vec<usize>> = HashMap::new();
    for (n, row) in rows::<Organisation>(tree)?.into_iter().enumerate() {
        let place = || format!("line {n} of the tree");
        places.entry(row.code.clone()).or_default().push(n);
        lines.push(line(row).with_context(place)?);
    }
    ensure!(!lines.is_empty(), "there is no line in it");
    for (n, row) in history.map(rows::<Later>).transpose()?.into_iter().flatten().enumerate() {
        let place = || format!("line {n} of the history");
        let named = places.get(&row.of).map(Vec::as_slice).unwrap_or_default();
        let whose = whose(&lines, named, &row).with_context(place)?;
        lines[whose].changes.push(change(row).with_context(place)?);
    }
    for line in &mut lines {
        line.changes.sort_by_key(|change| change.from_on.map(|on| (on.year, on.month, on.day)));
    }
    Ok(lines)
}

fn rows<T: DeserializeOwned>(content: &[u8]) -> anyhow::Result<Vec<T>> {
    let mut reader = csv::Reader::from_reader(content);
    let rows = reader.deserialize().enumerate();
    rows.map(|(n, row)| row.with_context(|| format!("line {n}"))).collect()
}

/// The line that a change is about.
fn whose(lines: &[Line], named: &[usize], row: &Later) -> anyhow::Result<usize> {
    if row.founded_on.is_empty() {
        return match named {
            [] => bail!("no line has the code {}", row.of),
            [one] => Ok(*one),
            _ => bail!("several lines have the code {}: say founded_on as well", row.of),
        };
    }
    let founded_on = Some(civil(date(&row.founded_on)?));
    let mut of_that_day = named.iter().copied().filter(|n| lines[*n].founded_on == founded_on);
    let found = of_that_day.next();
    found.with_context(|| format!("no line {} was founded on {}", row.of, row.founded_on))
}

fn line(row: Organisation) -> anyhow::Result<Line> {
    let ending = match (row.ended_on.as_str(), row.end_kind.as_str()) {
        ("", "") if row.successor_code.is_empty() => None,
        ("", _) => bail!("end_kind and successor_code go with ended_on"),
        (ended_on, kind) => Some(Ending {
            ended_on: Some(civil(date(ended_on)?)),
            kind: EndKind::from_str_name(&format!("END_KIND_{kind}"))
                .filter(|kind| *kind != EndKind::Unspecified)
                .with_context(|| {
                    format!("end_kind is DISSOLVED, MERGED, CONSOLIDATED, DIVIDED or TERMINATED, not {kind:?}")
                })?
                .into(),
            principal_successor_code: row.successor_code,
        }),
    };
    Ok(Line {
        code: row.code,
        name: row.name,
        short_name: row.short_name,
        r#type: row.kind,
        sector: row.sector,
        superior_code: row.superior_code,
        founded_on: Some(civil(date(&row.founded_on)?)),
        changes: Vec::new(),
        ending,
    })
}

fn change(row: Later) -> anyhow::Result<Change> {
    let status = match row.status.as_str() {
        "" => OrganisationStatus::Unspecified,
        "ACTIVE" => OrganisationStatus::Active,
        "SUSPENDED" => OrganisationStatus::Suspended,
        other => bail!("status is ACTIVE, SUSPENDED or empty, not {other:?}"),
    };
    Ok(Change {
        from_on: Some(civil(date(&row.from_on)?)),
        code: row.code,
        name: row.name,
        short_name: row.short_name,
        r#type: row.kind,
        sector: row.sector,
        superior_code: row.superior_code,
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

        for bad in [
            "HN,Hà Nội,,LDLD_TINH,,TLD,01/01/1946\n",
            "HN,Ha\u{300} Nội,,LDLD_TINH,,TLD,1946-01-01\n",
        ] {
            let error = read(format!("{HEADING}{bad}").as_bytes(), None).expect_err("refused");
            assert!(format!("{error:#}").contains("line 0"), "{error:#}");
        }
        assert!(read(HEADING.as_bytes(), None).is_err());
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
            ("BG-1,,soon,,,,\n", "line 0 of the history"),
        ] {
            let heading = "of,founded_on,from_on,code,name,superior_code,status\n";
            let told = said(&tree, &format!("{heading}{bad}"));
            assert!(told.contains(word), "{told}");
        }
        let odd = format!("{WITH_ENDS}24,Bắc Giang,LDLD_TINH,TLD,1997-01-01,,MERGED,\n");
        assert!(read(odd.as_bytes(), None).is_err());
        let odd = format!("{WITH_ENDS}24,Bắc Giang,LDLD_TINH,TLD,1997-01-01,2025-07-01,GONE,\n");
        assert!(format!("{:#}", read(odd.as_bytes(), None).expect_err("refused")).contains("GONE"));
    }
}
