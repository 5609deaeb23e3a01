//! What an act refuses, and what its contract says that it refuses: read off the sources, so
//! that a reason which is added in one place is not forgotten in the other.
//!
//! An act refuses for what its file names (`Refused::…`), and for what the functions name that
//! it calls by their module (`basis::record`), and so on. What only a method of a value
//! refuses is not seen here.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use proto::services::OWNERS;

use super::{none, texts};

/// What a function can refuse and these acts never come to: reason, method, and why not.
/// A star stands for every method.
const UNREACHED: &[(&str, &str, &str)] = &[
    ("DATE_REQUIRED", "*", "an act with a decision has its date; only some can do without one"),
    ("SEAT_TAKEN", "FoundOrganisation", "nobody sits yet in the bodies of a new union"),
    ("SEAT_TAKEN", "SplitOff", "nobody sits yet in the bodies of a new union"),
    ("SEAT_TAKEN", "EstablishSteeringCommittee", "nobody sits yet in a new committee"),
    ("BODY_UNKNOWN", "EstablishSteeringCommittee", "its body is the steering committee"),
    ("BODY_UNKNOWN", "CompleteSteeringCommittee", "its body is the steering committee"),
    ("WOULD_FORM_CYCLE", "BeginJointDirection", "whoever directs a unit moves nobody"),
    ("WOULD_FORM_CYCLE", "ChangeTerritory", "a territory moves nobody"),
    ("WOULD_FORM_CYCLE", "FoundOrganisation", "nobody stands below a new organisation"),
    ("WOULD_FORM_CYCLE", "SplitOff", "nobody stands below a new organisation"),
    ("ACT_UNKNOWN", "UndoPlan", "a committed plan has its act"),
    ("ACT_UNDONE", "UndoPlan", "PLAN_NOT_COMMITTED comes before"),
    ("ACT_NOT_UNDOABLE", "UndoPlan", "a commit is an act that can be undone"),
];

/// The functions of a service: by module and name, their bodies.
type Functions = HashMap<(String, String), Vec<String>>;

/// What stands between the brace that begins here and its own.
fn braced(text: &str) -> &str {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return &text[..at];
        }
    }
    text
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn word(text: &str) -> &str {
    &text[..text.find(|letter| !is_word(letter)).unwrap_or(text.len())]
}

fn functions(module: &str, source: &str, found: &mut Functions) {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    for (at, _) in source.match_indices("fn ") {
        let rest = &source[at + 3..];
        let name = word(rest);
        let begins = rest.find('{').filter(|begin| !rest[..*begin].contains(';'));
        if let Some(begin) = begins.filter(|_| !name.is_empty()) {
            let key = (module.to_string(), name.to_string());
            found.entry(key).or_default().push(braced(&rest[begin..]).to_string());
        }
    }
}

/// `DocumentKindUnknown` as `DOCUMENT_KIND_UNKNOWN`.
fn shouted(name: &str) -> String {
    let mut shouted = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !shouted.is_empty() {
            shouted.push('_');
        }
        shouted.extend(letter.to_uppercase());
    }
    shouted
}

/// What follows each place where a word stands before `(`: who is called, by its module.
fn called(module: &str, body: &str) -> Vec<(String, String)> {
    let mut called = Vec::new();
    for (at, _) in body.match_indices('(') {
        let before = &body[..at];
        let name = &before[before.rfind(|letter| !is_word(letter)).map_or(0, |at| at + 1)..];
        let before = &before[..before.len() - name.len()];
        let of = match before.strip_suffix("::") {
            Some(before) => {
                &before[before.rfind(|letter| !is_word(letter)).map_or(0, |at| at + 1)..]
            }
            None if before.ends_with('.') => continue,
            None => module,
        };
        called.push((of.to_string(), name.to_string()));
    }
    called
}

/// Every reason that a function names, or one that it calls.
fn refused(
    functions: &Functions,
    of: &(String, String),
    seen: &mut HashSet<(String, String)>,
    reasons: &mut BTreeSet<String>,
) {
    let Some(bodies) = functions.get(of).filter(|_| seen.insert(of.clone())) else { return };
    for body in bodies {
        let named = body.match_indices("Refused::").map(|(at, found)| &body[at + found.len()..]);
        reasons.extend(named.map(|rest| shouted(word(rest))));
        for next in called(&of.0, body) {
            refused(functions, &next, seen, reasons);
        }
    }
}

/// The comment above each method, by its name.
fn comments(contract: &str) -> Vec<(String, String)> {
    let (mut comment, mut found) = (String::new(), Vec::new());
    for line in contract.lines().map(str::trim) {
        if let Some(said) = line.strip_prefix("//") {
            comment.push_str(said);
            continue;
        }
        if let Some(rest) = line.strip_prefix("rpc ") {
            found.push((word(rest).to_string(), comment.clone()));
        }
        comment.clear();
    }
    found
}

#[test]
fn every_reason_of_an_act_is_in_the_comment_of_its_method() {
    let texts = texts();
    let below = |path: &Path, folder: &str| path.starts_with(folder);
    let (mut acts, mut findings) = (0, Vec::new());
    for service in OWNERS {
        let package = format!("proto/congdoan/{service}/v1");
        let known: String = texts
            .iter()
            .filter(|(path, _)| path.ends_with("v1/reason.proto") && below(path, &package))
            .map(|(_, text)| text.as_str())
            .collect();
        let mut found = Functions::new();
        let sources = format!("services/{service}/src");
        for (path, text) in texts.iter().filter(|(path, _)| below(path, &sources)) {
            let module = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
            if path.extension().is_some_and(|extension| extension == "rs") {
                functions(&module.unwrap_or_default(), text, &mut found);
            }
        }
        let mut said: BTreeMap<String, String> = BTreeMap::new();
        for (_, contract) in texts.iter().filter(|(path, _)| below(path, &package)) {
            said.extend(comments(contract));
        }
        for (method, comment) in &said {
            let act = shouted(method).to_lowercase();
            let mut reasons = BTreeSet::new();
            let performs = (act, "perform".to_string());
            if !found.contains_key(&performs) {
                continue;
            }
            acts += 1;
            refused(&found, &performs, &mut HashSet::new(), &mut reasons);
            // "as RenameOrganisation's": what is said there is said here.
            let mut all = comment.clone();
            let mut quoted = vec![comment.clone()];
            while let Some(comment) = quoted.pop() {
                for (other, text) in &said {
                    if comment.contains(&format!("as {other}'s")) && !all.contains(text) {
                        all.push_str(text);
                        quoted.push(text.clone());
                    }
                }
            }
            let words: HashSet<&str> = all.split(|letter| !is_word(letter)).collect();
            for reason in reasons {
                let unreached = UNREACHED
                    .iter()
                    .any(|(of, by, _)| *of == reason && (*by == "*" || by == method));
                let documented = known.contains(&format!("REASON_{reason} = "));
                // What any call may be refused for is named nowhere.
                let domain = format!("{service}.congdoan.vn");
                let general =
                    proto::reason::find(&domain, &reason).is_some_and(|told| told.general);
                if documented && !general && !unreached && !words.contains(reason.as_str()) {
                    findings.push(format!("{service}: {method} refuses with {reason}"));
                }
            }
        }
    }
    assert!(acts > 40, "only {acts} acts were found");
    none(&findings, "say it under Errors:, or it will not be expected:");
}
