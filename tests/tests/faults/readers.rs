//! Whoever reads nothing.

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use http::Method;

use super::ground::Ground;
use super::hostile::{Hostile, Said};

const WAITS: Duration = Duration::from_secs(2);
/// How long streams are held that are answered at once.
const STAYS: Duration = Duration::from_millis(500);
const GRPC: [(&str, &str); 2] = [("content-type", "application/grpc"), ("te", "trailers")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_that_nobody_takes() {
    let ground = Ground::start().await;
    ground
        .withstands(|| async {
            let connections = (0..12).map(|_| Hostile::to(ground.authority(), Some(0)));
            let connections = join_all(connections).await;
            let asked = connections.iter().flat_map(|connection| {
                (0..255).map(|_| {
                    connection.ask(Method::GET, "/openapi.json", &[], Said::whole(""), WAITS)
                })
            });
            let held = join_all(asked).await;
            // The system goes on while all of it is held.
            tokio::time::sleep(WAITS).await;
            drop(held);
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_their_caller_does_not_take() {
    let ground = Ground::start().await;
    let token = format!("Bearer {}", ground.nobody("reader").await);
    ground
        .withstands(|| async {
            let connections = (0..8).map(|n| Hostile::to(ground.authority(), Some(n % 2)));
            let connections = join_all(connections).await;
            let path = "/v1/indicators";
            let headers = [("authorization", token.as_str())];
            let asked = connections.iter().flat_map(|connection| {
                let headers = &headers;
                (0..100).map(move |_| async move {
                    connection.ask(Method::GET, path, headers, Said::whole(""), WAITS).await
                })
            });
            let _held = join_all(asked).await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reflection_and_health_that_nobody_reads() {
    let ground = Ground::start().await;
    let health = Bytes::from_static(&[0, 0, 0, 0, 0]);
    let list = Bytes::from_static(&[0, 0, 0, 0, 2, 0x3a, 0]);
    ground
        .withstands(|| async {
            let connections = (0..10).map(|_| Hostile::to(ground.authority(), Some(0)));
            let connections = join_all(connections).await;
            let (health, list) = (&health, &list);
            let asked = connections.iter().flat_map(|connection| {
                (0..200).map(move |n| async move {
                    let (path, said) = if n % 2 == 0 {
                        ("/grpc.health.v1.Health/Watch", Said::whole(health.clone()))
                    } else {
                        let path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
                        (path, Said { piece: list.clone(), times: 50, ends: false })
                    };
                    connection.ask(Method::POST, path, &GRPC, said, WAITS).await
                })
            });
            let _held = join_all(asked).await;
            // They stay open: new ones at once would be another attack, one of work.
            tokio::time::sleep(STAYS).await;
        })
        .await;
}
