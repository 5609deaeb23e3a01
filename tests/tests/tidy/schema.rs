//! What a database was once told is never told otherwise: migrations are frozen, and functions
//! stand in files of their own, one each.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use chassis::database::{EVERYWHERE, Function};
use proto::services::OWNERS;

use super::{none, root};

/// What stands in each `.sql` file of a folder, by the name of the file; links are followed.
fn sql(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder of SQL") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "sql") {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            files.insert(name, fs::read_to_string(&path).expect("SQL is UTF-8"));
        }
    }
    assert!(!files.is_empty(), "{} holds no SQL", folder.display());
    files
}

fn hex(text: &str) -> String {
    digest(&SHA256, text.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_migration_that_landed_is_as_it_landed() {
    let mut findings = Vec::new();
    for service in OWNERS {
        let folder = root().join("services").join(service);
        let list = fs::read_to_string(folder.join("migrations.sha256")).expect("the checksums");
        let mut frozen: BTreeMap<&str, &str> = BTreeMap::new();
        for line in list.lines() {
            let (checksum, file) = line.split_once("  migrations/").expect("a line of sha256sum");
            assert_eq!(frozen.insert(file, checksum), None, "{service}: {file} stands twice");
        }
        let sorted = list.lines().is_sorted_by_key(|line| line.split_once("  ").map(|(_, of)| of));
        assert!(sorted, "{service}/migrations.sha256 is in the order of the migrations");
        for (file, text) in sql(&folder.join("migrations")) {
            let checksum = hex(&text);
            match frozen.remove(file.as_str()) {
                Some(landed) if landed == checksum => {}
                Some(_) => findings.push(format!(
                    "services/{service}/migrations/{file} was changed: put it back as it was, and \
                     write a new migration, or change the function's own file in functions/"
                )),
                None => findings.push(format!(
                    "services/{service}/migrations/{file} is new: add this line to \
                     services/{service}/migrations.sha256\n{checksum}  migrations/{file}"
                )),
            }
        }
        findings.extend(frozen.into_keys().map(|file| {
            format!("services/{service}/migrations/{file} is gone: databases have it; put it back")
        }));
    }
    none(&findings, "a database that has a migration never gets it again (docs/migrations.md):");
}

#[test]
fn every_function_has_a_file_of_its_own_which_its_service_applies() {
    let mut findings = Vec::new();
    let owned: [(&str, &[Function]); 4] = [
        ("chassis", EVERYWHERE),
        ("registry", registry::SCHEMA.functions),
        ("membership", membership::SCHEMA.functions),
        ("reporting", reporting::SCHEMA.functions),
    ];
    for (owner, functions) in owned {
        let mut files = sql(&root().join("services").join(owner).join("functions"));
        for function in functions {
            files.remove(&format!("{}.sql", function.name));
            let made: Vec<&str> = function
                .text
                .lines()
                .filter_map(|line| line.strip_prefix("create or replace function "))
                .filter_map(|rest| rest.split('(').next())
                .collect();
            if made.iter().map(|name| name.replace('.', "_")).ne([function.name]) {
                findings.push(format!("{owner}/functions/{}.sql makes {made:?}", function.name));
            }
            let others = function.text.lines().any(|line| {
                line.starts_with("create ") && !line.starts_with("create or replace function ")
                    || ["drop ", "alter "].iter().any(|verb| line.starts_with(verb))
            });
            if others {
                findings.push(format!("{owner}/functions/{}.sql does more", function.name));
            }
            if !function.text.starts_with("-- ") {
                findings.push(format!("{owner}/functions/{}.sql says not what for", function.name));
            }
        }
        let forgotten = files.into_keys();
        findings.extend(forgotten.map(|file| format!("{owner}/functions/{file} is not applied")));
    }
    none(&findings, "one function a file, named as the file and in its service's SCHEMA:");

    // What migrations made before there were files; what is stored rests on these three, and the
    // guards of the dated attributes are written by a loop.
    const IN_MIGRATIONS: [&str; 3] = ["fold", "document_number_key", "name_backwards"];
    let mut findings = Vec::new();
    for (service, functions) in [
        ("registry", registry::SCHEMA.all_functions()),
        ("membership", membership::SCHEMA.all_functions()),
        ("reporting", reporting::SCHEMA.all_functions()),
    ] {
        for (file, text) in sql(&root().join("services").join(service).join("migrations")) {
            let made = text.lines().filter_map(|line| {
                let rest = line.strip_prefix("create function ");
                rest.or_else(|| line.strip_prefix("create or replace function "))
            });
            for name in made.filter_map(|rest| rest.split('(').next()) {
                let own = name.replace('.', "_");
                let known = functions.iter().any(|function| function.name == own);
                if !known && !IN_MIGRATIONS.contains(&name) {
                    findings.push(format!("services/{service}/migrations/{file}: {name}"));
                }
            }
        }
    }
    none(&findings, "a function belongs in functions/, not in a migration:");
}
