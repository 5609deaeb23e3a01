//! `congdoan token`: asks the development issuer for an access token.

use anyhow::{Context, bail};
use http::{Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpStream;

use crate::cli::Token;
use crate::running::Running;

/// Prints the token and nothing else, so that it can stand in another command.
pub async fn run(token: Token) -> anyhow::Result<()> {
    let issuer = match token.issuer {
        Some(issuer) => issuer,
        None => Running::read(&token.data)?.issuer,
    };
    println!("{}", ask(&issuer, &token.subject).await?);
    Ok(())
}

#[derive(Deserialize)]
struct Given {
    access_token: String,
}

/// Asks a development issuer for a token for a subject.
pub async fn ask(issuer: &str, subject: &str) -> anyhow::Result<String> {
    let uri: Uri = issuer.parse().with_context(|| format!("{issuer} is not an address"))?;
    let authority = uri.authority().with_context(|| format!("{issuer} names no host"))?;
    let stream = TcpStream::connect(authority.as_str())
        .await
        .with_context(|| format!("connect to the development issuer at {issuer}"))?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);

    let request = Request::post("/token")
        .header(header::HOST, authority.as_str())
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::new(json!({ "subject": subject }).to_string()))?;
    let response = sender.send_request(request).await.context("ask for a token")?;
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    connection.abort();
    if status != StatusCode::OK {
        bail!("the development issuer refused: {status} {}", String::from_utf8_lossy(&body));
    }
    let given: Given = serde_json::from_slice(&body).context("understand the issuer's answer")?;
    Ok(given.access_token)
}
