//! Files, which are passed on as they are: fetched in pieces, and sent in pieces.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::Method;
use http_body_util::BodyExt;
use prost::Message;
use proto::google::api::HttpBody;
use proto::membership::v1::{
    AdmissionKind, DownloadExportRequest, Import, ImportFileRequest, ImportFileResponse,
};
use serde_json::{Value as Json, json};
use tonic::metadata::MetadataValue;
use tonic::{Response, Status};

use super::slow::{Line, PATIENCE, Said, told};
use super::world::{JsonAnswer, World};

const DOWNLOAD: &str = "/congdoan.membership.v1.ExportService/DownloadExport";
const FILE: &str = "/v1/exports/7/file";
const IMPORT: &str = "/congdoan.membership.v1.ImportService/ImportFile";
const CSV: &str = "text/csv; charset=utf-8";

fn piece(content_type: &str, data: &[u8]) -> Bytes {
    let data = Bytes::copy_from_slice(data);
    let body = HttpBody { content_type: content_type.to_owned(), data, extensions: Vec::new() };
    Bytes::from(body.encode_to_vec())
}

/// Membership answers these pieces for a file, and then ends so.
fn has_file(world: &World, pieces: Vec<Bytes>, ends: Option<Status>) {
    world.membership.on(DOWNLOAD, move |mut asked| {
        let (pieces, ends) = (pieces.clone(), ends.clone());
        Box::pin(async move {
            let asked = asked.message().await?.unwrap_or_default();
            let asked = DownloadExportRequest::decode(asked).expect("of the contract");
            assert_eq!(asked.export_id, "7");
            let all = pieces.into_iter().map(Ok).chain(ends.map(Err));
            let mut answer = Response::new(stream::iter(all).boxed());
            let named = MetadataValue::from_static("attachment; filename=\"a.csv\"");
            answer.metadata_mut().insert("content-disposition", named);
            Ok(answer)
        })
    });
}

#[tokio::test]
async fn a_file_is_answered_as_it_is() {
    let world = World::start().await;
    let bytes = [0, 255, b'\n', b'{'];
    let pieces = vec![piece(CSV, &bytes), piece("", b"and more"), piece("text/html", b"")];
    has_file(&world, pieces, None);
    let bearer = format!("Bearer {}", world.token());
    let headers = [("authorization", bearer.as_str())];
    let (status, headers, body) = world.http(Method::GET, FILE, &headers, Vec::new()).await;
    assert_eq!(status, 200);
    assert_eq!(body, [&bytes[..], b"and more"].concat());
    for (name, value) in [
        ("content-type", CSV),
        ("content-disposition", "attachment; filename=\"a.csv\""),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(headers[name], value, "{name}");
    }
    // Nothing at all is a file, too, of no kind that anybody would run.
    has_file(&world, Vec::new(), None);
    let an = Line::to(&world).await.of(&world, "an");
    let answer = an.ask(Method::GET, FILE, Said::whole("")).await;
    assert_eq!(answer.headers()["content-type"], "application/octet-stream");
    assert!(answer.into_body().collect().await.expect("whole").to_bytes().is_empty());
}

#[tokio::test]
async fn a_file_that_is_refused_is_a_refusal_and_one_that_breaks_off_is_cut() {
    let world = World::start().await;
    let an = Line::to(&world).await.of(&world, "an");
    let (status, _) =
        told(Line::to(&world).await.ask(Method::GET, FILE, Said::whole("")).await).await;
    assert_eq!(status, 401);
    has_file(&world, Vec::new(), Some(Status::permission_denied("not here")));
    let refused = an.ask(Method::GET, FILE, Said::whole("")).await;
    assert_eq!(refused.status(), 403);
    assert_eq!(refused.headers()["content-type"], "application/json");

    let broken = Some(Status::permission_denied("no longer"));
    has_file(&world, vec![piece(CSV, b"half of it")], broken);
    // Cut before its head is out, or behind it.
    if let Ok(answer) = an.send(Method::GET, FILE, Said::whole("")).await {
        assert_eq!(answer.status(), 200);
        let whole = answer.into_body().collect().await;
        assert!(whole.is_err(), "half a file is taken for all of it");
    }
}

#[tokio::test]
async fn a_file_that_nobody_reads_is_cut() {
    let world = World::start_with("serve.answer_idle_ms = 300").await;
    // Without end: it is not in memory as a whole.
    world.membership.on(DOWNLOAD, |_| {
        Box::pin(async {
            let endless = stream::repeat_with(|| Ok(piece(CSV, &[b'x'; 64 << 10])));
            Ok(Response::new(endless.boxed()))
        })
    });
    let idle = Line::reading_nothing(&world).await.of(&world, "idle");
    let mut answer = idle.ask(Method::GET, FILE, Said::whole("")).await;
    assert_eq!(answer.status(), 200);
    let ended = tokio::time::timeout(PATIENCE, answer.body_mut().frame()).await;
    let ended = ended.expect("kept for a reader who reads nothing");
    assert!(ended.is_none_or(|frame| frame.is_err()));
    // Whoever reads gets more than is ever in memory here, for longer than a call may take.
    let reader = Line::to(&world).await.of(&world, "reader");
    let mut answer = reader.ask(Method::GET, FILE, Said::whole("")).await;
    let mut bytes = 0;
    while bytes < 48 << 20 {
        let frame = answer.body_mut().frame().await.expect("more").expect("more");
        bytes += frame.into_data().map(|data| data.len()).unwrap_or_default();
    }
}

