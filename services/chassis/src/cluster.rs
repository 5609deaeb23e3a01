//! A PostgreSQL of one's own: for tests, and for `congdoan up` on one machine.
//!
//! [`Cluster::start`] finds PostgreSQL's programs, makes a cluster in a directory, and runs
//! it until the value is dropped or this process ends, in whatever manner it ends. It works
//! as an ordinary user and as root (see `account.rs`). [`Cluster::provision`] makes the roles
//! and the database of a service. Production runs its PostgreSQL elsewhere and uses none of
//! this.

mod account;
mod programs;
mod provision;
pub mod testing;

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use uuid::Uuid;

use account::Account;
use programs::Programs;

pub use provision::provision;

/// The role that may do everything in a private cluster.
const SUPERUSER: &str = "postgres";

/// A socket's path is at most this long, a limit of the operating system.
const SOCKET_PATH_MAX: usize = 107;

/// How long initialising, starting or stopping may take before something is wrong. Recovery
/// after a crash counts as starting.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long between two looks at whether PostgreSQL is ready.
const LOOK: Duration = Duration::from_millis(10);

/// How many free ports are tried.
const PORTS_TRIED: usize = 5;

/// What the server is told at every start, whoever made its configuration file.
const SETTINGS: &[&str] = &[
    // PostgreSQL prints keys, values and whole statements into its log unless it is told
    // otherwise, and those hold names and identity numbers.
    "log_error_verbosity=terse",
    "log_min_error_statement=panic",
    "log_parameter_max_length_on_error=0",
    "log_statement=none",
    "log_min_duration_statement=-1",
    "log_checkpoints=off",
    // Four services with a pool each, many times over while tests run side by side.
    "max_connections=400",
    // Statements here are short: compiling them costs more than it saves.
    "jit=off",
    "timezone=UTC",
];

/// What is added where a country is kept: the working set of a national plan fits, and no
/// checkpoint falls in the middle of it. Memory is taken as it is used.
const KEPT_SETTINGS: &[&str] = &["shared_buffers=1GB", "max_wal_size=8GB"];

/// What is added where nothing needs to survive a crash.
const UNFLUSHED_SETTINGS: &[&str] = &[
    "shared_buffers=256MB",
    "max_wal_size=2GB",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "wal_level=minimal",
    "max_wal_senders=0",
];

/// Waits for one line, the name of a signal, and sends it to the server (`$1`). When this
/// process ends, however it ends, the pipe closes and the server is told to quit at once.
/// A directory that is not to be kept (`$2`) is removed when the server is gone.
const WATCHDOG: &str = r#"
read -r signal || signal=QUIT
kill -s "$signal" "$1" 2>/dev/null
while kill -0 "$1" 2>/dev/null; do sleep 0.05; done
if [ -n "$2" ]; then rm -rf "$2"; fi
"#;

/// Where a cluster lives and whether it is kept.
#[derive(Clone, Debug)]
pub enum Place {
    /// In a new directory under the system's temporary one, removed at the end. It is not
    /// flushed to disk: a power cut loses it, and it is faster for that.
    Ephemeral,
    /// In this directory, made at the first start and kept.
    Kept(PathBuf),
    /// In this directory, and kept for the next tests, but not flushed to disk either: what is
    /// lost in a power cut is made again.
    ForTests(PathBuf),
}

/// A private PostgreSQL cluster, running until this value is dropped.
pub struct Cluster {
    directory: PathBuf,
    socket_directory: PathBuf,
    port: u16,
    password: String,
    version: u32,
    server: Child,
    watchdog: Child,
    /// The watchdog's standard input; `None` once a signal was sent.
    orders: Option<ChildStdin>,
    /// The signal that ends it well: a kept cluster checkpoints, another need not.
    farewell: &'static str,
}

impl Cluster {
    /// Makes the cluster if there is none yet, and starts it.
    pub async fn start(place: Place) -> anyhow::Result<Self> {
        tokio::task::spawn_blocking(move || Self::start_blocking(&place))
            .await
            .context("start PostgreSQL")?
    }

    fn start_blocking(place: &Place) -> anyhow::Result<Self> {
        let programs = programs::find()?;
        let directory = match place {
            Place::Ephemeral => {
                let name = format!("congdoan-{}", Uuid::new_v4().simple());
                std::env::temp_dir().join(name)
            }
            Place::Kept(directory) | Place::ForTests(directory) => directory.clone(),
        };
        let ephemeral = matches!(place, Place::Ephemeral);
        let flushed = matches!(place, Place::Kept(_));
        fs::create_dir_all(&directory)
            .with_context(|| format!("make the directory {}", directory.display()))?;
        let directory = directory.canonicalize()?;

        let started = Self::start_in(&programs, &directory, flushed, !ephemeral);
        if started.is_err() && ephemeral {
            // What could not be started is not kept either; the error says why.
            fs::remove_dir_all(&directory).ok();
        }
        started
    }

