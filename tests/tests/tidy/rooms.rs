//! A contract's room stands on the ground of its service and knows no other room: whoever changes
//! one need not read the others.

use std::collections::BTreeSet;
use std::path::Path;

use proto::services::OWNERS;

use super::uses::named;
use super::{none, texts};

#[test]
fn a_room_imports_the_ground_and_no_other_room() {
    let texts = texts();
    let mut findings = Vec::new();
    let mut rooms_of_all = 0;
    for service in OWNERS {
        let source = Path::new("services").join(service).join("src");
        let inside = |path: &Path| path.strip_prefix(&source).map(Path::to_owned).ok();
        // A room is where a contract is answered.
        let rooms: BTreeSet<String> = texts
            .iter()
            .filter_map(|(path, _)| inside(path))
            .filter(|path| path.file_name().is_some_and(|name| name == "api.rs"))
            .filter_map(|path| Some(path.iter().next()?.to_str()?.to_owned()))
            .filter(|room| room != "ground")
            .collect();
        rooms_of_all += rooms.len();
        for (path, text) in &texts {
            let Some(within) = inside(path) else { continue };
            let first = within.iter().next().and_then(|part| part.to_str()).unwrap_or_default();
            let room = first.trim_end_matches(".rs");
            // The crate's own file puts the rooms together, and the first founding is all of it.
            if within.extension().is_none_or(|kind| kind != "rs")
                || ["lib", "main", "bootstrap"].contains(&room)
            {
                continue;
            }
            for one in named(text, &["crate"]) {
                let (line, name) = (one.line, &one.path[1]);
                if rooms.contains(name) && name != room {
                    findings.push(format!("{}:{line}: {room} knows {name}", path.display()));
                }
            }
        }
    }
    assert!(rooms_of_all > 25, "only {rooms_of_all} rooms were found");
    none(&findings, "what two rooms need belongs to the ground of their service:");
}
