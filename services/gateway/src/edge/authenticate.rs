//! Who is calling: access tokens of the issuers that the configuration names.
//!
//! An issuer has exactly one algorithm and its keys come from a file, never from the
//! network: a token cannot choose by what it is verified. `aud`, `exp`, `nbf`, `iss` and
//! `sub` are required.
//!
//! What was believed once is believed again without its signature being verified again, as long
//! as it has not expired and its issuer's keys are the same: verifying costs more than most of
//! what is refused.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use chassis::access::remembered::Remembered;
use chassis::access::token::{now, sha256};
use chassis::call::Caller;
use http::{HeaderMap, header};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

use crate::error::Refused;

/// Keys of the development issuer are called so; see [`Issuers::has_development_issuer`].
pub const DEVELOPMENT_KEY: &str = "development-";
/// In whose name parts of the system act; see [`Caller::system`].
const SYSTEM: &str = "system";
/// How far the clocks of issuer and gateway may be apart.
const LEEWAY_SECONDS: u64 = 30;
/// Why the caller says that personal data is read; passed on, recorded by the services.
const PURPOSE: &str = "congdoan-purpose";
const PURPOSE_BYTES_MAX: usize = 200;
/// A token longer than this is not looked at.
const TOKEN_BYTES_MAX: usize = 16 * 1024;

/// Somebody whose access tokens are believed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerConfig {
    /// As it stands in `iss`, and before the `#` in the names of actors.
    pub issuer: String,
    /// What must stand in `aud`.
    pub audience: String,
    /// The one algorithm: `ES256`, `ES384`, `RS256`, `RS384`, `RS512`, `PS256`, `PS384`,
    /// `PS512` or `EdDSA`.
    pub algorithm: Algorithm,
    /// A file: a JWKS document, or one public key as PEM.
    pub keys: PathBuf,
    /// True for the development issuer, which gives a token to anybody who asks: the gateway
    /// then listens on loopback only.
    #[serde(default)]
    pub development: bool,
}

/// The issuers that are believed, by `iss`.
pub struct Issuers {
    by_name: HashMap<String, Issuer>,
    /// Whom tokens name that were verified, by the tokens' SHA-256, with the generation of the
    /// keys by which they were.
    verified: Remembered<[u8; 32], (Caller, u64)>,
    /// How often keys are read again, at most.
    every: Duration,
}

struct Issuer {
    config: IssuerConfig,
    validation: Validation,
    keys: RwLock<Keys>,
    read_at: Mutex<Instant>,
}

/// Keys by their `kid`; a PEM file holds one without a name.
#[derive(Default)]
struct Keys {
    named: HashMap<String, DecodingKey>,
    unnamed: Option<DecodingKey>,
    /// What was in the file.
    text: String,
    /// Counts how often that was something else than before.
    generation: u64,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    /// Required, and checked before we see it.
    #[serde(default)]
    exp: f64,
    /// The office that the issuer says the subject holds; an office can carry grants.
    #[serde(default)]
    office: Option<String>,
}

/// What a token says of its issuer before it is verified: only to choose the key.
#[derive(Deserialize)]
struct Unverified {
    iss: String,
}

impl Issuers {
    /// Reads every issuer's keys.
    pub fn read(configs: &[IssuerConfig], every: Duration) -> anyhow::Result<Self> {
        let mut by_name = HashMap::new();
        for config in configs {
            // A `#` ends the issuer in the name of an actor; `system` is no issuer's name.
            if config.issuer.is_empty() || config.issuer.contains('#') || config.issuer == SYSTEM {
                bail!("{:?} cannot be the name of an issuer", config.issuer);
            }
            if matches!(config.algorithm, Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512) {
                bail!(
                    "the issuer {} would share a secret with us: it needs a public key",
                    config.issuer
                );
            }
            let keys = Keys::read(config)?;
            if keys.are_none() {
                bail!(
                    "there is no named key for {:?} in {}",
                    config.algorithm,
                    config.keys.display()
                );
            }
            let issuer = Issuer {
                validation: validation(config),
                keys: RwLock::new(keys),
                read_at: Mutex::new(Instant::now()),
                config: config.clone(),
            };
            if by_name.insert(config.issuer.clone(), issuer).is_some() {
                bail!("the issuer {} is configured twice", config.issuer);
            }
        }
        Ok(Self { by_name, verified: Remembered::default(), every })
    }

