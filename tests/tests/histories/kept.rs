//! A history that is kept: what the next release is tried on.
//!
//! `CONGDOAN_KEEP` names a folder; `tests/release/renew.sh` sets it on the commit that is
//! released.

use std::path::{Path, PathBuf};
use std::process::Command;

use prost_reflect::prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, Value};
use serde_json::json;
use tests::release::{self, Note, Notes};
use tests::world::{ADMINISTRATOR, OPENED_ON, Unit, World};
use time::{Date, Duration};

use crate::desk::{Desk, Tier};

/// Indicators of one question.
const AT_A_TIME: usize = 50;
/// Of how many organisations figures are asked.
const HEADS: usize = 5;
/// Organisations of one question.
const ORGANISATIONS: usize = 100;

/// Where to, where this history is to be kept.
pub fn folder() -> Option<PathBuf> {
    std::env::var_os("CONGDOAN_KEEP").map(PathBuf::from)
}

/// Keeps the databases, what is answered of them, the statements and the contracts.
pub async fn keep(world: &World, desk: &Desk, indicators: &[String], folder: &Path) {
    std::fs::create_dir_all(folder).expect("a folder");
    world.settled().await;
    let units: Vec<&Unit> = desk.units.iter().map(|known| &known.unit).collect();
    let provinces = desk.units.iter().filter(|known| known.tier == Tier::Province && !known.gone);
    let province = provinces.map(|known| &known.unit).next().expect("a province");
    let kept = Notes {
        issuer: world.system.issuer().issuer().to_owned(),
        subject: ADMINISTRATOR.to_owned(),
        confederation: world.confederation.id.clone(),
        province: province.id.clone(),
        province_code: province.code.clone(),
        notes: noted(world, &units, indicators, desk.today).await,
    };
    let text = serde_json::to_vec(&kept).expect("JSON");
    release::write(folder, "notes.json.gz", &text);

    for service in proto::services::OWNERS {
        let url = &world.system.database(service).expect("a database").owner_url;
        release::write(folder, &format!("{service}.sql.gz"), &dumped(url));
    }
    let statements = serde_json::to_vec(&release::statements()).expect("JSON");
    release::write(folder, "statements.json.gz", &statements);
    release::write(folder, "contracts.bin.gz", &contracts());
}

/// What is asked: figures and books of some organisations, and how each stands; of days that are
/// over, so that the answer is the same on whatever day it is asked again.
async fn noted(world: &World, units: &[&Unit], indicators: &[String], today: Date) -> Vec<Note> {
    let (gateway, token) = (world.system.gateway(), world.token(ADMINISTRATOR));
    let day =
        |on: Date| json!({ "year": on.year(), "month": u8::from(on.month()), "day": on.day() });
    let yesterday = today - Duration::DAY;
    let halfway = OPENED_ON + (yesterday - OPENED_ON) / 2;
    let mut questions = Vec::new();
    let heads = std::iter::once(&world.confederation.id).chain(units.iter().map(|unit| &unit.id));
    for head in heads.take(HEADS) {
        for (from, as_of) in [
            (OPENED_ON, None),
            (halfway, None),
            (OPENED_ON, Some(halfway)),
            (OPENED_ON, Some(yesterday)),
        ] {
            let period = json!({ "fromOn": day(from), "throughOn": day(yesterday) });
            let tree = as_of.map_or(json!({}), |on| json!({ "asOf": day(on) }));
            for codes in indicators.chunks(AT_A_TIME) {
                let body = json!({
                    "indicators": codes, "organisationId": head, "period": &period, "tree": &tree,
                    "breakdown": "BREAKDOWN_CHILD",
                });
                questions.push(("/v1/figures:query", body));
            }
            let body = json!({ "organisationId": head, "period": &period, "tree": &tree });
            questions.push(("/v1/books:get", body));
        }
    }
    for units in units.chunks(ORGANISATIONS) {
        let ids: Vec<&str> = units.iter().map(|unit| unit.id.as_str()).collect();
        let body = json!({ "organisationIds": ids, "asOf": day(yesterday) });
        questions.push(("/v1/organisations:batchGet", body));
    }
    let mut notes = Vec::new();
    for (path, body) in questions {
        let answer = release::ask(&gateway, &token, path, &body).await;
        notes.push(Note { path: path.to_owned(), body, answer });
    }
    notes
}

/// A database as a text that makes it again, without who owns it; reference data that is compiled
/// in is written anew by whoever starts on it.
fn dumped(url: &str) -> Vec<u8> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    folders.sort();
    folders.extend(std::env::var_os("CONGDOAN_PG_BIN").map(PathBuf::from));
    let program = folders.pop().map_or("pg_dump".into(), |folder| folder.join("pg_dump"));
    // What follows is for sqlx.
    let url = url.split('?').next().unwrap_or(url);
    let output = Command::new(program)
        .args(["--no-owner", "--no-privileges", "--no-comments", "--rows-per-insert=500"])
        .args(["--exclude-table-data=public.commune_rule", "--dbname", url])
        .output()
        .expect("pg_dump runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    // What only psql understands is left out.
    let lines = text.lines().filter(|line| !line.starts_with('\\') && !line.is_empty());
    lines.fold(String::new(), |text, line| text + line + "\n").into_bytes()
}

/// The contracts without their comments.
fn contracts() -> Vec<u8> {
    let pool = DescriptorPool::decode(proto::DESCRIPTORS).expect("descriptors");
    let set = pool.get_message_by_name("google.protobuf.FileDescriptorSet").expect("known");
    let mut set = DynamicMessage::decode(set, proto::DESCRIPTORS).expect("a set");
    if let Some(Value::List(files)) = set.get_field_by_name_mut("file") {
        for file in files.iter_mut().filter_map(Value::as_message_mut) {
            file.clear_field_by_name("source_code_info");
        }
    }
    set.encode_to_vec()
}
