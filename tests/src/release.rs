//! What the last release left behind (`tests/release`): its databases, what it answered, its
//! statements and its contracts. `tests/release/renew.sh` says how it is made.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use stage::browser;

/// A question that was posted to the gateway, and what the release answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Note {
    /// For example `/v1/figures:query`.
    pub path: String,
    /// What was posted.
    pub body: Json,
    /// What was answered, but for what tells when it was.
    pub answer: Json,
}

/// What a release answered, and by whom it may be asked again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Notes {
    /// Who was asking, by the name of an issuer that is gone.
    pub issuer: String,
    /// The subject.
    pub subject: String,
    /// The Confederation.
    pub confederation: String,
    /// A province, under which something can be founded.
    pub province: String,
    /// Its code.
    pub province_code: String,
    /// What was asked.
    pub notes: Vec<Note>,
}

/// Where a release keeps what it leaves behind.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("release")
}

/// Asks the gateway; what tells when it was is left out of the answer.
///
/// # Panics
/// When it is refused.
pub async fn ask(gateway: &str, token: &str, path: &str, body: &Json) -> Json {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", &*bearer), ("content-type", "application/json")];
    let answer = browser::send(gateway, Method::POST, path, &headers, body.to_string()).await;
    assert_eq!(answer.status, StatusCode::OK, "{path} {body}: {:?}", answer.body);
    let mut answer = answer.json();
    leave_out(&mut answer, &["knownAt", "feedPositions"]);
    answer
}

/// Leaves out what is under these names, however deep.
pub fn leave_out(json: &mut Json, names: &[&str]) {
    match json {
        Json::Object(fields) => {
            fields.retain(|name, _| !names.contains(&name.as_str()));
            fields.values_mut().for_each(|value| leave_out(value, names));
        }
        Json::Array(values) => values.iter_mut().for_each(|value| leave_out(value, names)),
        _ => {}
    }
}

/// Where an answer is not what it was; a field that the contract did not have then may be there.
pub fn differences(then: &Json, now: &Json, path: &str) -> Vec<String> {
    match (then, now) {
        (Json::Object(then), Json::Object(now)) => then
            .iter()
            .flat_map(|(name, value)| {
                differences(value, now.get(name).unwrap_or(&Json::Null), &format!("{path}.{name}"))
            })
            .collect(),
        (Json::Array(then), Json::Array(now)) if then.len() == now.len() => then
            .iter()
            .zip(now)
            .enumerate()
            .flat_map(|(n, (then, now))| differences(then, now, &format!("{path}[{n}]")))
            .collect(),
        _ if then == now => Vec::new(),
        _ => vec![format!("{path}: {then} then, {now} now")],
    }
}

/// The statements of each crate, as it is compiled from what is checked out.
///
/// # Panics
/// When they cannot be read.
pub fn statements() -> BTreeMap<String, Vec<String>> {
    let services = Path::new(env!("CARGO_MANIFEST_DIR")).join("../services");
    ["chassis", "feeds"]
        .into_iter()
        .chain(proto::services::OWNERS)
        .map(|owner| {
            let files = std::fs::read_dir(services.join(owner).join(".sqlx")).expect("statements");
            let mut statements: Vec<String> = files
                .map(|file| {
                    let text = std::fs::read_to_string(file.expect("a file").path()).expect("read");
                    let described: Json = serde_json::from_str(&text).expect("JSON");
                    described["query"].as_str().expect("a statement").to_owned()
                })
                .collect();
            statements.sort();
            (owner.to_owned(), statements)
        })
        .collect()
}

/// Whether the last release had this service.
pub fn had(service: &str) -> bool {
    folder().join(format!("{service}.sql.gz")).exists()
}

/// Writes a file of a release.
///
/// # Panics
/// When it cannot be written.
pub fn write(folder: &Path, name: &str, content: &[u8]) {
    let file = std::fs::File::create(folder.join(name)).expect("a file");
    let mut gzip = Command::new("gzip")
        .arg("-9n")
        .stdin(Stdio::piped())
        .stdout(file)
        .spawn()
        .expect("gzip runs");
    gzip.stdin.take().expect("its input").write_all(content).expect("written");
    assert!(gzip.wait().expect("ended").success(), "gzip {name}");
}

/// Reads a file of the last release.
///
/// # Panics
/// When it is not there.
pub fn read(name: &str) -> Vec<u8> {
    let path = folder().join(name);
    let output = Command::new("gzip").arg("-dc").arg(&path).output().expect("gzip runs");
    assert!(output.status.success(), "gzip -dc {}", path.display());
    output.stdout
}
