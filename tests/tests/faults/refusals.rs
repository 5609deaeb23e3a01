//! Refusals as large as their caller can make them.

use std::time::Duration;

use futures_util::future::join_all;
use proto::registry::v1::GetOperationRequest;
use proto::reporting::v1::QueryFiguresRequest;
use stage::line::Line;
use tonic::Code;

use super::ground::Ground;

const OPERATION: &str = "congdoan.registry.v1.OperationService/GetOperation";
const FIGURES: &str = "congdoan.reporting.v1.FigureService/QueryFigures";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_of_sixty_thousand_letters() {
    let ground = Ground::start().await;
    let token = ground.nobody("letters").await;
    let line = Line::to(&ground.system.running.gateway).await.bearing(&token);
    let operation = GetOperationRequest { name: "x".repeat(60_000) };
    let figures = QueryFiguresRequest {
        indicators: vec!["x".repeat(60_000)],
        organisation_id: ground.root.clone(),
        ..Default::default()
    };
    ground
        .withstands(|| async {
            let asked = (0..10).map(|n| {
                let (line, operation, figures) = (&line, &operation, &figures);
                async move {
                    if n % 2 == 0 {
                        line.send(OPERATION, operation).await
                    } else {
                        line.send(FIGURES, figures).await
                    }
                }
            });
            for answer in join_all(asked).await {
                let refused = answer.expect_err("refused");
                assert_ne!(refused.code(), Code::Unavailable, "{refused:?}");
            }
            // Ten at a time, ten times a second.
            tokio::time::sleep(Duration::from_millis(100)).await;
        })
        .await;
}
