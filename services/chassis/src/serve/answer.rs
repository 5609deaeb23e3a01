//! The answer on its way out: watched until its last frame, ended when its time is over.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Sleep;
use tokio_util::sync::WaitForCancellationFutureOwned;
use tonic::{Code, Status};
use tracing::Span;

use super::measures::Measure;
use super::peer::Peer;
use super::room::Place;
use crate::refusal::{LANGUAGE, Language};

/// What ends an answer before it is complete.
pub(super) enum Cut {
    /// Its deadline, and the refusal that says so.
    Deadline(Pin<Box<Sleep>>, Status),
    /// The service's stop, for answers that have no end of their own.
    Draining(Pin<Box<WaitForCancellationFutureOwned>>, Status),
}

/// The body of an answer.
pub(super) struct Answer {
    pub(super) body: Body,
    pub(super) span: Span,
    pub(super) language: Language,
    /// Measures the call when the answer is complete, cut, or dropped.
    pub(super) measure: Option<Measure>,
    pub(super) cuts: Vec<Cut>,
    pub(super) ended: bool,
    /// Held as long as the call is in progress.
    pub(super) _held: Option<Held>,
}

/// The place of a call.
pub(super) enum Held {
    /// Among the calls.
    Call(#[expect(dead_code, reason = "held until it is dropped")] OwnedSemaphorePermit),
    /// Among those who ask for health and reflection.
    Infrastructure(#[expect(dead_code, reason = "held until it is dropped")] Place<Peer>),
}

impl Held {
    /// A body that holds this place until it is through.
    pub(super) fn until_end_of(self, body: Body) -> Body {
        Body::new(Holding { body, _held: self })
    }
}

struct Holding {
    body: Body,
    _held: Held,
}

impl HttpBody for Holding {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Answer {
    fn end_with(&mut self, status: &Status) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.ended = true;
        self.body = Body::empty();
        self.finish(status.code());
        let mut trailers = HeaderMap::new();
        Poll::Ready(Some(match status.add_header(&mut trailers) {
            Ok(()) => Ok(Frame::trailers(trailers)),
            Err(unwritable) => Err(axum::Error::new(unwritable)),
        }))
    }

    /// Trailers that no client would read end the answer in ours.
    fn is_unreadable(&self, trailers: &HeaderMap) -> bool {
        let unreadable = !fits(trailers);
        if unreadable {
            tracing::error!("the trailers of an answer are larger than what is read of them");
        }
        unreadable
    }

    fn finish(&mut self, code: Code) {
        if let Some(measure) = self.measure.take() {
            measure.finish(&self.span, code);
        }
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        if this.ended {
            return Poll::Ready(None);
        }
        let span = this.span.clone();
        let _entered = span.enter();
        // First the cuts: an answer that always has more would otherwise never be cut.
        for cut in &mut this.cuts {
            let status = match cut {
                Cut::Deadline(sleep, status) => {
                    sleep.as_mut().poll(context).is_ready().then(|| status.clone())
                }
                Cut::Draining(stop, status) => {
                    stop.as_mut().poll(context).is_ready().then(|| status.clone())
                }
            };
            if let Some(status) = status {
                return this.end_with(&status);
            }
        }
        let body = &mut this.body;
        let polled = catch_unwind(AssertUnwindSafe(|| {
            LANGUAGE.sync_scope(this.language, || Pin::new(body).poll_frame(context))
        }));
        let Ok(polled) = polled else {
            tracing::error!("the handler panicked in the middle of its answer");
            return this.end_with(&Status::internal("internal error"));
        };
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(trailers) = frame.trailers_ref() {
                    if this.is_unreadable(trailers) {
                        return this.end_with(&Status::internal("internal error"));
                    }
                    this.finish(code_in(trailers).unwrap_or(Code::Unknown));
                }
            }
            Poll::Ready(Some(Err(_))) => this.finish(Code::Unknown),
            // What is not gRPC has no trailers: complete is well.
            Poll::Ready(None) => this.finish(Code::Ok),
            Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.ended || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        if self.cuts.is_empty() { self.body.size_hint() } else { SizeHint::default() }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        // The caller went away before the end, unless nothing was left to say.
        let code = if self.body.is_end_stream() { Code::Ok } else { Code::Cancelled };
        self.finish(code);
    }
}

/// The largest list of headers of an answer, as HTTP/2 counts it. Clients, ours among them,
/// take 16 KiB for an attack and break the connection, with every other call that is on it.
const HEAD_BYTES_MAX: usize = 15 * 1024;
/// What HTTP/2 counts for each header beside its name and its value.
const HEADER_BYTES: usize = 32;

/// Whether headers or trailers are small enough for whoever reads them.
pub(super) fn fits(headers: &HeaderMap) -> bool {
    let bytes: usize =
        headers.iter().map(|(name, value)| name.as_str().len() + value.len() + HEADER_BYTES).sum();
    bytes <= HEAD_BYTES_MAX
}

/// The status in headers or trailers, if there is one.
pub(super) fn code_in(headers: &HeaderMap) -> Option<Code> {
    headers.get(Status::GRPC_STATUS).map(|value| Code::from_bytes(value.as_bytes()))
}
