//! The keys of personal data: what seals a number, what finds it, and what hides a person.
//!
//! Three keys lie in files outside the database. The *master key* opens the file of dated
//! *data keys*, of which the newest seals and each opens what it sealed. The *blind-index
//! key* makes equal numbers equal and nothing else. The *pseudonym key* makes, per purpose,
//! a name for a person that is joined to nothing else.
//!
//! **Invariant:** a sealed value is bound to its table, its column, its row and its key's
//! version: moved anywhere else it does not open.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::{Context, anyhow, ensure};
use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::{hmac, rand};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chassis::config::SecretFile;
use chassis::database::today;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

/// Where the keys are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// 32 bytes in base64: opens the data keys.
    pub master: SecretFile,
    /// The data keys, wrapped by the master key; see [`Config::create`].
    pub data: PathBuf,
    /// 32 bytes in base64. Changing it means computing every blind index again.
    pub blind_index: SecretFile,
    /// 32 bytes in base64. Changing it separates new pseudonyms from those published.
    pub pseudonym: SecretFile,
}

/// What a pseudonym is for. One purpose's pseudonyms say nothing about another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Referrals and admissions to the Party.
    Party,
    /// Recommendations of officers.
    Cadre,
    /// Steps of discipline.
    Discipline,
    /// What is given to people in need.
    Welfare,
}

/// Which column a sealed value lives in: part of what binds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// `person_identity.ciphertext`.
    IdentityNumber,
    /// `person_contact.ciphertext`.
    Phone,
    /// `person_email.ciphertext`.
    Email,
    /// `person_sensitive.ciphertext` of an attribute, as it was said of a day.
    Sensitive(i16, Date),
}

/// A value as the database keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Which data key opens it.
    pub key_version: i32,
    /// Nonce, then ciphertext with its tag.
    pub ciphertext: Vec<u8>,
}

/// All keys, opened. Data keys may be added to their file while they are in use.
pub struct Keys {
    config: Config,
    data: RwLock<Arc<Data>>,
    blind_index: hmac::Key,
    pseudonym: hmac::Key,
}

/// The data keys, opened.
struct Data {
    keys: BTreeMap<i32, RandomizedNonceKey>,
    /// The one that seals.
    newest: i32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DataKeys {
    key: Vec<WrappedKey>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrappedKey {
    version: i32,
    /// `2026-11-22`: from when on it seals. A key is never used before its day.
    from_on: String,
    /// Base64 of nonce and sealed key.
    wrapped: String,
}

const KEY_BYTES: usize = 32;

impl Config {
    /// The names of the files in one folder.
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            master: SecretFile::at(folder.join("master.key")),
            data: folder.join("data-keys.toml"),
            blind_index: SecretFile::at(folder.join("blind-index.key")),
            pseudonym: SecretFile::at(folder.join("pseudonym.key")),
        }
    }

    /// Makes the files that are not there yet, readable by this user alone: for a first start
    /// on one machine. What is there stays as it is.
    pub fn create(&self, today: Date) -> anyhow::Result<()> {
        for file in [&self.master, &self.blind_index, &self.pseudonym] {
            create_file(file.path(), &STANDARD.encode(random_key()?))?;
        }
        let key = wrapped(&master(self)?, 1, today)?;
        let file = DataKeys { key: vec![key] };
        create_file(&self.data, &toml::to_string(&file).context("write the data keys")?)
    }

    /// Adds a data key that seals from a day on; what is sealed stays as it is, until the service has
    /// sealed it anew. The day comes after every replica has read of it: tomorrow, for example. Answers
    /// its version.
    pub fn rotate(&self, from_on: Date) -> anyhow::Result<i32> {
        let mut file = data_keys(self)?;
        let version = file.key.iter().map(|key| key.version).max().unwrap_or_default() + 1;
        file.key.push(wrapped(&master(self)?, version, from_on)?);
        let text = toml::to_string(&file).context("write the data keys")?;
        let beside = self.data.with_extension("toml.new");
        create_file(&beside, &text)?;
        fs::rename(&beside, &self.data)
            .with_context(|| format!("put the key file {} in its place", self.data.display()))?;
        Ok(version)
    }
}

fn master(config: &Config) -> anyhow::Result<RandomizedNonceKey> {
    RandomizedNonceKey::new(&AES_256_GCM_SIV, &secret(&config.master)?)
        .map_err(|_| anyhow!("the master key cannot be used"))
}

