//! Internal tokens: who speaks to whom, and for which end user. A minute old at most.
//!
//! A token is a JWT signed with Ed25519, whose `kid` is the name of its signer. The gateway,
//! and only the gateway, speaks for end users; the others speak for themselves, to follow
//! feeds. A token carries no rights.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, anyhow, ensure};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::errors::ErrorKind as Fault;
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode,
};
use serde::{Deserialize, Serialize};

use super::remembered::Remembered;
use crate::call::Caller;
use crate::config::SecretFile;

/// The one signer that may speak for end users.
pub const GATEWAY: &str = "gateway";

/// How long a token is good for, in seconds; one that says more is refused.
const LIFETIME: u64 = 60;
/// How old a token may be that is sent once more: what is left is for the way.
const SENT_AGAIN: u64 = LIFETIME / 2;
/// How far two clocks may lie apart, in seconds.
const LEEWAY: u64 = 5;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    /// The service that is spoken to.
    aud: String,
    iat: u64,
    exp: u64,
    /// The end user; absent where the signer speaks for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<User>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct User {
    issuer: String,
    subject: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    office: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    purpose: Option<String>,
}

/// In whose name a call was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// An end user, for whom the gateway speaks.
    User(Caller),
    /// A service that speaks for itself.
    Service(String),
}

/// Signs internal tokens in one name.
pub struct Signer {
    name: String,
    key: EncodingKey,
    public_pem: String,
    /// Tokens by whom they speak to and for whom: signing one takes longer than reading it.
    signed: Remembered<(String, Caller), String>,
}

impl Signer {
    /// The signer whose private key is in a PEM file.
    pub fn from_pem_file(name: &str, file: &SecretFile) -> anyhow::Result<Self> {
        Self::from_pem(name, &file.read()?)
            .with_context(|| format!("use the private key in {}", file.path().display()))
    }

    /// A signer with a new key.
    pub fn generate(name: &str) -> anyhow::Result<Self> {
        Self::from_pem(name, &new_private_pem()?)
    }

    fn from_pem(name: &str, pem: &str) -> anyhow::Result<Self> {
        let der = from_pem_text(pem, "PRIVATE KEY")?;
        let pair = Ed25519KeyPair::from_pkcs8(&der)
            .map_err(|error| anyhow!("not an Ed25519 private key in PKCS#8: {error}"))?;
        Ok(Self {
            name: name.to_string(),
            key: EncodingKey::from_ed_der(&der),
            public_pem: to_pem_text("PUBLIC KEY", &subject_public_key_info(&pair)),
            signed: Remembered::default(),
        })
    }

    /// The name that it signs in.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public key, for those who are to believe this signer.
    pub fn public_pem(&self) -> &str {
        &self.public_pem
    }

    /// A token that speaks for an end user to the service `audience`; the one of some seconds
    /// ago, if there is one.
    pub fn for_user(&self, audience: &str, caller: &Caller) -> anyhow::Result<String> {
        let about = (audience.to_string(), caller.clone());
        let issued = now();
        if let Some(token) = self.signed.get(&about, issued) {
            return Ok(token);
        }
        let user = User {
            issuer: caller.issuer.clone(),
            subject: caller.subject.clone(),
            office: caller.office.clone(),
            purpose: caller.purpose.clone(),
        };
        let token = self.sign(audience, Some(user), issued, LIFETIME)?;
        self.signed.keep(about, token.clone(), issued, issued + SENT_AGAIN);
        Ok(token)
    }

    /// A token by which the signer speaks for itself to the service `audience`.
    pub fn for_itself(&self, audience: &str) -> anyhow::Result<String> {
        self.sign(audience, None, now(), LIFETIME)
    }

    fn sign(
        &self,
        audience: &str,
        user: Option<User>,
        issued: u64,
        lifetime: u64,
    ) -> anyhow::Result<String> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.name.clone());
        let claims =
            Claims { aud: audience.to_string(), iat: issued, exp: issued + lifetime, user };
        encode(&header, &claims, &self.key).context("sign an internal token")
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Believes the internal tokens that known signers made for one service.
pub struct Verifier {
    keys: HashMap<String, DecodingKey>,
    validation: Validation,
    /// By the SHA-256 of the token: the same one comes with each call of some seconds.
    believed: Remembered<[u8; 32], Speaker>,
}

