//! A contract's room stands on the ground of its service and knows no other room: whoever changes
//! one need not read the others.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proto::services::OWNERS;

use super::circles;
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
        let sources: Vec<(PathBuf, &str)> = texts
            .iter()
            .filter_map(|(path, text)| Some((inside(path)?, text.as_str())))
            .filter(|(within, _)| within.extension().is_some_and(|kind| kind == "rs"))
            .collect();
        for (file, needed) in circles::needed(&sources) {
            // The first founding is all of them.
            let room = &file[0];
            if room == "bootstrap" {
                continue;
            }
            let others = needed.files.iter().filter(|other| rooms.contains(&other[0]));
            for other in others.filter(|other| other[0] != *room) {
                let (file, other) = (file.join("::"), other.join("::"));
                findings.push(format!("{service}: {file} knows {other}"));
            }
        }
    }
    assert!(rooms_of_all > 25, "only {rooms_of_all} rooms were found");
    none(&findings, "what two rooms need belongs to the ground of their service:");
}
