//! A request of many messages: lines of JSON (NDJSON), of which each is a message, passed on one
//! by one as they come.
//!
//! Of a body that goes on for long, one line is in memory at a time. A line that cannot be read is
//! refused with its number, and the call is dropped: the service behind must not take what came
//! before it for all that was meant.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use chassis::refusal::Refusal;
use chassis::serve::body_too_slow;
use futures_util::{Stream, stream};
use http_body_util::BodyExt;
use prost::Message;
use prost_reflect::MessageDescriptor;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tonic::Status;

use super::heavy::Heavy;
use super::{request, weight};
use crate::edge::standing::Standing;
use crate::error::Refused;

/// How much may be asked.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one line.
    pub line_bytes: usize,
    /// Values in one line.
    pub values: usize,
    /// Bytes of all lines together.
    pub bytes: u64,
    /// How long nothing may come.
    pub idle: Duration,
}

/// Why a stream of lines ended before its end.
pub enum Fault {
    /// What came cannot be taken.
    Refused(Refusal),
    /// Nothing comes any more.
    Broken(Status),
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused.into())
    }
}

impl From<Fault> for Status {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Refused(refusal) => refusal.status(),
            Fault::Broken(status) => status,
        }
    }
}

/// The messages of a body. What is wrong is told at once; the stream then neither goes on nor ends,
/// until whoever asked for it drops it.
pub fn messages(
    body: Body,
    input: MessageDescriptor,
    limits: Limits,
    heavy: Heavy,
    standing: Arc<Standing>,
) -> (impl Stream<Item = Bytes> + Send + 'static, oneshot::Receiver<Fault>) {
    telling(Lines {
        body,
        input,
        limits,
        heavy,
        standing,
        buffer: BytesMut::new(),
        looked: 0,
        held: 0,
        bytes: 0,
        number: 0,
        ended: false,
    })
}

/// Where the messages of a request come from.
pub(super) trait Messages: Send + 'static {
    /// The next one; none at the end.
    fn next(&mut self) -> impl Future<Output = Result<Option<Bytes>, Fault>> + Send;
}

/// The messages as a stream, and what was wrong with them, if anything was.
pub(super) fn telling(
    from: impl Messages,
) -> (impl Stream<Item = Bytes> + Send + 'static, oneshot::Receiver<Fault>) {
    let (tell, told) = oneshot::channel();
    let messages = stream::unfold((from, Some(tell)), |(mut from, mut tell)| async move {
        match from.next().await {
            Ok(message) => message.map(|message| (message, (from, tell))),
            Err(fault) => {
                if let Some(tell) = tell.take() {
                    // Nobody listens when the answer is here already.
                    let _ = tell.send(fault);
                }
                pending().await
            }
        }
    });
    (messages, told)
}

struct Lines {
    body: Body,
    input: MessageDescriptor,
    limits: Limits,
    heavy: Heavy,
    standing: Arc<Standing>,
    /// What came and is not passed on.
    buffer: BytesMut,
    /// So much of it has no end of a line.
    looked: usize,
    /// The most that was in memory, which is counted with the caller.
    held: usize,
    bytes: u64,
    /// Of the line that is read, from 1 on.
    number: u64,
    ended: bool,
}

impl Messages for Lines {
    /// Empty lines are none.
    async fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        while let Some(line) = self.line().await? {
            self.number += 1;
            if !line.iter().all(u8::is_ascii_whitespace) {
                return self.message(line).await.map(Some);
            }
        }
        Ok(None)
    }
}

impl Lines {
    /// The next line, without its end.
    async fn line(&mut self) -> Result<Option<Bytes>, Fault> {
        loop {
            let end = self.buffer[self.looked..].iter().position(|byte| *byte == b'\n');
            let size = end.map_or(self.buffer.len(), |end| self.looked + end);
            if size > self.limits.line_bytes {
                let (size, limit) = (size as u64, self.limits.line_bytes as u64);
                return Err(self.of_line(Refused::MessageTooLarge { size, limit }, self.number + 1));
            }
            if end.is_some() {
                let line = self.buffer.split_to(size + 1).freeze();
                self.looked = 0;
                return Ok(Some(line));
            }
            if self.ended {
                let last = self.buffer.split().freeze();
                self.looked = 0;
                return Ok((!last.is_empty()).then_some(last));
            }
            self.looked = size;
            self.take_in().await?;
        }
    }

    /// More of the body.
    async fn take_in(&mut self) -> Result<(), Fault> {
        let idle = self.limits.idle;
        let frame = timeout(idle, self.body.frame())
            .await
            .map_err(|_| Fault::Refused(body_too_slow(idle)))?;
        let Some(frame) = frame else {
            self.ended = true;
            return Ok(());
        };
        let frame = frame.map_err(|error| Fault::Broken(Status::from_error(error.into())))?;
        let Ok(bytes) = frame.into_data() else { return Ok(()) };
        self.bytes += bytes.len() as u64;
        if self.bytes > self.limits.bytes {
            return Err(Refused::CallTooLarge { limit: self.limits.bytes }.into());
        }
        self.buffer.extend_from_slice(&bytes);
        if let Some(more) = self.buffer.len().checked_sub(self.held) {
            self.standing.hold(more)?;
            self.held = self.buffer.len();
        }
        Ok(())
    }

    async fn message(&mut self, line: Bytes) -> Result<Bytes, Fault> {
        let (input, values_max) = (self.input.clone(), self.limits.values);
        let size = line.len();
        let read = move || {
            if weight::values(&line) > values_max {
                return Err(Refused::JsonTooManyValues { limit: values_max });
            }
            request::message_of(&input, &line).map(|message| Bytes::from(message.encode_to_vec()))
        };
        let message = self.heavy.apart(size, read).await.map_err(Fault::Broken)?;
        message.map_err(|refused| self.of_line(refused, self.number))
    }

    fn of_line(&self, refused: Refused, line: u64) -> Fault {
        Refused::OfLine { line, refused: Box::new(refused) }.into()
    }
}
