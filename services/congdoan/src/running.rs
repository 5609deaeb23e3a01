//! What a running system leaves in its data directory, so that other commands find it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::fault::{FILE_INVALID, SYSTEM_NOT_RUNNING, fault};
use crate::language::tell;
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
    /// The process that runs it; 0 where an older version noted it.
    #[serde(default)]
    pub process_id: u32,
}

impl Running {
    /// The system that runs with this data directory.
    pub fn read(data: &Path) -> anyhow::Result<Self> {
        let file = data.join(FILE);
        // Why it cannot be read is of no use to anybody: it is there while a system runs.
        let text = fs::read(&file).map_err(|_| {
            let data = data.display();
            fault(
                SYSTEM_NOT_RUNNING,
                tell!(
                    "không có hệ thống nào đang chạy với dữ liệu ở {data}: khởi động bằng `congdoan \
                     up`, chỉ chỗ của nó bằng --data, hoặc ghi --gateway và --token",
                    "no system runs with its data in {data}: start one with `congdoan up`, say where \
                     it is with --data, or name another with --gateway and --token"
                ),
            )
        })?;
        serde_json::from_slice(&text).map_err(|_| {
            let file = file.display();
            fault(
                FILE_INVALID,
                tell!(
                    "{file} không phải do `congdoan up` ghi; hãy dừng hệ thống rồi xóa tệp đó",
                    "{file} is not as `congdoan up` writes it; stop the system and remove the file"
                ),
            )
        })
    }

    /// Notes where the system is; the note goes when the value that is returned goes.
    pub fn note(self, held: Held) -> anyhow::Result<Noted> {
        let file = held.data.join(FILE);
        self.write(&file)?;
        Ok(Noted { file, _held: held })
    }

    /// Remembers who is the administrator, also after the system has stopped.
    pub fn remember_administrator(data: &Path, subject: &str) -> anyhow::Result<()> {
        let mut running = Self::read(data)?;
        running.administrator = Some(subject.to_owned());
        running.write(&data.join(FILE))?;
        fs::write(data.join(ADMINISTRATOR), subject).with_context(|| {
            tell!("không ghi được người quản trị", "cannot note the administrator")
        })
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
            .with_context(|| {
                let file = file.display();
                tell!("không ghi được {file}", "cannot write {file}")
            })
    }
}

const ADMINISTRATOR: &str = "administrator";

/// A data directory that is held by one system for as long as this value lives; whoever comes
/// second learns where the first is.
#[derive(Debug)]
pub struct Held {
    data: PathBuf,
    // The operating system lets go of it when the process ends, however it ends.
    _lock: fs::File,
}

impl Held {
    /// Takes hold of a data directory, made if it is missing.
    pub fn take(data: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(data).with_context(|| {
            let data = data.display();
            tell!("không tạo được thư mục {data}", "cannot make the directory {data}")
        })?;
        let lock = fs::File::create(data.join("lock")).with_context(|| {
            let data = data.display();
            tell!("không ghi được vào thư mục {data}", "cannot write into the directory {data}")
        })?;
        if lock.try_lock().is_ok() {
            return Ok(Self { data: data.to_owned(), _lock: lock });
        }
        let shown = data.display();
        let Ok(running) = Running::read(data) else {
            return Err(anyhow::Error::msg(tell!(
                "một hệ thống khác đang khởi động hoặc đang dừng với dữ liệu ở {shown}; hãy đợi một lát",
                "another system with its data in {shown} is starting or stopping; wait a moment"
            )));
        };
        let (gateway, process) = (running.gateway, running.process_id);
        Err(anyhow::Error::msg(tell!(
            "hệ thống đã chạy với dữ liệu ở {shown}: cổng {gateway}, tiến trình {process}. Dùng luôn \
             hệ thống đó; hoặc dừng nó, hoặc chọn thư mục khác bằng --data",
            "the system already runs with its data in {shown}: its gateway is {gateway}, its process \
             {process}. Use that one; or stop it, or choose another directory with --data"
        )))
    }
}

/// A command as it works when it is copied: this program as it was called, and the directory.
pub fn advised(command: &str, data: &Path) -> String {
    let program = std::env::args_os().next().map(PathBuf::from).unwrap_or_default();
    let program = program.to_string_lossy();
    let program = if program.is_empty() { "congdoan" } else { &*program };
    if data == Path::new(DEFAULT_DATA) {
        return format!("{program} {command}");
    }
    let data = data.canonicalize().unwrap_or_else(|_| data.to_owned());
    format!("{program} {command} --data {}", quoted(&data.to_string_lossy()))
}

/// Where systems keep their data that say nothing else.
pub const DEFAULT_DATA: &str = ".congdoan";

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./".contains(c);
    if word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// A note that is removed when the system stops.
#[derive(Debug)]
pub struct Noted {
    file: PathBuf,
    // Let go of after the note is gone.
    _held: Held,
}

impl Drop for Noted {
    fn drop(&mut self) {
        // If it cannot be removed, a later command finds nobody at the address.
        fs::remove_file(&self.file).ok();
    }
}
