//! A list on its way: in several streams, each from behind the last line that was done.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, anyhow, ensure};
use futures_util::stream;
use indicatif::{ProgressBar, ProgressStyle};
use proto::membership::v1 as pb;
use proto::membership::v1::import_members_request::{Header, Lines, Part};
use system::Client;
use tokio::sync::mpsc;
use tonic::{Code, Request};

use crate::language::tell;
use crate::members::line;
use crate::members::list::{open, refused};
use crate::told::told;

/// Lines in one message, at most.
const MESSAGE: usize = 1_000;
/// Lines in one stream: far fewer than its time would allow.
const STREAM: usize = 100_000;
/// How long a stream may take.
const DEADLINE: Duration = Duration::from_secs(600);

/// What became of an import.
pub(super) struct Sent {
    /// Its lines by their outcomes.
    pub(super) import: pb::Import,
    /// So many were done already.
    pub(super) done_before: usize,
}

/// What is sent.
pub(super) struct Sending<'a> {
    /// The list.
    pub(super) file: &'a Path,
    /// The ids of the unions that it names, by their codes.
    pub(super) unions: &'a HashMap<String, String>,
    /// How many of its lines are sent.
    pub(super) lines: usize,
}

impl Sending<'_> {
    /// Sends the list, from behind what was done of it before, with a progress bar where there is a
    /// terminal; answers what became of it.
    pub(super) async fn send(&self, client: &Client, header: Header) -> anyhow::Result<Sent> {
        let mut import = progress(client, &header).await?;
        let done_before = usize::try_from(import.lines_done).unwrap_or_default();
        let drawn = ProgressBar::new(self.lines as u64).with_style(
            ProgressStyle::with_template(
                "{msg} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}",
            )
            .context("draw a progress bar")?,
        );
        drawn.set_message(tell!("người", "people"));
        while !import.finished {
            let first = usize::try_from(import.lines_done).unwrap_or_default();
            ensure!(
                first <= self.lines,
                tell!(
                    "lần nhập mang mã này đã xong {first} dòng, mà ở đây ít hơn: đây là tệp khác",
                    "{first} lines are done of an import of this id, and here are fewer: it is another one"
                )
            );
            drawn.set_position(first as u64);
            // Whoever only checks, checks all at once: nothing of it is kept.
            let count = if header.validate_only { usize::MAX } else { STREAM };
            import = self.stream(client, &header, first, count, &drawn).await?;
        }
        drawn.finish_and_clear();
        Ok(Sent { import, done_before })
    }

    /// One stream, with so many lines.
    async fn stream(
        &self,
        client: &Client,
        header: &Header,
        first: usize,
        count: usize,
        drawn: &ProgressBar,
    ) -> anyhow::Result<pb::Import> {
        let continues = first.saturating_add(count) < self.lines;
        let header = Header { first_line: i64::try_from(first)?, continues, ..header.clone() };
        let (parts, taken) = mpsc::channel(4);
        let reading = Reading {
            file: self.file.to_owned(),
            unions: self.unions.clone(),
            first,
            count,
            drawn: drawn.clone(),
        };
        let mut reading = tokio::task::spawn_blocking(move || reading.send(header, &parts));
        let messages = stream::unfold(taken, |mut taken| async move {
            let message = taken.recv().await?;
            Some((message, taken))
        });
        let mut request = Request::new(messages);
        request.set_timeout(DEADLINE);
        let mut imports = client.imports();
        let mut call = std::pin::pin!(imports.import_members(request));
        let answer = tokio::select! {
            answer = &mut call => answer,
            read = &mut reading => {
                // A list that cannot be read to its end is not one that has ended: the call is let go.
                read.context("read the list")??;
                call.await
            }
        };
        answer.map_err(told)?.into_inner().import.ok_or_else(|| anyhow!("no import was answered"))
    }
}

/// How far an import has come; one that nobody knows has not begun.
async fn progress(client: &Client, header: &Header) -> anyhow::Result<pb::Import> {
    let request = pb::GetImportRequest { import_id: header.request_id.clone() };
    match client.imports().get_import(request).await {
        Ok(answer) => Ok(answer.into_inner().import.unwrap_or_default()),
        Err(status) if status.code() == Code::NotFound => Ok(pb::Import::default()),
        Err(status) => Err(told(status)),
    }
}

/// The part of a list that one stream brings.
struct Reading {
    file: PathBuf,
    unions: HashMap<String, String>,
    first: usize,
    count: usize,
    drawn: ProgressBar,
}

impl Reading {
    /// Gives out the messages of a stream, and keeps the last until all is read: what ends before
    /// that is not taken for the whole.
    fn send(
        self,
        header: Header,
        parts: &mpsc::Sender<pb::ImportMembersRequest>,
    ) -> anyhow::Result<()> {
        // Nobody takes any more: the answer says why.
        let give =
            |part: Part| parts.blocking_send(pb::ImportMembersRequest { part: Some(part) }).is_ok();
        if !give(Part::Header(header)) {
            return Ok(());
        }
        let mut lines = Vec::with_capacity(MESSAGE);
        let people = open(&self.file)?;
        let well = people.filter_map(|read| match read {
            Ok(read) => read.person.ok().map(Ok),
            Err(why) => Some(Err(why)),
        });
        for person in well.skip(self.first).take(self.count) {
            let person = *person.map_err(|why| refused(&self.file, &why))?;
            let union_id = self.unions.get(&person.union).cloned();
            lines.push(line::of(person, union_id));
            if lines.len() == MESSAGE {
                self.drawn.inc(MESSAGE as u64);
                let lines = std::mem::replace(&mut lines, Vec::with_capacity(MESSAGE));
                if !give(Part::Lines(Lines { lines })) {
                    return Ok(());
                }
            }
        }
        self.drawn.inc(lines.len() as u64);
        give(Part::Lines(Lines { lines }));
        Ok(())
    }
}