impl Verifier {
    /// Believes those signers, by name, whose public keys (PEM) are given.
    pub fn new<'a>(
        audience: &str,
        signers: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> anyhow::Result<Self> {
        let mut keys = HashMap::new();
        for (name, pem) in signers {
            let key = DecodingKey::from_ed_pem(pem.as_bytes())
                .with_context(|| format!("use the public key of {name}"))?;
            keys.insert(name.to_string(), key);
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_required_spec_claims(&["exp", "aud"]);
        validation.set_audience(&[audience]);
        validation.leeway = LEEWAY;
        Ok(Self { keys, validation, believed: Remembered::default() })
    }

    /// Believes those signers whose public keys are in these files.
    pub fn from_files(audience: &str, signers: &BTreeMap<String, PathBuf>) -> anyhow::Result<Self> {
        let mut read = BTreeMap::new();
        for (name, path) in signers {
            let pem = fs::read_to_string(path)
                .with_context(|| format!("read the public key in {}", path.display()))?;
            read.insert(name.as_str(), pem);
        }
        Self::new(audience, read.iter().map(|(name, pem)| (*name, pem.as_str())))
    }

    /// Who speaks; or, in one word, why the token is not believed.
    pub fn verify(&self, token: &str) -> Result<Speaker, &'static str> {
        let (name, at) = (sha256(token.as_bytes()), now());
        if let Some(speaker) = self.believed.get(&name, at) {
            return Ok(speaker);
        }
        let (speaker, until) = self.verify_anew(token)?;
        self.believed.keep(name, speaker.clone(), at, until);
        Ok(speaker)
    }

    /// The same, and until when the token is good.
    fn verify_anew(&self, token: &str) -> Result<(Speaker, u64), &'static str> {
        let header = decode_header(token).map_err(|_| "malformed")?;
        let signer = header.kid.ok_or("signer")?;
        let key = self.keys.get(&signer).ok_or("signer")?;
        let claims = decode::<Claims>(token, key, &self.validation)
            .map_err(|error| match error.kind() {
                Fault::ExpiredSignature => "expired",
                Fault::InvalidAudience => "audience",
                Fault::InvalidSignature => "signature",
                Fault::InvalidAlgorithm => "algorithm",
                _ => "malformed",
            })?
            .claims;
        if claims.iat > now() + LEEWAY || claims.exp.saturating_sub(claims.iat) > LIFETIME {
            return Err("lifetime");
        }
        let speaker = match claims.user {
            None => Speaker::Service(signer),
            Some(_) if signer != GATEWAY => return Err("signer"),
            Some(user) => Speaker::User(Caller {
                issuer: user.issuer,
                subject: user.subject,
                office: user.office,
                purpose: user.purpose,
            }),
        };
        Ok((speaker, claims.exp + LEEWAY))
    }
}

/// A token's name, by which it can be remembered without being kept.
pub fn sha256(token: &[u8]) -> [u8; 32] {
    let mut name = [0; 32];
    name.copy_from_slice(digest(&SHA256, token).as_ref());
    name
}

/// Seconds of the Unix epoch.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// The key files of a system that runs on one machine.
#[derive(Clone, Debug)]
pub struct Keys {
    folder: PathBuf,
}

pub use proto::services::SIGNERS;

/// Makes what is missing of the keys of a system that runs on one machine: a key pair for
/// each signer, and the secret by which all services seal consistency tokens. What is there
/// stays as it is.
pub fn keys_in(folder: impl Into<PathBuf>) -> anyhow::Result<Keys> {
    let keys = Keys { folder: folder.into() };
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&keys.folder)
        .with_context(|| format!("make the folder {}", keys.folder.display()))?;
    for name in SIGNERS {
        let private = keys.private(name);
        write_if_absent(private.path(), 0o600, || Ok(new_private_pem()?.into_bytes()))?;
        // Two processes may race for the private key: the public one is read off the winner.
        let signer = Signer::from_pem_file(name, &private)?;
        write_if_absent(&keys.public(name), 0o644, || Ok(signer.public_pem.clone().into_bytes()))?;
    }
    keys.secret("seen")?;
    Ok(keys)
}