    /// True when one of the issuers gives tokens to anybody who asks: said by the
    /// configuration, or seen by the name of its key.
    pub fn has_development_issuer(&self) -> bool {
        self.by_name.values().any(|issuer| {
            let keys = issuer.keys.read().unwrap_or_else(PoisonError::into_inner);
            issuer.config.development
                || keys.named.keys().any(|name| name.starts_with(DEVELOPMENT_KEY))
        })
    }

    /// The end user on whose rights the call will be decided.
    pub fn caller(&self, headers: &HeaderMap) -> Result<Caller, Refused> {
        let invalid = |cause| Refused::AccessTokenInvalid { cause };
        let value = headers.get(header::AUTHORIZATION).ok_or(invalid("absent"))?;
        let (scheme, token) = value
            .to_str()
            .ok()
            .and_then(|value| value.split_once(' '))
            .ok_or(invalid("malformed"))?;
        if !scheme.eq_ignore_ascii_case("bearer") || token.len() > TOKEN_BYTES_MAX {
            return Err(invalid("malformed"));
        }
        let token = token.trim();
        let (name, at) = (sha256(token.as_bytes()), now());
        if let Some((caller, generation)) = self.verified.get(&name, at)
            && self.generation(&caller.issuer) == Some(generation)
        {
            return Ok(Caller { purpose: purpose(headers)?, ..caller });
        }
        let (caller, generation, until) = self.verify(token)?;
        self.verified.keep(name, (caller.clone(), generation), at, until);
        Ok(Caller { purpose: purpose(headers)?, ..caller })
    }

    /// Whom a token names, by which keys of the issuer, and until which second since 1970.
    fn verify(&self, token: &str) -> Result<(Caller, u64, u64), Refused> {
        let invalid = |cause| Refused::AccessTokenInvalid { cause };
        let head = jsonwebtoken::decode_header(token).map_err(|_| invalid("malformed"))?;
        let named: Unverified = jsonwebtoken::dangerous::insecure_decode_claims(token)
            .map_err(|_| invalid("malformed"))?;
        let issuer = self.by_name.get(&named.iss).ok_or(invalid("issuer"))?;
        if head.alg != issuer.config.algorithm {
            return Err(invalid("algorithm"));
        }
        issuer.refresh(self.every);
        let (key, generation) = issuer.key(head.kid.as_deref()).ok_or(invalid("key"))?;
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &issuer.validation)
            .map_err(|error| invalid(cause(error.kind())))?
            .claims;
        let unspeakable = |text: &str| text.len() > 255 || text.chars().any(char::is_control);
        if claims.sub.is_empty() || unspeakable(&claims.sub) {
            return Err(invalid("subject"));
        }
        if claims.office.as_deref().is_some_and(unspeakable) {
            return Err(invalid("office"));
        }
        let caller = Caller {
            issuer: claims.iss,
            subject: claims.sub,
            office: claims.office.filter(|office| !office.is_empty()),
            purpose: None,
        };
        // Some issuers write parts of seconds; what is left of one is not worth remembering.
        Ok((caller, generation, claims.exp as u64 + LEEWAY_SECONDS))
    }

    /// Counts the keys that an issuer has had, as they are known now.
    fn generation(&self, issuer: &str) -> Option<u64> {
        let issuer = self.by_name.get(issuer)?;
        issuer.refresh(self.every);
        let keys = issuer.keys.read().unwrap_or_else(PoisonError::into_inner);
        Some(keys.generation)
    }
}

fn validation(config: &IssuerConfig) -> Validation {
    let mut validation = Validation::new(config.algorithm);
    validation.set_required_spec_claims(&["aud", "exp", "nbf", "iss", "sub"]);
    validation.set_audience(&[&config.audience]);
    validation.set_issuer(&[&config.issuer]);
    // Off unless asked for: a token of tomorrow would be good today.
    validation.validate_nbf = true;
    validation.leeway = LEEWAY_SECONDS;
    validation
}

