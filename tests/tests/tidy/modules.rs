//! The picture of the modules, `docs/modules.md`: drawn from the sources, and held to them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use proto::services::NAMES;

use super::uses::named;
use super::{root, texts};

const DOCUMENT: &str = "docs/modules.md";
/// Set where the document is to be written anew.
const WRITE: &str = "CONGDOAN_WRITE_DOCS";

type Graph = BTreeMap<String, BTreeSet<String>>;

/// The sources of a service.
struct Sources {
    /// Its files as modules, `ground::tree::placed`, and those that each names.
    files: Graph,
    /// What its parts, which are its rooms and what the ground consists of, name of each other.
    parts: Graph,
    /// What each part names of `feeds` and of `chassis`.
    besides: BTreeMap<&'static str, Graph>,
}

/// The part that a module belongs to.
fn part(module: &str) -> String {
    let mut names = module.split("::");
    match (names.next().unwrap_or_default(), names.next()) {
        ("ground", Some(within)) => format!("ground::{within}"),
        (room, _) => room.to_owned(),
    }
}

/// The module that a file is; nothing where it only puts the others together.
fn module(file: &Path) -> Option<String> {
    let file = file.to_str()?.strip_suffix(".rs")?;
    let module = file.strip_suffix("/mod").unwrap_or(file).replace('/', "::");
    (!["lib", "main", "ground"].contains(&&*module)).then_some(module)
}

/// The module that a path leads to, from this one.
fn found(path: &[String], here: &str, known: &BTreeSet<String>) -> Option<String> {
    let ups = path.iter().take_while(|name| *name == "super").count();
    let mut way: Vec<&str> = match path.first()?.as_str() {
        "super" => {
            let names: Vec<&str> = here.split("::").collect();
            names[..names.len().checked_sub(ups)?].to_vec()
        }
        _ => Vec::new(),
    };
    way.extend(path[ups.max(1)..].iter().map(String::as_str));
    (1..=way.len()).rev().map(|n| way[..n].join("::")).find(|module| known.contains(module))
}

/// One module is declared by another, which may pass its names on.
fn is_made_of(module: &str, below: &str) -> bool {
    let within = below.strip_prefix(module).and_then(|rest| rest.strip_prefix("::"));
    within.is_some_and(|name| !name.contains("::"))
}

fn sources(service: &str) -> Sources {
    let folder = Path::new("services").join(service).join("src");
    let read: BTreeMap<String, String> = texts()
        .into_iter()
        .filter_map(|(path, text)| {
            let module = module(path.strip_prefix(&folder).ok()?)?;
            // What only tests have is no part of the service.
            (!module.ends_with("::tests")).then_some((module, text))
        })
        .collect();
    let known: BTreeSet<String> = read.keys().cloned().collect();
    let mut sources =
        Sources { files: Graph::new(), parts: Graph::new(), besides: BTreeMap::new() };
    for (here, text) in &read {
        let own = part(here);
        sources.parts.entry(own.clone()).or_default();
        let named_here = sources.files.entry(here.clone()).or_default();
        // Whoever names a file names what it is made of.
        named_here.extend(known.iter().filter(|below| is_made_of(here, below)).cloned());
        for one in named(text, &["crate", "super", "feeds", "chassis"]) {
            let first = one.path[0].as_str();
            if let Some(library) = ["feeds", "chassis"].into_iter().find(|name| *name == first) {
                let of = sources.besides.entry(library).or_default();
                of.entry(own.clone()).or_default().extend(one.path.get(1).cloned());
            } else if let Some(there) = found(&one.path, here, &known).filter(|there| there != here)
            {
                named_here.insert(there.clone());
                if part(&there) != own {
                    sources.parts.entry(own.clone()).or_default().insert(part(&there));
                }
            }
        }
    }
    sources
}

/// What can be reached from a module.
fn reached<'a>(graph: &'a Graph, from: &'a str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut next = vec![from];
    while let Some(module) = next.pop() {
        for there in graph.get(module).into_iter().flatten() {
            if reached.insert(there.as_str()) {
                next.push(there);
            }
        }
    }
    reached
}

/// Files that lead back to themselves through another part: each circle, once.
fn circles(sources: &Sources) -> BTreeSet<BTreeSet<&str>> {
    let ways: BTreeMap<&str, BTreeSet<&str>> =
        sources.files.keys().map(|file| (file.as_str(), reached(&sources.files, file))).collect();
    let around = |file: &str| -> BTreeSet<&str> {
        ways[file].iter().copied().filter(|there| ways[*there].contains(file)).collect()
    };
    sources
        .files
        .keys()
        .map(|file| around(file))
        .filter(|circle| circle.iter().map(|file| part(file)).collect::<BTreeSet<_>>().len() > 1)
        .collect()
}

