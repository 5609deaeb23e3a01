//! What a source file names of others, read off its text: by `use`, and in its code.

/// A path that a text names.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    /// Where it begins; the first line is 1.
    pub line: usize,
    /// From `crate`, `super`, `self` or the name of a crate on: `["crate", "ground", "tree"]`.
    pub path: Vec<String>,
}

/// Every path of a text that begins with one of these words. Comments are left out, and so are the
/// tests at its end, which see everything.
pub fn named(text: &str, roots: &[&str]) -> Vec<Named> {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let code: Vec<&str> = code
        .lines()
        .map(|line| if line.trim_start().starts_with("//") { "" } else { line })
        .map(|line| line.split(" // ").next().unwrap_or_default())
        .collect();
    let code = code.join("\n");
    let mut named = Vec::new();
    let mut at = 0;
    while let Some((begin, root)) = next(&code, at, roots) {
        let line = code[..begin].matches('\n').count() + 1;
        at = begin + root.len() + "::".len();
        let mut paths = Vec::new();
        at += tree(&code[at..], &mut vec![root.to_owned()], &mut paths);
        named.extend(paths.into_iter().map(|path| Named { line, path }));
    }
    named
}

/// Where one of the words is next, as the beginning of a path.
fn next<'a>(code: &str, from: usize, roots: &[&'a str]) -> Option<(usize, &'a str)> {
    let begins = |root: &&'a str| {
        let path = format!("{root}::");
        let is_first = |at: &usize| {
            let before = code[..*at].chars().next_back();
            !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
        };
        let mut places = code[from..].match_indices(&path).map(|(at, _)| from + at);
        places.find(is_first).map(|at| (at, *root))
    };
    roots.iter().filter_map(begins).min()
}

/// Reads what follows `a::`, one name or several in braces; answers how far it goes.
fn tree(code: &str, before: &mut Vec<String>, paths: &mut Vec<Vec<String>>) -> usize {
    let blank = code.len() - code.trim_start().len();
    let rest = &code[blank..];
    if let Some(list) = rest.strip_prefix('{') {
        let mut at = 0;
        while let Some(c) = list[at..].chars().next().filter(|c| *c != '}') {
            let is_name = c.is_alphanumeric() || c == '_' || c == '{';
            at += if is_name { tree(&list[at..], before, paths) } else { c.len_utf8() };
        }
        return blank + list.len().min(at + 1) + 1;
    }
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    before.push(rest[..end].to_owned());
    let goes_on = rest[end..].strip_prefix("::").filter(|rest| !rest.starts_with(['<', '*']));
    let length = match goes_on {
        Some(rest) => end + "::".len() + tree(rest, before, paths),
        None => {
            paths.push(before.clone());
            // What it is called here is no further name.
            let renamed = rest[end..].strip_prefix(" as ").unwrap_or_default();
            let name = renamed.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(0);
            if name > 0 { end + " as ".len() + name } else { end }
        }
    };
    before.pop();
    length
}

#[test]
fn paths_are_read_out_of_lists_and_out_of_code() {
    let text = "//! crate::no\n\
        use crate::ground::{\n    basis::{self, Basis},\n    tree as place, // crate::not\n};\n\
        use super::wire;\n\
        fn x() -> crate::plan::Plan { chassis::parse::id::<u8>(xcrate::y) }\n\
        #[cfg(test)]\nmod tests { use crate::late; }\n";
    let found = named(text, &["crate", "super", "chassis"]);
    let found: Vec<(usize, String)> =
        found.into_iter().map(|one| (one.line, one.path.join("::"))).collect();
    let expected = [
        (2, "crate::ground::basis::self"),
        (2, "crate::ground::basis::Basis"),
        (2, "crate::ground::tree"),
        (6, "super::wire"),
        (7, "crate::plan::Plan"),
        (7, "chassis::parse::id"),
    ];
    assert_eq!(found, expected.map(|(line, path)| (line, path.to_owned())));
}
