//! Steps of a plan as a file has them: CSV, one step a line, known by the line.

use anyhow::Context;
use futures_util::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use proto::registry::v1 as pb;
use proto::registry::v1::add_plan_steps_request::{Header, Part, Steps};
use serde::Serialize;
use system::Client;
use uuid::Uuid;

use crate::language::tell;
use crate::sheet::{self, Column, Faults, Row, in_column, optional, required};
use crate::told::told_at;

/// Steps in one message, at most.
const BATCH: usize = 1_000;
/// Steps in one stream: what broke off is taken up behind the last whole stream.
const STREAM: usize = 20_000;

const COLUMNS: [Column; 15] = [
    // The step's line in the plan; without it, its line in the file.
    optional("line"),
    required("kind"),
    required("unit"),
    optional("name"),
    optional("short_name"),
    optional("code"),
    optional("type"),
    optional("sector"),
    optional("industry"),
    optional("superior"),
    optional("end_kind"),
    optional("successor"),
    optional("members_outcome"),
    optional("rehome_to"),
    optional("subordinates_to"),
];

/// A line of a file that is written.
#[derive(Debug, Serialize)]
struct Written<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<i32>,
    kind: &'a str,
    unit: &'a str,
    name: &'a str,
    short_name: &'a str,
    code: &'a str,
    #[serde(rename = "type")]
    type_code: &'a str,
    sector: &'a str,
    // Where any step says one: files of before have no such column.
    #[serde(skip_serializing_if = "Option::is_none")]
    industry: Option<&'a str>,
    superior: &'a str,
    end_kind: &'a str,
    successor: &'a str,
    members_outcome: &'a str,
    rehome_to: &'a str,
    subordinates_to: &'a str,
}

/// Reads the steps of a file; each has the line under which an editor shows it, the heading being
/// line 1, or the one that its column `line` says.
pub fn read(content: &[u8]) -> anyhow::Result<Vec<pb::PlanStep>> {
    let rows = sheet::read(content, &COLUMNS)?;
    let mut faults = Faults::default();
    let mut steps = Vec::with_capacity(rows.len());
    for row in rows {
        match step(&row) {
            Ok(step) => steps.push(step),
            Err(error) => faults.tell_error(row.line, &error),
        }
    }
    faults.none()?;
    Ok(steps)
}

fn step(row: &Row) -> anyhow::Result<pb::PlanStep> {
    let kind = match row.cell("kind") {
        "" => None,
        given => pb::plan_step::Kind::from_str_name(&format!("KIND_{given}")),
    };
    let Some(kind) = kind.filter(|kind| *kind != pb::plan_step::Kind::Unspecified) else {
        let given = row.cell("kind");
        return Err(in_column(
            "kind",
            tell!(
                "kind là FOUND, END, HAND_OVER, RENAME hoặc CHANGE_TYPE, không phải \"{given}\"",
                "kind is FOUND, END, HAND_OVER, RENAME or CHANGE_TYPE, not \"{given}\""
            ),
        ));
    };
    let end_kind = match row.cell("end_kind") {
        "" => pb::EndKind::Unspecified,
        given => pb::EndKind::from_str_name(&format!("END_KIND_{given}")).ok_or_else(|| {
            in_column("end_kind", tell!(
                "end_kind là DISSOLVED, MERGED, CONSOLIDATED, DIVIDED hoặc TERMINATED, không phải \"{given}\"",
                "end_kind is DISSOLVED, MERGED, CONSOLIDATED, DIVIDED or TERMINATED, not \"{given}\""
            ))
        })?,
    };
    let outcome = match row.cell("members_outcome") {
        "" => pb::MembersOutcome::Unspecified,
        given => {
            let outcome = pb::MembersOutcome::from_str_name(&format!("MEMBERS_OUTCOME_{given}"));
            outcome.ok_or_else(|| {
                in_column("members_outcome", tell!(
                    "members_outcome là REHOMED, TO_SUPERIOR hoặc MEMBERSHIP_ENDS, không phải \"{given}\"",
                    "members_outcome is REHOMED, TO_SUPERIOR or MEMBERSHIP_ENDS, not \"{given}\""
                ))
            })?
        }
    };
    let line = match row.cell("line") {
        "" => i32::try_from(row.line)?,
        given => given.parse().map_err(|_| {
            in_column(
                "line",
                tell!(
                    "line là số dòng của bước, không phải \"{given}\"",
                    "line is the number of the step, not \"{given}\""
                ),
            )
        })?,
    };
    let cell = |column: &str| row.cell(column).to_owned();
    Ok(pb::PlanStep {
        line,
        kind: kind.into(),
        unit: cell("unit"),
        name: cell("name"),
        short_name: cell("short_name"),
        code: cell("code"),
        r#type: cell("type"),
        sector: cell("sector"),
        industry: cell("industry"),
        superior: cell("superior"),
        end_kind: end_kind.into(),
        successor: cell("successor"),
        members_outcome: outcome.into(),
        rehome_to: cell("rehome_to"),
        subordinates_to: cell("subordinates_to"),
    })
}

