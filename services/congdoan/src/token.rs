//! `congdoan token`: asks the development issuer for an access token.

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
use crate::fault::{ISSUER_AWAY, fault};
use crate::language::tell;
use crate::output::{is_json, line, print_json};
use crate::running::Running;
use crate::told::read_file;

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
    if is_json() {
        print_json(&json!({ "accessToken": given, "issuer": issuer, "subject": token.subject }));
    } else {
        line(&given);
    }
    Ok(())
}

/// How long a token holds that is signed here, in seconds.
const LIFETIME: u64 = 3_600;

/// Signs a token as an identity provider would that holds this private key: for a trial of a
/// deployment that has none yet.
fn sign(key: &Path, issuer: &str, subject: &str) -> anyhow::Result<String> {
    let pem = read_file(key)?;
    let key = EncodingKey::from_ed_pem(&pem).map_err(|_| {
        let key = key.display();
        anyhow::Error::msg(tell!(
            "{key} không phải khóa riêng Ed25519 dạng PEM",
            "{key} is no Ed25519 private key in PEM"
        ))
    })?;
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
    let no_address = || {
        tell!(
            "{issuer} không phải là địa chỉ như http://127.0.0.1:1234",
            "{issuer} is no address such as http://127.0.0.1:1234"
        )
    };
    let uri: Uri = issuer.parse().map_err(|_| anyhow::Error::msg(no_address()))?;
    let authority = uri.authority().with_context(no_address)?;
    let stream = TcpStream::connect(authority.as_str()).await.map_err(|_| {
        fault(
            ISSUER_AWAY,
            tell!(
                "không có ai cấp mã ở {issuer}; hệ thống có đang chạy không?",
                "nobody gives tokens at {issuer}; is the system running?"
            ),
        )
    })?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);

    let request = Request::post("/token")
        .header(header::HOST, authority.as_str())
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::<Bytes>::from(json!({ "subject": subject }).to_string()))?;
    let response = sender.send_request(request).await.map_err(|_| {
        anyhow::Error::msg(tell!(
            "nơi cấp mã ở {issuer} không trả lời",
            "the issuer at {issuer} does not answer"
        ))
    })?;
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    connection.abort();
    if status != StatusCode::OK {
        let said = String::from_utf8_lossy(&body);
        bail!(tell!("nơi cấp mã từ chối: {said}", "the development issuer refused: {said}"));
    }
    let given: Given = serde_json::from_slice(&body).map_err(|_| {
        anyhow::Error::msg(tell!(
            "ở {issuer} không phải nơi cấp mã thử nghiệm",
            "there is no development issuer at {issuer}"
        ))
    })?;
    Ok(given.access_token)
}