impl Keys {
    /// The private key of a signer.
    pub fn private(&self, signer: &str) -> SecretFile {
        SecretFile::at(self.folder.join(format!("{signer}.key.pem")))
    }

    /// The file with the public key of a signer.
    pub fn public(&self, signer: &str) -> PathBuf {
        self.folder.join(format!("{signer}.pub.pem"))
    }

    /// The secret by which all services seal consistency tokens: 32 random bytes as a line of
    /// base64, for [`crate::seen::Keys`].
    pub fn seen(&self) -> SecretFile {
        SecretFile::at(self.folder.join("seen.key"))
    }

    /// Another such secret, made if it is missing.
    pub fn secret(&self, name: &str) -> anyhow::Result<SecretFile> {
        let path = self.folder.join(format!("{name}.key"));
        write_if_absent(&path, 0o600, || {
            let mut secret = vec![0; 32];
            aws_lc_rs::rand::fill(&mut secret).map_err(|_| anyhow!("no random bytes"))?;
            Ok(format!("{}\n", STANDARD.encode(secret)).into_bytes())
        })?;
        Ok(SecretFile::at(path))
    }
}

/// Writes a file whole or not at all; one that is there already wins.
fn write_if_absent(
    path: &Path,
    mode: u32,
    content: impl FnOnce() -> anyhow::Result<Vec<u8>>,
) -> anyhow::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let draft = path.with_extension(format!("{}.draft", uuid::Uuid::now_v7()));
    let write = || -> std::io::Result<fs::File> {
        fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&draft)
    };
    let content = content()?;
    let mut file = write().with_context(|| format!("make {}", draft.display()))?;
    file.write_all(&content)
        .and_then(|()| file.sync_all())
        .with_context(|| format!("write {}", draft.display()))?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft).with_context(|| format!("remove {}", draft.display()))?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(error).with_context(|| format!("make {}", path.display()))
        }
        _ => Ok(()),
    }
}

fn new_private_pem() -> anyhow::Result<String> {
    let der = Ed25519KeyPair::generate()
        .and_then(|pair| pair.to_pkcs8v1())
        .map_err(|_| anyhow!("make an Ed25519 key"))?;
    Ok(to_pem_text("PRIVATE KEY", der.as_ref()))
}

/// RFC 8410: an Ed25519 public key, 32 bytes, behind a head that is always the same.
fn subject_public_key_info(pair: &Ed25519KeyPair) -> Vec<u8> {
    const HEAD: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    [&HEAD[..], pair.public_key().as_ref()].concat()
}

fn to_pem_text(label: &str, der: &[u8]) -> String {
    // An Ed25519 key fits into one line, or two, of the 64 characters that PEM allows.
    let encoded = STANDARD.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in encoded.as_bytes().chunks(64) {
        text.extend(line.iter().map(|byte| char::from(*byte)));
        text.push('\n');
    }
    text + &format!("-----END {label}-----\n")
}