/// Writes steps as [`read`] reads them; with a column `line` where they are not the lines of the
/// file.
pub fn write(steps: &[pb::PlanStep]) -> anyhow::Result<String> {
    let bare = |name: &'static str, prefix: &str| match name.strip_prefix(prefix).unwrap_or(name) {
        "UNSPECIFIED" => "",
        bare => bare,
    };
    let numbered = steps.iter().zip(2..).any(|(step, line)| step.line != line);
    let industries = steps.iter().any(|step| !step.industry.is_empty());
    let mut writer = csv::Writer::from_writer(Vec::new());
    for step in steps {
        writer.serialize(Written {
            line: numbered.then_some(step.line),
            kind: bare(step.kind().as_str_name(), "KIND_"),
            unit: &step.unit,
            name: &step.name,
            short_name: &step.short_name,
            code: &step.code,
            type_code: &step.r#type,
            sector: &step.sector,
            industry: industries.then_some(&*step.industry),
            superior: &step.superior,
            end_kind: bare(step.end_kind().as_str_name(), "END_KIND_"),
            successor: &step.successor,
            members_outcome: bare(step.members_outcome().as_str_name(), "MEMBERS_OUTCOME_"),
            rehome_to: &step.rehome_to,
            subordinates_to: &step.subordinates_to,
        })?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// Where the step of a refusal stands: `line 12, superior` for `steps[10].superior`, as the lines of
/// what was sent say.
pub fn place(lines: &[i32], field: &str) -> Option<String> {
    let (n, part) = field.strip_prefix("steps[")?.split_once(']')?;
    let line = lines.get(n.parse::<usize>().ok()?)?;
    Some(at(*line, part.trim_start_matches('.')))
}

/// `line 12, superior`.
pub fn at(line: i32, part: &str) -> String {
    if part.is_empty() {
        return tell!("dòng {line}", "line {line}");
    }
    tell!("dòng {line}, {part}", "line {line}, {part}")
}

/// Adds steps to a plan, stream by stream, with a progress bar where there is a terminal.
/// Steps that the plan has already are passed over, so that what broke off is just repeated.
pub async fn send(
    client: &Client,
    plan_id: Uuid,
    steps: Vec<pb::PlanStep>,
) -> anyhow::Result<pb::AddPlanStepsResponse> {
    let progress = ProgressBar::new(steps.len() as u64).with_style(
        ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {per_sec}")
            .context("draw a progress bar")?,
    );
    progress.set_message(tell!("bước", "steps"));
    let mut all = pb::AddPlanStepsResponse::default();
    for some in steps.chunks(STREAM) {
        let lines: Vec<i32> = some.iter().map(|step| step.line).collect();
        let parts = parts(plan_id, some.to_vec(), false);
        let drawn = progress.clone();
        let requests = stream::iter(parts).map(move |part| {
            if let Part::Steps(batch) = &part {
                drawn.inc(batch.steps.len() as u64);
            }
            pb::AddPlanStepsRequest { part: Some(part) }
        });
        let added = client.plans().add_plan_steps(requests).await;
        let added =
            added.map_err(|status| told_at(status, |field| place(&lines, field)))?.into_inner();
        all.added += added.added;
        all.last_line = added.last_line;
    }
    progress.finish_and_clear();
    Ok(all)
}

/// Whether these steps could be added, in the places of others: they are tried behind the last line
/// of the plan, and nothing is written.
pub async fn check(
    client: &Client,
    plan_id: Uuid,
    last_line: i32,
    mut steps: Vec<pb::PlanStep>,
) -> anyhow::Result<()> {
    let lines: Vec<i32> = steps.iter().map(|step| step.line).collect();
    for (line, step) in (last_line + 1..).zip(&mut steps) {
        step.line = line;
    }
    for (some, lines) in steps.chunks(STREAM).zip(lines.chunks(STREAM)) {
        let parts = parts(plan_id, some.to_vec(), true);
        let requests = parts.into_iter().map(|part| pb::AddPlanStepsRequest { part: Some(part) });
        let requests = stream::iter(requests.collect::<Vec<_>>());
        let tried = client.plans().add_plan_steps(requests).await;
        tried.map_err(|status| told_at(status, |field| place(lines, field)))?;
    }
    Ok(())
}

/// A stream of steps, as its parts.
fn parts(plan_id: Uuid, steps: Vec<pb::PlanStep>, validate_only: bool) -> Vec<Part> {
    let header = Header {
        request_id: Uuid::new_v4().to_string(),
        validate_only,
        plan_id: plan_id.to_string(),
    };
    let mut parts = vec![Part::Header(header)];
    parts.extend(steps.chunks(BATCH).map(|steps| Part::Steps(Steps { steps: steps.to_vec() })));
    parts
}

#[cfg(test)]
mod tests {
    use scenarios::plan_of_2025;

    use super::*;

    #[test]
    fn the_example_is_what_is_generated() {
        let generated = write(&plan_of_2025::steps().expect("generated")).expect("written");
        let example = include_str!("../../../../tests/scenarios/reference/plan_2025.csv");
        assert_eq!(generated, example);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut steps = plan_of_2025::steps().expect("generated");
        let written = write(&steps).expect("written");
        assert!(!written.starts_with("line,"));
        assert_eq!(read(written.as_bytes()).expect("read"), steps);
        // With gaps, the lines are written down.
        steps.remove(1);
        let written = write(&steps).expect("written");
        assert!(written.starts_with("line,kind,"));
        assert_eq!(read(written.as_bytes()).expect("read"), steps);
    }

    #[test]
    fn a_step_is_known_by_the_line_that_an_editor_shows() {
        let steps = read(b"kind,unit,superior\nFOUND,A,P\n\nHAND_OVER,B,P\n").expect("read");
        assert_eq!(steps.iter().map(|step| step.line).collect::<Vec<_>>(), [2, 4]);
        assert_eq!(place(&[2, 4], "steps[1].superior").as_deref(), Some("line 4, superior"));
        assert_eq!(place(&[2, 4], "steps[0]").as_deref(), Some("line 2"));
        assert_eq!(place(&[2, 4], "header.plan_id"), None);
    }

    #[test]
    fn every_bad_line_is_named_in_words() {
        let content = "kind,unit,end_kind,members_outcome\nFOUND,A,,\nMOVE,B,,\nEND,C,GONE,\nEND,D,MERGED,X\n";
        let told = format!("{:#}", read(content.as_bytes()).expect_err("refused"));
        for expected in
            ["line 3: kind is FOUND", "line 4: end_kind is", "line 5: members_outcome is"]
        {
            assert!(told.contains(expected), "{told}");
        }
    }
}
