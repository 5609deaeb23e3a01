//! A file can be read with what it stands on, and without what stands on it: no two files of a crate
//! need each other, whether directly or by way of others.
//!
//! What a file names of its own crate is what it needs. A name that a module hands on (`pub use`)
//! is the file's in which it is defined: whoever uses it does not need the module that hands it on,
//! nor does that module need what it hands on. Tests may name what stands above, and the crate's own
//! file names everything.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{none, texts};

/// A module: the names from the crate's own file down to it, which has none.
pub(super) type Module = Vec<String>;

/// What a file says of its crate.
#[derive(Debug, Default)]
struct Names {
    /// What it names, from the crate's own file down.
    named: BTreeSet<Module>,
    /// What it names that is none of the crate's, as it names it.
    outside: BTreeSet<Module>,
    /// What it hands on of what lies below it, by the name under which it does.
    handed_on: BTreeMap<String, Module>,
}

/// The words and signs of a text, without its comments, its strings and its tests.
fn tokens(text: &str) -> Vec<&str> {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let hashes =
            rest.strip_prefix('r').map(|raw| raw.len() - raw.trim_start_matches('#').len());
        let opening = hashes.map(|hashes| format!("r{}\"", "#".repeat(hashes)));
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(opening) = opening.filter(|opening| rest.starts_with(opening.as_str())) {
            let closing = format!("\"{}", "#".repeat(opening.len() - 2));
            let inside = &rest[opening.len()..];
            let end = inside.find(&closing).map_or(inside.len(), |end| end + closing.len());
            opening.len() + end
        } else if first == '"' {
            let mut escaped = false;
            let end = rest[1..].find(|c| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            end.map_or(rest.len(), |end| end + 2)
        } else if let Some(letter) = rest.strip_prefix("'\\") {
            // At least one letter is escaped: it may be the sign that ends it.
            let end = letter.char_indices().skip(1).find(|(_, c)| *c == '\'');
            end.map_or(rest.len(), |(end, _)| end + 3)
        } else if first == '\'' && rest.chars().nth(2) == Some('\'') {
            rest.chars().take(3).map(char::len_utf8).sum()
        } else if is_word(first) {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            tokens.push(&rest[..end]);
            end
        } else {
            let end = if rest.starts_with("::") { 2 } else { first.len_utf8() };
            if !first.is_whitespace() {
                tokens.push(&rest[..end]);
            }
            end
        };
        rest = &rest[length..];
    }
    tokens
}

/// Whether a token can be a part of a path.
fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The paths of a tree of uses, each with the name under which it is known, and how many tokens the
/// tree takes.
fn tree(tokens: &[&str], before: &[&str]) -> (Vec<(String, Module)>, usize) {
    let owned = |path: &[&str]| path.iter().map(|part| (*part).to_owned()).collect::<Module>();
    let mut path = before.to_vec();
    let mut at = 0;
    loop {
        match tokens.get(at).copied().unwrap_or(";") {
            "{" => {
                let mut all = Vec::new();
                at += 1;
                while !matches!(tokens.get(at).copied().unwrap_or("}"), "}") {
                    let (some, taken) = tree(&tokens[at..], &path);
                    all.extend(some);
                    at += taken;
                    at += usize::from(tokens.get(at) == Some(&","));
                }
                return (all, at + 1);
            }
            "::" => at += 1,
            "as" => {
                let name = tokens.get(at + 1).copied().unwrap_or_default();
                return (vec![(name.to_owned(), owned(&path))], at + 2);
            }
            token if is_name(token) || token == "*" => {
                // A module that names itself among its own names.
                if token != "self" || path.is_empty() {
                    path.push(token);
                }
                at += 1;
            }
            _ => {
                let name = path.last().copied().unwrap_or_default();
                return (vec![(name.to_owned(), owned(&path))], at);
            }
        }
    }
}

