//! `congdoan token`: asks the development issuer for an access token.

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail};
use gateway::development_issuer::AUDIENCE;
use http::{Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
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
    let given = match &token.key {
        Some(key) => sign(key, &issuer, &token.subject)?,
        None => ask(&issuer, &token.subject).await?,
    };
    println!("{given}");
    Ok(())
}

/// How long a token holds that is signed here, in seconds.
const LIFETIME: u64 = 3_600;

/// Signs a token as an identity provider would that holds this private key: for a trial of a
/// deployment that has none yet.
fn sign(key: &Path, issuer: &str, subject: &str) -> anyhow::Result<String> {
    let pem = fs::read(key).with_context(|| format!("read {}", key.display()))?;
    let key = EncodingKey::from_ed_pem(&pem).context("use the key as an Ed25519 private key")?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).context("read the clock")?.as_secs();
    let claims = json!({
        "iss": issuer,
        "sub": subject,
        "aud": AUDIENCE,
        "iat": now,
        "nbf": now,
        "exp": now + LIFETIME,
    });
    jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &key).context("sign the token")
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
        .body(Full::<Bytes>::from(json!({ "subject": subject }).to_string()))?;
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
