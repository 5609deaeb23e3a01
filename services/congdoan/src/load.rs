//! `congdoan load`: a tree of organisations, with what is known of their history, by stream.

mod rows;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use futures_util::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use proto::registry::v1::load_organisations_request::{Header, Line, Lines, Part};
use proto::registry::v1::{GetLoadRequest, LoadOrganisationsRequest};
use serde_json::json;
use system::Client;
use tonic::Request;
use uuid::Uuid;

use crate::cli::Load;
use crate::language::{counted, tell};
use crate::output::{is_json, line, print_json};
use crate::told::{file_name, may_be_repeated, placed, read_file, told};

pub use rows::read;
use rows::{Tree, read_files};

/// Lines in one message, at most.
const BATCH: usize = 1_000;
/// How long a load of the whole country may take.
const DEADLINE: Duration = Duration::from_secs(600);

/// What became of a load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// So many organisations are loaded: all of them.
    pub organisations: i32,
    /// So many lines had been kept of an earlier try, and were not sent again.
    pub kept: i32,
    /// It had been loaded before.
    pub before: bool,
}

/// Loads the files that the command line names.
pub async fn run(load: Load) -> anyhow::Result<()> {
    let tree = read_file(&load.file)?;
    let history = load.history.as_deref().map(read_file).transpose()?;
    let names = (file_name(&load.file), load.history.as_deref().map(file_name));
    let read = read_files(&tree, history.as_deref(), &names)?;
    let of_this_content = || Uuid::new_v5(&Uuid::NAMESPACE_OID, &named(&tree, history.as_deref()));
    let load_id = load.request_id.unwrap_or_else(of_this_content);
    let header = Header {
        request_id: load_id.to_string(),
        validate_only: load.validate_only,
        ..Header::default()
    };
    let client = load.to.connect().await?;
    let Tree { lines, places } = read;
    let sent = match send(&client, header, lines).await {
        Ok(sent) => sent,
        Err(error) => {
            let context = refused(&load.file, load_id, &error);
            return Err(placed(error, |field| places.of(field)).context(context));
        }
    };
    if is_json() {
        print_json(&json!({
            "loadId": load_id,
            "validateOnly": load.validate_only,
            "organisations": sent.organisations,
            "linesKept": sent.kept,
            "loadedBefore": sent.before,
        }));
        return Ok(());
    }
    if sent.kept > 0 {
        let (kept, lines) = (sent.kept, counted(sent.kept, "line was", "lines were"));
        line(&tell!(
            "{kept} dòng của lần nạp trước đã có sẵn.",
            "{lines} there already, from an earlier try."
        ));
    }
    line(&done(load.validate_only, &sent));
    Ok(())
}

/// `3 organisations were loaded.`
fn done(validate_only: bool, sent: &Sent) -> String {
    let count = sent.organisations;
    let (organisations, were) =
        (counted(count, "organisation", "organisations"), if count == 1 { "was" } else { "were" });
    match (validate_only, sent.before) {
        (_, true) => tell!(
            "{count} tổ chức đã được nạp từ trước, theo đúng tệp này.",
            "{organisations} {were} loaded before, from these very files."
        ),
        (true, false) => tell!(
            "{count} tổ chức sẽ được nạp; chưa ghi gì.",
            "{organisations} would be loaded; nothing was written."
        ),
        (false, false) => tell!("Đã nạp {count} tổ chức.", "{organisations} {were} loaded."),
    }
}

/// What the id of a load is derived from: the same files under the same id, so that a load
/// that broke off is gone on with.
fn named(tree: &[u8], history: Option<&[u8]>) -> Vec<u8> {
    [tree, history.unwrap_or_default()].concat()
}

/// Says that nothing was loaded; and how to go on, where there is anything to go on with.
fn refused(file: &Path, load_id: Uuid, error: &anyhow::Error) -> String {
    let file = file.display();
    if may_be_repeated(error) {
        return tell!(
            "{file} chưa được nạp xong; chạy lại đúng lệnh này để nạp tiếp từ chỗ dừng (lần nạp {load_id})",
            "{file} was not loaded to its end; run the same command again to go on where it broke \
             off (the load is {load_id})"
        );
    }
    tell!("{file} chưa được nạp", "{file} was not loaded")
}

/// Sends lines in batches, superiors before their subordinates, with a progress bar where
/// there is a terminal. Begins behind the last line that the register kept of an earlier try
/// of the same load.
pub async fn send(client: &Client, header: Header, lines: Vec<Line>) -> anyhow::Result<Sent> {
    let request = GetLoadRequest { load_id: header.request_id.clone() };
    let progress = client.organisations().get_load(request).await.map_err(told)?.into_inner();
    if progress.loaded {
        return Ok(Sent { organisations: progress.organisations, kept: 0, before: true });
    }
    let kept = usize::try_from(progress.lines_kept).unwrap_or_default();
    let here = lines.len();
    ensure!(
        kept <= here,
        tell!(
            "lần nạp mang mã này đã giữ {kept} dòng, mà ở đây chỉ có {here}: đây là tệp khác",
            "{kept} lines are kept of a load of this id, and here are only {here}: it is another one"
        )
    );

    let drawn = ProgressBar::new(lines.len() as u64).with_style(
        ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {per_sec}")
            .context("draw a progress bar")?,
    );
    drawn.set_message(tell!("tổ chức", "organisations"));
    drawn.inc(kept as u64);
    let answer =
        client.organisations().load_organisations(request_of(header, lines, kept, &drawn)).await;
    drawn.finish_and_clear();
    let organisations = answer.map_err(told)?.into_inner().organisations;
    Ok(Sent { organisations, kept: progress.lines_kept, before: false })
}

/// The stream of a load from a line on.
fn request_of(
    header: Header,
    lines: Vec<Line>,
    first_line: usize,
    drawn: &ProgressBar,
) -> Request<impl futures_util::Stream<Item = LoadOrganisationsRequest> + Send + 'static> {
    let first = i32::try_from(first_line).unwrap_or(i32::MAX);
    let mut parts = vec![Part::Header(Header { first_line: first, ..header })];
    let mut rest = lines.into_iter().skip(first_line).peekable();
    while rest.peek().is_some() {
        parts.push(Part::Lines(Lines { lines: rest.by_ref().take(BATCH).collect() }));
    }
    let drawn = drawn.clone();
    let messages = stream::iter(parts).map(move |part| {
        if let Part::Lines(batch) = &part {
            drawn.inc(batch.lines.len() as u64);
        }
        LoadOrganisationsRequest { part: Some(part) }
    });
    let mut request = Request::new(messages);
    request.set_timeout(DEADLINE);
    request
}