/// What a file says of its crate: `module` is its own place there, `below` are the modules in it.
fn names(text: &str, module: &Module, below: &BTreeSet<&str>) -> Names {
    // From the crate's own file down; none of another crate.
    let full = |path: &Module| -> Option<Module> {
        let (mut from, mut path) = (module.clone(), path.as_slice());
        match path.first()?.as_str() {
            "crate" => (from, path) = (Vec::new(), &path[1..]),
            "self" => path = &path[1..],
            "super" => {
                while path.first().is_some_and(|part| part == "super") {
                    from.pop();
                    path = &path[1..];
                }
            }
            first if below.contains(first) && path.len() > 1 => {}
            _ => return None,
        }
        Some([from, path.to_vec()].concat())
    };
    let tokens = tokens(text);
    let mut names = Names::default();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at] == "use" {
            // `pub`, or the end of `pub(crate)`.
            let is_public = at > 0 && matches!(tokens[at - 1], "pub" | ")");
            let (used, taken) = tree(&tokens[at + 1..], &[]);
            for (name, path) in used {
                let Some(path) = full(&path) else {
                    names.outside.insert(path);
                    continue;
                };
                if is_public && path.starts_with(module) {
                    names.handed_on.insert(name, path);
                } else {
                    names.named.insert(path);
                }
            }
            at += 1 + taken;
        } else if is_name(tokens[at]) && (at == 0 || tokens[at - 1] != "::") {
            let mut path = vec![tokens[at].to_owned()];
            while let [_, "::", name, ..] = &tokens[at..]
                && is_name(name)
            {
                path.push((*name).to_owned());
                at += 2;
            }
            if path.len() > 1 {
                match full(&path) {
                    Some(path) => names.named.insert(path),
                    None => names.outside.insert(path),
                };
            }
            at += 1;
        } else {
            at += 1;
        }
    }
    names
}

/// The module of a file in the source of a crate; none of what is no module of it.
fn module(within: &Path) -> Option<Module> {
    let mut parts: Module =
        within.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    match parts.last()?.as_str() {
        "main" | "tests" => return None,
        "mod" | "lib" => drop(parts.pop()),
        _ => {}
    }
    (parts.first().map(String::as_str) != Some("bin")).then_some(parts)
}

/// The file in which something is defined: the module that holds it, or whose it is that a module
/// hands on.
fn defined(path: &[String], files: &BTreeMap<Module, Names>, depth: usize) -> Module {
    let at = (0..=path.len()).rev().find(|at| files.contains_key(&path[..*at])).unwrap_or_default();
    let module = path[..at].to_vec();
    let handed = files.get(&module).zip(path.get(at));
    match handed.and_then(|(names, name)| names.handed_on.get(name)) {
        Some(elsewhere) if depth > 0 => {
            defined(&[elsewhere, &path[at + 1..]].concat(), files, depth - 1)
        }
        _ => module,
    }
}

/// What a file needs.
#[derive(Debug, Default)]
pub(super) struct Needed {
    /// Of its own crate: files.
    pub files: BTreeSet<Module>,
    /// Of others: paths.
    pub outside: BTreeSet<Module>,
}

/// What each file of a crate needs, but for the crate's own. The files are given by their places in
/// the crate's source.
pub(super) fn needed(sources: &[(PathBuf, &str)]) -> BTreeMap<Module, Needed> {
    let modules: Vec<(Module, &str)> =
        sources.iter().filter_map(|(path, text)| Some((module(path)?, *text))).collect();
    let files: BTreeMap<Module, Names> = modules
        .iter()
        .map(|(module, text)| {
            let below = modules.iter().filter_map(|(other, _)| match other.split_last() {
                Some((name, above)) if above == module => Some(name.as_str()),
                _ => None,
            });
            (module.clone(), names(text, module, &below.collect()))
        })
        .collect();
    files
        .iter()
        .filter(|(module, _)| !module.is_empty())
        .map(|(module, names)| {
            let named = names.named.iter().map(|path| defined(path, &files, 8));
            let others = named.filter(|other| !other.is_empty() && other != module).collect();
            (module.clone(), Needed { files: others, outside: names.outside.clone() })
        })
        .collect()
}

/// Which file of a crate needs which others that need it, whether directly or by way of others.
fn circles(sources: &[(PathBuf, &str)]) -> BTreeMap<Module, BTreeSet<Module>> {
    let needed = needed(sources).into_iter();
    let needs: BTreeMap<Module, BTreeSet<Module>> =
        needed.map(|(module, needed)| (module, needed.files)).collect();
    let mut circles = needs.clone();
    for (module, others) in &mut circles {
        others.retain(|other| stand_on(other, &needs).contains(module));
    }
    circles.retain(|_, others| !others.is_empty());
    circles
}

