//! The messages that come in: as many as the method takes, none larger and all together no
//! more than we read, none that keeps us waiting; refused in our words where they are not what
//! gRPC says, and a stream that breaks off is never taken for one that ended.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use http_body::{Body as HttpBody, Frame, SizeHint};
use proto::refusal::v1::Reason;
use tokio::time::{Sleep, sleep};
use tonic::{Code, Status};

use crate::refusal::{Language, Refusal};

/// tonic reads no larger message, whatever is configured.
pub(super) const LIMIT: usize = 4 * 1024 * 1024;

/// In front of each gRPC message: whether it is compressed, and four bytes of length.
const HEAD: usize = 5;

/// What is said of a stream whose caller ended it before its end.
const BROKEN_OFF: &str = "the caller broke the stream off";

/// How much one call may ask.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// Bytes of one message, at most.
    pub message_bytes: usize,
    /// Bytes of all messages together, at most.
    pub call_bytes: u64,
    /// The method takes one message, and needs it.
    pub one_message: bool,
    /// How long nothing may come while more is waited for.
    pub idle: Duration,
}

/// Follows the framing of gRPC and fails as soon as it shows that something is wrong.
pub struct Measured {
    body: Body,
    asked: Asked,
    language: Language,
    head: [u8; HEAD],
    /// How much of the next message's head has been seen.
    head_seen: usize,
    /// How much of the current message is to come.
    message_left: usize,
    messages: u64,
    bytes: u64,
    idle: Option<Pin<Box<Sleep>>>,
    ended: bool,
}

/// What is wrong with the messages of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    MessageTooLarge {
        size: usize,
        limit: usize,
    },
    CallTooLarge {
        limit: u64,
    },
    TooManyMessages,
    /// What is no framing of gRPC; one word for it.
    Malformed(&'static str),
    TooSlow {
        limit: Duration,
    },
}

impl Measured {
    /// Measures the messages in `body`; the language is that of the refusal.
    pub fn new(body: Body, asked: Asked, language: Language) -> Self {
        Self {
            body,
            asked,
            language,
            head: [0; HEAD],
            head_seen: 0,
            message_left: 0,
            messages: 0,
            bytes: 0,
            idle: None,
            ended: false,
        }
    }

    /// What is wrong with these bytes, if anything is.
    fn wrong(&mut self, mut bytes: &[u8]) -> Option<Wrong> {
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        if !self.asked.one_message && self.bytes > self.asked.call_bytes {
            return Some(Wrong::CallTooLarge { limit: self.asked.call_bytes });
        }
        while !bytes.is_empty() {
            if self.message_left > 0 {
                let seen = self.message_left.min(bytes.len());
                self.message_left -= seen;
                bytes = &bytes[seen..];
                continue;
            }
            if self.asked.one_message && self.messages == 1 {
                return Some(Wrong::TooManyMessages);
            }
            let wanted = (HEAD - self.head_seen).min(bytes.len());
            self.head[self.head_seen..self.head_seen + wanted].copy_from_slice(&bytes[..wanted]);
            self.head_seen += wanted;
            bytes = &bytes[wanted..];
            if self.head_seen == HEAD {
                let [compressed, a, b, c, d] = self.head;
                // No encoding was named, or the call would have been refused for it.
                if compressed != 0 {
                    return Some(Wrong::Malformed("compressed"));
                }
                let size = u32::from_be_bytes([a, b, c, d]) as usize;
                let limit = self.asked.message_bytes;
                if size > limit {
                    return Some(Wrong::MessageTooLarge { size, limit });
                }
                self.message_left = size;
                self.head_seen = 0;
                self.messages += 1;
            }
        }
        None
    }

    /// What is wrong when nothing more comes.
    fn wrong_at_the_end(&self) -> Option<Wrong> {
        if self.head_seen > 0 || self.message_left > 0 {
            Some(Wrong::Malformed("cut_short"))
        } else if self.asked.one_message && self.messages == 0 {
            Some(Wrong::Malformed("absent"))
        } else {
            None
        }
    }

    fn fail(&mut self, status: Status) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.ended = true;
        self.body = Body::empty();
        self.idle = None;
        // The decoder finds the status among the causes and answers with it.
        Poll::Ready(Some(Err(axum::Error::new(status))))
    }

    fn refuse(&mut self, wrong: Wrong) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let status = wrong.refusal().status_in(self.language);
        self.fail(status)
    }
}

