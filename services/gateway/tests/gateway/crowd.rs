//! Whoever asks slowly, reads nothing or is nobody keeps no other caller waiting.

use bytes::Bytes;
use futures_util::future::join_all;
use http::Method;
use http_body_util::BodyExt;
use prost::Message;
use proto::registry::v1::{GetOrganisationRequest, GetOrganisationResponse, Organisation};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tonic::Response;

use super::passed_through::{GET, LOAD, asking, knows_organisations};
use super::slow::{Line, PATIENCE, Said, framed, told, until};
use super::world::World;

const ORGANISATION: &str = "/v1/organisations/7";
const SUSPEND: &str = "/v1/organisations/7:suspend";
const SUSPEND_GRPC: &str = "/congdoan.registry.v1.OrganisationService/SuspendOrganisation";

/// A registry whose one organisation has a name of so many bytes.
fn knows_a_long_name(world: &World, bytes: usize) {
    world.registry.answer(GET, move |_: GetOrganisationRequest| {
        let organisation = Organisation { name: "x".repeat(bytes), ..Organisation::default() };
        Ok(Response::new(GetOrganisationResponse { organisation: Some(organisation) }))
    });
}

async fn is_answered(line: &Line) -> bool {
    let answer = line.ask(Method::GET, ORGANISATION, Said::whole("")).await;
    told(answer).await == (200, String::new())
}

#[tokio::test]
async fn a_stranger_is_refused_before_its_body_comes() {
    // No more than one call at all: whoever waited for a body would hold up the next.
    let world = World::start_with("limits.calls_max = 1").await;
    let stranger = Line::to(&world).await;
    let json = join_all((0..30).map(|_| stranger.ask(Method::POST, SUSPEND, Said::half("{"))));
    for answer in json.await {
        assert_eq!(told(answer).await, (401, "ACCESS_TOKEN_INVALID".to_string()));
    }
    let half = framed(&[7; 100])[..20].to_vec();
    for kind in ["application/grpc", "application/grpc-web", "application/grpc-web-text"] {
        let stranger = Line::to(&world).await;
        let line = stranger.with("content-type", kind).with("te", "trailers");
        let said = (0..30).map(|_| line.ask(Method::POST, SUSPEND_GRPC, Said::half(half.clone())));
        for answer in join_all(said).await {
            assert_eq!(told(answer).await, (16, "ACCESS_TOKEN_INVALID".to_string()), "{kind}");
        }
    }
}

#[tokio::test]
async fn a_connection_outlives_any_number_of_refusals() {
    let world = World::start_with("limits.calls_max = 0").await;
    let line = Line::to(&world).await.of(&world, "an");
    let grpc = line.clone().grpc();
    // Each is refused before its body has come, which is on its way all the same.
    for _ in 0..200 {
        let answer = line.ask(Method::POST, SUSPEND, Said::whole("{}")).await;
        assert_eq!(told(answer).await, (503, "OVERLOADED".to_string()));
        let answer = grpc.ask(Method::POST, SUSPEND_GRPC, Said::whole(framed(&[]))).await;
        assert_eq!(told(answer).await, (14, "OVERLOADED".to_string()));
    }
}

#[tokio::test]
async fn whoever_waits_for_its_body_takes_its_own_places_only() {
    let world = World::start_with(
        "limits.calls_max = 2\nlimits.caller_calls_max = 4\nbackends.calls_max = 2",
    )
    .await;
    knows_organisations(&world.registry);
    let slow = Line::to(&world).await.of(&world, "slow");
    let grpc = slow.clone().grpc();
    let half = framed(&[7; 100])[..20].to_vec();
    let waiting: Vec<_> = (0..2)
        .flat_map(|_| {
            let (json, grpc, half) = (slow.clone(), grpc.clone(), half.clone());
            [
                tokio::spawn(
                    async move { json.send(Method::POST, SUSPEND, Said::half("{")).await },
                ),
                tokio::spawn(async move {
                    grpc.send(Method::POST, SUSPEND_GRPC, Said::half(half)).await
                }),
            ]
        })
        .collect();
    until("the caller has no place left", || async {
        let answer = slow.ask(Method::GET, ORGANISATION, Said::whole("")).await;
        told(answer).await == (503, "OVERLOADED".to_string())
    })
    .await;
    let other = Line::to(&world).await.of(&world, "other");
    assert!(is_answered(&other).await, "another caller is held up");
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
    drop((slow, grpc, waiting));
}