/// All that a file needs, itself or by way of others.
fn stand_on(file: &Module, needs: &BTreeMap<Module, BTreeSet<Module>>) -> BTreeSet<Module> {
    let mut known = BTreeSet::new();
    let mut open = vec![file];
    while let Some(next) = open.pop() {
        for other in needs.get(next).into_iter().flatten() {
            if known.insert(other.clone()) {
                open.push(other);
            }
        }
    }
    known
}

#[test]
fn no_two_files_of_a_crate_need_each_other() {
    let texts = texts();
    let mut crates: BTreeMap<String, Vec<(PathBuf, &str)>> = BTreeMap::new();
    for (path, text) in &texts {
        let is_source = path.extension().is_some_and(|kind| kind == "rs");
        let Some((of, within)) = path.to_str().and_then(|path| path.split_once("/src/")) else {
            continue;
        };
        if is_source {
            crates.entry(of.to_owned()).or_default().push((within.into(), text));
        }
    }
    assert!(crates.len() > 8, "only {} crates were found", crates.len());
    let mut findings = Vec::new();
    for (of, sources) in &crates {
        for (file, others) in circles(sources) {
            let others: Vec<String> = others.iter().map(|other| other.join("::")).collect();
            findings.push(format!("{of}: {} needs {}", file.join("::"), others.join(", ")));
        }
    }
    none(&findings, "what two files need belongs beneath both, or their caller above both:");
}

#[test]
fn a_circle_is_found_whichever_way_its_files_name_each_other() {
    let found = |sources: &[(&str, &'static str)]| {
        let sources: Vec<_> = sources.iter().map(|(path, text)| (path.into(), *text)).collect();
        let circles = circles(&sources).into_keys();
        circles.map(|file| file.join("::")).collect::<Vec<_>>().join(" ")
    };
    let lib = ("lib.rs", "mod a; mod b; use a::A; use b::B;");
    // By a use, by a path in the middle of a statement, by way of a third, from above and below.
    let b = ("b.rs", "fn b() -> u8 { crate::a::A }");
    assert_eq!(found(&[lib, ("a.rs", "use crate::{b::B, x::{self, X}};"), b]), "a b");
    assert_eq!(found(&[lib, ("a.rs", "use crate::c;"), ("c.rs", "use super::b::B;"), b]), "a b c");
    let child = ("a/child.rs", "use super::A;");
    assert_eq!(found(&[("a.rs", "mod child; pub fn a() { child::of() }"), child]), "a a::child");
    assert_eq!(found(&[("a/mod.rs", "mod child; use self::child::Of;"), child]), "a a::child");

    // What is handed on is the child's: whoever names it needs the child.
    let handing = ("a.rs", "mod child; pub(crate) use child::{A, Of as Named}; pub struct B;");
    let other = ("a/other.rs", "use super::Named;");
    assert_eq!(found(&[handing, ("a/child.rs", "pub struct A;"), other]), "");
    assert_eq!(
        found(&[handing, ("a/child.rs", "use super::other::X;"), other]),
        "a::child a::other"
    );
    // What is not handed on is the module's own.
    assert_eq!(found(&[handing, ("a/child.rs", "use super::B;"), other]), "");

    // Comments, strings, tests and other crates need nothing.
    let quiet = "//! [`crate::b::B`]\nconst A: &str = \"crate::b::B\"; // crate::b::B\n\
                 const R: &str = r#\"use crate::b::B;\"#; use serde::b::B; fn f(c: char) -> bool \
                 { c == '\"' || c == '\\'' }\n#[cfg(test)]\nmod tests {\n    use crate::b::B;\n}\n";
    assert_eq!(found(&[lib, ("a.rs", quiet), b]), "");
    let loud = "fn f(c: char) -> bool { c == '\"' || c == '\\'' } use crate::b::B;";
    assert_eq!(found(&[lib, ("a.rs", loud), b]), "a b");
}
