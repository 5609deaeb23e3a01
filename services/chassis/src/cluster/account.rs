//! Under which account PostgreSQL runs, which refuses to run as root.
//!
//! An ordinary user runs it as itself. Root runs it as `nobody`, which then owns the
//! directory; where `nobody` cannot get to the directory (a home that others may not
//! enter), root runs it in a user namespace of its own, where it only seems to be `nobody`
//! and the files stay root's.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{MetadataExt, chown, lchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

/// The user and group `nobody`, by number: the same on every Linux.
const NOBODY: u32 = 65_534;
const ROOT: u32 = 0;

/// Who runs PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Account {
    /// The user who runs this process.
    Own,
    /// `nobody`, to whom root has stepped down.
    Nobody,
    /// Root, under the number of `nobody` in a user namespace.
    Namespace,
}

impl Account {
    /// Chooses for a directory, whose parents must be passable to whoever is chosen.
    pub fn choose(directory: &Path, programs: &Path) -> anyhow::Result<Self> {
        let this_process = fs::metadata("/proc/self").context("ask who runs this process")?;
        if this_process.uid() != ROOT {
            return Ok(Self::Own);
        }
        let parent = directory.parent().unwrap_or(Path::new("/"));
        let reaches = |account: Self| {
            account
                .command(Path::new("/bin/sh"))
                .args(["-c", "cd \"$1\" && test -x \"$2/postgres\"", "sh"])
                .args([parent, programs])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success())
        };
        if reaches(Self::Nobody) {
            return Ok(Self::Nobody);
        }
        if reaches(Self::Namespace) {
            return Ok(Self::Namespace);
        }
        bail!(
            "PostgreSQL does not run as root. It was tried as `nobody`, who cannot enter {}, and in \
             a user namespace, which this system does not allow. Choose a directory whose parents \
             others may enter, or run this as an ordinary user.",
            parent.display()
        )
    }

    /// A command run by this account, from the root directory (the present one may be out
    /// of its reach) and without settings meant for other servers.
    pub fn command(self, program: &Path) -> Command {
        let mut command = match self {
            Self::Own => Command::new(program),
            Self::Nobody => {
                let mut command = Command::new(program);
                // The groups of root are given up with it.
                command.uid(NOBODY).gid(NOBODY);
                command
            }
            Self::Namespace => {
                let mut command = Command::new("unshare");
                command.arg("--user");
                command.arg(format!("--map-user={NOBODY}"));
                command.arg(format!("--map-group={NOBODY}"));
                command.arg(program);
                command
            }
        };
        command.current_dir("/");
        for (variable, _) in std::env::vars_os() {
            if is_foreign(&variable) {
                command.env_remove(variable);
            }
        }
        command.env("LC_ALL", "C");
        command
    }

    /// Gives a file or a directory, with all it holds, to this account.
    pub fn give(self, path: &Path) -> anyhow::Result<()> {
        let owner = match self {
            Self::Own => return Ok(()),
            Self::Nobody => NOBODY,
            Self::Namespace => ROOT,
        };
        let present = fs::symlink_metadata(path)?;
        if present.uid() == owner && present.gid() == owner {
            return Ok(());
        }
        give_all(path, owner).with_context(|| format!("give {} to its account", path.display()))
    }
}

fn give_all(path: &Path, owner: u32) -> std::io::Result<()> {
    let kind = fs::symlink_metadata(path)?.file_type();
    if kind.is_symlink() {
        return lchown(path, Some(owner), Some(owner));
    }
    if kind.is_dir() {
        for entry in fs::read_dir(path)? {
            give_all(&entry?.path(), owner)?;
        }
    }
    chown(path, Some(owner), Some(owner))
}

/// True of PostgreSQL's own variables (`PGDATA`, `PGPORT`, …), which would overrule ours.
fn is_foreign(variable: &OsStr) -> bool {
    variable.to_str().is_some_and(|name| name.starts_with("PG"))
}
