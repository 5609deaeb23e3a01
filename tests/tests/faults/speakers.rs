//! Whoever speaks without end, without identity or without rights.

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use http::Method;
use prost::Message;
use proto::registry::v1::{AddPlanStepsRequest, PlanStep, add_plan_steps_request as steps};
use uuid::Uuid;

use super::ground::Ground;
use super::hostile::{Hostile, Said};

const FIGURES: &str = "/v1/figures:query";
const FIGURES_GRPC: &str = "/congdoan.reporting.v1.FigureService/QueryFigures";
const ADD_STEPS: &str = "/congdoan.registry.v1.PlanService/AddPlanSteps";
/// How long one round waits for answers that do not come.
const WAITS: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_that_do_not_come_from_nobody() {
    let ground = Ground::start().await;
    ground
        .withstands(|| async {
            let connections = (0..9).map(|_| Hostile::to(ground.authority(), None));
            let connections = join_all(connections).await;
            let asked = connections.iter().flat_map(|connection| {
                (0..255).map(|_| {
                    let said = Said::unfinished("");
                    connection.ask(Method::POST, FIGURES, &[], said, WAITS)
                })
            });
            let _held = join_all(asked).await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_bodies_that_are_not_finished() {
    let ground = Ground::start().await;
    let token = format!("Bearer {}", ground.nobody("unfinished").await);
    let large = Bytes::from(vec![b' '; 4_000_000]);
    ground
        .withstands(|| async {
            // Half of them by nobody at all, half by somebody who was granted nothing.
            let connections = (0..20).map(|_| Hostile::to(ground.authority(), None));
            let connections = join_all(connections).await;
            let (token, large) = (&token, &large);
            let asked = connections.iter().enumerate().flat_map(|(n, connection)| {
                (0..10).map(move |_| async move {
                    let bearing = [("authorization", token.as_str())];
                    let headers = if n % 2 == 0 { &bearing[..] } else { &[] };
                    let said = Said::unfinished(large.clone());
                    connection.ask(Method::POST, FIGURES, headers, said, WAITS).await
                })
            });
            let _held = join_all(asked).await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_bodies_of_nothing() {
    let ground = Ground::start().await;
    let token = format!("Bearer {}", ground.nobody("empty").await);
    let many = vec!["\"\""; 1_300_000].join(",");
    let large = Bytes::from(format!("{{\"indicators\":[{many}]}}"));
    ground
        .withstands(|| async {
            let asked = (0..8).map(|n| {
                let (ground, token, large) = (&ground, &token, &large);
                async move {
                    let connection = Hostile::to(ground.authority(), None).await;
                    let bearing = [("authorization", token.as_str())];
                    let headers = if n % 2 == 0 { &bearing[..] } else { &[] };
                    let said = Said::whole(large.clone());
                    connection.ask(Method::POST, FIGURES, headers, said, WAITS).await
                }
            });
            join_all(asked).await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_messages_where_one_is_asked() {
    let ground = Ground::start().await;
    let token = format!("Bearer {}", ground.nobody("many").await);
    let mut framed = vec![0];
    framed.extend((3_u32 << 20).to_be_bytes());
    framed.resize(5 + (3 << 20), 0);
    let framed = Bytes::from(framed);
    ground
        .withstands(|| async {
            let connection = Hostile::to(ground.authority(), None).await;
            let headers = [
                ("authorization", token.as_str()),
                ("content-type", "application/grpc"),
                ("te", "trailers"),
            ];
            let said = Said { piece: framed.clone(), times: 300, ends: true };
            connection.ask(Method::POST, FIGURES_GRPC, &headers, said, WAITS).await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_plan_steps_by_somebody_without_a_grant() {
    let ground = Ground::start().await;
    let token = format!("Bearer {}", ground.nobody("planner").await);
    let header = AddPlanStepsRequest {
        part: Some(steps::Part::Header(steps::Header {
            request_id: Uuid::now_v7().to_string(),
            plan_id: Uuid::now_v7().to_string(),
            ..Default::default()
        })),
    };
    let step = PlanStep { line: 1, ..PlanStep::default() };
    let mut step = step.encode_to_vec();
    // An unknown field, as large as a message may be.
    step.extend([0xa2, 0x06, 0x80, 0x80, 0xc0, 0x01]);
    step.resize(step.len() + (3 << 20), b'x');
    let mut lengths = Vec::new();
    prost::encoding::encode_varint(step.len() as u64, &mut lengths);
    let list = [&[0x0a][..], &lengths, &step].concat();
    let mut lengths = Vec::new();
    prost::encoding::encode_varint(list.len() as u64, &mut lengths);
    let message = [&[0x12][..], &lengths, &list].concat();
    let framed = |message: &[u8]| {
        let length = u32::try_from(message.len()).expect("small").to_be_bytes();
        Bytes::from([&[0][..], &length, message].concat())
    };
    let (header, message) = (framed(&header.encode_to_vec()), framed(&message));
    ground
        .withstands(|| async {
            let connection = Hostile::to(ground.authority(), None).await;
            let headers = [
                ("authorization", token.as_str()),
                ("content-type", "application/grpc"),
                ("te", "trailers"),
            ];
            // The header alone is answered: nothing more is waited for. What comes after it ends
            // no connection that others' calls are on, however often.
            for times in [1].into_iter().chain([20; 40]) {
                let first = Said { piece: header.clone(), times, ends: false };
                let told = connection.ask(Method::POST, ADD_STEPS, &headers, first, WAITS).await;
                let told = told.expect("answered before the steps come");
                assert_eq!(told.headers()["grpc-status"], "7", "{told:?}");
            }
            let steps = Said { piece: message.clone(), times: 250, ends: true };
            connection.ask(Method::POST, ADD_STEPS, &headers, steps, WAITS).await;
        })
        .await;
}
