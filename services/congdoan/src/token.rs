//! `congdoan token`: an access token, asked of the development issuer or signed here.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use gateway::edge::development_issuer::AUDIENCE;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::json;

use crate::cli::Token;
use crate::language::tell;
use crate::output::{is_json, line, print_json};
use crate::reach::token_of;
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
        None => token_of(&issuer, &token.subject).await?,
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