/// How a file came in: its messages, and whether the last one was its end.
#[derive(Clone, Default)]
struct Came(Arc<Mutex<(Vec<ImportFileRequest>, Option<bool>)>>);

impl Came {
    fn on(world: &World) -> Self {
        let came = Self::default();
        let counted = came.clone();
        world.membership.on(IMPORT, move |mut asked| {
            let came = counted.clone();
            *came.0.lock().expect("came") = Default::default();
            Box::pin(async move {
                loop {
                    let message = asked.message().await;
                    let message = message.inspect_err(|_| came.ends(false))?;
                    let Some(message) = message else { break };
                    let message = ImportFileRequest::decode(message).expect("of the contract");
                    came.0.lock().expect("came").0.push(message);
                }
                came.ends(true);
                let import = Some(Import { lines_done: 3, ..Import::default() });
                let answer = ImportFileResponse { import, ..ImportFileResponse::default() };
                Ok(Response::new(stream::iter([Ok(answer.encode_to_vec().into())]).boxed()))
            })
        });
        came
    }

    fn ends(&self, whole: bool) {
        self.0.lock().expect("came").1 = Some(whole);
    }

    async fn whole(&self) -> bool {
        let began = std::time::Instant::now();
        loop {
            if let Some(whole) = self.0.lock().expect("came").1.take() {
                return whole;
            }
            assert!(began.elapsed() < Duration::from_secs(10), "the file does not end");
            tokio::task::yield_now().await;
        }
    }
}

async fn sends(world: &World, query: &str, kind: &str, body: Vec<u8>) -> JsonAnswer {
    let bearer = format!("Bearer {}", world.token());
    let headers =
        [("authorization", bearer.as_str()), ("accept-language", "en"), ("content-type", kind)];
    let path = format!("/v1/members:importFile?{query}");
    let (status, headers, body) = world.http(Method::POST, &path, &headers, body).await;
    let body = serde_json::from_slice(&body).unwrap_or(Json::Null);
    JsonAnswer { status, headers, body }
}

#[tokio::test]
async fn a_file_that_is_sent_comes_in_pieces_behind_what_the_query_says() {
    let world = World::start().await;
    let came = Came::on(&world);
    let query = "header.requestId=i&header.kind=ADMISSION_KIND_ADMITTED\
                 &header.effectiveOn=2026-03-01&header.validate_only=true";
    let body: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let answer = sends(&world, query, "Text/CSV; charset=windows-1258", body.clone()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body["import"]["linesDone"], "3");
    assert!(came.whole().await);
    let messages = &came.0.lock().expect("came").0;
    let header = messages[0].header.as_ref().expect("a header");
    assert_eq!((header.request_id.as_str(), header.validate_only), ("i", true));
    assert_eq!(header.kind, i32::from(AdmissionKind::Admitted));
    assert_eq!(header.effective_on.map(|date| (date.year, date.month)), Some((2026, 3)));
    let file = messages[0].file.as_ref().expect("a file");
    assert_eq!(file.content_type, "text/csv; charset=windows-1258");
    assert!(messages[1..].iter().all(|message| message.header.is_none()));
    let pieces: Vec<&HttpBody> = messages.iter().filter_map(|it| it.file.as_ref()).collect();
    assert!(pieces.iter().all(|piece| piece.data.len() <= 512 << 10));
    let whole: Vec<u8> = pieces.iter().flat_map(|piece| piece.data.to_vec()).collect();
    assert!(whole == body, "other bytes came");
}

#[tokio::test]
async fn a_file_has_a_kind_and_a_limit_and_breaks_off_where_its_sender_does() {
    let world = World::start_with("serve.call_bytes_max = 65536").await;
    let came = Came::on(&world);
    for kind in ["application/json", "multipart/form-data; boundary=x"] {
        let answer = sends(&world, "", kind, b"{}".to_vec()).await;
        assert_eq!((answer.status.as_u16(), answer.reason()), (415, "CONTENT_TYPE_UNSUPPORTED"));
    }
    for (query, field) in [("header.nothing=1", "header.nothing"), ("file.data=AA", "file.data")] {
        let answer = sends(&world, query, "text/csv", b"x".to_vec()).await;
        assert_eq!((answer.status.as_u16(), answer.reason()), (400, "PARAMETER_MALFORMED"));
        let told = &answer.detail("google.rpc.BadRequest")["fieldViolations"][0]["field"];
        assert_eq!(*told, json!(field));
    }
    assert!(world.membership.calls(IMPORT).is_empty());
    let answer = sends(&world, "", "text/csv", vec![b'x'; 100_000]).await;
    assert_eq!((answer.status.as_u16(), answer.reason()), (413, "CALL_TOO_LARGE"));
    assert!(!came.whole().await, "a part of a file is taken for all of it");

    // Whoever goes away in the middle has not sent a file.
    let path = "/v1/members:importFile";
    let line = Line::to(&world).await.of(&world, "an").with("content-type", "text/csv");
    let sent = line.send(Method::POST, path, Said::half("Họ tên,Năm sinh\n"));
    let gone = tokio::time::timeout(Duration::from_millis(500), sent).await;
    assert!(gone.is_err(), "half a file is answered");
    assert!(!came.whole().await, "half a file is taken for all of it");
}