fn data_keys(config: &Config) -> anyhow::Result<DataKeys> {
    let file = fs::read_to_string(&config.data)
        .with_context(|| format!("read the data keys in {}", config.data.display()))?;
    toml::from_str(&file)
        .with_context(|| format!("understand the data keys in {}", config.data.display()))
}

/// A new data key, wrapped.
fn wrapped(master: &RandomizedNonceKey, version: i32, from_on: Date) -> anyhow::Result<WrappedKey> {
    let mut key = random_key()?.to_vec();
    let nonce = master
        .seal_in_place_append_tag(Aad::from(wrapping(version)), &mut key)
        .map_err(|_| anyhow!("the data key cannot be wrapped"))?;
    let wrapped = STANDARD.encode([nonce.as_ref().as_slice(), &key].concat());
    Ok(WrappedKey { version, from_on: from_on.to_string(), wrapped })
}

fn create_file(path: &Path, content: &str) -> anyhow::Result<()> {
    let opened = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match opened {
        Ok(mut file) => writeln!(file, "{content}")
            .with_context(|| format!("write the key file {}", path.display())),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error).with_context(|| format!("create the key file {}", path.display())),
    }
}

fn random_key() -> anyhow::Result<[u8; KEY_BYTES]> {
    let mut key = [0; KEY_BYTES];
    rand::fill(&mut key).map_err(|_| anyhow!("the system has no randomness"))?;
    Ok(key)
}

fn secret(file: &SecretFile) -> anyhow::Result<Vec<u8>> {
    let key = STANDARD
        .decode(file.read()?.trim())
        .with_context(|| format!("the key in {} is not base64", file.path().display()))?;
    ensure!(
        key.len() == KEY_BYTES,
        "the key in {} has {} bytes, not {KEY_BYTES}",
        file.path().display(),
        key.len()
    );
    Ok(key)
}

fn wrapping(version: i32) -> String {
    format!("membership data key {version}")
}

impl Data {
    fn seal(&self, place: String, value: &[u8]) -> anyhow::Result<Sealed> {
        let key = &self.keys[&self.newest];
        let mut sealed = value.to_vec();
        let nonce = key
            .seal_in_place_append_tag(Aad::from(place), &mut sealed)
            .map_err(|_| anyhow!("a value cannot be sealed"))?;
        Ok(Sealed {
            key_version: self.newest,
            ciphertext: [nonce.as_ref().as_slice(), &sealed].concat(),
        })
    }

    /// Opens the file. Keys whose day has not come do not seal yet.
    fn open(config: &Config, today: Date) -> anyhow::Result<Self> {
        let master = master(config)?;
        let mut keys = BTreeMap::new();
        let mut newest: Option<(Date, i32)> = None;
        for key in data_keys(config)?.key {
            let version = key.version;
            let from_on = Date::parse(
                &key.from_on,
                time::macros::format_description!("[year]-[month]-[day]"),
            )
            .with_context(|| format!("the date of data key {version}"))?;
            let mut wrapped = STANDARD
                .decode(&key.wrapped)
                .with_context(|| format!("data key {version} is not base64"))?;
            let opened = open(&master, wrapping(version), &mut wrapped)
                .with_context(|| format!("the master key does not open data key {version}"))?;
            let opened = RandomizedNonceKey::new(&AES_256_GCM_SIV, opened)
                .map_err(|_| anyhow!("data key {version} cannot be used"))?;
            ensure!(keys.insert(version, opened).is_none(), "data key {version} is there twice");
            if from_on <= today && newest.is_none_or(|newest| newest < (from_on, version)) {
                newest = Some((from_on, version));
            }
        }
        let (_, newest) = newest.context("no data key holds today")?;
        Ok(Self { keys, newest })
    }
}

impl Keys {
    /// Opens the files.
    pub fn open(config: &Config, today: Date) -> anyhow::Result<Self> {
        Ok(Self {
            config: config.clone(),
            data: RwLock::new(Arc::new(Data::open(config, today)?)),
            blind_index: hmac::Key::new(hmac::HMAC_SHA256, &secret(&config.blind_index)?),
            pseudonym: hmac::Key::new(hmac::HMAC_SHA256, &secret(&config.pseudonym)?),
        })
    }

    /// Opens the file of the data keys again: some may have been added, and the day of one may have
    /// come.
    pub fn reopen(&self, today: Date) -> anyhow::Result<()> {
        let data = Arc::new(Data::open(&self.config, today)?);
        *self.data.write().unwrap_or_else(PoisonError::into_inner) = data;
        Ok(())
    }

    /// The data key that seals.
    pub fn newest(&self) -> i32 {
        self.data().newest
    }

