//! The messages that come in: none larger than we read, refused with its size if it is; and a
//! stream that breaks off is never taken for one that ended.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use http_body::{Body as HttpBody, Frame, SizeHint};
use proto::refusal::v1::Reason;
use tonic::{Code, Status};

use crate::refusal::{Language, Refusal};

/// tonic reads no larger message, whatever is configured.
pub(super) const LIMIT: usize = 4 * 1024 * 1024;

/// In front of each gRPC message: whether it is compressed, and four bytes of length.
const HEAD: usize = 5;

/// Follows the framing of gRPC and fails as soon as a message announces that it is too large,
/// or the stream breaks off.
pub struct Measured {
    body: Body,
    limit: usize,
    language: Language,
    head: [u8; HEAD],
    /// How much of the next message's head has been seen.
    head_seen: usize,
    /// How much of the current message is to come.
    message_left: usize,
}

impl Measured {
    /// Measures the messages in `body`; the language is that of the refusal.
    pub fn new(body: Body, limit: usize, language: Language) -> Self {
        Self { body, limit, language, head: [0; HEAD], head_seen: 0, message_left: 0 }
    }

    /// The size of a message in these bytes that is too large.
    fn too_large(&mut self, mut bytes: &[u8]) -> Option<usize> {
        while !bytes.is_empty() {
            if self.message_left > 0 {
                let seen = self.message_left.min(bytes.len());
                self.message_left -= seen;
                bytes = &bytes[seen..];
                continue;
            }
            let wanted = (HEAD - self.head_seen).min(bytes.len());
            self.head[self.head_seen..self.head_seen + wanted].copy_from_slice(&bytes[..wanted]);
            self.head_seen += wanted;
            bytes = &bytes[wanted..];
            if self.head_seen == HEAD {
                let [_, a, b, c, d] = self.head;
                let size = u32::from_be_bytes([a, b, c, d]) as usize;
                if size > self.limit {
                    return Some(size);
                }
                self.message_left = size;
                self.head_seen = 0;
            }
        }
        None
    }
}

impl HttpBody for Measured {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Err(_))) = polled {
            // tonic takes a stream that its caller cancels for one that came to its end, and
            // half of what was meant would be done as if it were the whole.
            let broken_off = Status::unavailable("the caller broke the stream off");
            return Poll::Ready(Some(Err(axum::Error::new(broken_off))));
        }
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(bytes) = frame.data_ref()
            && let Some(size) = self.too_large(bytes)
        {
            // The decoder finds the status among the causes and answers with it.
            let status = message_too_large(size, self.limit, self.language);
            return Poll::Ready(Some(Err(axum::Error::new(status))));
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

fn message_too_large(size: usize, limit: usize, language: Language) -> Status {
    Refusal::shared(
        Code::ResourceExhausted,
        Reason::MessageTooLarge,
        format!("Thông điệp dài {size} byte, tối đa {limit}."),
        format!("the message has {size} bytes; the limit is {limit}"),
    )
    .with("size", size.to_string())
    .with("limit", limit.to_string())
    .status_in(language)
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

    #[test]
    fn a_message_is_measured_however_it_is_cut_into_pieces() {
        for piece in [1, 2, 3, 5, 8, 100] {
            let mut measured = Measured::new(Body::empty(), 10, Language::English);
            let bytes = [message(10), message(0), message(4), message(11)].concat();
            let found: Vec<usize> =
                bytes.chunks(piece).filter_map(|piece| measured.too_large(piece)).take(1).collect();
            assert_eq!(found, [11], "in pieces of {piece}");
        }
    }
}