/// Members of the workspace and what each depends on of the others.
fn crates() -> Graph {
    let manifests: BTreeMap<String, toml::Table> = texts()
        .into_iter()
        .filter(|(path, _)| path.ends_with("Cargo.toml") && path.parent() != Some(Path::new("")))
        .filter_map(|(_, text)| {
            let manifest: toml::Table = text.parse().expect("a manifest");
            let name = manifest.get("package")?.get("name")?.as_str()?.to_owned();
            Some((name, manifest))
        })
        .collect();
    let of = |manifest: &toml::Table| {
        let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
        let names = dependencies.into_iter().flat_map(toml::Table::keys);
        names.filter(|name| manifests.contains_key(*name)).cloned().collect()
    };
    manifests.iter().map(|(name, manifest)| (name.clone(), of(manifest))).collect()
}

/// Less what is reached by a longer way, too.
fn shortest(graph: &Graph) -> Graph {
    let of = |module: &String, there: &BTreeSet<String>| {
        let direct = there.iter().filter(|one| {
            let others = there.iter().filter(|other| other != one);
            !others.into_iter().any(|other| {
                reached(graph, other).contains(one.as_str())
                    && !reached(graph, one).contains(other.as_str())
            })
        });
        (module.clone(), direct.cloned().collect())
    };
    graph.iter().map(|(module, there)| of(module, there)).collect()
}

/// A diagram, as Mermaid draws it.
fn drawn(graph: &Graph, shown: impl Fn(&str) -> String) -> String {
    let mut drawn = String::from("```mermaid\nflowchart LR\n");
    for (module, there) in graph {
        let module = shown(module);
        match there.iter().map(|one| shown(one)).collect::<Vec<_>>().join(" & ") {
            none if none.is_empty() => _ = writeln!(drawn, "  {module}"),
            there => _ = writeln!(drawn, "  {module} --> {there}"),
        }
    }
    drawn.push_str("```\n");
    drawn
}

/// Names in one cell of a table.
fn cell<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    let names: Vec<&str> =
        names.into_iter().map(|name| name.trim_start_matches("ground::")).collect();
    names.join(" ")
}

fn document() -> String {
    let mut page = format!(
        "# The picture of the modules\n\n\
         Drawn from the sources by `{WRITE}=1 cargo test -p tests --test tidy modules`; a test holds \
         it to them. What may know what, and why, is said in [ARCHITECTURE.md](ARCHITECTURE.md). Of \
         arrows that a longer way makes as well, diagrams have the longer way only; tables have \
         all.\n\n## Crates\n\n"
    );
    page.push_str(&drawn(&shortest(&crates()), str::to_owned));
    for service in NAMES {
        let sources = sources(service);
        let is_ground = |part: &str| part == "ground" || part.starts_with("ground::");
        let _ = writeln!(page, "\n## {service}\n");
        let mut above = Graph::new();
        for (part, there) in sources.parts.iter().filter(|(part, _)| !is_ground(part)) {
            let whole = |one: &String| match is_ground(one) {
                true => "ground".to_owned(),
                false => one.clone(),
            };
            above.insert(part.clone(), there.iter().map(whole).collect());
        }
        page.push_str(&drawn(&above, str::to_owned));
        page.push_str(
            "\n| | of the ground | other | feeds | chassis |\n| --- | --- | --- | --- | --- |\n",
        );
        let besides = |library: &str, part: &String| {
            let of = sources.besides.get(library).and_then(|graph| graph.get(part));
            cell(of.into_iter().flatten())
        };
        for (part, there) in &sources.parts {
            let (ground, other): (Vec<&String>, Vec<&String>) =
                there.iter().partition(|one| is_ground(one));
            let (feeds, chassis) = (besides("feeds", part), besides("chassis", part));
            let (ground, other) = (cell(ground), cell(other));
            let _ = writeln!(page, "| {part} | {ground} | {other} | {feeds} | {chassis} |");
        }
        let ground: Graph = sources
            .parts
            .iter()
            .filter(|(part, _)| part.starts_with("ground::"))
            .map(|(part, there)| {
                let within = there.iter().filter(|one| one.starts_with("ground::"));
                (part.clone(), within.cloned().collect())
            })
            .collect();
        if !ground.is_empty() {
            page.push_str("\nIts ground:\n\n");
            page.push_str(&drawn(&shortest(&ground), |part| part.replace("ground::", "")));
        }
        let circles = circles(&sources);
        if circles.is_empty() {
            page.push_str("\nNo file leads back to itself through another part.\n");
        }
        for circle in circles {
            let circle: Vec<&str> = circle.into_iter().collect();
            let _ = writeln!(page, "\nThese lead back to themselves: {}.", circle.join(", "));
        }
    }
    page
}

#[test]
fn the_picture_of_the_modules_is_what_the_sources_say() {
    let drawn = document();
    let file = root().join(DOCUMENT);
    if std::env::var_os(WRITE).is_some() {
        fs::write(&file, &drawn).expect("written");
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    let line = kept.lines().zip(drawn.lines()).find(|(kept, drawn)| kept != drawn);
    assert!(
        kept == drawn,
        "{DOCUMENT} is not what the sources say ({line:?}); write it anew: \
         {WRITE}=1 cargo test -p tests --test tidy modules"
    );
}