    fn start_in(
        programs: &Programs,
        directory: &Path,
        flushed: bool,
        kept: bool,
    ) -> anyhow::Result<Self> {
        let account = Account::choose(directory, &programs.directory)?;
        fs::set_permissions(directory, fs::Permissions::from_mode(0o700))?;
        account.give(directory)?;

        let data = directory.join("data");
        if !data.join("PG_VERSION").exists() {
            initialise(programs, &account, directory, flushed)?;
        }
        let password = fs::read_to_string(directory.join("password"))
            .context("read the password of the cluster")?;

        let log = directory.join("postgresql.log");
        let socket_directory = socket_directory(directory, &account)?;

        // Between picking a free port and the server taking it another program may take it:
        // then the server ends at once, and another port is picked.
        for _ in 0..PORTS_TRIED {
            let port = free_port()?;
            let log_file = fs::File::options().create(true).append(true).open(&log)?;
            let mut command = account.command(&programs.program("postgres"));
            command.arg("-D").arg(&data).arg("-k").arg(&socket_directory);
            command.args(["-h", "127.0.0.1", "-p", &port.to_string()]);
            let more_settings = if flushed { KEPT_SETTINGS } else { UNFLUSHED_SETTINGS };
            for setting in SETTINGS.iter().chain(more_settings) {
                command.args(["-c", setting]);
            }
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log_file);
            // Its own process group: an interrupt typed at the terminal is for us, and we
            // tell the server when its services have drained.
            let mut server = command.process_group(0).spawn().context("start PostgreSQL")?;
            let (mut watchdog, orders) = watch(&server, (!kept).then_some(directory))?;

            if ready(&mut server, &data)? {
                return Ok(Self {
                    directory: directory.to_owned(),
                    socket_directory,
                    port,
                    password,
                    version: programs.version,
                    server,
                    watchdog,
                    orders: Some(orders),
                    farewell: if kept { "INT" } else { "QUIT" },
                });
            }
            // The server is gone, and its watchdog must not remove what the next one needs.
            watchdog.kill().ok();
            watchdog.wait().ok();
            if !last_words(&log).contains("could not create any TCP/IP sockets") {
                break;
            }
        }
        bail!("PostgreSQL did not start; its last words:\n{}", last_words(&log))
    }

    /// The address of a database for a role, over the cluster's own socket, where nobody is
    /// asked for a password: only who may enter the cluster's directory can reach it.
    pub fn url(&self, role: &str, database: &str) -> String {
        let host = self.socket_directory.to_string_lossy().into_owned();
        let host = utf8_percent_encode(&host, NON_ALPHANUMERIC);
        format!("postgres://{role}@{host}:{}/{database}?sslmode=disable", self.port)
    }

    /// The address of the database `postgres` for the superuser.
    pub fn superuser_url(&self) -> String {
        self.url(SUPERUSER, "postgres")
    }

    /// The same over TCP, with the password made at the first start: for a person's tools.
    pub fn tcp_url(&self, database: &str) -> String {
        format!(
            "postgres://{SUPERUSER}:{}@127.0.0.1:{}/{database}?sslmode=disable",
            self.password, self.port
        )
    }

    /// Makes the roles and the database of a service; nothing if they are there already.
    pub async fn provision(&self, service: &str) -> anyhow::Result<ServiceDatabase> {
        provision(&self.superuser_url(), service, service).await?;
        Ok(ServiceDatabase {
            owner_url: self.url(&format!("{service}_owner"), service),
            url: self.url(service, service),
        })
    }

    /// PostgreSQL's own log.
    pub fn log_file(&self) -> PathBuf {
        self.directory.join("postgresql.log")
    }

    /// The directory that holds everything of this cluster.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The command by which a person looks into it.
    pub fn psql(&self) -> String {
        format!("psql -h {} -p {} -U {SUPERUSER}", self.socket_directory.display(), self.port)
    }

    /// The major version of PostgreSQL, such as 15.
    pub fn version(&self) -> u32 {
        self.version
    }
}

/// The two addresses of a service's database.
#[derive(Clone, Debug)]
pub struct ServiceDatabase {
    /// For the owner of the schema, who applies migrations.
    pub owner_url: String,
    /// For the running service.
    pub url: String,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut orders) = self.orders.take() {
            // If the watchdog is gone the closed pipe fails here, and the server is killed below.
            writeln!(orders, "{}", self.farewell).ok();
        }
        if wait(&mut self.server, PATIENCE).is_none() {
            self.server.kill().ok();
            self.server.wait().ok();
        }
        self.watchdog.wait().ok();
        if self.socket_directory != self.directory {
            fs::remove_dir_all(&self.socket_directory).ok();
        }
    }
}

