//! `congdoan load`: a tree of organisations, by stream.

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};
use chassis::parse::civil;
use futures_util::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use proto::registry::v1::LoadOrganisationsRequest;
use proto::registry::v1::load_organisations_request::{Header, Line, Lines, Part};
use serde::Deserialize;
use unicode_normalization::is_nfc;
use uuid::Uuid;

use crate::cli::{Load, date};
use crate::client::{Client, told};

/// Lines in one message, at most.
const BATCH: usize = 1_000;

/// A line of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
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
}

/// Loads the file that the command line names.
pub async fn run(load: Load) -> anyhow::Result<()> {
    let content = fs::read(&load.file).with_context(|| format!("read {}", load.file.display()))?;
    let lines = read(&content).with_context(|| format!("understand {}", load.file.display()))?;
    // The same file under the same id, so that a load that broke off can be repeated.
    let request_id =
        load.request_id.unwrap_or_else(|| Uuid::new_v5(&Uuid::NAMESPACE_OID, &content));
    let header = Header {
        request_id: request_id.to_string(),
        validate_only: load.validate_only,
        ..Header::default()
    };
    let client = load.to.connect().await?;
    let count = send(&client, header, lines).await.with_context(|| refused(&load.file))?;
    let done = if load.validate_only { "would be loaded" } else { "were loaded" };
    println!("{count} organisations {done}.");
    Ok(())
}

fn refused(file: &Path) -> String {
    format!("{} was not loaded (lines are counted from 0, without the heading)", file.display())
}

/// Sends lines in batches, superiors before their subordinates, with a progress bar where
/// there is a terminal. Answers how many organisations were loaded: all of them.
pub async fn send(client: &Client, header: Header, lines: Vec<Line>) -> anyhow::Result<i32> {
    let progress = ProgressBar::new(lines.len() as u64).with_style(
        ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {per_sec}")
            .context("draw a progress bar")?,
    );
    progress.set_message("organisations");

    let mut parts = vec![Part::Header(header)];
    let mut rest = lines;
    while !rest.is_empty() {
        let after = rest.split_off(rest.len().min(BATCH));
        parts.push(Part::Lines(Lines { lines: rest }));
        rest = after;
    }
    let drawn = progress.clone();
    let requests = stream::iter(parts).map(move |part| {
        if let Part::Lines(batch) = &part {
            drawn.inc(batch.lines.len() as u64);
        }
        LoadOrganisationsRequest { part: Some(part) }
    });
    let answer = client.organisations().load_organisations(requests).await;
    progress.finish_and_clear();
    Ok(answer.map_err(told)?.into_inner().organisations)
}

/// Reads the lines of a file; a date or a text that cannot be right is refused here already,
/// with its line.
pub fn read(content: &[u8]) -> anyhow::Result<Vec<Line>> {
    let mut reader = csv::Reader::from_reader(content);
    let mut lines = Vec::new();
    for (index, row) in reader.deserialize().enumerate() {
        let row: Row = row.with_context(|| format!("line {index}"))?;
        ensure!(is_nfc(&row.name), "line {index}: the name is not in the NFC form of Unicode");
        let founded_on = date(&row.founded_on).with_context(|| format!("line {index}"))?;
        lines.push(Line {
            code: row.code,
            name: row.name,
            short_name: row.short_name,
            r#type: row.kind,
            sector: row.sector,
            superior_code: row.superior_code,
            founded_on: Some(civil(founded_on)),
            ..Line::default()
        });
    }
    ensure!(!lines.is_empty(), "there is no line in it");
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADING: &str = "code,name,short_name,type,sector,superior_code,founded_on\n";

    #[test]
    fn a_file_is_read_and_a_bad_line_is_named() {
        let good =
            format!("{HEADING}HN,Liên đoàn Lao động Thành phố Hà Nội,,LDLD_TINH,,TLD,1946-01-01\n");
        let lines = read(good.as_bytes()).expect("read");
        assert_eq!((lines.len(), lines[0].superior_code.as_str()), (1, "TLD"));

        for bad in [
            "HN,Hà Nội,,LDLD_TINH,,TLD,01/01/1946\n",
            "HN,Ha\u{300} Nội,,LDLD_TINH,,TLD,1946-01-01\n",
        ] {
            let error = read(format!("{HEADING}{bad}").as_bytes()).expect_err("refused");
            assert!(format!("{error:#}").contains("line 0"), "{error:#}");
        }
        assert!(read(HEADING.as_bytes()).is_err());
    }
}
