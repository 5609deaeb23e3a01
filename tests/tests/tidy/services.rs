//! What a service of the table (`services/services.csv`) needs in other places. Most of it
//! follows from the table; what cannot is looked for here, and what is missing is named with
//! where it belongs.

use std::fs;
use std::path::{Path, PathBuf};

use proto::services::{OWNERS, SERVICES, Service};

use super::{none, root, texts};

/// Where all services run in one process, and the manifest of that crate.
fn in_one_process() -> (String, String) {
    let starts = |text: &str| text.contains("\"registry\" => registry::start(");
    let (system, _) = texts()
        .into_iter()
        .find(|(path, text)| path.starts_with("services") && starts(text))
        .expect("a file starts all services");
    let folder: PathBuf = system.iter().take(2).collect();
    let shown = |path: &Path| path.to_string_lossy().into_owned();
    (shown(&system), shown(&folder.join("Cargo.toml")))
}

/// Everything that a service lacks: where, and what.
fn lacks(service: &Service) -> Vec<String> {
    let Service { name, port, has_database, follows } = *service;
    let mut lacking = Vec::new();
    let mut needs = |place: &str, what: &str| {
        let text = fs::read_to_string(root().join(place)).unwrap_or_default();
        if !text.contains(what) {
            lacking.push(format!("{name}: {place} lacks {what:?}"));
        }
    };
    let capital = name.to_uppercase();
    let crate_folder = format!("services/{name}");

    // The crate, its contracts, and what it tells of itself.
    needs("Cargo.toml", &format!("\"{crate_folder}\","));
    needs("Cargo.toml", &format!("\n{name} = {{ path = \"{crate_folder}\" }}"));
    needs(&format!("{crate_folder}/Cargo.toml"), &format!("name = \"{name}\""));
    needs(&format!("{crate_folder}/src/main.rs"), &format!("{name}::start"));
    needs(&format!("{crate_folder}/defaults.toml"), &format!(":{port}\""));
    needs(&format!("proto/congdoan/{name}/v1/reason.proto"), &format!("congdoan.{name}.v1;"));
    needs("README.md", &format!("\n| [{name}](services/{name}) |"));

    // All services in one process.
    let (system, manifest) = in_one_process();
    needs(&manifest, &format!("\n{name}.workspace = true"));
    needs(&system, &format!("\"{name}\" => {name}::start("));

    // In containers.
    let compose = "deploy/compose.yaml";
    needs(compose, &format!("\n  {name}:\n    <<: *service\n    image: congdoan/{name}\n"));
    needs(compose, &format!("\n      {capital}__SERVE__ADDRESS: 0.0.0.0:{port}\n"));
    for other in follows {
        let from = SERVICES.iter().find(|known| known.name == *other);
        let port = from.map_or(0, |from| from.port);
        let feed = other.to_uppercase();
        needs(compose, &format!("\n      {capital}__FEEDS__{feed}: http://{other}:{port}\n"));
        let signer = format!("{feed}__SERVE__SIGNERS__{capital}: /run/secrets/{name}.pub.pem\n");
        needs(compose, &format!("\n      {signer}"));
        needs(&format!("{crate_folder}/defaults.toml"), &format!("\n{other} = \"http://"));
    }
    if !follows.is_empty() || !has_database {
        for secret in ["key.pem", "pub.pem"] {
            let file = format!("{name}.{secret}");
            needs(compose, &format!("\n  {file}: {{ file: ./secrets/{file} }}\n"));
        }
    }

    // Whoever owns a database is called through the gateway.
    if has_database {
        needs(&system, &format!("\"{name}\" => &{name}::SCHEMA,"));
        let variable = format!("database-url-var = \"{capital}_DATABASE_URL\"");
        needs(&format!("{crate_folder}/sqlx.toml"), &variable);
        needs("services/gateway/src/pass/backend.rs", &format!("pub {name}: String,"));
        let address = format!("\n{name} = \"http://127.0.0.1:{port}\"\n");
        needs("services/gateway/defaults.toml", &address);
        let behind = format!("\n      GATEWAY__BACKENDS__{capital}: http://{name}:{port}\n");
        needs(compose, &behind);
        let gateway = "SERVE__SIGNERS__GATEWAY: /run/secrets/gateway.pub.pem";
        needs(compose, &format!("\n      {capital}__{gateway}\n"));
        needs(compose, &format!("\n  migrate-{name}:\n"));
        for role in [name.to_owned(), format!("{name}_owner")] {
            let file = format!("{role}.password");
            needs(compose, &format!("\n      - {file}\n"));
            needs(compose, &format!("\n  {file}: {{ file: ./secrets/{file} }}\n"));
        }
        needs(&format!("{crate_folder}/migrations.sha256"), "  migrations/");
        if !Path::new(&root().join(&crate_folder).join("migrations")).is_dir() {
            lacking.push(format!("{name}: there is no folder {crate_folder}/migrations"));
        }
    }
    lacking
}

#[test]
fn every_service_of_the_table_is_in_every_place_that_it_needs() {
    let lacking: Vec<String> = SERVICES.iter().flat_map(lacks).collect();
    none(&lacking, "a service of services/services.csv is missing somewhere:");
}

#[test]
fn no_service_is_left_out_of_the_table() {
    let folders = fs::read_dir(root().join("services")).expect("the services");
    let left_out: Vec<String> = folders
        .map(|entry| entry.expect("an entry").path())
        .filter(|folder| folder.join("defaults.toml").exists())
        .filter_map(|folder| Some(folder.file_name()?.to_str()?.to_owned()))
        .filter(|name| SERVICES.iter().all(|known| known.name != name))
        .collect();
    none(&left_out, "a crate that serves is not in services/services.csv:");
}

#[test]
fn a_further_service_is_told_everything_that_it_lacks() {
    let welfare =
        Service { name: "welfare", port: 50_054, has_database: true, follows: &["registry"] };
    let lacking = lacks(&welfare);
    let (system, manifest) = in_one_process();
    for place in [
        "Cargo.toml",
        "README.md",
        "deploy/compose.yaml",
        "proto/congdoan/welfare/v1/reason.proto",
        &system,
        &manifest,
        "services/gateway/defaults.toml",
        "services/gateway/src/pass/backend.rs",
        "services/welfare/Cargo.toml",
        "services/welfare/defaults.toml",
        "services/welfare/migrations",
        "services/welfare/migrations.sha256",
        "services/welfare/sqlx.toml",
        "services/welfare/src/main.rs",
    ] {
        assert!(lacking.iter().any(|told| told.contains(place)), "{place} is not told of");
    }
    // And of a service that is there, each place is looked at: none of them is told of.
    assert!(OWNERS.iter().all(|owner| !lacking.iter().any(|told| told.starts_with(owner))));
}
