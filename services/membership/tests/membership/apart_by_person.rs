//! The schema lets people be distributed over several databases by their ids: migration 0244 says
//! how, and what cannot be kept then.

use std::fs;
use std::path::{Path, PathBuf};

use crate::world::World;

/// Unique without the person, and why that can be.
const UNIQUE_OTHERWISE: &[(&str, &str)] = &[
    ("card_number", "drawn at random: apart, two alike are as rare as one that is guessed"),
    ("identity_number_taken", "lies apart by the blind index, which is how numbers are looked up"),
    ("member_import_line_key", "lies apart by the import, and is not about the person"),
];

/// What lies everywhere: of what registry tells, or one for many people.
const EVERYWHERE: &[&str] =
    &["organisation", "decision", "training_course", "delegation", "emulation", "dispute_case"];

/// What lies with the person: the key that leads there has her in it.
const WITH_HER: &[&str] = &["cadre_recommendation"];

async fn told(world: &World, statement: &'static str) -> Vec<String> {
    sqlx::query_scalar(statement).fetch_all(&mut world.look().await).await.expect("looked up")
}

#[tokio::test]
async fn every_key_of_a_table_about_people_has_the_person_in_it() {
    let world = World::start().await;
    let without = told(
        &world,
        "select keys.relname::text
         from pg_index
         join pg_class keys on keys.oid = indexrelid
         join pg_class about on about.oid = indrelid
         join pg_attribute person on person.attrelid = about.oid and attname = 'person_id'
         where indisunique and about.relnamespace = 'public'::regnamespace
           and not person.attnum = any (indkey::int2[])
         order by 1",
    )
    .await;
    let known: Vec<&str> = UNIQUE_OTHERWISE.iter().map(|(key, _)| *key).collect();
    assert_eq!(without, known, "a key without the person is unique in one database only");

    let keyless = told(
        &world,
        "select relname::text from pg_class
         join pg_attribute on attrelid = pg_class.oid and attname = 'person_id'
         where relkind = 'r' and relnamespace = 'public'::regnamespace
           and relname not like '%\\_past'
           and not exists (select from pg_index where indrelid = pg_class.oid and indisprimary)",
    )
    .await;
    assert!(keyless.is_empty(), "{keyless:?} have no key");
}

#[tokio::test]
async fn no_foreign_key_leads_from_a_person_to_what_lies_elsewhere() {
    let world = World::start().await;
    let leading = told(
        &world,
        "select format('%s: %s', conname, confrelid::regclass)
         from pg_constraint
         where contype = 'f' and connamespace = 'public'::regnamespace
           and exists (select from pg_attribute
                       where attrelid = conrelid and attname = 'person_id')
         order by 1",
    )
    .await;
    assert!(leading.len() > 5, "{leading:?}");
    let elsewhere: Vec<&String> = leading
        .iter()
        .filter(|key| {
            let (key, to) = key.split_once(": ").expect("a key");
            let within = to == "person" || EVERYWHERE.contains(&to) || WITH_HER.contains(&to);
            // About an import, and with it.
            !within && key != "member_import_line_of"
        })
        .collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
}

#[tokio::test]
async fn no_function_is_bound_to_the_tables_that_it_reads() {
    let world = World::start().await;
    let bound = told(
        &world,
        "select distinct proname::text
         from pg_proc
         join pg_depend on classid = 'pg_proc'::regclass and objid = pg_proc.oid
         join pg_class on refclassid = 'pg_class'::regclass and refobjid = pg_class.oid
         where prosqlbody is not null and pronamespace = 'public'::regnamespace",
    )
    .await;
    assert!(bound.is_empty(), "{bound:?}: written `begin atomic`, no table under them moves");
}

/// The files of a folder and of those in it, with what is written in them.
fn files(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            let text = fs::read_to_string(&path).expect("text");
            found.push((path, text));
        }
    }
}

#[test]
fn several_people_are_locked_in_one_place() {
    let service = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    files(&service.join("src"), &mut found);
    files(&service.join("functions"), &mut found);
    let locks = ["for update", "for no key update", "for share", "for key share"];
    let mut locking: Vec<String> = found
        .iter()
        .filter(|(_, text)| {
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            words.match_indices(" from person ").any(|(at, _)| {
                let statement = &words[at..];
                // As far as the statement goes: to its end in SQL, or of the text in Rust.
                let end = statement.find([';', '"']).unwrap_or(statement.len());
                locks.iter().any(|lock| statement[..end].contains(lock))
            })
        })
        .map(|(path, _)| path.file_name().expect("a name").to_string_lossy().into_owned())
        .collect();
    locking.sort_unstable();
    assert_eq!(locking, ["lock_people.sql", "lock_people_alone.sql", "said_of.sql"]);
}
