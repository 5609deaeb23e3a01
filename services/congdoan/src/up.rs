//! `congdoan up` and what surrounds the demo: a system that runs until it is interrupted.

use std::path::Path;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::{Demo, Up};
use crate::demo;
use crate::running::{Noted, Running};
use crate::system::{Data, Options, System};

/// Runs the system, says where it is, and stops it well when interrupted.
pub async fn run(up: Up) -> anyhow::Result<()> {
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
    let noted = note(&system, &up.data, administrator.clone())?;
    say_where(&system, administrator.as_deref());
    wait_and_stop(system, noted).await
}

/// `congdoan demo`: a system that keeps nothing, the replay, and, with `--stay`, time to try
/// things out.
pub async fn run_demo(asked: Demo) -> anyhow::Result<()> {
    let options = Options { listen: asked.listen, ..Options::ephemeral() };
    let system = start(options).await?;
    let noted = note(&system, &asked.data, Some(demo::ADMINISTRATOR.to_owned()))?;
    let replayed = demo::run(&system).await;
    if replayed.is_ok() && asked.stay {
        println!("\nThe system goes on at {} until interrupted (Ctrl-C).", system.gateway());
        return wait_and_stop(system, noted).await;
    }
    drop(noted);
    system.stop().await?;
    replayed
}

async fn start(options: Options) -> anyhow::Result<System> {
    let progress = ProgressBar::new_spinner()
        .with_style(ProgressStyle::with_template("{spinner} {msg}").context("draw a spinner")?)
        .with_message("starting PostgreSQL, registry, membership, reporting and the gateway");
    progress.enable_steady_tick(Duration::from_millis(100));
    let system = System::start(options).await;
    progress.finish_and_clear();
    system
}

fn note(system: &System, data: &Path, administrator: Option<String>) -> anyhow::Result<Noted> {
    let registry = system.database("registry").context("registry has a database")?;
    Running {
        gateway: system.gateway(),
        issuer: system.issuer().issuer().to_owned(),
        registry_owner_url: registry.owner_url.clone(),
        administrator,
    }
    .note(data)
}

fn say_where(system: &System, administrator: Option<&str>) {
    let gateway = system.gateway();
    println!("Công Đoàn is up.\n");
    println!("  gateway       {gateway}   gRPC, gRPC-Web and JSON; {gateway}/openapi.json");
    println!(
        "  issuer        {}   gives a token to anybody on this machine",
        system.issuer().issuer()
    );
    for service in crate::system::OWNERS {
        println!("  {service:<13} {}", system.uri(service));
    }
    if let Some(cluster) = system.cluster() {
        println!("  PostgreSQL {} {}", cluster.version(), cluster.psql());
        println!("  data          {}", system.directory().display());
    }
    match administrator {
        Some(subject) => println!("\nIts administrator is \"{subject}\"."),
        None => {
            println!("\nIt holds nothing yet. In another terminal:");
            println!(
                "  congdoan bootstrap --subject me     found the Confederation, and administer it"
            );
        }
    }
    println!("\nInterrupt it with Ctrl-C.");
}

async fn wait_and_stop(system: System, noted: Noted) -> anyhow::Result<()> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupted.recv() => {}
        _ = terminated.recv() => {}
    }
    drop(noted);
    eprintln!("\nstopping; calls under way may finish");
    system.stop().await
}