#[tokio::test]
async fn streams_that_wait_take_no_place_of_calls_nor_of_another_caller() {
    let world = World::start_with(
        "limits.caller_streams_max = 2\nbackends.calls_max = 2\nbackends.streams_max = 3",
    )
    .await;
    knows_organisations(&world.registry);
    world.registry.on(LOAD, |mut asked| {
        Box::pin(async move {
            while asked.message().await?.is_some() {}
            Err(tonic::Status::unknown("all of it came"))
        })
    });
    let slow = Line::to(&world).await.of(&world, "slow").grpc();
    let waiting: Vec<_> = (0..2)
        .map(|_| {
            let slow = slow.clone();
            tokio::spawn(async move { slow.send(Method::POST, LOAD, Said::half("")).await })
        })
        .collect();
    until("both wait", || async { world.registry.calls(LOAD).len() == 2 }).await;
    let third = slow.ask(Method::POST, LOAD, Said::half("")).await;
    assert_eq!(told(third).await, (14, "OVERLOADED".to_string()));
    let other = Line::to(&world).await.of(&world, "other");
    let whole = other.clone().grpc().ask(Method::POST, LOAD, Said::whole(framed(&[]))).await;
    assert_eq!(whole.headers().get("grpc-status").map(|code| code.as_bytes()), Some(&b"2"[..]));
    assert!(is_answered(&other).await, "calls are held up by streams");
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn whoever_reads_nothing_holds_no_place_in_front_of_a_service() {
    let world = World::start_with(
        "limits.calls_max = 1\nlimits.caller_calls_max = 3\nbackends.calls_max = 1",
    )
    .await;
    knows_a_long_name(&world, 100_000);
    let idle = Line::reading_nothing(&world).await.of(&world, "idle");
    let grpc = idle.clone().grpc();
    let mut unread = Vec::new();
    for line in [&idle, &grpc, &idle] {
        let said = Said::whole(if unread.len() == 1 {
            framed(&asking("7").encode_to_vec())
        } else {
            vec![]
        });
        let (method, path) =
            if unread.len() == 1 { (Method::POST, GET) } else { (Method::GET, ORGANISATION) };
        let answer = line.ask(method, path, said).await;
        assert_eq!(answer.status(), 200);
        unread.push(answer);
    }
    let other = Line::to(&world).await.of(&world, "other");
    assert!(is_answered(&other).await, "another caller is held up");
    let too_many = Line::to(&world).await.of(&world, "idle");
    let answer = too_many.ask(Method::GET, ORGANISATION, Said::whole("")).await;
    assert_eq!(told(answer).await, (503, "OVERLOADED".to_string()), "its own places are taken");
    // What was not read is whole when it is.
    drop(too_many);
    assert_eq!(unread.len(), 3);
}

#[tokio::test]
async fn what_nobody_takes_is_cut_whatever_was_asked() {
    let world = World::start_with("serve.answer_idle_ms = 300").await;
    knows_a_long_name(&world, 100_000);
    let reading_nothing = Line::reading_nothing(&world).await;
    let an = reading_nothing.clone().of(&world, "an");
    let web = an.clone().with("content-type", "application/grpc-web");
    let question = framed(&asking("7").encode_to_vec());
    let list = framed(&[0x3a, 0]);
    let reflection = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    let health = "/grpc.health.v1.Health/Watch";
    for (what, line, method, path, said) in [
        ("a document", &reading_nothing, Method::GET, "/openapi.json", Said::whole("")),
        ("no path", &reading_nothing, Method::GET, "/v1/nothing", Said::whole("")),
        ("no token", &reading_nothing, Method::GET, ORGANISATION, Said::whole("")),
        ("JSON", &an, Method::GET, ORGANISATION, Said::whole("")),
        ("gRPC-Web", &web, Method::POST, GET, Said::whole(question.clone())),
        ("gRPC", &an.clone().grpc(), Method::POST, GET, Said::whole(question)),
        ("reflection", &reading_nothing.clone().grpc(), Method::POST, reflection, Said::half(list)),
        ("health", &reading_nothing.clone().grpc(), Method::POST, health, Said::whole(framed(&[]))),
    ] {
        // A connection of its own: one on which nothing is taken does not stay.
        let fresh = Line::reading_nothing(&world).await;
        let line = line.headers_on(fresh);
        let mut answer = line.ask(method, path, said).await;
        let ended = tokio::time::timeout(PATIENCE, answer.body_mut().frame()).await;
        let ended = ended.unwrap_or_else(|_| panic!("{what}: kept for a reader who reads nothing"));
        assert!(ended.is_none_or(|frame| frame.is_err()), "{what} was sent without room for it");
    }
    let other = Line::to(&world).await.of(&world, "other");
    assert!(is_answered(&other).await);
}

#[tokio::test]
async fn what_nobody_takes_is_cut_over_http_1_too() {
    let world = World::start_with("serve.answer_idle_ms = 1000\nlimits.caller_calls_max = 1").await;
    // More than sockets hold.
    knows_a_long_name(&world, 30_000_000);
    let mut socket = tokio::net::TcpStream::connect(world.gateway.address).await.expect("open");
    let head = format!(
        "GET {ORGANISATION} HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer {}\r\n\r\n",
        world.token()
    );
    socket.write_all(head.as_bytes()).await.expect("sent");
    until("the call is under way", || async { !world.registry.calls(GET).is_empty() }).await;
    // The caller's one place is free again when its answer was cut.
    knows_a_long_name(&world, 10);
    until("the place is free", || async {
        let again = Line::to(&world).await.of(&world, "an");
        let answer = again.send(Method::GET, ORGANISATION, Said::whole("")).await;
        answer.is_ok_and(|answer| answer.status() == 200)
    })
    .await;
    let mut rest = Vec::new();
    let read = tokio::time::timeout(PATIENCE, socket.read_to_end(&mut rest)).await.expect("ended");
    assert!(read.is_err() || rest.len() < 30_000_000, "all of it was kept");
}

#[tokio::test]
async fn a_document_is_on_its_way_to_so_many_and_the_next_learns_why_not() {
    let world = World::start_with("limits.documents_max = 2").await;
    let idle = Line::reading_nothing(&world).await;
    let first = idle.ask(Method::GET, "/openapi.json", Said::whole("")).await;
    let second = idle.ask(Method::GET, "/openapi.json", Said::whole("")).await;
    let line = Line::to(&world).await;
    let third = line.ask(Method::GET, "/openapi.json", Said::whole("")).await;
    assert_eq!(third.headers()["retry-after"], "1");
    assert_eq!(told(third).await, (503, "OVERLOADED".to_string()));
    drop((first, second, idle));
    until("there is room again", || async {
        let answer = line.ask(Method::GET, "/openapi.json", Said::whole("")).await;
        told(answer).await.0 == 200
    })
    .await;
}

#[tokio::test]
async fn reflection_and_health_have_their_places() {
    let world = World::start_with("serve.infrastructure_per_address_max = 2").await;
    let line = Line::to(&world).await.grpc();
    let health = "/grpc.health.v1.Health/Watch";
    let first = line.ask(Method::POST, health, Said::whole(framed(&[]))).await;
    let second = line.ask(Method::POST, health, Said::whole(framed(&[]))).await;
    let reflection = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    let third = line.ask(Method::POST, reflection, Said::half(Bytes::new())).await;
    assert_eq!(told(third).await, (14, "OVERLOADED".to_string()));
    drop((first, second));
    until("there is room again", || async {
        let check = "/grpc.health.v1.Health/Check";
        let answer = line.ask(Method::POST, check, Said::whole(framed(&[]))).await;
        answer.headers().get("grpc-status").is_none()
    })
    .await;
}

#[tokio::test]
async fn the_backstop_says_why_in_json_too() {
    let world = World::start_with("serve.calls_max = 0").await;
    let line = Line::to(&world).await.of(&world, "an");
    let answer = line.ask(Method::GET, ORGANISATION, Said::whole("")).await;
    assert_eq!(answer.headers()["retry-after"], "1");
    assert_eq!(told(answer).await, (503, "OVERLOADED".to_string()));
    let grpc = line.grpc();
    let answer = grpc.ask(Method::POST, GET, Said::whole(framed(&[]))).await;
    assert_eq!(told(answer).await, (14, "OVERLOADED".to_string()));
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    for setting in ["limits.body_ms_max = 200", "serve.body_idle_ms = 200"] {
        let world = World::start_with(setting).await;
        let line = Line::to(&world).await.of(&world, "an");
        let answer = line.ask(Method::POST, SUSPEND, Said::half("{")).await;
        assert_eq!(told(answer).await, (408, "BODY_TOO_SLOW".to_string()), "{setting}");
        let half = framed(&[7; 100])[..20].to_vec();
        let answer = line.grpc().ask(Method::POST, SUSPEND_GRPC, Said::half(half)).await;
        assert_eq!(told(answer).await, (4, "BODY_TOO_SLOW".to_string()), "{setting}");
    }
}

#[tokio::test]
async fn a_connection_on_which_nothing_is_asked_is_closed() {
    let world = World::start_with("serve.connection_idle_ms_max = 200").await;
    knows_organisations(&world.registry);
    let mut socket = tokio::net::TcpStream::connect(world.gateway.address).await.expect("open");
    let head = format!(
        "GET {ORGANISATION} HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer {}\r\n\r\n",
        world.token()
    );
    socket.write_all(head.as_bytes()).await.expect("sent");
    let mut all = Vec::new();
    let closed = tokio::time::timeout(PATIENCE, socket.read_to_end(&mut all)).await;
    closed.expect("an idle connection is kept").expect("closed");
    assert!(all.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&all));
}

