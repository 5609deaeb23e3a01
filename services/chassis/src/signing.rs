//! Keys that sign what others verify without asking anybody: they have the public half.
//!
//! One file has all of them, each with the day from which on it signs: the newest whose day has come
//! does, and each is published as long as it stands there.
//!
//! ```toml
//! [[key]]
//! id = "1"                    # letters and digits, at most 12
//! from_on = "2026-03-01"      # from when on it signs
//! seed = "…"                  # 32 random bytes in base64: openssl rand -base64 32
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, anyhow, bail, ensure};
use aws_lc_rs::rand;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use time::Date;
use time::macros::format_description;

use crate::config::SecretFile;

/// All keys of a file, opened.
pub struct SigningKeys(BTreeMap<(Date, String), Ed25519KeyPair>);

/// A key as it is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// As it stands in signed texts.
    pub key_id: String,
    /// 32 bytes in base64url without padding.
    pub public_key: String,
    /// From when on it signs.
    pub from_on: Date,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    key: Vec<Key>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    /// Letters and digits.
    id: String,
    /// `2026-11-22`: from when on it signs.
    from_on: String,
    /// 32 random bytes in base64: the private key of RFC 8032.
    seed: String,
}

const KEY_ID_MAX: usize = 12;

/// Makes a file with a first key, unless it is there; readable by this user alone.
pub fn create(path: &Path, today: Date) -> anyhow::Result<()> {
    let mut seed = [0; 32];
    rand::fill(&mut seed).map_err(|_| anyhow!("the system has no randomness"))?;
    let key = Key { id: "1".to_owned(), from_on: today.to_string(), seed: STANDARD.encode(seed) };
    let text = toml::to_string(&File { key: vec![key] }).context("write the signing keys")?;
    match fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => file
            .write_all(text.as_bytes())
            .with_context(|| format!("write the key file {}", path.display())),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error).with_context(|| format!("create the key file {}", path.display())),
    }
}

impl SigningKeys {
    /// Opens a file; one of its keys has to hold today.
    pub fn open(secret: &SecretFile, today: Date) -> anyhow::Result<Self> {
        let file: File = toml::from_str(&secret.read()?)
            // What toml says of it could repeat a line of it.
            .map_err(|_| anyhow!("no file of signing keys: {}", secret.path().display()))?;
        let mut keys = BTreeMap::new();
        for key in file.key {
            let id = key.id;
            let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric());
            ensure!(plain && (1..=KEY_ID_MAX).contains(&id.len()), "a signing key has no plain id");
            let from_on = Date::parse(&key.from_on, format_description!("[year]-[month]-[day]"))
                .with_context(|| format!("the date of signing key {id}"))?;
            let seed = STANDARD
                .decode(key.seed.trim())
                .map_err(|_| anyhow!("signing key {id} is not base64"))?;
            let pair = Ed25519KeyPair::from_seed_unchecked(&seed)
                .map_err(|_| anyhow!("signing key {id} has not 32 bytes"))?;
            ensure!(keys.keys().all(|(_, known)| *known != id), "signing key {id} is there twice");
            keys.insert((from_on, id), pair);
        }
        let keys = Self(keys);
        if keys.0.keys().all(|(from_on, _)| *from_on > today) {
            bail!("no signing key holds today");
        }
        Ok(keys)
    }

    /// Signs a text that is made of the id of the key that signs today; answers that id, the text and the
    /// signature, in base64url without padding.
    pub fn sign(
        &self,
        today: Date,
        text: impl FnOnce(&str) -> String,
    ) -> anyhow::Result<(String, String, String)> {
        let key = self.0.iter().rfind(|((from_on, _), _)| *from_on <= today);
        let ((_, id), pair) = key.context("no signing key holds today")?;
        let text = text(id);
        let signature = URL_SAFE_NO_PAD.encode(pair.sign(text.as_bytes()).as_ref());
        Ok((id.clone(), text, signature))
    }

    /// Those with which signed texts are verified, the oldest first.
    pub fn published(&self) -> Vec<PublicKey> {
        let keys = self.0.iter().map(|((from_on, key_id), pair)| PublicKey {
            key_id: key_id.clone(),
            public_key: URL_SAFE_NO_PAD.encode(pair.public_key().as_ref()),
            from_on: *from_on,
        });
        keys.collect()
    }
}

/// Whether a signature, in base64url without padding, is one of a text by a public key.
pub fn verifies(public_key: &str, text: &str, signature: &str) -> bool {
    let (Ok(key), Ok(signature)) =
        (URL_SAFE_NO_PAD.decode(public_key), URL_SAFE_NO_PAD.decode(signature))
    else {
        return false;
    };
    UnparsedPublicKey::new(&ED25519, key).verify(text.as_bytes(), &signature).is_ok()
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKeys").field(&self.0.len()).finish()
    }
}