impl HttpBody for Measured {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        if this.ended {
            return Poll::Ready(None);
        }
        match Pin::new(&mut this.body).poll_frame(context) {
            Poll::Pending => {
                let limit = this.asked.idle;
                let idle = this.idle.get_or_insert_with(|| Box::pin(sleep(limit)));
                if idle.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
                this.refuse(Wrong::TooSlow { limit })
            }
            Poll::Ready(Some(Err(error))) => {
                // tonic takes a stream that its caller cancels for one that came to its end, and
                // half of what was meant would be done as if it were the whole.
                match unreadable(&error) {
                    true => this.refuse(Wrong::Malformed("base64")),
                    false => this.fail(Status::unavailable(BROKEN_OFF)),
                }
            }
            Poll::Ready(Some(Ok(frame))) => {
                this.idle = None;
                match frame.data_ref().and_then(|bytes| this.wrong(bytes)) {
                    Some(wrong) => this.refuse(wrong),
                    None => Poll::Ready(Some(Ok(frame))),
                }
            }
            Poll::Ready(None) => match this.wrong_at_the_end() {
                Some(wrong) => this.refuse(wrong),
                None => {
                    this.ended = true;
                    Poll::Ready(None)
                }
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        // Only what is asked to its end is known to be whole.
        self.ended || (self.body.is_end_stream() && self.wrong_at_the_end().is_none())
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A body that says so when it breaks off: gRPC-Web's decoder tells what it cannot read and
/// what did not come in one and the same way.
pub struct Unbroken(pub Body);

impl HttpBody for Unbroken {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.0)
            .poll_frame(context)
            .map_err(|_| axum::Error::new(Status::unavailable(BROKEN_OFF)))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

/// True of what gRPC-Web's decoder could not read, as it came.
fn unreadable(error: &axum::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(status) = error.downcast_ref::<Status>() {
            return status.code() == Code::Internal && !status.message().contains(BROKEN_OFF);
        }
        cause = error.source();
    }
    false
}

impl Wrong {
    fn refusal(self) -> Refusal {
        match self {
            Wrong::MessageTooLarge { size, limit } => Refusal::of(Reason::MessageTooLarge)
                .with("size", size.to_string())
                .with("limit", limit.to_string()),
            Wrong::CallTooLarge { limit } => {
                Refusal::of(Reason::CallTooLarge).with("limit", limit.to_string())
            }
            Wrong::TooManyMessages => Refusal::of(Reason::TooManyMessages).with("limit", "1"),
            Wrong::Malformed(cause) => malformed(cause),
            Wrong::TooSlow { limit } => body_too_slow(limit),
        }
    }
}

/// The refusal of a message that cannot be read; `cause` is one word.
pub(super) fn malformed(cause: &'static str) -> Refusal {
    Refusal::of(Reason::MessageMalformed).with("cause", cause)
}

/// The refusal of a call whose body does not come in time.
pub fn body_too_slow(limit: Duration) -> Refusal {
    Refusal::of(Reason::BodyTooSlow).with("limit_ms", limit.as_millis().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(size: u32) -> Vec<u8> {
        let mut bytes = vec![0];
        bytes.extend(size.to_be_bytes());
        bytes.resize(HEAD + size as usize, 7);
        bytes
    }

    fn measured(one_message: bool) -> Measured {
        let idle = Duration::from_secs(1);
        let asked = Asked { message_bytes: 10, call_bytes: 40, one_message, idle };
        Measured::new(Body::empty(), asked, Language::English)
    }

    /// What is found first, and what is wrong at the end where nothing was found.
    fn found(one_message: bool, bytes: &[u8], piece: usize) -> Option<Wrong> {
        let mut measured = measured(one_message);
        let found = bytes.chunks(piece).find_map(|piece| measured.wrong(piece));
        found.or_else(|| measured.wrong_at_the_end())
    }

    #[test]
    fn messages_are_measured_however_they_are_cut_into_pieces() {
        let too_large = Wrong::MessageTooLarge { size: 11, limit: 10 };
        for piece in [1, 2, 3, 5, 8, 100] {
            for (one, bytes, wrong) in [
                (false, [message(10), message(0), message(4), message(3)].concat(), None),
                (false, [message(10), message(0), message(11)].concat(), Some(too_large)),
                (
                    false,
                    [message(10), message(10), message(10)].concat(),
                    Some(Wrong::CallTooLarge { limit: 40 }),
                ),
                (false, Vec::new(), None),
                (false, message(4)[..3].to_vec(), Some(Wrong::Malformed("cut_short"))),
                (false, message(4)[..7].to_vec(), Some(Wrong::Malformed("cut_short"))),
                (true, message(10), None),
                (true, Vec::new(), Some(Wrong::Malformed("absent"))),
                (true, [message(3), message(3)].concat(), Some(Wrong::TooManyMessages)),
                (true, [message(3), vec![1]].concat(), Some(Wrong::TooManyMessages)),
                (true, vec![1, 0, 0, 0, 0], Some(Wrong::Malformed("compressed"))),
                (true, vec![7, 0, 0, 0, 0], Some(Wrong::Malformed("compressed"))),
            ] {
                assert_eq!(found(one, &bytes, piece), wrong, "{bytes:?} in pieces of {piece}");
            }
        }
    }
}
