//! Access tokens of a development issuer, which gives one to anybody who asks.

use http::{Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpStream;

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum NotGiven {
    /// The issuer's name is no address.
    #[error("the issuer's name is no address such as http://127.0.0.1:1234")]
    NoAddress,
    /// Nobody listens there.
    #[error("nobody gives tokens at the address")]
    Nobody,
    /// Somebody listens there, and says nothing.
    #[error("the issuer does not answer")]
    Silent,
    /// It does not want to.
    #[error("the development issuer refused: {0}")]
    Refused(String),
    /// Whoever answers there is no development issuer.
    #[error("there is no development issuer at the address")]
    NoIssuer,
}

#[derive(Deserialize)]
struct Given {
    access_token: String,
}

/// Asks a development issuer for a token for a subject.
pub async fn ask(issuer: &str, subject: &str) -> Result<String, NotGiven> {
    let uri: Uri = issuer.parse().map_err(|_| NotGiven::NoAddress)?;
    let authority = uri.authority().ok_or(NotGiven::NoAddress)?.as_str();
    let stream = TcpStream::connect(authority).await.map_err(|_| NotGiven::Nobody)?;
    let opened = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = opened.map_err(|_| NotGiven::Silent)?;
    let connection = tokio::spawn(connection);

    let request = Request::post("/token")
        .header(header::HOST, authority)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::<Bytes>::from(json!({ "subject": subject }).to_string()))
        .map_err(|_| NotGiven::NoAddress)?;
    let response = sender.send_request(request).await.map_err(|_| NotGiven::Silent)?;
    let status = response.status();
    let body = response.into_body().collect().await.map_err(|_| NotGiven::Silent)?.to_bytes();
    connection.abort();
    if status != StatusCode::OK {
        return Err(NotGiven::Refused(String::from_utf8_lossy(&body).into_owned()));
    }
    let given: Given = serde_json::from_slice(&body).map_err(|_| NotGiven::NoIssuer)?;
    Ok(given.access_token)
}
