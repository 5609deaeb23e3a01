//! What the manifests ask for is used, and asked for in one way.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use super::{none, root, texts};

/// Named in a manifest and in no source: crate, dependency, and why.
const UNNAMED: &[(&str, &str, &str)] = &[
    ("proto", "bitflags", "built with what tempfile asks for, so that it is built once"),
    ("proto", "num-traits", "built with what the bench asks for, so that it is built once"),
    ("proto", "regex-syntax", "built with what proptest asks for, so that it is built once"),
    ("proto", "smallvec", "built with what papers asks for, so that it is built once"),
    ("proto", "stable_deref_trait", "built with what papers asks for, so that it is built once"),
    ("proto", "yoke", "built with what papers asks for, so that it is built once"),
    ("proto", "zerofrom", "built with what papers asks for, so that it is built once"),
    ("proto", "thiserror", "built with what the system asks for, so that it is built once"),
    ("proto", "prost-types", "the generated code names it"),
];

/// The crates of the workspace: where each lies, and its manifest.
fn crates() -> BTreeMap<String, toml::Table> {
    let parse = |folder: &str| -> toml::Table {
        let path = root().join(folder).join("Cargo.toml");
        fs::read_to_string(path).expect("read a manifest").parse().expect("a manifest")
    };
    let members = parse("")["workspace"]["members"].as_array().expect("members").clone();
    members
        .iter()
        .map(|member| member.as_str().expect("a folder").to_owned())
        .map(|member| (member.clone(), parse(&member)))
        .collect()
}

fn dependencies(manifest: &toml::Table, kind: &str) -> BTreeSet<String> {
    let table = manifest.get(kind).and_then(toml::Value::as_table);
    table.into_iter().flat_map(toml::Table::keys).cloned().collect()
}

/// Whether a source names a crate: `name::…`, `use name;`, or as an attribute does.
fn names(text: &str, dependency: &str) -> bool {
    let name = dependency.replace('-', "_");
    text.match_indices(&name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = &text[at + name.len()..];
        before.is_none_or(|letter| !letter.is_alphanumeric() && letter != '_')
            && ["::", ";", " as "].iter().any(|follows| after.starts_with(follows))
    })
}

#[test]
fn every_dependency_is_named_in_the_sources_of_its_crate() {
    let texts = texts();
    let mut findings = Vec::new();
    for (folder, manifest) in crates() {
        let name = manifest["package"]["name"].as_str().expect("a name");
        // The crate below this one is another.
        let own = |path: &Path| {
            path.starts_with(&folder) && (folder != "tests" || !path.starts_with("tests/national"))
        };
        for (kind, places) in [
            ("dependencies", &["src"][..]),
            ("dev-dependencies", &["src", "tests", "examples"]),
            ("build-dependencies", &["build.rs", "build", "src"]),
        ] {
            // The tests are a library and its tests in one.
            let places = if folder.starts_with("tests") { &["src", "tests"][..] } else { places };
            for dependency in dependencies(&manifest, kind) {
                let named = texts
                    .iter()
                    .filter(|(path, _)| path.extension().is_some_and(|end| end == "rs"))
                    .filter(|(path, _)| own(path))
                    .filter(|(path, _)| {
                        places.iter().any(|place| path.starts_with(Path::new(&folder).join(place)))
                    })
                    .any(|(_, text)| names(text, &dependency));
                let excused =
                    UNNAMED.iter().any(|(of, what, _)| *of == name && *what == dependency);
                if named == excused {
                    let how = if named { "is named, and excused" } else { "is named nowhere" };
                    findings.push(format!("{folder}/Cargo.toml: {dependency} {how}"));
                }
            }
        }
    }
    none(&findings, "a dependency that nobody uses is built by everybody:");
}

#[test]
fn every_dependency_of_the_workspace_is_one_of_a_crate() {
    let workspace: toml::Table = fs::read_to_string(root().join("Cargo.toml"))
        .expect("read the manifest")
        .parse()
        .expect("a manifest");
    let crates = crates();
    let used: BTreeSet<String> = crates
        .values()
        .flat_map(|manifest| {
            ["dependencies", "dev-dependencies", "build-dependencies"]
                .into_iter()
                .flat_map(|kind| dependencies(manifest, kind))
        })
        .collect();
    let listed = dependencies(workspace["workspace"].as_table().expect("a table"), "dependencies");
    let unused: Vec<String> = listed.difference(&used).cloned().collect();
    none(&unused, "no crate uses what the workspace lists:");
}

#[test]
fn what_is_built_for_one_crate_is_built_for_all() {
    let features = |of: &[&str]| -> BTreeSet<String> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["tree", "--locked", "--offline", "--edges=normal,dev", "--prefix=none"])
            .args(["--format={p} {f}"])
            .args(of)
            .current_dir(root())
            .output()
            .expect("run cargo tree");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let printed = String::from_utf8(output.stdout).expect("UTF-8");
        printed.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).collect()
    };
    let together = features(&["--workspace"]);
    let mut findings = Vec::new();
    for (_, manifest) in crates() {
        let name = manifest["package"]["name"].as_str().expect("a name");
        // Next to nothing of ours is below it: who builds it alone builds few others.
        if ["proto", "sheets", "papers"].contains(&name) {
            continue;
        }
        let alone = features(&["--package", name]);
        assert!(alone.len() > 100, "{name} has {} dependencies", alone.len());
        findings.extend(alone.difference(&together).map(|library| format!("{name}: {library}")));
    }
    none(
        &findings,
        "built with these features for one crate alone, and with others for all together, \
         everything above is built twice: ask for the same in the workspace's dependencies",
    );
}
