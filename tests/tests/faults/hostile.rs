//! A client of HTTP/2 that does as it likes.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body::{Body, Frame};
use hyper::body::Incoming;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};

/// What comes of a request; an attacker does not mind.
pub type Outcome = Option<Response<Incoming>>;

/// So many pieces, and then an end or none.
pub struct Said {
    pub piece: Bytes,
    pub times: usize,
    pub ends: bool,
}

impl Said {
    pub fn whole(bytes: impl Into<Bytes>) -> Self {
        Self { piece: bytes.into(), times: 1, ends: true }
    }

    pub fn unfinished(bytes: impl Into<Bytes>) -> Self {
        Self { piece: bytes.into(), times: 1, ends: false }
    }
}

impl Body for Said {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.times > 0 {
            self.times -= 1;
            return Poll::Ready(Some(Ok(Frame::data(self.piece.clone()))));
        }
        if self.ends { Poll::Ready(None) } else { Poll::Pending }
    }
}

/// One connection.
#[derive(Clone)]
pub struct Hostile {
    sender: http2::SendRequest<Said>,
    authority: String,
}

impl Hostile {
    /// With a window, of so many bytes for each answer.
    pub async fn to(authority: &str, window: Option<u32>) -> Self {
        let stream = tokio::net::TcpStream::connect(authority).await.expect("open");
        let (sender, connection) = http2::Builder::new(TokioExecutor::new())
            .initial_stream_window_size(window)
            .handshake(TokioIo::new(stream))
            .await
            .expect("spoken");
        tokio::spawn(connection);
        Self { sender, authority: authority.to_string() }
    }

    /// Asks, and gives up waiting for an answer after a while.
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        said: Said,
        within: Duration,
    ) -> Outcome {
        let mut sender = self.sender.clone();
        let mut request =
            Request::builder().method(method).uri(format!("http://{}{path}", self.authority));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(said).expect("a request");
        let asked = async move {
            sender.ready().await.ok()?;
            sender.send_request(request).await.ok()
        };
        tokio::time::timeout(within, asked).await.ok().flatten()
    }
}
