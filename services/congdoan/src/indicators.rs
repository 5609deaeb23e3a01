//! `congdoan indicators`: what can be counted, and loading more of it.

use anyhow::Context;
use chassis::parse::civil;
use proto::registry::v1::{ListDecisionsRequest, ListOrganisationsRequest};
use proto::reporting::v1 as pb;
use system::Client;
use uuid::Uuid;

use crate::cli::indicators::{Indicators, IndicatorsCommand, ListIndicators, LoadIndicators};
use crate::fault::{COMMAND_LINE_INVALID, fault_of};
use crate::language::{Language, counted, current, tell};
use crate::organisation::day;
use crate::output::{answer, table};
use crate::sheet::{self, Column, Faults, Row, in_column, in_file, optional, required};
use crate::told::{file_name, read_file, told, told_at};

/// The Confederation's type: there is one organisation of it.
const CONFEDERATION: &str = "TLD";

const COLUMNS: [Column; 8] = [
    required("code"),
    required("name_vi"),
    required("name_en"),
    required("unit_vi"),
    required("kind"),
    required("numerator"),
    optional("denominator"),
    optional("without_suspended"),
];

/// Does what the command line asks for.
pub async fn run(indicators: Indicators) -> anyhow::Result<()> {
    match indicators.command {
        IndicatorsCommand::Load(load) => self::load(load).await,
        IndicatorsCommand::List(list) => self::list(list).await,
    }
}

async fn load(load: LoadIndicators) -> anyhow::Result<()> {
    let file = file_name(&load.file);
    let (indicators, lines) =
        read(&read_file(&load.file)?).map_err(|error| in_file(error, &file))?;
    let client = load.to.connect().await?;
    let decision_id = match (&load.decision, load.decision_id) {
        (Some(number), _) => decision(&client, number).await?,
        (None, id) => id.map(|id| id.to_string()).unwrap_or_default(),
    };
    let request = pb::LoadIndicatorsRequest {
        // Nothing is the same twice: what was loaded before changes nothing by itself.
        request_id: Uuid::new_v4().to_string(),
        validate_only: load.dry_run,
        indicators,
        in_force_from: Some(civil(load.in_force_from)),
        decision_id,
    };
    let loaded = client.indicators().load_indicators(request).await;
    let loaded = loaded
        .map_err(|status| told_at(status, |field| place(&file, &lines, field)))
        .with_context(|| tell!("{file} chưa được nạp", "{file} was not loaded"))?
        .into_inner();
    answer(&loaded, |loaded| words(loaded, load.dry_run))
}

