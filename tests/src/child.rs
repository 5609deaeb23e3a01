//! The system as a process of its own, with all that it leaves behind: its log, PostgreSQL's
//! log, and what an OpenTelemetry collector hears of it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use congdoan::running::Running;
use fake_opentelemetry_collector::{
    ExportedLog, ExportedMetric, ExportedSpan, FakeCollectorServer,
};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long it may take to start or to stop.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long between two looks.
const LOOK: Duration = Duration::from_millis(20);

/// A running `congdoan up`.
pub struct System {
    /// Where it is.
    pub running: Running,
    child: Child,
    folder: TempDir,
}

impl System {
    /// Starts it with everything logged, telling the collector at this address.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(program: &str, collector: &str) -> Self {
        Self::started(program, &["--telemetry", collector], "trace").await
    }

    /// Starts it as it runs in earnest: with only what went wrong logged.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_quietly(program: &str) -> Self {
        Self::started(program, &[], "error").await
    }

    async fn started(program: &str, more: &[&str], log: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = File::create(folder.path().join("log")).expect("a log");
        let mut child = Command::new(program)
            .args(["up", "--listen", "127.0.0.1:0"])
            .args(more)
            .arg("--data")
            .arg(folder.path().join("data"))
            .env("CONGDOAN_LOG", log)
            .env_remove("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(file)
            .kill_on_drop(true)
            .spawn()
            .expect("started");
        let began = Instant::now();
        let running = loop {
            if let Ok(running) = Running::read(&folder.path().join("data")) {
                break running;
            }
            let ended = child.try_wait().expect("looked at");
            assert!(
                ended.is_none() && began.elapsed() < PATIENCE,
                "it does not start: {ended:?}, and says: {}",
                text(&folder.path().join("log"))
            );
            tokio::time::sleep(LOOK).await;
        };
        Self { running, child, folder }
    }

    /// Asks it to stop, as an operator would, and waits until it has: what it still had to
    /// tell is told by then.
    ///
    /// # Panics
    /// When it does not.
    pub async fn stop(mut self) -> Left {
        let id = self.child.id().expect("it runs").to_string();
        let told = Command::new("/bin/sh").args(["-c", "kill -s TERM \"$1\"", "sh", &id]).status();
        assert!(told.await.expect("told").success());
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        assert!(ended.expect("in time").expect("ended").success());
        Left { folder: self.folder }
    }

    /// How much memory the process has, in bytes.
    ///
    /// # Panics
    /// When it does not run.
    pub fn resident_bytes(&self) -> u64 {
        let id = self.child.id().expect("it runs");
        let status = text(Path::new(&format!("/proc/{id}/status")));
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a size");
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").trim().parse().expect("a number");
        kilobytes * 1024
    }

    /// Where it keeps its data.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

/// What a system left behind when it stopped.
pub struct Left {
    folder: TempDir,
}

impl Left {
    /// All that it logged.
    pub fn log(&self) -> String {
        text(&self.folder.path().join("log"))
    }

    /// All that PostgreSQL logged.
    pub fn postgresql_log(&self) -> String {
        text(&self.folder.path().join("data/postgresql/postgresql.log"))
    }
}

fn text(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    String::from_utf8_lossy(&bytes).into_owned()
}

/// All that a collector heard.
#[derive(Debug, Default)]
pub struct Heard {
    /// Spans of all traces.
    pub spans: Vec<ExportedSpan>,
    /// Log lines.
    pub logs: Vec<ExportedLog>,
    /// Measures.
    pub metrics: Vec<ExportedMetric>,
}

/// A collector that we did not write, listened to all the time: it keeps little by itself.
pub struct Collector {
    /// `http://127.0.0.1:4317`.
    pub endpoint: String,
    stop: watch::Sender<bool>,
    listening: JoinHandle<Heard>,
}

impl Collector {
    /// Starts it.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start() -> Self {
        let server = FakeCollectorServer::start().await.expect("a collector");
        let endpoint = server.endpoint();
        let (stop, stopped) = watch::channel(false);
        let listening = tokio::spawn(listen(server, stopped));
        Self { endpoint, stop, listening }
    }

    /// What it has heard, when nobody tells it more.
    ///
    /// # Panics
    /// When it broke down.
    pub async fn heard(self) -> Heard {
        self.stop.send(true).expect("it listens");
        self.listening.await.expect("it listened")
    }
}

async fn listen(mut server: FakeCollectorServer, stopped: watch::Receiver<bool>) -> Heard {
    let mut heard = Heard::default();
    loop {
        let last = *stopped.borrow();
        let count = heard.spans.len() + heard.logs.len() + heard.metrics.len();
        heard.spans.extend(server.exported_spans(1, LOOK).await);
        heard.logs.extend(server.exported_logs(1, LOOK).await);
        heard.metrics.extend(server.exported_metrics(1, LOOK).await);
        let quiet = count == heard.spans.len() + heard.logs.len() + heard.metrics.len();
        if last && quiet {
            return heard;
        }
    }
}
