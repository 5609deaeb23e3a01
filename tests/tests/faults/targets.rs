//! Targets that tile a period in more ways than there is time to try.

use std::time::Duration;

use futures_util::future::join_all;
use proto::reporting::v1::{AssignTargetRequest, Comparator, PrintReportRequest, ValueUnit};
use stage::made_up::{period, request_id};
use time::ext::NumericalDuration;
use time::macros::date;

use super::ground::Ground;

const ASSIGN: &str = "congdoan.reporting.v1.TargetService/AssignTarget";
const PRINT: &str = "congdoan.reporting.v1.ReportService/PrintReport";
const DAYS: i64 = 36;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn targets_of_one_day_and_of_two() {
    let ground = Ground::start().await;
    let first = date!(2025 - 01 - 01);
    for day in 0..DAYS {
        for through in [day, day + 1] {
            let target = AssignTargetRequest {
                request_id: request_id(),
                indicator: "MBR_ADMITTED".to_owned(),
                organisation_id: ground.root.clone(),
                period: period(first + day.days(), first + through.days()),
                issuer_id: ground.root.clone(),
                value: Some(10),
                value_unit: ValueUnit::Count.into(),
                comparator: Comparator::GreaterOrEqual.into(),
                ..AssignTargetRequest::default()
            };
            ground.administrator.send(ASSIGN, &target).await.expect("assigned");
        }
    }
    let print = PrintReportRequest {
        template: "TONG_HOP".to_owned(),
        organisation_id: ground.root.clone(),
        period: period(first, first + DAYS.days()),
        ..PrintReportRequest::default()
    };
    ground
        .withstands(|| async {
            let asked = (0..4).map(|_| {
                let asked = ground.administrator.send(PRINT, &print);
                tokio::time::timeout(Duration::from_secs(10), asked)
            });
            for answer in join_all(asked).await {
                // Printed, or refused: decided in time.
                drop(answer.expect("decided"));
            }
        })
        .await;
}
