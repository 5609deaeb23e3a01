//! What a running system leaves in its data directory, so that other commands find it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};

const FILE: &str = "running.json";

/// The addresses of a system that runs on this machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Running {
    /// Where clients call, such as `http://127.0.0.1:8080`.
    pub gateway: String,
    /// The development issuer: its name, which is its address.
    pub issuer: String,
    /// Registry's database, for the owner of its schema.
    pub registry_owner_url: String,
    /// The subject that bootstrapped, if any.
    pub administrator: Option<String>,
}

impl Running {
    /// The system that runs with this data directory.
    pub fn read(data: &Path) -> anyhow::Result<Self> {
        let file = data.join(FILE);
        let text = fs::read(&file).with_context(|| {
            format!(
                "no system runs with its data in {}: start one with `congdoan up`, or name \
                 another with --gateway and --token",
                data.display()
            )
        })?;
        serde_json::from_slice(&text).with_context(|| format!("read {}", file.display()))
    }

    /// Notes where the system is; the note goes when the value that is returned goes.
    pub fn note(self, data: &Path) -> anyhow::Result<Noted> {
        fs::create_dir_all(data).with_context(|| format!("make {}", data.display()))?;
        let file = data.join(FILE);
        self.write(&file)?;
        Ok(Noted { file })
    }

    /// Remembers who is the administrator, also after the system has stopped.
    pub fn remember_administrator(data: &Path, subject: &str) -> anyhow::Result<()> {
        let mut running = Self::read(data)?;
        running.administrator = Some(subject.to_owned());
        running.write(&data.join(FILE))?;
        fs::write(data.join(ADMINISTRATOR), subject).context("note the administrator")
    }

    /// The subject that bootstrapped the system whose data is in this directory.
    pub fn administrator(data: &Path) -> Option<String> {
        fs::read_to_string(data.join(ADMINISTRATOR)).ok()
    }

    fn write(&self, file: &Path) -> anyhow::Result<()> {
        // Whole or not at all, and for its owner only: it says how to reach the database.
        let draft = file.with_extension("draft");
        fs::write(&draft, serde_json::to_vec_pretty(self)?)
            .and_then(|()| fs::set_permissions(&draft, fs::Permissions::from_mode(0o600)))
            .and_then(|()| fs::rename(&draft, file))
            .with_context(|| format!("write {}", file.display()))
    }
}

const ADMINISTRATOR: &str = "administrator";

/// A note that is removed when the system stops.
#[derive(Debug)]
pub struct Noted {
    file: PathBuf,
}

impl Drop for Noted {
    fn drop(&mut self) {
        // If it cannot be removed, a later command finds nobody at the address.
        fs::remove_file(&self.file).ok();
    }
}