#[tokio::test]
async fn a_connection_becomes_so_old_and_its_caller_makes_another() {
    let world = World::start_with("serve.connection_age_ms_max = 200").await;
    knows_organisations(&world.registry);
    let line = Line::to(&world).await.of(&world, "an");
    assert!(is_answered(&line).await);
    until("the connection has ended", || async {
        line.send(Method::GET, ORGANISATION, Said::whole("")).await.is_err()
    })
    .await;
    assert!(is_answered(&Line::to(&world).await.of(&world, "an")).await);
}

#[tokio::test]
async fn an_address_has_so_many_connections() {
    let world = World::start_with("serve.connections_per_address_max = 2").await;
    knows_organisations(&world.registry);
    let lines = [Line::to(&world).await.of(&world, "an"), Line::to(&world).await.of(&world, "an")];
    for line in &lines {
        assert!(is_answered(line).await);
    }
    let mut third = tokio::net::TcpStream::connect(world.gateway.address).await.expect("open");
    let mut rest = Vec::new();
    let closed = tokio::time::timeout(PATIENCE, third.read_to_end(&mut rest)).await;
    assert!(closed.is_ok() && rest.is_empty(), "one connection too many is kept");
    assert!(is_answered(&lines[0]).await);
}

#[tokio::test]
async fn the_bytes_of_a_caller_are_counted_and_those_of_another_are_not() {
    let world = World::start_with("limits.caller_bytes_max = 60000").await;
    knows_a_long_name(&world, 50_000);
    let idle = Line::reading_nothing(&world).await.of(&world, "idle");
    let unread = idle.ask(Method::GET, ORGANISATION, Said::whole("")).await;
    assert_eq!(unread.status(), 200);
    let again = Line::to(&world).await.of(&world, "idle");
    let answer = again.ask(Method::GET, ORGANISATION, Said::whole("")).await;
    assert_eq!(told(answer).await, (503, "OVERLOADED".to_string()));
    let other = Line::to(&world).await.of(&world, "other");
    assert!(is_answered(&other).await);
    drop((unread, idle));
    until("there is room again", || is_answered(&again)).await;
}
