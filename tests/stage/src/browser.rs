//! A server as a browser or curl sees it: HTTP/1.1 and JSON.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use serde_json::Value as Json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::refused::Refused;

/// An answer over HTTP.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// What came before the body.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!("no JSON ({error}): {}", String::from_utf8_lossy(&self.body))
        })
    }

    /// The refusal in the body.
    pub fn refused(&self) -> Refused {
        Refused::of_json(&self.json())
    }
}

/// One request on a connection of its own, to a server such as `http://127.0.0.1:8080`.
///
/// # Panics
/// When nobody answers there.
pub async fn send(
    uri: &str,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> Answer {
    let authority = uri.strip_prefix("http://").expect("an address");
    let stream = TcpStream::connect(authority).await.expect("connected");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("spoken");
    let connection = tokio::spawn(connection);
    let mut request = Request::builder().method(method).uri(path).header("host", authority);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::new(body.into())).expect("a request");
    let (parts, body) = sender.send_request(request).await.expect("answered").into_parts();
    let body = body.collect().await.expect("whole").to_bytes();
    connection.abort();
    Answer { status: parts.status, headers: parts.headers, body }
}

/// Announces a body as curl does one that is large, and reads the answer to the announcement:
/// a server that will not take it says so before a byte of it is sent.
///
/// # Panics
/// When the server wants the body after all.
pub async fn announce(uri: &str, path: &str, headers: &[(&str, &str)], length: usize) -> Answer {
    let authority = uri.strip_prefix("http://").expect("an address");
    let mut stream = TcpStream::connect(authority).await.expect("connected");
    let mut head = format!("POST {path} HTTP/1.1\r\nhost: {authority}\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {length}\r\nexpect: 100-continue\r\n"));
    head.push_str("connection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("answered");
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    let status = String::from_utf8_lossy(&answer[..end]);
    let status = status.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
    let body = Bytes::copy_from_slice(&answer[end + 4..]);
    Answer { status, headers: HeaderMap::new(), body }
}