fn purpose(headers: &HeaderMap) -> Result<Option<String>, Refused> {
    let Some(value) = headers.get(PURPOSE) else { return Ok(None) };
    match value.to_str() {
        Ok(text) if text.len() <= PURPOSE_BYTES_MAX => {
            Ok(Some(text.to_string()).filter(|text| !text.is_empty()))
        }
        _ => Err(Refused::HeaderMalformed { header: PURPOSE }),
    }
}

/// One word for what is wrong, as `metadata.cause`.
fn cause(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::ExpiredSignature => "expired",
        ErrorKind::ImmatureSignature => "not_yet_valid",
        ErrorKind::InvalidAudience => "audience",
        ErrorKind::InvalidIssuer => "issuer",
        ErrorKind::InvalidSubject => "subject",
        ErrorKind::InvalidAlgorithm => "algorithm",
        ErrorKind::InvalidSignature => "signature",
        ErrorKind::MissingRequiredClaim(_) => "claim_missing",
        _ => "malformed",
    }
}

impl Issuer {
    /// Reads the keys again, not more often than that, so that they rotate without a restart: a
    /// new one is known soon, and one that was taken out is refused soon.
    fn refresh(&self, every: Duration) {
        {
            let mut read_at = self.read_at.lock().unwrap_or_else(PoisonError::into_inner);
            if read_at.elapsed() < every {
                return;
            }
            *read_at = Instant::now();
        }
        match Keys::read(&self.config) {
            Ok(read) => {
                let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
                if read.text != keys.text {
                    *keys = Keys { generation: keys.generation + 1, ..read };
                }
            }
            Err(error) => tracing::error!(
                issuer = self.config.issuer,
                error = format!("{error:#}"),
                "the keys of an issuer cannot be read; the known ones stay"
            ),
        }
    }

    /// The key of this name, and to which keys it belongs.
    fn key(&self, name: Option<&str>) -> Option<(DecodingKey, u64)> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let key = match name.and_then(|name| keys.named.get(name)) {
            Some(key) => key.clone(),
            None => keys.unnamed.clone()?,
        };
        Some((key, keys.generation))
    }
}

impl Keys {
    fn read(config: &IssuerConfig) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(&config.keys)
            .with_context(|| format!("read the keys in {}", config.keys.display()))?;
        let keys = Self::parse(&text, config.algorithm)
            .with_context(|| format!("understand the keys in {}", config.keys.display()))?;
        Ok(Self { text, ..keys })
    }

    /// True of a document without a key that we could use. At the start that is a mistake; later
    /// it says that no key is believed any more.
    fn are_none(&self) -> bool {
        self.named.is_empty() && self.unnamed.is_none()
    }

    fn parse(text: &str, algorithm: Algorithm) -> anyhow::Result<Self> {
        if text.trim_start().starts_with("-----BEGIN") {
            return Ok(Self {
                unnamed: Some(from_pem(text.as_bytes(), algorithm)?),
                ..Self::default()
            });
        }
        let set: JwkSet = serde_json::from_str(text)?;
        let mut named = HashMap::new();
        for jwk in &set.keys {
            let Some(name) = jwk.common.key_id.clone() else { continue };
            // Keys for other algorithms, or of kinds that we do not know, are not ours.
            match DecodingKey::from_jwk(jwk) {
                Ok(key) if key.family().algorithms().contains(&algorithm) => {
                    named.insert(name, key);
                }
                _ => {}
            }
        }
        Ok(Self { named, ..Self::default() })
    }
}

fn from_pem(pem: &[u8], algorithm: Algorithm) -> anyhow::Result<DecodingKey> {
    Ok(match algorithm {
        Algorithm::ES256 | Algorithm::ES384 => DecodingKey::from_ec_pem(pem)?,
        Algorithm::EdDSA => DecodingKey::from_ed_pem(pem)?,
        Algorithm::RS256
        | Algorithm::RS384
        | Algorithm::RS512
        | Algorithm::PS256
        | Algorithm::PS384
        | Algorithm::PS512 => DecodingKey::from_rsa_pem(pem)?,
        Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => {
            bail!("a shared secret is no public key")
        }
        other => bail!("{other:?} is not supported"),
    })
}