/// The decision of the Confederation that has this number.
async fn decision(client: &Client, number: &str) -> anyhow::Result<String> {
    let asked = ListOrganisationsRequest { r#type: CONFEDERATION.to_owned(), ..Default::default() };
    let found = client.organisations().list_organisations(asked).await.map_err(told)?;
    let confederation = found.into_inner().organisations.into_iter().next();
    let asked = ListDecisionsRequest {
        issuer_id: confederation.map(|one| one.organisation_id).unwrap_or_default(),
        number: number.to_owned(),
        ..Default::default()
    };
    let found = client.decisions().list_decisions(asked).await;
    let found = found.map_err(|status| {
        told_at(status, |field| (field == "number").then(|| "--decision".to_owned()))
    })?;
    let decisions = found.into_inner().decisions;
    match &decisions[..] {
        [one] => Ok(one.decision_id.clone()),
        [] => Err(fault_of(
            COMMAND_LINE_INVALID,
            "--decision",
            tell!(
                "Tổng Liên đoàn chưa có văn bản số {number} trong sổ",
                "the register has no document {number} of the Confederation"
            ),
        )),
        several => {
            let count = several.len();
            Err(fault_of(
                COMMAND_LINE_INVALID,
                "--decision",
                tell!(
                    "có {count} văn bản số {number}: hãy nêu --decision-id",
                    "there are {count} documents {number}: name one with --decision-id"
                ),
            ))
        }
    }
}

/// The indicators of a file, and the line on which each stands.
fn read(content: &[u8]) -> anyhow::Result<(Vec<pb::IndicatorDefinition>, Vec<u64>)> {
    let mut faults = Faults::default();
    let (mut indicators, mut lines) = (Vec::new(), Vec::new());
    for row in sheet::read(content, &COLUMNS)? {
        match definition(&row) {
            Ok(definition) => {
                indicators.push(definition);
                lines.push(row.line);
            }
            Err(error) => faults.tell_error(row.line, &error),
        }
    }
    faults.none()?;
    Ok((indicators, lines))
}

fn definition(row: &Row) -> anyhow::Result<pb::IndicatorDefinition> {
    let kind = row.cell("kind");
    let known = pb::IndicatorKind::from_str_name(&format!("INDICATOR_KIND_{kind}"))
        .filter(|kind| *kind != pb::IndicatorKind::Unspecified)
        .ok_or_else(|| {
            in_column(
                "kind",
                tell!(
                    "kind là ADDITIVE, DISTINCT hoặc SHARE, không phải \"{kind}\"",
                    "kind is ADDITIVE, DISTINCT or SHARE, not \"{kind}\""
                ),
            )
        })?;
    let without_suspended = match row.cell("without_suspended") {
        "" | "0" => false,
        "1" => true,
        other => {
            return Err(in_column(
                "without_suspended",
                tell!(
                    "without_suspended là 1, 0 hoặc để trống, không phải \"{other}\"",
                    "without_suspended is 1, 0 or empty, not \"{other}\""
                ),
            ));
        }
    };
    let cell = |column: &str| row.cell(column).to_owned();
    Ok(pb::IndicatorDefinition {
        code: cell("code"),
        name_vi: cell("name_vi"),
        name_en: cell("name_en"),
        unit_vi: cell("unit_vi"),
        kind: known.into(),
        numerator: cell("numerator"),
        denominator: cell("denominator"),
        without_suspended,
    })
}

/// Where the person finds a field that is at fault: `indicators[2].numerator` is a cell of her file.
fn place(file: &str, lines: &[u64], field: &str) -> Option<String> {
    let Some((line, column)) =
        field.strip_prefix("indicators[").and_then(|rest| rest.split_once(']'))
    else {
        return match field {
            "indicators" => Some(file.to_owned()),
            "in_force_from" => Some("--in-force-from".to_owned()),
            "decision_id" => Some("--decision".to_owned()),
            _ => None,
        };
    };
    let line = lines.get(line.parse::<usize>().ok()?)?;
    let line = tell!("{file} dòng {line}", "{file} line {line}");
    Some(match column.trim_start_matches('.') {
        "" => line,
        column => format!("{line}, {column}"),
    })
}

/// What is counted otherwise now, or would be.
fn words(loaded: &pb::LoadIndicatorsResponse, dry_run: bool) -> String {
    let heading = [tell!("mã", "code"), tell!("phiên bản", "version"), String::new()];
    let rows: Vec<Vec<String>> = loaded
        .indicators
        .iter()
        .map(|one| {
            let what = match one.is_new {
                true => tell!("mới", "new"),
                false => tell!("vốn đã như vậy", "as it is already"),
            };
            vec![one.code.clone(), one.version.to_string(), what]
        })
        .collect();
    let new = loaded.indicators.iter().filter(|one| one.is_new).count() as i64;
    let indicators = counted(new, "indicator", "indicators");
    let said = match (new, dry_run) {
        (0, _) => tell!("Không có gì thay đổi.", "Nothing changes."),
        (_, true) => tell!(
            "Sẽ nạp {new} chỉ tiêu; chưa ghi gì.",
            "{indicators} would be loaded; nothing was written."
        ),
        (_, false) => tell!("Đã nạp {new} chỉ tiêu.", "{indicators} loaded."),
    };
    format!("{}\n\n{said}", table(&heading, &rows))
}

async fn list(list: ListIndicators) -> anyhow::Result<()> {
    let client = list.to.connect().await?;
    let listed = client.figures().list_indicators(pb::ListIndicatorsRequest {}).await;
    let mut listed = listed.map_err(told)?.into_inner();
    if list.loaded {
        listed.indicators.retain(|indicator| indicator.version > 0);
    }
    answer(&listed, |listed| {
        let rows: Vec<Vec<String>> = listed.indicators.iter().map(line).collect();
        let heading = [
            tell!("mã", "code"),
            tell!("từ", "from"),
            tell!("chỉ tiêu", "indicator"),
            tell!("công thức", "formula"),
            tell!("đếm", "counts"),
        ];
        table(&heading, &rows)
    })
}

fn line(indicator: &pb::Indicator) -> Vec<String> {
    let (name, counts) = match current() {
        Language::Vietnamese => (&indicator.name_vi, &indicator.counts_vi),
        Language::English => (&indicator.name_en, &indicator.counts_en),
    };
    let code = match indicator.version {
        0 => indicator.code.clone(),
        version => format!("{}@{version}", indicator.code),
    };
    let from = indicator.in_force_from.and_then(day).map(|on| on.to_string()).unwrap_or_default();
    vec![code, from, name.clone(), indicator.formula.clone(), counts.clone()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADING: &str = "code,name_vi,name_en,unit_vi,kind,numerator,denominator\n";

    #[test]
    fn a_file_is_read_and_what_is_wrong_is_told_by_its_line() {
        let good =
            format!("{HEADING}TET,Chăm lo Tết,Helped at Tết,lượt,ADDITIVE,WELFARE_FOR[TET],\n");
        let (indicators, lines) = read(good.as_bytes()).expect("read");
        assert_eq!((indicators[0].code.as_str(), &lines[..]), ("TET", &[2][..]));
        assert_eq!(indicators[0].kind(), pb::IndicatorKind::Additive);

        let bad = format!("{HEADING}TET,Chăm lo Tết,Helped at Tết,lượt,SUM,WELFARE_FOR[TET],\n");
        let error = read(bad.as_bytes()).expect_err("refused").to_string();
        assert!(error.contains('2') && error.contains("SUM"), "{error}");
    }

    #[test]
    fn a_field_at_fault_is_a_cell_of_the_file_or_an_option() {
        let at = |field: &str| place("tet.csv", &[2, 5], field).unwrap_or_default();
        assert!(at("indicators[1].numerator").ends_with("5, numerator"));
        assert_eq!(at("in_force_from"), "--in-force-from");
        assert_eq!(at("decision_id"), "--decision");
    }
}
