//! Streams that are asked in JSON: a message a line.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::Method;
use prost::Message;
use proto::membership::v1::import_members_request::Part;
use proto::membership::v1::{Import, ImportMembersRequest, ImportMembersResponse};
use serde_json::{Value as Json, json};
use tonic::Response;

use super::behind::Behind;
use super::world::{JsonAnswer, World};

const IMPORT: &str = "/congdoan.membership.v1.ImportService/ImportMembers";
const PATH: &str = "/v1/members:import";
const LINES: &str = "application/x-ndjson";

/// How streams came in: their messages, and of the last one, whether it came to its end.
#[derive(Clone, Default)]
struct Came(Arc<Mutex<(Vec<ImportMembersRequest>, Option<bool>)>>);

impl Came {
    /// Counts the lines that come.
    fn on(behind: &Behind) -> Self {
        let came = Self::default();
        let counted = came.clone();
        behind.on(IMPORT, move |mut asked| {
            let came = counted.clone();
            Box::pin(async move {
                let mut lines = 0;
                loop {
                    let message = asked.message().await;
                    let Some(message) = message.inspect_err(|_| came.ends(false))? else { break };
                    let message = ImportMembersRequest::decode(message).expect("of the contract");
                    if let Some(Part::Lines(more)) = &message.part {
                        lines += i64::try_from(more.lines.len()).expect("few");
                    }
                    came.0.lock().expect("came").0.push(message);
                }
                came.ends(true);
                let import = Some(Import { lines_done: lines, ..Import::default() });
                let bytes = Bytes::from(ImportMembersResponse { import }.encode_to_vec());
                Ok(Response::new(stream::iter([Ok(bytes)]).boxed()))
            })
        });
        came
    }

    fn messages(&self) -> usize {
        self.0.lock().expect("came").0.len()
    }

    fn ends(&self, whole: bool) {
        self.0.lock().expect("came").1 = Some(whole);
    }

    /// Waits for the end of the stream; whether it was that of all that was meant.
    async fn whole(&self) -> bool {
        let began = Instant::now();
        loop {
            if let Some(whole) = self.0.lock().expect("came").1.take() {
                return whole;
            }
            assert!(began.elapsed() < Duration::from_secs(10), "the stream does not end");
            tokio::task::yield_now().await;
        }
    }
}

async fn sends(world: &World, kind: &str, body: Vec<u8>) -> JsonAnswer {
    let bearer = format!("Bearer {}", world.token());
    let headers =
        [("authorization", bearer.as_str()), ("accept-language", "en"), ("content-type", kind)];
    let (status, headers, body) = world.http(Method::POST, PATH, &headers, body).await;
    let body = serde_json::from_slice(&body).unwrap_or(Json::Null);
    JsonAnswer { status, headers, body }
}

fn header() -> String {
    json!({"header": {"requestId": "i", "kind": "ADMISSION_KIND_ADMITTED"}}).to_string()
}

fn line(name: &str) -> String {
    json!({"lines": {"lines": [{"person": {"name": name}}, {"person": {"name": name}}]}})
        .to_string()
}

#[tokio::test]
async fn lines_become_the_messages_of_a_stream() {
    let world = World::start().await;
    let came = Came::on(&world.membership);
    // Empty lines are none, and the last one need not end.
    let body = format!("{}\r\n\n{}\n  \n{}", header(), line("Nguyễn Thị A"), line("Trần B"));
    let answer = sends(&world, LINES, body.into_bytes()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body["import"]["linesDone"], "4");
    assert!(came.whole().await);
    let (messages, _) = &*came.0.lock().expect("came");
    assert_eq!(messages.len(), 3);
    let Some(Part::Lines(first)) = &messages[1].part else { panic!("no lines") };
    assert_eq!(first.lines[0].person.as_ref().expect("a person").name, "Nguyễn Thị A");
}

