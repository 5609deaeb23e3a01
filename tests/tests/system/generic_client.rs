//! Strangers: a Python client that knows nothing but reflection, curl, and gRPC-Web over plain
//! HTTP.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use http::Method;
use prost::Message;
use proto::registry::v1::{GetOrganisationRequest, GetOrganisationResponse};
use serde_json::{Value as Json, json};
use stage::browser;
use stage::made_up::{people, request_id};
use tests::world::{ADMINISTRATOR, Unit, World};
use time::macros::date;
use tokio::process::Command;

const SCRIPT: &str = "tests/system/generic_client.py";

/// A Python with grpcio and grpcio-reflection: the one that `deploy/local/python.sh` makes, or any.
async fn python() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let named = std::env::var_os("CONGDOAN_TEST_PYTHON").map(PathBuf::from);
    let made = root.join("target/python/bin/python");
    for candidate in named.into_iter().chain([made, PathBuf::from("python3")]) {
        let tried =
            Command::new(&candidate).args(["-c", "import grpc, grpc_reflection"]).output().await;
        if tried.is_ok_and(|tried| tried.status.success()) {
            return Some(candidate);
        }
    }
    None
}

/// Says why a test was skipped; in CI nothing is.
fn skipped(what: &str) {
    assert!(std::env::var_os("CI").is_none(), "{what}, and CI skips nothing");
    println!("SKIPPED: {what}");
}

async fn a_union(world: &World) -> Unit {
    let district = world.district("Q-A").await;
    let union = world.unions(&district, 1).await.remove(0);
    world.settled().await;
    world.admit(&union, date!(2020 - 01 - 01), people(3)).await;
    union
}

#[tokio::test(flavor = "multi_thread")]
async fn a_python_client_without_stubs_reads_writes_and_is_refused() {
    let Some(python) = python().await else {
        return skipped("there is no Python with grpcio and grpcio-reflection (make python)");
    };
    let world = World::start().await;
    let union = a_union(&world).await;
    let gateway = world.system.gateway();
    let output = Command::new(python)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("system/generic_client.py"))
        .args([gateway.trim_start_matches("http://"), &world.token(ADMINISTRATOR), &union.id])
        .output()
        .await
        .expect("run");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{SCRIPT}: {said}\n{complained}");
    let said: Json = serde_json::from_str(said.trim()).expect("JSON");
    assert_eq!(said["code"], union.code);
    assert_eq!(said["members_before"], 3);
    assert_eq!(said["members_after"], 5);
    assert_eq!(said["refused"]["code"], "INVALID_ARGUMENT");
    assert_eq!(said["refused"]["reason"], "IDENTITY_NUMBER_MALFORMED");
    assert_eq!(said["refused"]["field"], "lines[0].identity_number");
    assert_eq!(said["health"], "SERVING");
    let services = said["services"].as_array().expect("a list");
    assert!(services.contains(&json!("congdoan.registry.v1.OrganisationService")));
    assert!(!services.contains(&json!("congdoan.feed.v1.FeedService")), "not open to strangers");
}

/// What curl gets for these arguments.
async fn curl(arguments: &[&str]) -> (u16, String) {
    let output = Command::new("curl")
        .args(["--silent", "--show-error", "--write-out", "\n%{http_code}"])
        .args(arguments)
        .output()
        .await
        .expect("run curl");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (body, code) = said.rsplit_once('\n').expect("a code");
    (code.parse().expect("a number"), body.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn curl_reads_writes_and_is_refused() {
    if Command::new("curl").arg("--version").output().await.is_err() {
        return skipped("there is no curl");
    }
    let world = World::start().await;
    let union = a_union(&world).await;
    let gateway = world.system.gateway();
    let bearer = format!("authorization: Bearer {}", world.token(ADMINISTRATOR));
    let ask = async |arguments: &[&str]| {
        let (code, body) = curl(&[&["--header", &bearer], arguments].concat()).await;
        (code, serde_json::from_str::<Json>(&body).unwrap_or_else(|_| panic!("{code}: {body}")))
    };

    let path = format!("{gateway}/v1/organisations/{}", union.id);
    let (code, read) = ask(&[&path]).await;
    assert_eq!((code, &read["organisation"]["code"]), (200, &json!(union.code)));
    let (code, profile) = ask(&[&format!("{path}/profile")]).await;
    assert_eq!((code, &profile["membership"]["members"]), (200, &json!(3)));

    let renaming = json!({
        "requestId": request_id(),
        "name": "CĐCS Công ty Hoa Sữa",
        "effectiveOn": { "year": 2020, "month": 3, "day": 1 },
    })
    .to_string();
    let rename = format!("{path}:rename");
    let (code, renamed) = ask(&["--json", &renaming, &rename]).await;
    assert_eq!((code, &renamed["decisionId"]), (200, &json!("")));
    let (_, read) = ask(&[&path]).await;
    assert_eq!(read["organisation"]["name"], "CĐCS Công ty Hoa Sữa");

    let (code, refused) = ask(&["--json", "{\"requestId\": 7,", &rename]).await;
    assert_eq!(code, 400);
    assert_eq!(stage::refused::Refused::of_json(&refused).reason, "JSON_MALFORMED");
    let (code, refused) = ask(&[&format!("{gateway}/v1/nothing")]).await;
    assert_eq!(code, 404);
    assert_eq!(stage::refused::Refused::of_json(&refused).reason, "PATH_UNKNOWN");

    let (code, document) = curl(&[&format!("{gateway}/openapi.json")]).await;
    let document: Json = serde_json::from_str(&document).expect("JSON");
    assert_eq!((code, &document["openapi"]), (200, &json!("3.1.0")));
    let paths = document["paths"].as_object().expect("paths");
    assert!(paths.contains_key("/v1/organisations/{organisation_id}"), "{:?}", paths.keys());
}

#[tokio::test(flavor = "multi_thread")]
async fn grpc_web_reads_over_plain_http() {
    let world = World::start().await;
    let union = a_union(&world).await;
    let request =
        GetOrganisationRequest { organisation_id: union.id.clone(), ..Default::default() };
    let message = request.encode_to_vec();
    let mut framed = vec![0];
    framed.extend(u32::try_from(message.len()).expect("short").to_be_bytes());
    framed.extend(message);
    let bearer = format!("Bearer {}", world.token(ADMINISTRATOR));
    let headers =
        [("authorization", bearer.as_str()), ("content-type", "application/grpc-web+proto")];
    const PATH: &str = "/congdoan.registry.v1.OrganisationService/GetOrganisation";
    let gateway = world.system.gateway();
    let answer = browser::send(&gateway, Method::POST, PATH, &headers, framed).await;
    assert_eq!(answer.status, 200);
    let mut frames = frames(answer.body).into_iter();
    let (kind, message) = frames.next().expect("a message");
    assert_eq!(kind, 0);
    let read = GetOrganisationResponse::decode(message).expect("of the contract");
    assert_eq!(read.organisation.expect("an organisation").code, union.code);
    let (kind, trailers) = frames.next().expect("trailers");
    assert_eq!(kind, 0x80);
    let trailers = String::from_utf8_lossy(&trailers).into_owned();
    assert!(trailers.to_lowercase().contains("grpc-status:0"), "{trailers}");
}

/// The frames of gRPC-Web: messages, and trailers at the end.
fn frames(mut body: Bytes) -> Vec<(u8, Bytes)> {
    let mut frames = Vec::new();
    while body.len() >= 5 {
        let head = body.split_to(5);
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
        frames.push((head[0], body.split_to(length as usize)));
    }
    frames
}
