//! The lines of a stream or of a file, taken in as they are wanted: no more of them are held than a
//! batch.

use std::collections::VecDeque;

use chassis::parse;
use chassis::refusal::Failure;
use proto::membership::v1 as pb;
use proto::membership::v1::import_members_request::{Header, Part};
use tonic::{Status, Streaming};

use crate::ground::refused::Refused;
use crate::import::came::Came;
use crate::import::rows::Rows;

/// Bytes of the lines of one batch, about: it ends with the line that comes to more.
const BATCH_BYTES: usize = 2 * 1024 * 1024;
/// Lines of one message, at most.
const MESSAGE_LINES_MAX: usize = 1_000;

/// Where lines come from.
pub enum Source {
    /// A stream of messages.
    Stream(Box<Streaming<pb::ImportMembersRequest>>),
    /// A file.
    File(Rows),
}

/// Lines that come one after the other.
pub struct Reading {
    source: Source,
    ahead: VecDeque<Came>,
    ended: bool,
    /// The number of the line that comes next.
    pub next: i64,
}

/// Reads the header, which comes first.
pub async fn header(parts: &mut Streaming<pb::ImportMembersRequest>) -> Result<Header, Status> {
    match parts.message().await?.and_then(|message| message.part) {
        Some(Part::Header(header)) => Ok(header),
        _ => Err(misplaced()),
    }
}

/// The refusal of a stream that does not begin with its header, or has another.
pub fn misplaced() -> Status {
    Refused::ImportHeaderMissing.refusal().into()
}

impl Reading {
    /// The lines of a source, the first of which has this number.
    pub fn of(source: Source, first_line: i64) -> Self {
        Self { source, ahead: VecDeque::new(), ended: false, next: first_line }
    }

    /// So many lines, or fewer where they end.
    pub async fn take(&mut self, lines: usize) -> Result<Vec<Came>, Status> {
        self.take_until(lines, usize::MAX).await
    }

    /// The lines of the next batch, so many at most; none where they have ended.
    pub async fn batch(&mut self, lines: usize) -> Result<Vec<Came>, Status> {
        self.take_until(lines, BATCH_BYTES).await
    }

    async fn take_until(&mut self, lines: usize, bytes_max: usize) -> Result<Vec<Came>, Status> {
        let mut taken = Vec::new();
        let mut bytes = 0;
        while taken.len() < lines && bytes < bytes_max {
            match self.ahead.pop_front() {
                Some(line) => {
                    bytes += line.bytes();
                    taken.push(line);
                    self.next += 1;
                }
                None if self.more().await? => {}
                None => break,
            }
        }
        Ok(taken)
    }

    /// Takes in some more; false at the end.
    async fn more(&mut self) -> Result<bool, Status> {
        if self.ended {
            return Ok(false);
        }
        let came: Vec<Came> = match &mut self.source {
            Source::Stream(parts) => match parts.message().await? {
                None => {
                    self.ended = true;
                    Vec::new()
                }
                Some(pb::ImportMembersRequest { part: Some(Part::Lines(more)) }) => {
                    parse::at_most("lines", more.lines.len(), MESSAGE_LINES_MAX)?;
                    more.lines.into_iter().map(|line| Came::Line(Box::new(line))).collect()
                }
                Some(_) => return Err(misplaced()),
            },
            Source::File(rows) => {
                // A file that does not say that it has ended has not.
                let broke = || Failure::from(anyhow::anyhow!("reading a file broke off"));
                let rows = rows.recv().await.ok_or_else(broke)??;
                self.ended = rows.is_empty();
                rows.into_iter().map(|row| Came::Row(Box::new(row))).collect()
            }
        };
        self.ahead.extend(came);
        Ok(!self.ended)
    }
}