/// Makes the files of a new cluster, with a password of its own for TCP.
fn initialise(
    programs: &Programs,
    account: &Account,
    directory: &Path,
    flushed: bool,
) -> anyhow::Result<()> {
    let password = directory.join("password");
    fs::write(&password, Uuid::new_v4().simple().to_string())?;
    fs::set_permissions(&password, fs::Permissions::from_mode(0o600))?;
    account.give(&password)?;

    let mut command = account.command(&programs.program("initdb"));
    command.arg("-D").arg(directory.join("data"));
    command.args(["--username", SUPERUSER, "--pwfile"]).arg(&password);
    command.args(["--auth-local=trust", "--auth-host=scram-sha-256", "--encoding=UTF8"]);
    // Order by code point, the same on every machine; but know that Đ is a letter, without
    // which trigrams would skip every Vietnamese word.
    command.args(["--lc-collate=C", "--lc-ctype=C.UTF-8"]);
    if !flushed {
        command.arg("--no-sync");
    }
    let output = command.stdin(Stdio::null()).output().context("run initdb")?;
    if !output.status.success() {
        bail!("initdb failed:\n{}", String::from_utf8_lossy(&output.stderr).trim_end());
    }
    Ok(())
}

/// The cluster's directory, or a short one made for the purpose where that is too long.
fn socket_directory(directory: &Path, account: &Account) -> anyhow::Result<PathBuf> {
    let longest_name = "/.s.PGSQL.65535";
    if directory.as_os_str().len() + longest_name.len() <= SOCKET_PATH_MAX {
        return Ok(directory.to_owned());
    }
    let short = Path::new("/tmp").join(format!("congdoan-{}", Uuid::new_v4().simple()));
    fs::create_dir(&short).context("make a directory for PostgreSQL's socket")?;
    fs::set_permissions(&short, fs::Permissions::from_mode(0o700))?;
    account.give(&short)?;
    Ok(short)
}

/// The last lines of a log.
fn last_words(log: &Path) -> String {
    let said = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = said.lines().collect();
    lines[lines.len().saturating_sub(6)..].join("\n")
}

fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("find a free port")?;
    Ok(listener.local_addr()?.port())
}

/// Starts the watchdog of a server; see [`WATCHDOG`].
fn watch(server: &Child, remove: Option<&Path>) -> anyhow::Result<(Child, ChildStdin)> {
    let mut watchdog = Command::new("/bin/sh")
        .args(["-c", WATCHDOG, "congdoan-watchdog"])
        .arg(server.id().to_string())
        .arg(remove.unwrap_or(Path::new("")))
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("start the watchdog of PostgreSQL")?;
    let orders = watchdog.stdin.take().context("the watchdog has no input")?;
    Ok((watchdog, orders))
}

/// Waits until the server takes connections; false when it has ended instead. The server
/// writes its state into the eighth line of its pid file, which is what `pg_ctl` reads too.
fn ready(server: &mut Child, data: &Path) -> anyhow::Result<bool> {
    let begun = Instant::now();
    let pid = server.id().to_string();
    while begun.elapsed() < PATIENCE {
        if server.try_wait()?.is_some() {
            return Ok(false);
        }
        let file = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
        let mut lines = file.lines();
        if lines.next() == Some(&*pid) && lines.nth(6).map(str::trim) == Some("ready") {
            return Ok(true);
        }
        std::thread::sleep(LOOK);
    }
    server.kill().ok();
    bail!("PostgreSQL was not ready after {} s", PATIENCE.as_secs());
}

/// Waits until a process has ended, at most so long.
fn wait(process: &mut Child, patience: Duration) -> Option<()> {
    let begun = Instant::now();
    loop {
        match process.try_wait() {
            Ok(None) if begun.elapsed() < patience => std::thread::sleep(LOOK),
            Ok(None) => return None,
            Ok(Some(_)) | Err(_) => return Some(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::{Connection, PgConnection};

    #[tokio::test]
    async fn a_kept_cluster_keeps_what_was_written_and_an_ephemeral_one_leaves_nothing() {
        let scratch = std::env::temp_dir().join(format!("kept-{}", Uuid::new_v4().simple()));
        for round in 0..2 {
            let cluster = Cluster::start(Place::Kept(scratch.clone())).await.expect("start");
            let database = cluster.provision("registry").await.expect("provision");
            let mut owner = PgConnection::connect(&database.owner_url).await.expect("owner");
            if round == 0 {
                sqlx::raw_sql(
                    "create schema s; create table s.t (n int generated always as identity)",
                )
                .execute(&mut owner)
                .await
                .expect("the owner shapes the schema");
            }
            let mut service = PgConnection::connect(&database.url).await.expect("service");
            let rows: i64 = sqlx::query_scalar(
                "with i as (insert into s.t default values) select count(*) from s.t",
            )
            .fetch_one(&mut service)
            .await
            .expect("the service writes and reads");
            assert_eq!(rows, round);
            sqlx::raw_sql("drop table s.t")
                .execute(&mut service)
                .await
                .expect_err("the service does not change the schema");
        }
        fs::remove_dir_all(&scratch).expect("remove the kept cluster");

        let cluster = Cluster::start(Place::Ephemeral).await.expect("start");
        let directory = cluster.directory().to_owned();
        PgConnection::connect(&cluster.tcp_url("postgres")).await.expect("connect by TCP");
        drop(cluster);
        assert!(!directory.exists());
    }
}
