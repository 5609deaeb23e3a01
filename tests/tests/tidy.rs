//! Taste, and what must never be in the repository, checked by a machine.

#[path = "tidy/circles.rs"]
mod circles;
#[path = "tidy/dependencies.rs"]
mod dependencies;
#[path = "tidy/feeds.rs"]
mod feeds;
#[path = "tidy/modules.rs"]
mod modules;
#[path = "tidy/reasons.rs"]
mod reasons;
#[path = "tidy/rooms.rs"]
mod rooms;
#[path = "tidy/schema.rs"]
mod schema;
#[path = "tidy/services.rs"]
mod services;

#[path = "tidy/words.rs"]
mod words;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use proto::services::{NAMES, OWNERS};

/// The root of the repository.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("the tests lie in the repository").to_owned()
}

/// Every file that git tracks or would add, relative to the root.
fn files() -> Vec<PathBuf> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("run git");
    assert!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    let mut files: Vec<PathBuf> = String::from_utf8(output.stdout)
        .expect("paths are UTF-8")
        .split_terminator('\0')
        .map(PathBuf::from)
        // A file deleted but not yet committed is still listed.
        .filter(|path| root().join(path).symlink_metadata().is_ok())
        .collect();
    files.sort();
    files.dedup();
    assert!(files.len() > 50, "only {} files were found", files.len());
    files
}

/// The files that are text, with what they hold. Links are read where they point to.
fn texts() -> Vec<(PathBuf, String)> {
    let root = root();
    let links =
        |path: &Path| root.join(path).symlink_metadata().is_ok_and(|file| file.is_symlink());
    files()
        .into_iter()
        .filter(|path| !links(path))
        .filter_map(|path| fs::read_to_string(root.join(&path)).ok().map(|text| (path, text)))
        .collect()
}

/// Fails with every finding, one per line, and says what to do about them.
fn none(findings: &[String], advice: &str) {
    assert!(findings.is_empty(), "{advice}\n{}", findings.join("\n"));
}

#[test]
fn no_file_holds_what_could_be_an_identity_number() {
    let mut findings = Vec::new();
    for (path, text) in texts() {
        for (index, line) in text.lines().enumerate() {
            let numbers = line
                // The last part of a UUID is no number of its own.
                .split(|c: char| !c.is_alphanumeric() && c != '-')
                .filter(|word| word.len() == 12 && word.bytes().all(|b| b.is_ascii_digit()));
            for number in numbers.filter(|number| !number.starts_with("999")) {
                // The number itself is not printed: it might be somebody's.
                let shown = format!("{}:{}: {}…", path.display(), index + 1, &number[..3]);
                findings.push(shown);
            }
        }
    }
    none(&findings, "made-up identity numbers begin with the unassigned prefix 999:");
}

#[test]
fn nothing_is_named_for_having_no_name() {
    const NAMELESS: &[&str] =
        &["common", "helper", "helpers", "manager", "misc", "shared", "util", "utils"];
    let findings: Vec<String> = files()
        .iter()
        .filter(|path| {
            path.iter().any(|part| {
                let stem = Path::new(part).file_stem().unwrap_or(part).to_string_lossy();
                NAMELESS.contains(&&*stem)
            })
        })
        .map(|path| path.display().to_string())
        .collect();
    none(&findings, "name it for the one thing it is about:");
}

#[test]
fn a_source_file_can_be_read_in_one_sitting() {
    const LONG: usize = 600;
    const TOO_LONG: usize = 1_000;
    let mut findings = Vec::new();
    for (path, text) in texts() {
        let source = path.extension().is_some_and(|e| e == "rs" || e == "sql" || e == "proto");
        // The list of reasons is one thing: it is looked up, and not read.
        let vendored = path.starts_with("proto/google") || path.ends_with("v1/reason.proto");
        let lines = text.lines().count();
        if source && !vendored && lines > LONG {
            let shown = format!("{}: {lines} lines", path.display());
            println!("long: {shown}");
            if lines > TOO_LONG {
                findings.push(shown);
            }
        }
    }
    none(&findings, "split it by what it is responsible for:");
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    // Put together here, so that this file does not find itself.
    let paths = ["work/", "root/", "farm/"].map(|path| format!("/{path}"));
    let mut findings = Vec::new();
    for (path, text) in texts() {
        for (index, line) in text.lines().enumerate() {
            let bounded = |known: &String| {
                line.match_indices(known.as_str()).any(|(at, _)| {
                    let before = line[..at].chars().next_back();
                    before.is_none_or(|c| !c.is_alphanumeric() && !".-_}/$*".contains(c))
                })
            };
            if paths.iter().any(bounded) {
                findings.push(format!("{}:{}: {}", path.display(), index + 1, line.trim()));
            }
        }
    }
    none(&findings, "a path of one machine is in the repository:");
}

