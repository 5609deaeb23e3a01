//! The picture of the modules, `docs/modules.md`: drawn from the sources, and held to them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use proto::services::NAMES;

use super::circles::{self, Module};
use super::{root, texts};

const DOCUMENT: &str = "docs/modules.md";
/// Set where the document is to be written anew.
const WRITE: &str = "CONGDOAN_WRITE_DOCS";

type Graph = BTreeMap<String, BTreeSet<String>>;

/// The libraries under all services, and these.
fn drawn_crates() -> impl Iterator<Item = &'static str> {
    ["chassis", "feeds"].into_iter().chain(NAMES)
}

/// What the parts of a service, which are its rooms and what the ground consists of, need.
struct Parts {
    /// Of each other.
    own: Graph,
    /// Of `feeds` and of `chassis`.
    besides: BTreeMap<&'static str, Graph>,
}

/// The part that a file belongs to; none of what only puts the others together.
fn part(module: &Module) -> Option<String> {
    match module.as_slice() {
        [ground, within, ..] if ground == "ground" => Some(format!("ground::{within}")),
        [room, ..] if room != "ground" => Some(room.clone()),
        _ => None,
    }
}

fn parts(service: &str) -> Parts {
    let folder = Path::new("services").join(service).join("src");
    let texts = texts();
    let sources: Vec<(PathBuf, &str)> = texts
        .iter()
        .filter(|(path, _)| path.extension().is_some_and(|kind| kind == "rs"))
        .filter_map(|(path, text)| Some((path.strip_prefix(&folder).ok()?.into(), text.as_str())))
        .collect();
    let mut parts = Parts { own: Graph::new(), besides: BTreeMap::new() };
    for (module, needed) in circles::needed(&sources) {
        let Some(own) = part(&module) else { continue };
        let others = needed.files.iter().filter_map(part).filter(|other| *other != own);
        parts.own.entry(own.clone()).or_default().extend(others);
        for path in &needed.outside {
            let [library, of, ..] = path.as_slice() else { continue };
            if let Some(library) = ["feeds", "chassis"].into_iter().find(|known| known == library) {
                let of_library = parts.besides.entry(library).or_default();
                of_library.entry(own.clone()).or_default().insert(of.clone());
            }
        }
    }
    parts
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
fn table(parts: &Parts) -> String {
    let besides = |library: &str, part: &String| {
        let of = parts.besides.get(library).and_then(|graph| graph.get(part));
        cell(of.into_iter().flatten())
    };
    let rows = parts.own.iter().map(|(part, there)| {
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
         longer way makes as well, diagrams have the longer way only; tables have all.\n\n\
         ## Crates\n\n"
    );
    page.push_str(&drawn(&shortest(&crates()), str::to_owned));
    for service in drawn_crates() {
        let parts = parts(service);
        let _ = writeln!(page, "\n## {service}\n");
        let mut above = Graph::new();
        for (part, there) in parts.own.iter().filter(|(part, _)| !is_ground(part)) {
            let whole = |one: &String| match is_ground(one) {
                true => "ground".to_owned(),
                false => one.clone(),
            };
            above.insert(part.clone(), there.iter().map(whole).collect());
        }
        page.push_str(&drawn(&above, str::to_owned));
        page.push_str(&table(&parts));
        let ground: Graph = parts
            .own
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
