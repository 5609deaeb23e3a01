//! The files in deploy/ hang together: what they name exists. Docker does not run
//! everywhere, so what can be checked without it is checked here.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proto::services::{NAMES, OWNERS};
use serde_yaml_ng::Value;

fn deploy() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("the tests lie in the repository").join("deploy")
}

/// Parses a file; a key that stands twice in one mapping is an error, too.
fn yaml(path: &str) -> Value {
    let text = fs::read_to_string(deploy().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    serde_yaml_ng::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The keys of a mapping; none of what is not there.
fn keys(value: &Value) -> BTreeSet<String> {
    let mapping = value.as_mapping().into_iter().flatten();
    mapping.filter_map(|(key, _)| key.as_str().map(str::to_owned)).collect()
}

/// What a list holds, or the keys of the mapping that may stand in its place.
fn names(value: &Value) -> Vec<String> {
    match value {
        Value::Sequence(items) => {
            items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
        }
        other => keys(other).into_iter().collect(),
    }
}

/// The services of compose.yaml, anchors merged.
fn services() -> Vec<(String, Value)> {
    let mut compose = yaml("compose.yaml");
    compose.apply_merge().expect("anchors merge");
    let services = compose["services"].as_mapping().expect("services").clone();
    services
        .into_iter()
        .map(|(name, service)| (name.as_str().expect("a name").to_owned(), service))
        .collect()
}

#[test]
fn every_yaml_file_parses() {
    let mut folders = vec![deploy()];
    let mut parsed = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "yaml" || e == "yml") {
                let relative = path.strip_prefix(deploy()).expect("below deploy");
                yaml(&relative.to_string_lossy());
                parsed += 1;
            }
        }
    }
    assert!(parsed >= 4, "only {parsed} files were found");
}

#[test]
fn compose_runs_every_service_and_what_they_need() {
    let names: BTreeSet<String> = services().into_iter().map(|(name, _)| name).collect();
    let beside = ["postgres", "collector", "jaeger", "prometheus", "grafana"];
    for needed in NAMES.iter().chain(&beside) {
        assert!(names.contains(*needed), "compose.yaml has no service {needed}");
    }
}

#[test]
fn every_service_that_compose_names_exists() {
    let services = services();
    let known: BTreeSet<&str> = services.iter().map(|(name, _)| name.as_str()).collect();
    for (name, service) in &services {
        for dependency in names(&service["depends_on"]) {
            assert!(known.contains(dependency.as_str()), "{name} depends on {dependency}");
        }
        // Hosts in the addresses that the services are given: `http://registry:50051`.
        for (variable, value) in service["environment"].as_mapping().into_iter().flatten() {
            let Some(value) = value.as_str() else { continue };
            let Some((_, rest)) = value.split_once("://") else { continue };
            let authority = rest.split('/').next().unwrap_or_default();
            let host = authority.rsplit('@').next().unwrap_or_default();
            let host = host.split(':').next().unwrap_or_default();
            assert!(known.contains(host), "{name}: {variable:?} names the host {host}");
        }
    }
    for (file, path) in [
        ("collector/collector.yaml", &["exporters", "otlp/jaeger", "endpoint"][..]),
        (
            "prometheus/prometheus.yaml",
            &["scrape_configs", "0", "static_configs", "0", "targets", "0"],
        ),
    ] {
        let mut value = yaml(file);
        for step in path {
            value = match step.parse::<usize>() {
                Ok(index) => value[index].clone(),
                Err(_) => value[*step].clone(),
            };
        }
        let host = value.as_str().and_then(|address| address.split(':').next()).unwrap_or_default();
        assert!(known.contains(host), "{file} names the host {host:?}");
    }
}

#[test]
fn every_file_that_compose_mounts_and_every_secret_it_hands_out_exists() {
    let compose = yaml("compose.yaml");
    let secrets = keys(&compose["secrets"]);
    let volumes = keys(&compose["volumes"]);
    let script = fs::read_to_string(deploy().join("secrets.sh")).expect("secrets.sh");
    for (name, service) in services() {
        for mount in names(&service["volumes"]) {
            let source = mount.split(':').next().unwrap_or_default();
            if source.starts_with('.') {
                assert!(deploy().join(source).exists(), "{name} mounts {source}");
            } else {
                assert!(volumes.contains(source), "{name} mounts the volume {source}");
            }
        }
        for secret in names(&service["secrets"]) {
            assert!(secrets.contains(&secret), "{name} is given the secret {secret}");
        }
        if let Some(dockerfile) = service["build"]["dockerfile"].as_str() {
            let context = service["build"]["context"].as_str().unwrap_or(".");
            let file = deploy().join(context).join(dockerfile);
            assert!(file.exists(), "{name} is built from {}", file.display());
            let crate_name = service["build"]["args"]["SERVICE"].as_str().expect("which service");
            let main = deploy().join("../services").join(crate_name).join("src/main.rs");
            assert!(main.exists(), "{name} is built from the crate {crate_name}");
        }
    }
    // Passwords and the identity provider are made by secrets.sh, keys by `congdoan keys`.
    let keys = tempfile::tempdir().expect("a folder");
    system::keys::make(keys.path()).expect("make the keys");
    for (secret, from) in compose["secrets"].as_mapping().into_iter().flatten() {
        let file = from["file"].as_str().expect("a file");
        let file = file.strip_prefix("./secrets/").unwrap_or_else(|| panic!("{secret:?}: {file}"));
        let password = file.strip_suffix(".password").map(|role| role.trim_end_matches("_owner"));
        let is_made = match password {
            Some(role) => OWNERS.contains(&role) || script.contains(role),
            // The identity provider of a trial.
            None if file.starts_with("issuer.") => script.contains(file),
            None => keys.path().join(file).exists(),
        };
        assert!(is_made, "nothing makes deploy/secrets/{file}");
    }
}