#[test]
fn every_link_leads_somewhere_and_every_migration_has_its_place() {
    let root = root();
    let mut findings = Vec::new();
    for path in files() {
        let full = root.join(&path);
        if full.symlink_metadata().is_ok_and(|file| file.is_symlink()) {
            let inside = full.canonicalize().is_ok_and(|target| target.starts_with(&root));
            let target = fs::read_link(&full).unwrap_or_default();
            if !inside || target.is_absolute() {
                findings.push(format!("{} -> {}", path.display(), target.display()));
            }
        }
    }
    none(&findings, "a link leads out of the repository or nowhere:");

    for service in OWNERS {
        let migrations = root.join("services").join(service).join("migrations");
        let mut versions: Vec<String> = fs::read_dir(&migrations)
            .expect("every service that owns a database has migrations")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .map(|name| name.split('_').next().unwrap_or_default().to_owned())
            .collect();
        versions.sort();
        assert!(!versions.is_empty(), "{service} has no migrations");
        let numbered = |version: &String| version.len() == 4 && version.parse::<u16>().is_ok();
        assert!(versions.iter().all(numbered), "{service}: a migration is not named 0000_name.sql");
        let count = versions.len();
        versions.dedup();
        assert_eq!(versions.len(), count, "{service}: two migrations have one number");
    }
}

#[test]
fn every_crate_says_what_it_is_and_under_which_licence() {
    let root = root();
    let parse = |path: &Path| -> toml::Table {
        let text = fs::read_to_string(path).expect("read a manifest");
        text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let workspace = parse(&root.join("Cargo.toml"));
    let licence = workspace["workspace"]["package"]["license"].as_str();
    assert_eq!(licence, Some("Apache-2.0"));
    let text = fs::read_to_string(root.join("LICENSE")).expect("read the licence");
    assert!(text.contains("Apache License") && text.contains("Version 2.0, January 2004"));

    let members = workspace["workspace"]["members"].as_array().expect("members");
    for member in members.iter().filter_map(toml::Value::as_str) {
        let manifest = parse(&root.join(member).join("Cargo.toml"));
        let package = &manifest["package"];
        let described = package.get("description").and_then(toml::Value::as_str);
        assert!(described.is_some_and(|text| text.len() > 20), "{member} has no description");
        for inherited in ["license", "version", "edition", "publish"] {
            let from_workspace = package[inherited].get("workspace").and_then(toml::Value::as_bool);
            assert_eq!(from_workspace, Some(true), "{member}: {inherited} is its own");
        }
        let name = package["name"].as_str().expect("a name");
        let folder = Path::new(member).file_name().expect("a folder").to_string_lossy();
        assert_eq!(name, folder, "a crate is named as its folder");
    }
}

/// What of a source file is a test: all of it below `tests/`, else what follows the mark.
fn tested<'a>(path: &Path, text: &'a str) -> &'a str {
    if path.extension().is_none_or(|extension| extension != "rs") {
        return "";
    }
    if path.iter().any(|part| part == "tests") {
        return text;
    }
    text.find("#[cfg(test)]").map_or("", |begin| &text[begin..])
}

#[test]
fn every_reason_has_a_worked_example_and_a_test_that_names_it() {
    let texts = texts();
    let tests: Vec<&str> = texts.iter().map(|(path, text)| tested(path, text)).collect();
    let (mut reasons, mut findings) = (0, Vec::new());
    let contracts = texts.iter().filter(|(path, _)| path.ends_with("v1/reason.proto"));
    for (path, text) in contracts {
        let mut comment = String::new();
        for line in text.lines().map(str::trim) {
            if line.starts_with("//") {
                comment.push_str(line);
                continue;
            }
            let name = line.strip_prefix("REASON_").and_then(|rest| rest.split_once(" = "));
            if let Some((name, _)) = name.filter(|(name, _)| *name != "UNSPECIFIED") {
                reasons += 1;
                let quoted = format!("\"{name}\"");
                if !comment.contains(&format!("\"reason\": {quoted}")) {
                    findings.push(format!("{}: {name} has no worked example", path.display()));
                }
                if !tests.iter().any(|test| test.contains(&quoted)) {
                    findings.push(format!("{}: no test names {name}", path.display()));
                }
            }
            comment.clear();
        }
    }
    assert!(reasons > 200, "only {reasons} reasons were found");
    none(&findings, "say how it comes about, and show it; what nobody can produce goes:");
}

#[test]
fn every_crate_comes_from_the_public_registry() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).expect("read the lock file");
    let findings: Vec<String> = lock
        .lines()
        .filter(|line| line.starts_with("source = "))
        .filter(|line| {
            *line != "source = \"registry+https://github.com/rust-lang/crates.io-index\""
        })
        .map(str::to_owned)
        .collect();
    none(&findings, "a crate comes from elsewhere:");
}

#[test]
fn no_service_depends_on_another() {
    for service in NAMES {
        let path = root().join("services").join(service).join("Cargo.toml");
        let manifest: toml::Table =
            fs::read_to_string(&path).expect("read").parse().expect("a manifest");
        for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(table) = manifest.get(table).and_then(toml::Value::as_table) else {
                continue;
            };
            for other in NAMES.iter().chain(&["system", "scenarios", "congdoan"]) {
                assert!(!table.contains_key(*other), "{service} depends on {other}");
            }
        }
    }
}
