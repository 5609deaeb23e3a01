//! The picture of the modules, `docs/modules.md`: drawn from the sources, and held to them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use proto::services::NAMES;

use super::uses::named;
use super::{none, root, texts};

const DOCUMENT: &str = "docs/modules.md";
/// Set where the document is to be written anew.
const WRITE: &str = "CONGDOAN_WRITE_DOCS";

type Graph = BTreeMap<String, BTreeSet<String>>;

/// The libraries under all services, and these.
fn drawn_crates() -> impl Iterator<Item = &'static str> {
    ["chassis", "feeds"].into_iter().chain(NAMES)
}

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

/// What a module passes on of those that it consists of: by its name, from where.
type PassedOn = BTreeMap<(String, String), String>;

fn passed_on(read: &BTreeMap<String, String>) -> PassedOn {
    let mut passed_on = PassedOn::new();
    for (module, text) in read {
        let within = |below: &String| {
            let name = below.strip_prefix(module.as_str())?.strip_prefix("::")?;
            (!name.contains("::")).then(|| name.to_owned())
        };
        let below: Vec<String> = read.keys().filter_map(within).collect();
        let below: Vec<&str> = below.iter().map(String::as_str).collect();
        for statement in text.split(';').filter(|statement| statement.contains("pub use ")) {
            for one in named(statement, &below) {
                if let [from, name, ..] = one.path.as_slice() {
                    let key = (module.clone(), name.clone());
                    passed_on.insert(key, format!("{module}::{from}"));
                }
            }
        }
    }
    passed_on
}

/// The module that a path leads to, from this one.
fn found(
    path: &[String],
    here: &str,
    known: &BTreeSet<String>,
    passed_on: &PassedOn,
) -> Option<String> {
    let ups = path.iter().take_while(|name| *name == "super").count();
    let mut way: Vec<&str> = match path.first()?.as_str() {
        "super" => {
            let names: Vec<&str> = here.split("::").collect();
            names[..names.len().checked_sub(ups)?].to_vec()
        }
        _ => Vec::new(),
    };
    way.extend(path[ups.max(1)..].iter().map(String::as_str));
    let is_known = |n: &usize| known.contains(&way[..*n].join("::"));
    let n = (1..=way.len()).rev().find(is_known)?;
    let module = way[..n].join("::");
    let name = way.get(n).copied().unwrap_or_default().to_owned();
    Some(passed_on.get(&(module.clone(), name)).cloned().unwrap_or(module))
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
    let passed_on = passed_on(&read);
    let mut sources =
        Sources { files: Graph::new(), parts: Graph::new(), besides: BTreeMap::new() };
    for (here, text) in &read {
        let own = part(here);
        sources.parts.entry(own.clone()).or_default();
        let named_here = sources.files.entry(here.clone()).or_default();
        for one in named(text, &["crate", "super", "feeds", "chassis"]) {
            let first = one.path[0].as_str();
            if let Some(library) = ["feeds", "chassis"].into_iter().find(|name| *name == first) {
                let of = sources.besides.entry(library).or_default();
                of.entry(own.clone()).or_default().extend(one.path.get(1).cloned());
            } else if let Some(there) =
                found(&one.path, here, &known, &passed_on).filter(|there| there != here)
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

fn is_ground(part: &str) -> bool {
    part.starts_with("ground::")
}

/// Every part of a service, with all that it names; columns in which nobody has anything are left
/// out.
fn table(sources: &Sources) -> String {
    let besides = |library: &str, part: &String| {
        let of = sources.besides.get(library).and_then(|graph| graph.get(part));
        cell(of.into_iter().flatten())
    };
    let rows = sources.parts.iter().map(|(part, there)| {
        let (ground, others): (Vec<&String>, Vec<&String>) =
            there.iter().partition(|one| is_ground(one));
        let (feeds, chassis) = (besides("feeds", part), besides("chassis", part));
        [part.clone(), cell(ground), cell(others), feeds, chassis]
    });
    let rows: Vec<[String; 5]> = rows.collect();
    let mut all =
        vec![["", "of the ground", "others", "of feeds", "of chassis"].map(str::to_owned)];
    all.push(["---"; 5].map(str::to_owned));
    all.extend(rows.iter().cloned());
    let wanted: Vec<usize> =
        (0..5).filter(|n| rows.iter().any(|row| !row[*n].is_empty())).collect();
    // Of others alone, the diagram tells all.
    if wanted.len() <= 2 {
        return String::new();
    }
    let mut table = String::from("\n");
    for row in all {
        let cells: Vec<&str> = wanted.iter().map(|n| row[*n].as_str()).collect();
        let _ = writeln!(table, "| {} |", cells.join(" | "));
    }
    table
}

fn document() -> String {
    let mut page = format!(
        "# The picture of the modules\n\n\
         Drawn from the sources by `{WRITE}=1 cargo test -p tests --test tidy modules`; a test holds it to\n\
         them. What may know what, and why, is said in [ARCHITECTURE.md](ARCHITECTURE.md). Of arrows that a\n\
         longer way makes as well, diagrams have the longer way only; tables have all. No file leads back to\n\
         itself through another part than its own: a test keeps that, too.\n\n\
         ## Crates\n\n"
    );
    page.push_str(&drawn(&shortest(&crates()), str::to_owned));
    for service in drawn_crates() {
        let sources = sources(service);
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
        page.push_str(&table(&sources));
        let ground: Graph = sources
            .parts
            .iter()
            .filter(|(part, _)| is_ground(part))
            .map(|(part, there)| {
                let within = there.iter().filter(|one| is_ground(one));
                (part.clone(), within.cloned().collect())
            })
            .collect();
        if !ground.is_empty() {
            page.push_str("\nIts ground:\n\n");
            page.push_str(&drawn(&shortest(&ground), |part| part.replace("ground::", "")));
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

#[test]
fn no_file_leads_back_to_itself_through_another_part() {
    let mut findings = Vec::new();
    for service in drawn_crates() {
        let sources = sources(service);
        for circle in circles(&sources) {
            let circle: Vec<&str> = circle.into_iter().collect();
            findings.push(format!("{service}: {}", circle.join(", ")));
        }
    }
    none(&findings, "what two parts need of each other is a third that both stand on:");
}
