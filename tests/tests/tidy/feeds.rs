//! What services tell each other is written and read in one place.

use std::path::Path;

use super::{none, texts};

/// The lines of these files in which one of these words stands; what a file tries itself with is
/// no part of it.
fn saying(of: impl Fn(&Path) -> bool, words: &[&str]) -> Vec<String> {
    let mut findings = Vec::new();
    for (path, text) in texts().into_iter().filter(|(path, _)| of(path)) {
        let program = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (index, line) in program.lines().enumerate() {
            let said = words.iter().find(|word| line.contains(**word));
            if let Some(word) = said.filter(|_| !line.trim_start().starts_with("//")) {
                findings.push(format!("{}:{}: {word}", path.display(), index + 1));
            }
        }
    }
    findings
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|kind| kind == "rs")
}

#[test]
fn the_library_knows_no_word_of_the_domain() {
    let domain =
        ["registry", "membership", "reporting", "gateway"].map(|name| format!("proto::{name}"));
    let words: Vec<&str> = domain.iter().map(String::as_str).collect();
    let of = |path: &Path| path.starts_with("services/chassis/src") && is_rust(path);
    none(&saying(of, &words), "chassis is for whatever service there is:");
}

#[test]
fn who_follows_a_feed_sees_facts_and_nothing_of_the_wire() {
    let follows = |path: &Path| {
        let mut parts = path.iter().filter_map(|part| part.to_str());
        path.starts_with("services")
            && !path.starts_with("services/chassis")
            && is_rust(path)
            && parts.any(|part| ["follow", "follow.rs", "fact", "fact.rs"].contains(&part))
    };
    let files = texts().into_iter().filter(|(path, _)| follows(path)).count();
    assert!(files > 10, "only {files} files follow");
    let found = saying(follows, &["proto::", "prost", "to_msg"]);
    none(&found, "services/feeds reads what is followed:");
}

#[test]
fn changes_are_written_and_read_by_the_feeds_alone() {
    let of = |path: &Path| {
        let services = path.starts_with("services") && is_rust(path);
        let source = path.iter().any(|part| part == "src");
        let own = ["services/feeds", "services/chassis"].iter().any(|own| path.starts_with(own));
        services && source && !own
    };
    let words = ["RegistryChange", "MembershipChange", "ReportingChange", "NewChange {"];
    none(&saying(of, &words), "a change is written and read in services/feeds:");
}
