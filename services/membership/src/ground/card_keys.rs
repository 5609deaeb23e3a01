//! The keys that sign what is printed on member cards. Whoever has the public half verifies a card
//! without asking anybody.
//!
//! The file is docs/cards.md's.

use std::path::Path;

use chassis::config::SecretFile;
pub use chassis::signing::PublicKey;
use chassis::signing::{self, SigningKeys};
use serde::Deserialize;
use time::Date;

use crate::ground::card::CardNumber;

/// Where the keys are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The keys that sign cards; see [`Config::create`].
    pub keys: SecretFile,
}

/// All keys, opened.
#[derive(Debug)]
pub struct CardKeys(SigningKeys);

impl Config {
    /// The name of the file in a folder.
    pub fn in_folder(folder: &Path) -> Self {
        Self { keys: SecretFile::at(folder.join("card-keys.toml")) }
    }

    /// Makes the file with a first key, unless it is there; readable by this user alone.
    pub fn create(&self, today: Date) -> anyhow::Result<()> {
        signing::create(self.keys.path(), today)
    }
}

impl CardKeys {
    /// Opens the file; one of its keys has to hold today.
    pub fn open(config: &Config, today: Date) -> anyhow::Result<Self> {
        Ok(Self(SigningKeys::open(&config.keys, today)?))
    }

    /// What the QR code of a card says, for whoever has the keys only: the card's number, its first
    /// day, and the first on which it is no longer valid.
    pub fn sign(
        &self,
        today: Date,
        number: &CardNumber,
        issued_on: Date,
        until_on: Option<Date>,
    ) -> anyhow::Result<String> {
        let day = |date: Date| {
            format!("{:04}{:02}{:02}", date.year(), u8::from(date.month()), date.day())
        };
        let until_on = until_on.map(day).unwrap_or_default();
        let (_, text, signature) = self.0.sign(today, |key_id| {
            format!("CD1.{key_id}.{}.{}.{until_on}", number.plain(), day(issued_on))
        })?;
        Ok(format!("{text}.{signature}"))
    }

