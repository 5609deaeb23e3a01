//! A caller with sockets of its own: that says half of what it announced, and reads nothing.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};

use super::world::World;

/// How long something may take that is done at once.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A body of these pieces, which may be one that never ends.
pub struct Said {
    pieces: Vec<Bytes>,
    ends: bool,
}

impl Said {
    pub fn whole(bytes: impl Into<Bytes>) -> Self {
        Self { pieces: vec![bytes.into()], ends: true }
    }

    /// The beginning of a body of which no more comes.
    pub fn half(bytes: impl Into<Bytes>) -> Self {
        Self { pieces: vec![bytes.into()], ends: false }
    }
}

impl Body for Said {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match self.pieces.pop() {
            Some(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            None if self.ends => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

/// One connection of HTTP/2.
#[derive(Clone)]
pub struct Line {
    sender: http2::SendRequest<Said>,
    headers: Vec<(&'static str, String)>,
}

impl Line {
    pub async fn to(world: &World) -> Self {
        Self::with_window(world, None).await
    }

    /// A connection on which no answer may send a byte of its body.
    pub async fn reading_nothing(world: &World) -> Self {
        Self::with_window(world, Some(0)).await
    }

    async fn with_window(world: &World, window: Option<u32>) -> Self {
        let stream = tokio::net::TcpStream::connect(world.gateway.address).await.expect("open");
        let (sender, connection) = http2::Builder::new(TokioExecutor::new())
            .initial_stream_window_size(window)
            .handshake(TokioIo::new(stream))
            .await
            .expect("spoken");
        tokio::spawn(connection);
        Self { sender, headers: vec![("accept-language", "en".to_string())] }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// In the name of this subject.
    pub fn of(self, world: &World, subject: &str) -> Self {
        let token = world.issuer.token(subject).expect("signed");
        self.with("authorization", format!("Bearer {token}"))
    }

    pub fn grpc(self) -> Self {
        self.with("content-type", "application/grpc").with("te", "trailers")
    }

    /// Asks, and waits for the head of the answer.
    pub async fn ask(&self, method: Method, path: &str, body: Said) -> Response<Incoming> {
        let asked = self.send(method, path, body);
        tokio::time::timeout(PATIENCE, asked).await.expect("answered in time").expect("answered")
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        body: Said,
    ) -> hyper::Result<Response<Incoming>> {
        let mut sender = self.sender.clone();
        sender.ready().await?;
        let mut request = Request::builder().method(method).uri(format!("http://gateway{path}"));
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        sender.send_request(request.body(body).expect("a request")).await
    }
}

/// What an answer is: its status, or that of gRPC, and its reason.
pub async fn told(answer: Response<Incoming>) -> (u16, String) {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD_NO_PAD;
    let (parts, body) = answer.into_parts();
    let collected = tokio::time::timeout(PATIENCE, body.collect()).await.expect("in time");
    let collected = collected.expect("whole");
    let headers = collected.trailers().cloned().unwrap_or(parts.headers);
    if let Some(details) = headers.get("grpc-status-details-bin") {
        let details = details.to_str().expect("ascii").trim_end_matches('=');
        let details = STANDARD_NO_PAD.decode(details).expect("base64");
        let status = <tonic_types::Status as prost::Message>::decode(&*details).expect("a status");
        let status = tonic::Status::with_details(
            tonic::Code::from_i32(status.code),
            status.message,
            details.into(),
        );
        let reason = tonic_types::StatusExt::get_details_error_info(&status).expect("a reason");
        return (u16::try_from(i32::from(status.code())).expect("a code"), reason.reason);
    }
    let body = collected.to_bytes();
    let json: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    let details = json["error"]["details"].as_array().cloned().unwrap_or_default();
    let reason = details.iter().find_map(|detail| detail["reason"].as_str());
    (parts.status.as_u16(), reason.unwrap_or_default().to_string())
}

/// Asks again and again until it is so.
pub async fn until<F: Future<Output = bool>>(what: &str, mut so: impl FnMut() -> F) {
    let began = Instant::now();
    while !so().await {
        assert!(began.elapsed() < PATIENCE, "it never comes to be that {what}");
        tokio::task::yield_now().await;
    }
}

/// A message as gRPC frames it.
pub fn framed(message: &[u8]) -> Vec<u8> {
    let mut framed = vec![0];
    framed.extend(u32::try_from(message.len()).expect("small").to_be_bytes());
    framed.extend(message);
    framed
}

impl Line {
    /// The same caller on another connection.
    pub fn headers_on(&self, other: Line) -> Line {
        Line { sender: other.sender, headers: self.headers.clone() }
    }
}
