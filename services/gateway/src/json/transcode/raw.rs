//! Bodies that are passed on as they come (`google.api.HttpBody`): a file that is sent becomes
//! messages with a piece of it each, and the messages of an answer become the file again.
//!
//! Of neither more than a piece is in memory at a time. An answer that breaks off is cut: what has
//! its proper end is whole.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use chassis::call::SEEN;
use chassis::serve::body_too_slow;
use futures_util::{Stream, StreamExt, stream};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderValue};
use http_body_util::BodyExt;
use prost::Message;
use proto::google::api::HttpBody;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tonic::{Status, Streaming};

use super::incoming::{Fault, Limits, Messages, telling};
use crate::edge::standing::Standing;
use crate::error::Refused;

/// What is sent that is a body as it is; for whoever is told that something else is not.
pub const FILES: &str = "text/csv, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, \
     application/octet-stream";

/// Bytes of one piece that is passed on, at most.
const PIECE: usize = 512 * 1024;

/// Whether a body may be a file: what is JSON or a form is none, and whoever sends a form with a file
/// in it would have its frame taken for the file.
pub fn is_file(kind: &str) -> bool {
    !kind.ends_with("json")
        && !kind.starts_with("multipart/")
        && kind != "application/x-www-form-urlencoded"
}

/// The messages of a body: the first says what the query said, each has a piece in the field of
/// this number.
pub fn messages(
    body: Body,
    header: Vec<u8>,
    content_type: String,
    field: u32,
    limits: Limits,
    standing: Arc<Standing>,
) -> (impl Stream<Item = Bytes> + Send + 'static, oneshot::Receiver<Fault>) {
    let first = Some((header, content_type));
    telling(Pieces { body, first, field, limits, standing, held: 0, bytes: 0, rest: Bytes::new() })
}

struct Pieces {
    body: Body,
    /// What the first message says besides.
    first: Option<(Vec<u8>, String)>,
    field: u32,
    limits: Limits,
    standing: Arc<Standing>,
    /// The most that was in memory, which is counted with the caller.
    held: usize,
    bytes: u64,
    /// Of what came, what is not passed on yet.
    rest: Bytes,
}

impl Messages for Pieces {
    async fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        if let Some((header, content_type)) = self.first.take() {
            return Ok(Some(self.message(header, content_type, Bytes::new())));
        }
        if self.rest.is_empty() {
            match self.take_in().await? {
                Some(bytes) => self.rest = bytes,
                None => return Ok(None),
            }
        }
        let piece = self.rest.split_to(self.rest.len().min(PIECE));
        Ok(Some(self.message(Vec::new(), String::new(), piece)))
    }
}

impl Pieces {
    /// More of the body; none at its end.
    async fn take_in(&mut self) -> Result<Option<Bytes>, Fault> {
        let idle = self.limits.idle;
        loop {
            let frame = timeout(idle, self.body.frame())
                .await
                .map_err(|_| Fault::Refused(body_too_slow(idle)))?;
            let Some(frame) = frame else { return Ok(None) };
            let frame = frame.map_err(|error| Fault::Broken(Status::from_error(error.into())))?;
            let Ok(bytes) = frame.into_data() else { continue };
            self.bytes += bytes.len() as u64;
            if self.bytes > self.limits.bytes {
                return Err(Refused::CallTooLarge { limit: self.limits.bytes }.into());
            }
            if let Some(more) = bytes.len().checked_sub(self.held) {
                self.standing.hold(more)?;
                self.held = bytes.len();
            }
            if !bytes.is_empty() {
                return Ok(Some(bytes));
            }
        }
    }

    fn message(&self, header: Vec<u8>, content_type: String, data: Bytes) -> Bytes {
        let body = HttpBody { content_type, data, extensions: Vec::new() };
        // Two messages one after the other are one that says what both do.
        let mut message = header;
        prost::encoding::message::encode(self.field, &body, &mut message);
        message.into()
    }
}

/// The answer as the file that it is. Its head is made when the first piece is here: until then a
/// refusal is one.
pub async fn answer(answer: tonic::Response<Streaming<Bytes>>) -> Result<Response, Status> {
    let (metadata, mut pieces, _) = answer.into_parts();
    let first = match pieces.message().await? {
        Some(piece) => read(piece)?,
        None => HttpBody::default(),
    };
    let headers = metadata.into_headers();
    let kind = HeaderValue::try_from(first.content_type.as_str()).ok();
    let kind = kind.filter(|kind| !kind.is_empty());
    let following = pieces.map(|piece| read(piece?).map(|piece| piece.data));
    let all = stream::once(async { Ok::<_, Status>(first.data) }).chain(following);
    let mut response = Response::new(Body::from_stream(all));
    let own = response.headers_mut();
    own.insert(CONTENT_TYPE, kind.unwrap_or(HeaderValue::from_static("application/octet-stream")));
    carry(own, &headers);
    Ok(response)
}

/// Says what a file is called, that nobody else keeps it, and that it is what it says it is.
fn carry(own: &mut HeaderMap, headers: &HeaderMap) {
    let named = headers.get(CONTENT_DISPOSITION).cloned();
    own.insert(CONTENT_DISPOSITION, named.unwrap_or(HeaderValue::from_static("attachment")));
    own.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    own.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(seen) = headers.get(SEEN) {
        own.insert(SEEN, seen.clone());
    }
}

fn read(piece: Bytes) -> Result<HttpBody, Status> {
    HttpBody::decode(piece).map_err(|error| {
        tracing::error!(%error, "a piece of an answer cannot be decoded");
        Status::internal("internal error")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_no_file() {
        for kind in ["text/csv", "application/vnd.ms-excel", "application/octet-stream", ""] {
            assert!(is_file(kind), "{kind}");
        }
        for kind in [
            "application/json",
            "application/x-ndjson",
            "application/vnd.x+json",
            "multipart/form-data",
            "application/x-www-form-urlencoded",
        ] {
            assert!(!is_file(kind), "{kind}");
        }
    }
}
