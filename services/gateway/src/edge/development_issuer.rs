//! Stands in for an identity provider on a developer's machine.
//!
//! A listener on loopback that gives a signed access token to anybody who asks. Its key is
//! made at the first start and kept in the data directory, with the address, so that tokens
//! and the grants of their subjects outlive a restart. A gateway that believes this issuer
//! refuses to listen on anything but loopback ([`crate::start`]).

use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jsonwebtoken::jwk::{Jwk, JwkSet, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::edge::authenticate::{DEVELOPMENT_KEY, IssuerConfig};

/// The audience of its tokens.
pub const AUDIENCE: &str = "congdoan";
/// How long a token holds.
const LIFETIME: Duration = Duration::from_secs(3600);

const KEY_FILE: &str = "key.pk8";
const KEYS_FILE: &str = "jwks.json";
const ADDRESS_FILE: &str = "address";

/// A running development issuer; it ends when it is dropped.
pub struct DevelopmentIssuer {
    signer: Arc<TokenSigner>,
    keys: PathBuf,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<()>,
}

/// Signs access tokens, as an identity provider would.
struct TokenSigner {
    issuer: String,
    key_id: String,
    key: EncodingKey,
    keys: JwkSet,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: u64,
    nbf: u64,
    exp: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    office: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenRequest {
    subject: String,
    #[serde(default)]
    office: Option<String>,
}

impl DevelopmentIssuer {
    /// Listens on `address`, which must be loopback, with the key in `directory`, made if
    /// there is none. Port 0 means the port of the first start, or a free one.
    pub async fn start(directory: &Path, address: SocketAddr) -> anyhow::Result<Self> {
        if !address.ip().is_loopback() {
            bail!("the development issuer listens on loopback only, not on {address}");
        }
        fs::create_dir_all(directory)
            .with_context(|| format!("make the directory {}", directory.display()))?;
        let listener = TcpListener::bind(address_of_first_start(directory, address)?)
            .await
            .context("open the development issuer's port")?;
        let address = listener.local_addr().context("learn the development issuer's port")?;
        write_private(&directory.join(ADDRESS_FILE), address.to_string().as_bytes())?;

        let signer = Arc::new(TokenSigner::new(&key(directory)?, format!("http://{address}"))?);
        let keys = directory.join(KEYS_FILE);
        fs::write(&keys, serde_json::to_vec(&signer.keys)?)
            .with_context(|| format!("write {}", keys.display()))?;

        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks.json", get(published_keys))
            .route("/token", post(give_token))
            .with_state(signer.clone());
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(async move {
            let serving = axum::serve(listener, routes).with_graceful_shutdown(async {
                // Stopped, or dropped: both end it.
                let _ = stopped.await;
            });
            if let Err(error) = serving.await {
                tracing::error!(%error, "the development issuer ended");
            }
        });
        Ok(Self { signer, keys, stop: Some(stop), served })
    }

    /// As it stands in `iss`; also its address.
    pub fn issuer(&self) -> &str {
        &self.signer.issuer
    }

    /// What a gateway needs to believe this issuer.
    pub fn configuration(&self) -> IssuerConfig {
        IssuerConfig {
            issuer: self.signer.issuer.clone(),
            audience: AUDIENCE.to_string(),
            algorithm: Algorithm::ES256,
            keys: self.keys.clone(),
            development: true,
        }
    }

    /// An access token for this subject, for an hour.
    pub fn token(&self, subject: &str) -> anyhow::Result<String> {
        self.signer.token(subject, None)
    }

    /// An access token for this subject, acting for an office.
    pub fn token_for_office(&self, subject: &str, office: &str) -> anyhow::Result<String> {
        self.signer.token(subject, Some(office))
    }

    /// Stops listening.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            // It may have ended by itself.
            let _ = stop.send(());
        }
        let _ = (&mut self.served).await;
    }
}

/// The address of the first start where no port was asked for: the issuer's name holds it,
/// and grants hold the issuer's name.
fn address_of_first_start(directory: &Path, asked: SocketAddr) -> anyhow::Result<SocketAddr> {
    if asked.port() != 0 {
        return Ok(asked);
    }
    match fs::read_to_string(directory.join(ADDRESS_FILE)) {
        Ok(text) => text.trim().parse().context("read the development issuer's address"),
        Err(_) => Ok(asked),
    }
}

/// The private key, made at the first start (PKCS #8).
fn key(directory: &Path) -> anyhow::Result<Vec<u8>> {
    let path = directory.join(KEY_FILE);
    if path.exists() {
        return fs::read(&path).with_context(|| format!("read {}", path.display()));
    }
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
        .map_err(|_| anyhow::anyhow!("make the development issuer's key"))?;
    write_private(&path, made.as_ref())?;
    Ok(made.as_ref().to_vec())
}

fn write_private(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(content))
        .with_context(|| format!("write {}", path.display()))
}

impl TokenSigner {
    fn new(key: &[u8], issuer: String) -> anyhow::Result<Self> {
        let key = EncodingKey::from_ec_der(key);
        let mut jwk = Jwk::from_encoding_key(&key, Algorithm::ES256)
            .context("tell the development issuer's public key")?;
        let thumbprint =
            jwk.thumbprint(ThumbprintHash::SHA256).context("name the development issuer's key")?;
        let key_id = format!("{DEVELOPMENT_KEY}{thumbprint}");
        jwk.common.key_id = Some(key_id.clone());
        Ok(Self { issuer, key_id, key, keys: JwkSet { keys: vec![jwk] } })
    }

    fn token(&self, subject: &str, office: Option<&str>) -> anyhow::Result<String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).context("read the clock")?;
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.key_id.clone());
        let claims = Claims {
            iss: &self.issuer,
            sub: subject,
            aud: AUDIENCE,
            iat: now.as_secs(),
            nbf: now.as_secs(),
            exp: (now + LIFETIME).as_secs(),
            office,
        };
        jsonwebtoken::encode(&header, &claims, &self.key).context("sign an access token")
    }
}

async fn discovery(State(signer): State<Arc<TokenSigner>>) -> Json<serde_json::Value> {
    let issuer = &signer.issuer;
    Json(json!({
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/jwks.json"),
        "token_endpoint": format!("{issuer}/token"),
        "response_types_supported": ["token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    }))
}

async fn published_keys(State(signer): State<Arc<TokenSigner>>) -> Json<JwkSet> {
    Json(signer.keys.clone())
}

async fn give_token(
    State(signer): State<Arc<TokenSigner>>,
    Json(asked): Json<TokenRequest>,
) -> Response {
    if asked.subject.is_empty() {
        let refused =
            json!({ "error": "invalid_request", "error_description": "subject is empty" });
        return (StatusCode::BAD_REQUEST, Json(refused)).into_response();
    }
    match signer.token(&asked.subject, asked.office.as_deref()) {
        Ok(token) => Json(json!({
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": LIFETIME.as_secs(),
        }))
        .into_response(),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "no token was signed");
            (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "error": "server_error" })))
                .into_response()
        }
    }
}
