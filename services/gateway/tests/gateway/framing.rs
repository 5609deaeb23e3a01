//! What is asked is one message where the method takes one, whole and as it is.

use chassis::access::declared;
use http::Method;
use serde_json::json;

use super::passed_through::{GET, LOAD, knows_organisations};
use super::slow::{Line, Said, framed, told};
use super::world::World;

fn refused(code: u16, reason: &str) -> (u16, String) {
    (code, reason.to_string())
}

/// The paths of the methods that the gateway answers or passes on, that take a stream or not.
fn methods(asks_on: bool) -> Vec<&'static str> {
    let mut paths: Vec<&str> = declared()
        .values()
        .filter(|declared| declared.asks_on == asks_on)
        .map(|declared| &*declared.method.rpc)
        .filter(|path| !path.contains("FeedService"))
        .collect();
    paths.sort_unstable();
    paths
}

#[tokio::test]
async fn every_method_with_one_question_takes_one_message() {
    let world = World::start().await;
    let line = Line::to(&world).await.of(&world, "an").grpc();
    let web = Line::to(&world).await.of(&world, "an").with("content-type", "application/grpc-web");
    let two = [framed(&[]), framed(&[])].concat();
    let methods = methods(false);
    assert!(methods.len() > 100, "{} methods", methods.len());
    for path in methods {
        for (which, line) in [("grpc", &line), ("web", &web)] {
            let answer = line.ask(Method::POST, path, Said::whole(two.clone())).await;
            assert_eq!(told(answer).await, refused(3, "TOO_MANY_MESSAGES"), "{which}: {path}");
        }
        for service in [&world.registry, &world.membership, &world.reporting] {
            assert!(service.calls(path).is_empty(), "{path} was passed on");
        }
    }
}

#[tokio::test]
async fn every_stream_has_a_total() {
    let world = World::start_with("serve.call_bytes_max = 1000").await;
    let methods = methods(true);
    assert!(methods.len() >= 2, "{methods:?}");
    let line = Line::to(&world).await.of(&world, "an").grpc();
    let web = Line::to(&world).await.of(&world, "an").with("content-type", "application/grpc-web");
    for path in methods {
        for service in [&world.registry, &world.membership, &world.reporting] {
            // Hears all that comes.
            service.on(path, |mut asked| {
                Box::pin(async move {
                    while asked.message().await?.is_some() {}
                    Err(tonic::Status::unknown("all of it came"))
                })
            });
        }
        let many: Vec<u8> = (0..20).flat_map(|_| framed(&[0; 95])).collect();
        for line in [&line, &web] {
            let answer = line.ask(Method::POST, path, Said::whole(many.clone())).await;
            assert_eq!(told(answer).await, refused(8, "CALL_TOO_LARGE"), "{path}");
        }
    }
}

#[tokio::test]
async fn what_is_not_framed_as_grpc_says_is_refused_in_our_words() {
    let world = World::start().await;
    knows_organisations(&world.registry);
    let line = Line::to(&world).await.of(&world, "an").grpc();
    let web = Line::to(&world).await.of(&world, "an").with("content-type", "application/grpc-web");
    for said in [
        vec![],
        vec![0, 0],
        framed(&[1; 10])[..9].to_vec(),
        vec![1, 0, 0, 0, 0],
        vec![9, 0, 0, 0, 0],
    ] {
        for line in [&line, &web] {
            let answer = line.ask(Method::POST, GET, Said::whole(said.clone())).await;
            assert_eq!(told(answer).await, refused(3, "MESSAGE_MALFORMED"), "{said:?}");
        }
    }
    let text = Line::to(&world).await.of(&world, "an");
    let text = text.with("content-type", "application/grpc-web-text");
    for said in ["!!!!", "AAAA A==", "AAAAAAA", "ÄÖÜ="] {
        let answer = text.ask(Method::POST, GET, Said::whole(said)).await;
        assert_eq!(told(answer).await, refused(3, "MESSAGE_MALFORMED"), "{said}");
    }
    assert!(world.registry.calls(GET).is_empty());
}

#[tokio::test]
async fn what_is_compressed_is_refused_and_what_would_be_read_is_named() {
    let world = World::start().await;
    let line = Line::to(&world).await.of(&world, "an");
    for path in [GET, LOAD, "/grpc.health.v1.Health/Check"] {
        let gzip = line.clone().grpc().with("grpc-encoding", "gzip");
        let answer = gzip.ask(Method::POST, path, Said::half("")).await;
        assert_eq!(answer.headers()["grpc-accept-encoding"], "identity");
        assert_eq!(told(answer).await, refused(12, "ENCODING_UNSUPPORTED"), "{path}");
    }
    let gzip = line.clone().with("content-encoding", "gzip");
    let answer = gzip.ask(Method::POST, "/v1/figures:query", Said::half("")).await;
    assert_eq!(told(answer).await, refused(415, "ENCODING_UNSUPPORTED"));
    knows_organisations(&world.registry);
    let plain = line.with("content-encoding", "identity");
    let answer = plain.ask(Method::GET, "/v1/organisations/7", Said::whole("")).await;
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn a_body_of_many_values_is_refused_before_it_is_read() {
    let world = World::start().await;
    let line = Line::to(&world).await.of(&world, "an");
    // Four mebibytes of empty texts, which would take a hundred when they are read.
    let many = vec!["\"\""; 1_300_000].join(",");
    let body = format!("{{\"indicators\":[{many}]}}");
    let answer = line.ask(Method::POST, "/v1/figures:query", Said::whole(body)).await;
    assert_eq!(told(answer).await, refused(413, "JSON_TOO_MANY_VALUES"));
    let long = json!({"requestId": "x".repeat(1_000_000)}).to_string();
    let answer = line.ask(Method::POST, "/v1/organisations/7:suspend", Said::whole(long)).await;
    let (code, reason) = told(answer).await;
    assert_ne!((code, &*reason), (413, "JSON_TOO_MANY_VALUES"));
}
