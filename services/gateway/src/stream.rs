//! Bodies that are watched while they stream through, undecoded.
//!
//! [`Watched`] tells when a request breaks off on its way in, so that the caller learns why
//! it was refused and not only that the service behind did not answer. [`Guarded`] ends an
//! answer with proper trailers when the call's time is over, the request broke off, or the
//! service behind did; and it holds the call's place until the last byte is out. An answer that
//! is here as a whole ([`Whole`]) holds no place in front of a service: its reader may take its
//! time.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::oneshot;
use tokio::time::{Sleep, sleep_until};
use tonic::Status;
use tonic::body::Body;

use crate::contract::Backend;
use crate::error::Refused;

/// Learns why a request broke off; closed when it came to its end.
pub type Broken = oneshot::Receiver<Status>;

/// A request's body; see [`Broken`].
pub struct Watched {
    inner: Body,
    broken: Option<oneshot::Sender<Status>>,
}

impl Watched {
    /// Watches `inner`.
    pub fn new(inner: Body) -> (Self, Broken) {
        let (broken, told) = oneshot::channel();
        let watched = Self { inner, broken: Some(broken) };
        (watched, told)
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(context));
        if let Some(Err(status)) = &frame
            && let Some(broken) = self.broken.take()
        {
            // Nobody listens when the answer is complete already.
            let _ = broken.send(status.clone());
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// How long a call may take.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    /// When its time is over.
    pub at: Instant,
    /// How long it had, for the refusal that says so.
    pub limit_ms: u128,
}

impl Deadline {
    /// The refusal when it is over.
    pub fn refused(self) -> Refused {
        Refused::DeadlineExceeded { limit_ms: self.limit_ms }
    }
}

/// The body of an answer that always ends properly.
pub struct Guarded<Held> {
    inner: Body,
    sleep: Pin<Box<Sleep>>,
    deadline: Deadline,
    /// The request, while it may still break off.
    request: Option<Broken>,
    backend: Backend,
    ended: bool,
    _held: Held,
}

impl<Held> Guarded<Held> {
    /// Guards the answer of `backend`, and holds `held` until it is through.
    pub fn new(
        inner: Body,
        backend: Backend,
        deadline: Deadline,
        request: Option<Broken>,
        held: Held,
    ) -> Self {
        Self {
            inner,
            sleep: Box::pin(sleep_until(deadline.at.into())),
            deadline,
            request,
            backend,
            ended: false,
            _held: held,
        }
    }

    /// Why the answer must end here, if it must.
    fn must_end(&mut self, context: &mut Context<'_>) -> Option<Status> {
        if let Some(told) = &mut self.request {
            match Pin::new(told).poll(context) {
                Poll::Ready(Ok(status)) => return Some(status),
                Poll::Ready(Err(_)) => self.request = None,
                Poll::Pending => {}
            }
        }
        let over = self.sleep.as_mut().poll(context).is_ready();
        over.then(|| self.deadline.refused().into())
    }

    fn end(&mut self, status: &Status) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        self.ended = true;
        self.inner = Body::empty();
        let mut trailers = HeaderMap::new();
        if status.add_header(&mut trailers).is_err() {
            trailers.insert(Status::GRPC_STATUS, HeaderValue::from(status.code() as i32));
        }
        Poll::Ready(Some(Ok(Frame::trailers(trailers))))
    }
}

impl<Held: Unpin> HttpBody for Guarded<Held> {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        if let Some(status) = self.must_end(context) {
            return self.end(&status);
        }
        match ready!(Pin::new(&mut self.inner).poll_frame(context)) {
            Some(Err(status)) => {
                let backend = self.backend;
                tracing::warn!(backend = backend.name(), code = ?status.code(), "an answer broke off");
                self.end(&Refused::ServiceAway { backend }.into())
            }
            frame => Poll::Ready(frame),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.ended || self.inner.is_end_stream()
    }
}

/// An answer that is here, or as much of it as is kept, with the rest behind it.
pub struct Whole<Held> {
    ready: VecDeque<Bytes>,
    trailers: Option<HeaderMap>,
    rest: Option<Body>,
    _held: Held,
}

impl<Held> Whole<Held> {
    /// These pieces, and then these trailers or, of an answer that is too large to be kept, the
    /// rest of it; `held` is held until it is through.
    pub fn new(
        ready: VecDeque<Bytes>,
        trailers: Option<HeaderMap>,
        rest: Option<Body>,
        held: Held,
    ) -> Self {
        Self { ready, trailers, rest, _held: held }
    }

    /// All of a body, whatever it is.
    pub fn of(body: Body, held: Held) -> Self {
        Self::new(VecDeque::new(), None, Some(body), held)
    }
}

impl<Held: Unpin> HttpBody for Whole<Held> {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if let Some(bytes) = self.ready.pop_front() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        if let Some(rest) = &mut self.rest {
            return Pin::new(rest).poll_frame(context);
        }
        Poll::Ready(self.trailers.take().map(|trailers| Ok(Frame::trailers(trailers))))
    }

    fn is_end_stream(&self) -> bool {
        self.ready.is_empty()
            && self.trailers.is_none()
            && self.rest.as_ref().is_none_or(|rest| rest.is_end_stream())
    }
}
