//! What this person has seen, kept from one command to the next.
//!
//! Every answer brings a consistency token, and a read that carries it sees what was seen
//! before, in whichever service it happened. A command is a process of its own: it takes up
//! where the one before it left off, per gateway, from a file in the data directory. Of two
//! commands that run side by side the file keeps the token of the one that was answered last.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;

const FILE: &str = "seen.json";

/// The tokens of one data directory, and the gateway that is spoken to.
#[derive(Clone, Debug)]
pub struct Kept {
    directory: PathBuf,
    gateway: String,
}

impl Kept {
    /// Of a gateway, in a data directory.
    pub fn of(directory: &Path, gateway: &str) -> Self {
        Self { directory: directory.to_owned(), gateway: gateway.trim_end_matches('/').to_owned() }
    }

    /// What was seen last, if anything. A file that cannot be read says nothing.
    pub fn read(&self) -> Option<String> {
        self.tokens().remove(&self.gateway)
    }

    /// Keeps what has been seen now. That it cannot be kept hinders nobody: the next command
    /// sees what there is.
    pub fn keep(&self, seen: &str) {
        let mut tokens = self.tokens();
        if tokens.get(&self.gateway).is_none_or(|kept| kept != seen) {
            tokens.insert(self.gateway.clone(), seen.to_owned());
            self.write(&tokens).ok();
        }
    }

    /// Forgets what was seen of the gateway: it is another system now.
    pub fn forget(&self) {
        let mut tokens = self.tokens();
        if tokens.remove(&self.gateway).is_some() {
            self.write(&tokens).ok();
        }
    }

    fn tokens(&self) -> BTreeMap<String, String> {
        fs::read(self.directory.join(FILE))
            .ok()
            .and_then(|content| serde_json::from_slice(&content).ok())
            .unwrap_or_default()
    }

    fn write(&self, tokens: &BTreeMap<String, String>) -> anyhow::Result<()> {
        // For its owner only, whole or not at all, and apart from what others write meanwhile.
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.directory)?;
        let file = self.directory.join(FILE);
        let draft = self.directory.join(format!("{FILE}.{}", std::process::id()));
        let mut open = fs::OpenOptions::new();
        let opened = open.write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
        serde_json::to_writer_pretty(opened, tokens)?;
        fs::rename(&draft, &file).with_context(|| format!("write {}", file.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_kept_by_gateway_for_its_owner() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let (here, there) =
            (Kept::of(&data, "http://127.0.0.1:1/"), Kept::of(&data, "http://127.0.0.1:2"));
        assert_eq!((here.read(), there.read()), (None, None));
        here.keep("one");
        there.keep("two");
        here.keep("three");
        assert_eq!(Kept::of(&data, "http://127.0.0.1:1").read().as_deref(), Some("three"));
        assert_eq!(there.read().as_deref(), Some("two"));
        let mode = fs::metadata(data.join(FILE)).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        here.forget();
        assert_eq!((here.read(), there.read().as_deref()), (None, Some("two")));
        fs::write(data.join(FILE), "{").expect("written");
        assert_eq!(there.read(), None);
        there.keep("four");
        assert_eq!(there.read().as_deref(), Some("four"));
    }
}