fn from_pem_text(pem: &str, label: &str) -> anyhow::Result<Vec<u8>> {
    let mut lines = pem.lines().map(str::trim).filter(|line| !line.is_empty());
    ensure!(
        lines.next() == Some(format!("-----BEGIN {label}-----").as_str()),
        "the file does not begin with a {label}"
    );
    let body: String = lines.take_while(|line| !line.starts_with("-----")).collect();
    STANDARD.decode(body).context("decode the key's PEM")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn an() -> Caller {
        Caller {
            issuer: "https://issuer.example".to_string(),
            subject: "an".to_string(),
            office: Some("0190b2c4-0000-7000-8000-000000000001".to_string()),
            purpose: None,
        }
    }

    fn signer(name: &str) -> Signer {
        Signer::generate(name).expect("a key")
    }

    fn believing(signers: &[&Signer]) -> Verifier {
        Verifier::new("registry", signers.iter().map(|s| (s.name(), s.public_pem())))
            .expect("public keys")
    }

    #[test]
    fn the_gateway_speaks_for_an_end_user() {
        let gateway = signer(GATEWAY);
        let token = gateway.for_user("registry", &an()).expect("signed");
        assert_eq!(believing(&[&gateway]).verify(&token), Ok(Speaker::User(an())));
    }

    #[test]
    fn another_service_speaks_for_itself_only() {
        let (gateway, membership) = (signer(GATEWAY), signer("membership"));
        let verifier = believing(&[&gateway, &membership]);
        let token = membership.for_itself("registry").expect("signed");
        assert_eq!(verifier.verify(&token), Ok(Speaker::Service("membership".to_string())));
        let token = membership.for_user("registry", &an()).expect("signed");
        assert_eq!(verifier.verify(&token), Err("signer"));
    }

    #[test]
    fn a_token_for_another_service_is_not_believed() {
        let gateway = signer(GATEWAY);
        let token = gateway.for_user("membership", &an()).expect("signed");
        assert_eq!(believing(&[&gateway]).verify(&token), Err("audience"));
    }

    #[test]
    fn a_token_signed_with_another_key_is_not_believed() {
        let (gateway, impostor) = (signer(GATEWAY), signer(GATEWAY));
        let token = impostor.for_user("registry", &an()).expect("signed");
        assert_eq!(believing(&[&gateway]).verify(&token), Err("signature"));
        let stranger = signer("stranger").for_itself("registry").expect("signed");
        assert_eq!(believing(&[&gateway]).verify(&stranger), Err("signer"));
    }

    #[test]
    fn a_token_is_good_for_a_minute_and_may_not_claim_more() {
        let gateway = signer(GATEWAY);
        let verifier = believing(&[&gateway]);
        let old = gateway.sign("registry", None, now() - 70, LIFETIME).expect("signed");
        assert_eq!(verifier.verify(&old), Err("expired"));
        let long = gateway.sign("registry", None, now(), 3_600).expect("signed");
        assert_eq!(verifier.verify(&long), Err("lifetime"));
        let early = gateway.sign("registry", None, now() + 60, LIFETIME).expect("signed");
        assert_eq!(verifier.verify(&early), Err("lifetime"));
    }

    #[test]
    fn a_believed_token_is_not_believed_longer_for_having_been_believed() {
        let gateway = signer(GATEWAY);
        let verifier = believing(&[&gateway]);
        // Three seconds after its end, within what clocks may lie apart.
        let token = gateway.sign("registry", None, now() - 63, LIFETIME).expect("signed");
        assert!(verifier.verify(&token).is_ok());
        let until = verifier.verify_anew(&token).expect("believed").1;
        assert!(verifier.believed.get(&sha256(token.as_bytes()), until - 1).is_some());
        assert!(verifier.believed.get(&sha256(token.as_bytes()), until).is_none());
        // Another verifier, of another audience, has believed nothing.
        let known = [(gateway.name(), gateway.public_pem())];
        let other = Verifier::new("membership", known).expect("public keys");
        assert_eq!(other.verify(&token), Err("audience"));
    }

    #[test]
    fn a_token_that_is_sent_again_speaks_for_the_same_caller_to_the_same_service() {
        let gateway = signer(GATEWAY);
        let token = gateway.for_user("registry", &an()).expect("signed");
        assert_eq!(gateway.for_user("registry", &an()).expect("signed"), token);
        assert_ne!(gateway.for_user("membership", &an()).expect("signed"), token);
        let with_purpose = Caller { purpose: Some("audit".to_string()), ..an() };
        let other = gateway.for_user("registry", &with_purpose).expect("signed");
        assert_ne!(other, token);
        assert_eq!(believing(&[&gateway]).verify(&other), Ok(Speaker::User(with_purpose)));
    }

    #[test]
    fn a_token_that_is_none_is_not_believed() {
        let gateway = signer(GATEWAY);
        for text in ["", "a.b.c", "eyJhbGciOiJub25lIn0.e30."] {
            assert!(believing(&[&gateway]).verify(text).is_err(), "{text}");
        }
    }

    #[test]
    fn keys_are_made_once_and_are_for_their_owner_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = keys_in(folder.path().join("keys")).expect("made");
        let seen = keys.seen().read().expect("read");
        assert!(seen.len() > 32 && seen.is_ascii(), "a line of text");
        let again = keys_in(folder.path().join("keys")).expect("made");
        assert_eq!(again.seen().read().expect("read"), seen);
        for name in SIGNERS {
            let signer = Signer::from_pem_file(name, &keys.private(name)).expect("a key");
            let public = fs::read_to_string(keys.public(name)).expect("read");
            assert_eq!(signer.public_pem(), public);
            let mode = fs::metadata(keys.private(name).path()).expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
