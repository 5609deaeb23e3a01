//! `congdoan up` and what surrounds the demo: a system that runs until it is interrupted.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use system::{Data, OWNERS, Options, System};
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::{Demo, Up};
use crate::language::{current, tell};
use crate::output::{is_json, line, print_json};
use crate::running::{Held, Noted, Running, advised};

/// Runs the system, says where it is, and stops it well when interrupted.
pub async fn run(up: Up) -> anyhow::Result<()> {
    let held = Held::take(&up.data)?;
    listen_where_nobody_does(up.listen)?;
    let data = if up.ephemeral { Data::Ephemeral } else { Data::Kept(up.data.clone()) };
    let options = Options {
        data,
        listen: up.listen,
        telemetry: up.telemetry,
        log: std::env::var("CONGDOAN_LOG").unwrap_or_else(|_| "warn".to_owned()),
    };
    let system = start(options).await?;
    // What a system without a past has bootstrapped, this one has not.
    let administrator = if up.ephemeral { None } else { Running::administrator(&up.data) };
    let noted = note(&system, held, administrator.clone())?;
    say_where(&system, &up.data, administrator.as_deref());
    wait_and_stop(system, Some(noted)).await
}

/// `congdoan demo`: a system that keeps nothing, the replay, and, with `--stay`, time to try
/// things out.
pub async fn run_demo(asked: Demo) -> anyhow::Result<()> {
    // Where another system is noted, a demo that goes away again runs beside it unnoted.
    let held = match Held::take(&asked.data) {
        Ok(held) => Some(held),
        Err(error) if asked.stay => return Err(error),
        Err(_) => None,
    };
    listen_where_nobody_does(asked.listen)?;
    let options = Options { listen: asked.listen, ..Options::ephemeral() };
    let system = start(options).await?;
    let administrator = || Some(scenarios::ADMINISTRATOR.to_owned());
    let noted = held.map(|held| note(&system, held, administrator())).transpose()?;
    let replayed = scenarios::run(&system, current().tag()).await;
    if replayed.is_ok() && asked.stay {
        let gateway = system.gateway();
        line(&tell!(
            "\nHệ thống tiếp tục chạy ở {gateway} cho đến khi bị ngắt (Ctrl-C).",
            "\nThe system goes on at {gateway} until interrupted (Ctrl-C)."
        ));
        return wait_and_stop(system, noted).await;
    }
    drop(noted);
    system.stop().await?;
    replayed
}

async fn start(options: Options) -> anyhow::Result<System> {
    let services = proto::services::OWNERS.join(", ");
    let progress = ProgressBar::new_spinner()
        .with_style(ProgressStyle::with_template("{spinner} {msg}").context("draw a spinner")?)
        .with_message(tell!(
            "đang khởi động PostgreSQL, {services} và cổng",
            "starting PostgreSQL, {services} and the gateway"
        ));
    progress.enable_steady_tick(Duration::from_millis(100));
    let system = System::start(options).await;
    progress.finish_and_clear();
    // What follows is for whoever looks after the machine, and stays as it was said.
    system.with_context(|| tell!("hệ thống không khởi động được", "the system does not start"))
}

/// Refuses an address that another program uses before anything is started.
fn listen_where_nobody_does(address: SocketAddr) -> anyhow::Result<()> {
    match TcpListener::bind(address) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => Err(anyhow::Error::msg(tell!(
            "địa chỉ {address} đang có chương trình khác dùng; chọn địa chỉ khác bằng --listen, ví \
             dụ --listen 127.0.0.1:0",
            "another program uses the address {address}; choose another with --listen, for example \
             --listen 127.0.0.1:0"
        ))),
        Err(error) => Err(error)
            .with_context(|| tell!("không nghe được ở {address}", "cannot listen at {address}")),
    }
}

fn note(system: &System, held: Held, administrator: Option<String>) -> anyhow::Result<Noted> {
    let registry = system.database("registry").context("registry has a database")?;
    Running {
        gateway: system.gateway(),
        issuer: system.issuer().issuer().to_owned(),
        registry_owner_url: registry.owner_url.clone(),
        administrator,
        process_id: std::process::id(),
    }
    .note(held)
}

fn say_where(system: &System, data: &Path, administrator: Option<&str>) {
    let (gateway, issuer) = (system.gateway(), system.issuer().issuer());
    if is_json() {
        let services: serde_json::Map<String, serde_json::Value> =
            OWNERS.iter().map(|of| ((*of).to_owned(), system.uri(of).into())).collect();
        print_json(&serde_json::json!({
            "gateway": gateway,
            "issuer": issuer,
            "services": services,
            "data": data,
            "administrator": administrator,
        }));
        return;
    }
    line(&tell!("Công Đoàn đang chạy.\n", "Công Đoàn is up.\n"));
    line(&tell!(
        "  cổng          {gateway}   gRPC, gRPC-Web và JSON; {gateway}/openapi.json",
        "  gateway       {gateway}   gRPC, gRPC-Web and JSON; {gateway}/openapi.json"
    ));
    line(&tell!(
        "  nơi cấp mã    {issuer}   cấp mã truy cập cho bất cứ ai trên máy này",
        "  issuer        {issuer}   gives a token to anybody on this machine"
    ));
    for service in OWNERS {
        line(&format!("  {service:<13} {}", system.uri(service)));
    }
    if let Some(cluster) = system.cluster() {
        line(&format!("  PostgreSQL {} {}", cluster.version(), cluster.psql()));
        let directory = system.directory().display();
        line(&tell!("  dữ liệu       {directory}", "  data          {directory}"));
    }
    match administrator {
        Some(subject) => line(&tell!(
            "\nNgười quản trị là \"{subject}\".",
            "\nIts administrator is \"{subject}\"."
        )),
        None => {
            let bootstrap = advised("bootstrap --subject me", data);
            line(&tell!(
                "\nHệ thống chưa có gì. Ở một cửa sổ khác, lập Tổng Liên đoàn và làm người quản trị:\n  {bootstrap}",
                "\nIt holds nothing yet. In another terminal, found the Confederation and administer it:\n  {bootstrap}"
            ));
        }
    }
    line(&tell!("\nDừng bằng Ctrl-C.", "\nInterrupt it with Ctrl-C."));
}

async fn wait_and_stop(system: System, noted: Option<Noted>) -> anyhow::Result<()> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupted.recv() => {}
        _ = terminated.recv() => {}
    }
    drop(noted);
    eprintln!(
        "{}",
        tell!("\nđang dừng; việc dở dang được làm xong", "\nstopping; calls under way may finish")
    );
    system.stop().await
}
