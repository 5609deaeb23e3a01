//! The lines of a stream, taken in as they are wanted: no more of them are held than a batch.

use std::collections::VecDeque;

use chassis::parse;
use prost::Message;
use proto::membership::v1 as pb;
use proto::membership::v1::import_members_request::{Header, Part};
use tonic::{Status, Streaming};

use crate::ground::refused::Refused;

/// Bytes of the lines of one batch, about: it ends with the line that comes to more.
const BATCH_BYTES: usize = 2 * 1024 * 1024;
/// Lines of one message, at most.
const MESSAGE_LINES_MAX: usize = 1_000;

/// A stream of lines.
pub struct Reading {
    parts: Streaming<pb::ImportMembersRequest>,
    ahead: VecDeque<pb::ImportLine>,
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

fn misplaced() -> Status {
    Refused::ImportHeaderMissing.refusal().into()
}

impl Reading {
    /// The lines after the header, the first of which has this number.
    pub fn of(parts: Streaming<pb::ImportMembersRequest>, first_line: i64) -> Self {
        Self { parts, ahead: VecDeque::new(), next: first_line }
    }

    /// So many lines, or fewer where the stream ends.
    pub async fn take(&mut self, lines: usize) -> Result<Vec<pb::ImportLine>, Status> {
        self.take_until(lines, usize::MAX).await
    }

    /// The lines of the next batch, so many at most; none where the stream has ended.
    pub async fn batch(&mut self, lines: usize) -> Result<Vec<pb::ImportLine>, Status> {
        self.take_until(lines, BATCH_BYTES).await
    }

    async fn take_until(
        &mut self,
        lines: usize,
        bytes_max: usize,
    ) -> Result<Vec<pb::ImportLine>, Status> {
        let mut taken = Vec::new();
        let mut bytes = 0;
        while taken.len() < lines && bytes < bytes_max {
            match self.ahead.pop_front() {
                Some(line) => {
                    bytes += line.encoded_len();
                    taken.push(line);
                    self.next += 1;
                }
                None if self.more().await? => {}
                None => break,
            }
        }
        Ok(taken)
    }

    /// Takes in one message; false at the end of the stream.
    async fn more(&mut self) -> Result<bool, Status> {
        let Some(message) = self.parts.message().await? else { return Ok(false) };
        let Some(Part::Lines(more)) = message.part else { return Err(misplaced()) };
        parse::at_most("lines", more.lines.len(), MESSAGE_LINES_MAX)?;
        self.ahead.extend(more.lines);
        Ok(true)
    }
}
