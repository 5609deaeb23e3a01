//! `congdoan members export`: members in a file.
//!
//! The file is written by the register, beside the call that asks for it: it is asked how far it is
//! until it is whole, and then fetched. What is fetched has another name until all of it is here.

use std::fs::{self, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, anyhow, ensure};
use chassis::parse::civil;
use indicatif::{ProgressBar, ProgressStyle};
use proto::membership::v1 as pb;
use serde_json::json;
use sheets::writing::Format;
use system::Client;
use tonic::Request;
use uuid::Uuid;

use super::list::format_of;
use crate::cli::members::Export;
use crate::fault::{CODE_UNKNOWN, FAILED, FILE_EXISTS, FILE_UNWRITABLE, fault, fault_of};
use crate::language::{Language, counted, current, tell};
use crate::organisation;
use crate::output::{is_json, line, print_json};
use crate::told::{told, words};

/// How often it is asked how far the file is.
const LOOK: Duration = Duration::from_millis(300);
/// How long fetching it may take.
const DEADLINE: Duration = Duration::from_secs(800);

/// Asks for the file, waits for it, and fetches it.
pub async fn run(export: &Export) -> anyhow::Result<()> {
    let file = &export.file;
    if file.exists() {
        return Err(exists(file));
    }
    let client = export.to.connect().await?;
    let union = union(&client, &export.organisation).await?;
    let format = match format_of(file) {
        Format::Xlsx => pb::FileFormat::Xlsx,
        Format::Csv => pb::FileFormat::Csv,
    };
    let request = pb::ExportMembersRequest {
        request_id: Uuid::now_v7().to_string(),
        organisation_id: union,
        with_subtree: export.with_subtree,
        as_of: export.as_of.map(civil),
        format: format.into(),
        with_identity: export.with_identity,
        ..Default::default()
    };
    let asked = client.exports().export_members(request).await.map_err(told)?.into_inner();
    let done = wait(&client, &asked.export_id).await?;
    fetch(&client, &done, file).await?;
    // Nobody needs it there any more: it is personal data.
    let cancel = pb::CancelExportRequest {
        request_id: Uuid::now_v7().to_string(),
        export_id: asked.export_id.clone(),
        ..Default::default()
    };
    client.exports().cancel_export(cancel).await.map_err(told)?;
    report(file, &asked.export_id, &done);
    Ok(())
}

fn report(file: &Path, export_id: &str, done: &pb::Export) {
    let (people, shown) = (done.lines_written, file.display());
    if is_json() {
        print_json(&json!({
            "file": shown.to_string(),
            "exportId": export_id,
            "people": people,
            "withIdentity": done.with_identity,
        }));
        return;
    }
    let members = counted(people, "member is", "members are");
    line(&tell!("{shown} có {people} đoàn viên.", "{members} in {shown}."));
}

async fn union(client: &Client, named: &str) -> anyhow::Result<String> {
    match organisation::today(client, named).await {
        Ok(found) => Ok(found.organisation_id),
        Err(error) => Err(match error.downcast::<crate::fault::Fault>() {
            Ok(unknown) if unknown.reason == CODE_UNKNOWN => {
                fault_of(CODE_UNKNOWN, "--organisation", unknown.message)
            }
            Ok(other) => other.into(),
            Err(error) => error,
        }),
    }
}

/// Waits until the file is whole, with a progress bar where there is a terminal.
async fn wait(client: &Client, export_id: &str) -> anyhow::Result<pb::Export> {
    let drawn = ProgressBar::new(0).with_style(
        ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}")
            .context("draw a progress bar")?,
    );
    drawn.set_message(tell!("người", "people"));
    loop {
        let request = pb::GetExportRequest { export_id: export_id.to_owned() };
        let now = client.exports().get_export(request).await.map_err(told)?.into_inner();
        let now = now.export.ok_or_else(|| anyhow!("no export was answered"))?;
        drawn.set_length(u64::try_from(now.lines).unwrap_or_default());
        drawn.set_position(u64::try_from(now.lines_written).unwrap_or_default());
        match now.state() {
            pb::ExportState::Waiting | pb::ExportState::Writing => {}
            pb::ExportState::Ready => {
                drawn.finish_and_clear();
                return Ok(now);
            }
            _ => {
                let refusal = now.refusal.unwrap_or_default();
                let why = match current() {
                    Language::Vietnamese => refusal.vi,
                    Language::English => refusal.en,
                };
                return Err(fault(
                    FAILED,
                    tell!("không xuất được tệp: {why}", "the file was not written: {why}"),
                ));
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Fetches the file; one that is not whole is not left.
async fn fetch(client: &Client, export: &pb::Export, file: &Path) -> anyhow::Result<()> {
    let mut part = file.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let fetched = fetch_into(client, export, &part).await;
    let moved = match fetched {
        // A link fails where the name is taken meanwhile, which renaming would not tell.
        Ok(()) => fs::hard_link(&part, file).map_err(|error| unwritable(file, &error)),
        Err(error) => Err(error),
    };
    let _ = fs::remove_file(&part);
    moved
}

async fn fetch_into(client: &Client, export: &pb::Export, part: &Path) -> anyhow::Result<()> {
    let mut request =
        Request::new(pb::DownloadExportRequest { export_id: export.export_id.clone() });
    request.set_timeout(DEADLINE);
    let mut exports = client.exports();
    let mut pieces = exports.download_export(request).await.map_err(told)?.into_inner();
    let written = |error: std::io::Error| unwritable(part, &error);
    let created = OpenOptions::new().write(true).create(true).truncate(true).open(part);
    let mut out = BufWriter::new(created.map_err(written)?);
    let mut bytes = 0;
    while let Some(piece) = pieces.message().await.map_err(told)? {
        out.write_all(&piece.data).map_err(written)?;
        bytes += i64::try_from(piece.data.len())?;
    }
    ensure!(bytes == export.bytes, "{bytes} bytes of {} were fetched", export.bytes);
    out.into_inner().map_err(|error| written(error.into_error()))?.sync_all().map_err(written)?;
    Ok(())
}

fn exists(file: &Path) -> anyhow::Error {
    let shown = file.display();
    fault(
        FILE_EXISTS,
        tell!("đã có {shown}; hãy ghi tên khác", "{shown} is there already; say another name"),
    )
}

fn unwritable(file: &Path, error: &std::io::Error) -> anyhow::Error {
    if error.kind() == std::io::ErrorKind::AlreadyExists {
        return exists(file);
    }
    let (shown, why) = (file.display(), words(error));
    fault(FILE_UNWRITABLE, tell!("không ghi được {shown}: {why}", "cannot write {shown}: {why}"))
}