    /// There is another data key than the one that seals: something may be sealed with it.
    pub fn several(&self) -> bool {
        self.data().keys.len() > 1
    }

    fn data(&self) -> Arc<Data> {
        self.data.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Seals a value for the row of one person.
    pub fn seal(&self, column: Column, person_id: Uuid, value: &str) -> anyhow::Result<Sealed> {
        let data = self.data();
        data.seal(place(column, person_id, data.newest), value.as_bytes())
    }

    /// Seals what a line of an import said, for its row.
    pub fn seal_line(&self, import: Uuid, line: i64, said: &[u8]) -> anyhow::Result<Sealed> {
        let data = self.data();
        data.seal(place_of_line(import, line, data.newest), said)
    }

    /// Seals a piece of a file that is exported, for its row.
    pub fn seal_piece(&self, export: Uuid, number: i32, bytes: &[u8]) -> anyhow::Result<Sealed> {
        let data = self.data();
        data.seal(place_of_piece(export, number, data.newest), bytes)
    }

    /// Opens a value that was sealed for this row.
    pub fn open_sealed(
        &self,
        column: Column,
        person_id: Uuid,
        sealed: &Sealed,
    ) -> anyhow::Result<String> {
        let opened = self.opened(place(column, person_id, sealed.key_version), sealed)?;
        String::from_utf8(opened).context("a sealed value is no text")
    }

    /// Opens what a line of an import said.
    pub fn open_line(&self, import: Uuid, line: i64, sealed: &Sealed) -> anyhow::Result<Vec<u8>> {
        self.opened(place_of_line(import, line, sealed.key_version), sealed)
    }

    /// Opens a piece of a file.
    pub fn open_piece(
        &self,
        export: Uuid,
        number: i32,
        sealed: &Sealed,
    ) -> anyhow::Result<Vec<u8>> {
        self.opened(place_of_piece(export, number, sealed.key_version), sealed)
    }

    fn opened(&self, place: String, sealed: &Sealed) -> anyhow::Result<Vec<u8>> {
        // Another replica may have read of a new key before this one has.
        if !self.data().keys.contains_key(&sealed.key_version) {
            self.reopen(today())?;
        }
        let data = self.data();
        let key = data
            .keys
            .get(&sealed.key_version)
            .with_context(|| format!("there is no data key {}", sealed.key_version))?;
        let mut bytes = sealed.ciphertext.clone();
        Ok(open(key, place, &mut bytes)?.to_vec())
    }

    /// The blind index of an identity number: equal for equal numbers.
    pub fn blind_index(&self, kind: i16, country: &str, number: &str) -> Vec<u8> {
        let message = format!("{kind}\0{country}\0{number}");
        hmac::sign(&self.blind_index, message.as_bytes()).as_ref().to_vec()
    }

    /// The id of a document of a person, by the blind index of its number: a pseudonym of both, which
    /// says nothing of the number and stands in no table.
    pub fn document_id(&self, person_id: Uuid, blind_index: &[u8]) -> Uuid {
        let message = [b"document\0".as_slice(), person_id.as_bytes(), blind_index].concat();
        let tag = hmac::sign(&self.pseudonym, &message);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&tag.as_ref()[..16]);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }

