//! Steps of a plan as a file has them: CSV, one step a line, numbered by their place.

use anyhow::{Context, ensure};
use futures_util::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use proto::registry::v1 as pb;
use proto::registry::v1::add_plan_steps_request::{Header, Part, Steps};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::client::{Client, told};

/// Steps in one message, at most.
const BATCH: usize = 1_000;
/// Steps in one stream: what broke off is taken up behind the last whole stream.
const STREAM: usize = 20_000;

/// A line of the file.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Row {
    kind: String,
    unit: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    short_name: String,
    #[serde(default)]
    code: String,
    #[serde(default, rename = "type")]
    type_code: String,
    #[serde(default)]
    sector: String,
    #[serde(default)]
    superior: String,
    #[serde(default)]
    end_kind: String,
    #[serde(default)]
    successor: String,
    #[serde(default)]
    members_outcome: String,
    #[serde(default)]
    rehome_to: String,
    #[serde(default)]
    subordinates_to: String,
}

/// Reads the steps of a file; the n-th is the plan's line n, from 1.
pub fn read(content: &[u8]) -> anyhow::Result<Vec<pb::PlanStep>> {
    let mut reader = csv::Reader::from_reader(content);
    let mut steps = Vec::new();
    for (index, row) in reader.deserialize().enumerate() {
        let line = index + 1;
        let row: Row = row.with_context(|| format!("line {line}"))?;
        steps.push(step(line, row).with_context(|| format!("line {line}"))?);
    }
    ensure!(!steps.is_empty(), "there is no line in it");
    Ok(steps)
}

fn step(line: usize, row: Row) -> anyhow::Result<pb::PlanStep> {
    let kind = pb::plan_step::Kind::from_str_name(&format!("KIND_{}", row.kind))
        .with_context(|| format!("\"{}\" is no kind of step", row.kind))?;
    let end_kind = match row.end_kind.as_str() {
        "" => pb::EndKind::Unspecified,
        given => pb::EndKind::from_str_name(&format!("END_KIND_{given}"))
            .with_context(|| format!("\"{given}\" is no kind of end"))?,
    };
    let outcome = match row.members_outcome.as_str() {
        "" => pb::MembersOutcome::Unspecified,
        given => pb::MembersOutcome::from_str_name(&format!("MEMBERS_OUTCOME_{given}"))
            .with_context(|| format!("\"{given}\" is nothing that becomes of members"))?,
    };
    Ok(pb::PlanStep {
        line: i32::try_from(line)?,
        kind: kind.into(),
        unit: row.unit,
        name: row.name,
        short_name: row.short_name,
        code: row.code,
        r#type: row.type_code,
        sector: row.sector,
        superior: row.superior,
        end_kind: end_kind.into(),
        successor: row.successor,
        members_outcome: outcome.into(),
        rehome_to: row.rehome_to,
        subordinates_to: row.subordinates_to,
    })
}

/// Writes steps as [`read`] reads them.
pub fn write(steps: &[pb::PlanStep]) -> anyhow::Result<String> {
    let bare = |name: &str, prefix: &str| {
        let bare = name.strip_prefix(prefix).unwrap_or(name);
        if bare == "UNSPECIFIED" { String::new() } else { bare.to_owned() }
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    for step in steps {
        writer.serialize(Row {
            kind: bare(step.kind().as_str_name(), "KIND_"),
            unit: step.unit.clone(),
            name: step.name.clone(),
            short_name: step.short_name.clone(),
            code: step.code.clone(),
            type_code: step.r#type.clone(),
            sector: step.sector.clone(),
            superior: step.superior.clone(),
            end_kind: bare(step.end_kind().as_str_name(), "END_KIND_"),
            successor: step.successor.clone(),
            members_outcome: bare(step.members_outcome().as_str_name(), "MEMBERS_OUTCOME_"),
            rehome_to: step.rehome_to.clone(),
            subordinates_to: step.subordinates_to.clone(),
        })?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
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
    progress.set_message("steps");
    let mut all = pb::AddPlanStepsResponse::default();
    for some in steps.chunks(STREAM) {
        let header = Header {
            request_id: Uuid::new_v4().to_string(),
            validate_only: false,
            plan_id: plan_id.to_string(),
        };
        let mut parts = vec![Part::Header(header)];
        parts.extend(some.chunks(BATCH).map(|steps| Part::Steps(Steps { steps: steps.to_vec() })));
        let drawn = progress.clone();
        let requests = stream::iter(parts).map(move |part| {
            if let Part::Steps(batch) = &part {
                drawn.inc(batch.steps.len() as u64);
            }
            pb::AddPlanStepsRequest { part: Some(part) }
        });
        let added = client.plans().add_plan_steps(requests).await.map_err(told)?.into_inner();
        all.added += added.added;
        all.last_line = added.last_line;
    }
    progress.finish_and_clear();
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let steps = super::super::plan_of_2025().expect("generated");
        let written = write(&steps).expect("written");
        assert_eq!(read(written.as_bytes()).expect("read"), steps);
    }

    #[test]
    fn a_bad_line_is_named() {
        let content = "kind,unit\nFOUND,A\nMOVE,B\n";
        let error = read(content.as_bytes()).expect_err("refused");
        assert!(format!("{error:#}").contains("line 2"), "{error:#}");
    }
}
