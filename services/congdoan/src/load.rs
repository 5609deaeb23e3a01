//! `congdoan load`: a tree of organisations, with what is known of their history, by stream.

mod rows;

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use futures_util::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use proto::registry::v1::load_organisations_request::{Header, Line, Lines, Part};
use proto::registry::v1::{GetLoadRequest, LoadOrganisationsRequest};
use tonic::Request;
use uuid::Uuid;

use crate::cli::Load;
use crate::client::{Client, told};

pub use rows::read;

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
    let tree = bytes(&load.file)?;
    let history = load.history.as_deref().map(bytes).transpose()?;
    let lines = read(&tree, history.as_deref())?;
    let of_this_content = || Uuid::new_v5(&Uuid::NAMESPACE_OID, &named(&tree, history.as_deref()));
    let load_id = load.request_id.unwrap_or_else(of_this_content);
    let header = Header {
        request_id: load_id.to_string(),
        validate_only: load.validate_only,
        ..Header::default()
    };
    let client = load.to.connect().await?;
    let sent = send(&client, header, lines).await.with_context(|| refused(&load.file, load_id))?;
    if sent.kept > 0 {
        println!("{} lines of an earlier try were there already.", sent.kept);
    }
    let done = match (load.validate_only, sent.before) {
        (_, true) => "were loaded before, under this id",
        (true, false) => "would be loaded",
        (false, false) => "were loaded",
    };
    println!("{} organisations {done}.", sent.organisations);
    Ok(())
}

fn bytes(file: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("read {}", file.display()))
}

/// What the id of a load is derived from: the same files under the same id, so that a load
/// that broke off is gone on with.
fn named(tree: &[u8], history: Option<&[u8]>) -> Vec<u8> {
    [tree, history.unwrap_or_default()].concat()
}

fn refused(file: &Path, load_id: Uuid) -> String {
    format!(
        "{} was not loaded (lines are counted from 0, without the heading; the load is {load_id}: \
         run it again to go on where it broke off)",
        file.display()
    )
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
    ensure!(
        kept <= lines.len(),
        "{kept} lines are kept of a load of this id, and here are only {}: it is another one",
        lines.len()
    );

    let drawn = ProgressBar::new(lines.len() as u64).with_style(
        ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {per_sec}")
            .context("draw a progress bar")?,
    );
    drawn.set_message("organisations");
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
