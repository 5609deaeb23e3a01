//! The rest of a question that nobody reads to its end, because it was refused before.
//!
//! A client that has not heard yet goes on speaking. What it says is heard for a moment and
//! forgotten: to break it off at once is a reset, and after some of them in a short time HTTP/2
//! remembers no more which streams were reset, takes what still comes on them for a fault of the
//! whole connection, and with it go the calls of others on it. Over HTTP/1.1 the refusal itself
//! would be lost.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::timeout;

/// How long it is heard.
const HEARD_FOR: Duration = Duration::from_secs(2);
/// How much of it is heard.
const HEARD_BYTES: usize = 256 * 1024;

/// A body of which the rest is heard.
pub(super) struct Heard {
    body: Option<Incoming>,
}

impl Heard {
    pub(super) fn new(body: Incoming) -> Self {
        Self { body: Some(body) }
    }
}

impl HttpBody for Heard {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let polled = Pin::new(body).poll_frame(context);
        if let Poll::Ready(None | Some(Err(_))) = polled {
            self.body = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

impl Drop for Heard {
    fn drop(&mut self) {
        if let Some(body) = self.body.take().filter(|body| !body.is_end_stream()) {
            // Where nobody runs tasks any more, nobody waits for the refusal either.
            if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                runtime.spawn(timeout(HEARD_FOR, hear(body)));
            }
        }
    }
}

async fn hear(mut body: Incoming) {
    let mut heard = 0;
    while heard <= HEARD_BYTES {
        let next = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context));
        match next.await {
            Some(Ok(frame)) => heard += frame.data_ref().map_or(0, Bytes::len),
            Some(Err(_)) | None => return,
        }
    }
}