    /// Those with which signed texts are verified, the oldest first.
    pub fn published(&self) -> Vec<PublicKey> {
        self.0.published()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use time::macros::date;

    use super::*;

    const TODAY: Date = date!(2026 - 11 - 29);
    const UNTIL: Date = date!(2031 - 11 - 29);

    /// A client that has the published keys and nothing else, written by docs/cards.md: what it is
    /// told of a card.
    fn verified(keys: &[PublicKey], text: &str) -> Option<[String; 3]> {
        let (signed, signature) = text.rsplit_once('.')?;
        let parts: Vec<&str> = signed.split('.').collect();
        let ["CD1", key_id, number, issued_on, until_on] = parts[..] else { return None };
        let key = keys.iter().find(|key| key.key_id == key_id)?;
        let key = URL_SAFE_NO_PAD.decode(&key.public_key).ok()?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        UnparsedPublicKey::new(&ED25519, key).verify(signed.as_bytes(), &signature).ok()?;
        Some([number, issued_on, until_on].map(str::to_owned))
    }

    fn keys(file: &str) -> anyhow::Result<CardKeys> {
        let folder = tempfile::tempdir().expect("a folder");
        let config = Config::in_folder(folder.path());
        fs::write(config.keys.path(), file).expect("written");
        CardKeys::open(&config, TODAY)
    }

    fn key(id: &str, from_on: &str, byte: u8) -> String {
        let seed = STANDARD.encode([byte; 32]);
        format!("[[key]]\nid = '{id}'\nfrom_on = '{from_on}'\nseed = '{seed}'\n")
    }

    #[test]
    fn a_client_with_the_public_key_verifies_and_no_letter_can_be_another() {
        let keys = keys(&key("1", "2026-01-01", 7)).expect("keys");
        let number = CardNumber::draw().expect("drawn");
        let published = keys.published();
        let text = keys.sign(TODAY, &number, TODAY, Some(UNTIL)).expect("signed");
        let told = verified(&published, &text).expect("verified");
        assert_eq!(told, [number.plain(), "20261129".to_owned(), "20311129".to_owned()]);
        let endless = keys.sign(TODAY, &number, TODAY, None).expect("signed");
        assert_eq!(verified(&published, &endless).expect("verified")[2], "");
        assert!(text.len() <= 140, "it fits into a small QR code: {}", text.len());

        let letters: Vec<char> = text.chars().collect();
        let mut tried = 0;
        for place in 0..letters.len() {
            for letter in "0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghijklmnopqrstuvwxyz-_.".chars() {
                let mut changed = letters.clone();
                changed[place] = letter;
                if changed != letters {
                    tried += 1;
                    assert_eq!(verified(&published, &String::from_iter(changed)), None);
                }
            }
            let mut shorter = letters.clone();
            shorter.remove(place);
            assert_eq!(verified(&published, &String::from_iter(shorter)), None);
        }
        assert!(tried > 6_000, "{tried}");
        assert_eq!(verified(&[], &text), None);
        let other = self::keys(&key("1", "2026-01-01", 8)).expect("keys").published();
        assert_eq!(verified(&other, &text), None);
    }

    /// RFC 8032, 7.1, test 1: so that whatever else knows Ed25519 verifies.
    #[test]
    fn the_keys_are_those_of_rfc_8032() {
        let seed = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
        let file = format!("[[key]]\nid = 'rfc'\nfrom_on = '2026-01-01'\nseed = '{seed}'\n");
        let published = keys(&file).expect("keys").published();
        assert_eq!(published[0].public_key, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    }

    #[test]
    fn the_newest_key_whose_day_has_come_signs_and_all_verify() {
        let before = keys(&key("1", "2026-01-01", 1)).expect("keys");
        let file =
            [key("2", "2026-11-29", 2), key("1", "2026-01-01", 1), key("3", "2026-11-30", 3)];
        let keys = keys(&file.concat()).expect("keys");
        let number = CardNumber::draw().expect("drawn");
        let printed = before.sign(TODAY, &number, TODAY, None).expect("signed");
        let now = keys.sign(TODAY, &number, TODAY, None).expect("signed");
        let tomorrow = keys.sign(date!(2026 - 11 - 30), &number, TODAY, None).expect("signed");
        assert!(printed.starts_with("CD1.1.") && now.starts_with("CD1.2."));
        assert!(tomorrow.starts_with("CD1.3."));
        for text in [&printed, &now, &tomorrow] {
            assert!(verified(&keys.published(), text).is_some(), "{text}");
        }
        assert!(verified(&before.published(), &now).is_none());
    }

    #[test]
    fn a_file_that_is_none_is_refused_and_says_nothing_of_its_keys() {
        let seed = STANDARD.encode([9; 32]);
        let twice = key("1", "2026-01-01", 1) + &key("1", "2026-02-01", 2);
        let files = [
            String::new(),
            key("1", "2027-01-01", 9),
            key("a.b", "2026-01-01", 9),
            key("", "2026-01-01", 9),
            key("1", "soon", 9),
            twice,
            format!("key = '{seed}'"),
            format!("[[key]]\nid = '1'\nfrom_on = '2026-01-01'\nseed = '{}'\n", &seed[4..]),
        ];
        for file in files {
            let error = format!("{:#}", keys(&file).expect_err("no keys"));
            assert!(!error.contains(&seed[8..20]), "{error}");
        }
        assert!(!format!("{:?}", keys(&key("1", "2026-01-01", 9)).expect("keys")).contains(&seed));
    }

    #[test]
    fn creating_again_keeps_the_key() {
        let folder = tempfile::tempdir().expect("a folder");
        let config = Config::in_folder(folder.path());
        config.create(TODAY).expect("created");
        let first = CardKeys::open(&config, TODAY).expect("opened").published();
        config.create(TODAY).expect("created");
        assert_eq!(CardKeys::open(&config, TODAY).expect("opened").published(), first);
    }
}