    /// The pseudonym of a person for one purpose: 128 bits in hexadecimal.
    pub fn pseudonym(&self, purpose: Purpose, person_id: Uuid) -> String {
        let purpose = match purpose {
            Purpose::Party => "party",
            Purpose::Cadre => "cadre",
            Purpose::Discipline => "discipline",
            Purpose::Welfare => "welfare",
        };
        let message = [purpose.as_bytes(), b"\0", person_id.as_bytes()].concat();
        let tag = hmac::sign(&self.pseudonym, &message);
        tag.as_ref()[..16].iter().fold(String::with_capacity(32), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

fn place(column: Column, person_id: Uuid, key_version: i32) -> String {
    let column = match column {
        Column::IdentityNumber => "person_identity.ciphertext",
        Column::Phone => "person_contact.ciphertext",
        Column::Email => "person_email.ciphertext",
        Column::Sensitive(attribute, from_on) => {
            let column = "person_sensitive.ciphertext";
            return format!("{column} {person_id} {attribute} {from_on} {key_version}");
        }
    };
    format!("{column} {person_id} {key_version}")
}

fn place_of_line(import: Uuid, line: i64, key_version: i32) -> String {
    format!("member_import_line.ciphertext {import} {line} {key_version}")
}

fn place_of_piece(export: Uuid, number: i32, key_version: i32) -> String {
    format!("member_export_piece.ciphertext {export} {number} {key_version}")
}

/// Opens nonce and ciphertext in place.
fn open<'a>(
    key: &RandomizedNonceKey,
    bound_to: impl AsRef<[u8]>,
    sealed: &'a mut [u8],
) -> anyhow::Result<&'a mut [u8]> {
    ensure!(sealed.len() > NONCE_LEN, "a sealed value is too short");
    let (nonce, ciphertext) = sealed.split_at_mut(NONCE_LEN);
    let nonce = Nonce::try_assume_unique_for_key(nonce)
        .map_err(|_| anyhow!("a sealed value has no nonce"))?;
    key.open_in_place(nonce, Aad::from(bound_to.as_ref()), ciphertext)
        .map_err(|_| anyhow!("a sealed value does not open: another row, column or key"))
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("newest", &self.newest()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    const TODAY: Date = date!(2026 - 11 - 22);

    fn keys(folder: &Path) -> Keys {
        let config = Config::in_folder(folder);
        config.create(TODAY).expect("created");
        Keys::open(&config, TODAY).expect("opened")
    }

    #[test]
    fn what_is_sealed_opens_in_its_own_row_and_nowhere_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = keys(folder.path());
        let (an, binh) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let sealed = keys.seal(Column::IdentityNumber, an, "999085000001").expect("sealed");
        let open = |column, person, sealed: &Sealed| keys.open_sealed(column, person, sealed).ok();

        assert_eq!(open(Column::IdentityNumber, an, &sealed).as_deref(), Some("999085000001"));
        assert_eq!(open(Column::IdentityNumber, binh, &sealed), None);
        assert_eq!(open(Column::Phone, an, &sealed), None);
        let mut changed = sealed.clone();
        changed.ciphertext[20] ^= 1;
        assert_eq!(open(Column::IdentityNumber, an, &changed), None);
    }

    #[test]
    fn the_same_number_is_sealed_differently_each_time_but_indexed_the_same() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = keys(folder.path());
        let seal = || keys.seal(Column::Phone, Uuid::from_u128(1), "0900000001").expect("sealed");
        assert_ne!(seal(), seal());
        let index = |number| keys.blind_index(1, "", number);
        assert_eq!(index("999085000001"), index("999085000001"));
        assert_ne!(index("999085000001"), index("999085000002"));
        assert_ne!(keys.blind_index(3, "VN", "B1234567"), keys.blind_index(3, "LA", "B1234567"));
    }

    #[test]
    fn a_person_has_one_pseudonym_per_purpose() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = keys(folder.path());
        let an = Uuid::from_u128(1);
        assert_eq!(keys.pseudonym(Purpose::Party, an), keys.pseudonym(Purpose::Party, an));
        assert_ne!(keys.pseudonym(Purpose::Party, an), keys.pseudonym(Purpose::Cadre, an));
        assert_eq!(keys.pseudonym(Purpose::Party, an).len(), 32);
    }

    #[test]
    fn a_key_that_is_added_seals_from_its_day_on_and_every_key_opens_what_it_sealed() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = keys(folder.path());
        let an = Uuid::from_u128(1);
        let first = keys.seal(Column::Phone, an, "0900000001").expect("sealed");
        let config = Config::in_folder(folder.path());
        let tomorrow = TODAY.next_day().expect("a day");
        assert_eq!(config.rotate(tomorrow).expect("rotated"), 2);
        keys.reopen(TODAY).expect("read");
        assert_eq!((keys.newest(), keys.several()), (1, true));
        keys.reopen(tomorrow).expect("read");
        let second = keys.seal(Column::Phone, an, "0900000001").expect("sealed");
        assert_eq!((first.key_version, second.key_version), (1, 2));
        for sealed in [first, second] {
            let opened = keys.open_sealed(Column::Phone, an, &sealed).expect("opened");
            assert_eq!(opened, "0900000001");
        }
    }

    #[test]
    fn creating_again_keeps_the_keys_and_another_master_key_opens_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let before = keys(folder.path()).blind_index(1, "", "999085000001");
        let config = Config::in_folder(folder.path());
        assert_eq!(keys(folder.path()).blind_index(1, "", "999085000001"), before);

        fs::write(config.master.path(), STANDARD.encode([7; KEY_BYTES])).expect("written");
        let error = Keys::open(&config, TODAY).expect_err("does not open");
        assert!(format!("{error:#}").contains("does not open data key 1"), "{error:#}");
        assert!(Keys::open(&config, date!(2020 - 01 - 01)).is_err());
    }
}