#[tokio::test]
async fn a_bad_line_is_refused_by_its_number_and_the_stream_does_not_come_to_its_end() {
    let world = World::start().await;
    let came = Came::on(&world.membership);
    for (bad, reason, field) in [
        (r#"{"lines": "#, "JSON_MALFORMED", Json::Null),
        (
            r#"{"lines": {"lines": [{"persom": {}}]}}"#,
            "JSON_MALFORMED",
            json!("lines.lines[0].persom"),
        ),
        (r#"{"header": {}, "lines": {}}"#, "JSON_MALFORMED", json!("lines")),
        ("[]", "JSON_MALFORMED", Json::Null),
    ] {
        let body = format!("{}\n\n{}\n{bad}\n{}\n", header(), line("A"), line("B"));
        let answer = sends(&world, LINES, body.into_bytes()).await;
        assert_eq!((answer.status.as_u16(), answer.reason()), (400, reason), "{answer:?}");
        assert_eq!(answer.metadata()["line"], "4", "{bad}");
        let told = &answer.detail("google.rpc.BadRequest")["fieldViolations"][0]["field"];
        assert_eq!(*told, field, "{bad}");
        assert!(!came.whole().await, "{bad}");
    }
}

#[tokio::test]
async fn lines_have_limits() {
    let limits = "serve.message_bytes_max = 4096
                  serve.call_bytes_max = 16384
                  limits.json_values_max = 50";
    let world = World::start_with(limits).await;
    let came = Came::on(&world.membership);
    let long = line(&"x".repeat(5_000));
    let answer = sends(&world, LINES, format!("{}\n{long}\n", header()).into_bytes()).await;
    assert_eq!(answer.reason(), "MESSAGE_TOO_LARGE", "{answer:?}");
    assert_eq!(answer.metadata()["line"], "2");
    assert!(!came.whole().await);
    // One that never ends is not waited for.
    let answer = sends(&world, LINES, vec![b' '; 10_000]).await;
    assert_eq!((answer.reason(), &answer.metadata()["line"]), ("MESSAGE_TOO_LARGE", &json!("1")));
    assert!(!came.whole().await);
    let many = format!(r#"{{"lines": {{"lines": [{}]}}}}"#, ["{}"; 100].join(","));
    let answer = sends(&world, LINES, format!("{}\n{many}\n", header()).into_bytes()).await;
    assert_eq!(answer.reason(), "JSON_TOO_MANY_VALUES");
    assert_eq!(answer.metadata()["line"], "2");
    assert!(!came.whole().await);
    let all = [header(), vec![line(&"x".repeat(1_000)); 20].join("\n")].join("\n");
    let answer = sends(&world, LINES, all.into_bytes()).await;
    assert_eq!(answer.reason(), "CALL_TOO_LARGE");
    assert!(!came.whole().await);
}

#[tokio::test]
async fn lines_say_what_they_are_and_who_sends_them() {
    let world = World::start().await;
    let came = Came::on(&world.membership);
    let answer = sends(&world, "application/json", header().into_bytes()).await;
    assert_eq!((answer.status.as_u16(), answer.reason()), (415, "CONTENT_TYPE_UNSUPPORTED"));
    assert_eq!(answer.metadata()["supported"], LINES);
    let kind = [("content-type", LINES)];
    let (status, _, _) = world.http(Method::POST, PATH, &kind, header().into_bytes()).await;
    assert_eq!(status, 401);
    assert_eq!(came.messages(), 0);
    assert!(world.membership.calls(IMPORT).is_empty());
}

#[tokio::test]
async fn a_refusal_of_the_service_comes_before_the_end_of_the_lines() {
    let world = World::start().await;
    world
        .membership
        .on(IMPORT, |_| Box::pin(async { Err(tonic::Status::permission_denied("not here")) }));
    let body = [header(), vec![line("A"); 1_000].join("\n")].join("\n");
    let answer = sends(&world, LINES, body.into_bytes()).await;
    assert_eq!(answer.body["error"]["status"], "PERMISSION_DENIED");
}
