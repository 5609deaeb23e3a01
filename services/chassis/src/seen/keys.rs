//! The keys that seal what callers carry for us.

use std::fmt;

use anyhow::ensure;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Of the sealed form, not of its content.
const VERSION: u8 = 1;
const SEAL_BYTES: usize = 32;
const SECRET_BYTES_MIN: usize = 32;

/// Secrets that all services share. The first seals; every one opens, so that a secret can
/// be replaced without refusing the tokens that are under way.
pub struct Keys(Vec<hmac::Key>);

impl Keys {
    /// Seals and opens with one secret: at least 32 random bytes, the same in every service.
    pub fn new(secret: &[u8]) -> anyhow::Result<Self> {
        Ok(Self(vec![key(secret)?]))
    }

    /// Also opens what an older secret has sealed.
    pub fn also_opening(mut self, secret: &[u8]) -> anyhow::Result<Self> {
        self.0.push(key(secret)?);
        Ok(self)
    }

    /// Seals `content` for one purpose, bound to something that the token does not contain.
    pub(crate) fn seal(&self, purpose: &str, bound_to: &[u8], content: &[u8]) -> String {
        let mut token = Vec::with_capacity(1 + content.len() + SEAL_BYTES);
        token.push(VERSION);
        token.extend_from_slice(content);
        if let Some(key) = self.0.first() {
            token.extend_from_slice(hmac::sign(key, &sealed(purpose, bound_to, content)).as_ref());
        }
        URL_SAFE_NO_PAD.encode(token)
    }

    /// The content of a token that was sealed for this purpose and bound to the same.
    pub(crate) fn open(&self, purpose: &str, bound_to: &[u8], token: &str) -> Option<Vec<u8>> {
        let token = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (&version, rest) = token.split_first()?;
        if version != VERSION {
            return None;
        }
        let (content, seal) = rest.split_at_checked(rest.len().checked_sub(SEAL_BYTES)?)?;
        let message = sealed(purpose, bound_to, content);
        // `verify` compares in constant time.
        self.0.iter().any(|key| hmac::verify(key, &message, seal).is_ok()).then(|| content.to_vec())
    }
}

fn key(secret: &[u8]) -> anyhow::Result<hmac::Key> {
    ensure!(
        secret.len() >= SECRET_BYTES_MIN,
        "a sealing secret has {} bytes; the least is {SECRET_BYTES_MIN}",
        secret.len()
    );
    Ok(hmac::Key::new(hmac::HMAC_SHA256, secret))
}

/// What the seal covers. Lengths are part of it, so that no two divisions of the same bytes
/// have the same seal.
fn sealed(purpose: &str, bound_to: &[u8], content: &[u8]) -> Vec<u8> {
    let mut message = vec![VERSION];
    for part in [purpose.as_bytes(), bound_to, content] {
        message.extend_from_slice(&(part.len() as u64).to_be_bytes());
        message.extend_from_slice(part);
    }
    message
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({})", self.0.len())
    }
}
