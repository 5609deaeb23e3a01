//! Finds PostgreSQL's programs on this machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// The oldest major version that the schema and the statements work with.
const OLDEST: u32 = 15;

/// Names the folder of PostgreSQL's programs, where it is none of the usual ones.
const VARIABLE: &str = "CONGDOAN_PG_BIN";

/// A folder with `initdb` and `postgres` in it.
#[derive(Debug)]
pub(super) struct Programs {
    pub directory: PathBuf,
    pub version: u32,
}

impl Programs {
    pub fn program(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}

/// The folder that `CONGDOAN_PG_BIN` names; else Debian's newest; else what PATH finds.
pub(super) fn find() -> anyhow::Result<Programs> {
    if let Some(directory) = std::env::var_os(VARIABLE) {
        let directory = PathBuf::from(directory);
        return match version(&directory)? {
            version if version >= OLDEST => Ok(Programs { directory, version }),
            version => bail!("{VARIABLE} names PostgreSQL {version}; {OLDEST} or newer is needed"),
        };
    }

    let mut found: Vec<Programs> = debian()
        .into_iter()
        .filter_map(|directory| {
            version(&directory).ok().map(|version| Programs { directory, version })
        })
        .collect();
    found.sort_by_key(|programs| programs.version);
    if let Some(programs) = found.pop().filter(|programs| programs.version >= OLDEST) {
        return Ok(programs);
    }

    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .filter_map(|directory| {
            version(&directory).ok().map(|version| Programs { directory, version })
        })
        .find(|programs| programs.version >= OLDEST)
        .with_context(|| {
            format!(
                "PostgreSQL {OLDEST} or newer is needed and its server programs were not found. \
                 On Debian and Ubuntu `make postgresql` installs them; elsewhere set {VARIABLE} \
                 to the folder that holds initdb and postgres."
            )
        })
}

/// Debian and Ubuntu keep each version in a folder of its own, outside PATH.
fn debian() -> Vec<PathBuf> {
    let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") else {
        return Vec::new();
    };
    versions.flatten().map(|version| version.path().join("bin")).collect()
}

/// The major version of the programs in a folder.
fn version(directory: &Path) -> anyhow::Result<u32> {
    let postgres = directory.join("postgres");
    let initdb = directory.join("initdb");
    if !postgres.exists() || !initdb.exists() {
        bail!("{} holds no postgres and initdb", directory.display());
    }
    let output = Command::new(&postgres)
        .arg("--version")
        .output()
        .with_context(|| format!("run {}", postgres.display()))?;
    let said = String::from_utf8_lossy(&output.stdout);
    major(&said).with_context(|| format!("{} says \"{}\"", postgres.display(), said.trim()))
}

/// "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)" is 15.
fn major(said: &str) -> Option<u32> {
    let number = said.split_once("(PostgreSQL) ")?.1;
    let digits = number.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_major_version_is_read_from_what_every_build_says() {
        assert_eq!(major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 18.4"), Some(18));
        assert_eq!(major("postgres (PostgreSQL) 19beta1"), Some(19));
        assert_eq!(major("something else"), None);
    }
}
