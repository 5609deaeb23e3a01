//! Whoever has no rights and waits for a lock all the same.

use std::time::Duration;

use futures_util::future::join_all;
use proto::registry::v1::HandOverOrganisationsRequest;
use sqlx::{Connection, PgConnection};
use stage::line::Line;
use stage::made_up::{basis, on, request_id};
use time::macros::date;
use tonic::Code;

use super::ground::Ground;

const HAND_OVER: &str = "congdoan.registry.v1.OrganisationService/HandOverOrganisations";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hand_overs_without_rights_while_the_tree_is_locked() {
    let ground = Ground::start().await;
    let token = ground.nobody("mover").await;
    let line = Line::to(&ground.system.running.gateway).await.bearing(&token);
    // An act that moves units, and takes its time: whatever locks it holds, it holds them now.
    let mut owner =
        PgConnection::connect(&ground.system.running.registry_owner_url).await.expect("connected");
    let mut act = owner.begin().await.expect("begun");
    sqlx::query("select pg_advisory_xact_lock($1)")
        .bind(0x636F_6E67_646F_616E_i64)
        .execute(&mut *act)
        .await
        .expect("locked");
    ground
        .withstands(|| async {
            let asked = (0..20).map(|_| {
                let line = &line;
                let request = HandOverOrganisationsRequest {
                    request_id: request_id(),
                    unit_ids: vec![ground.root.clone()],
                    superior_id: ground.root.clone(),
                    effective_on: on(date!(2024 - 01 - 01)),
                    basis: basis(date!(2024 - 01 - 01)),
                    ..Default::default()
                };
                async move {
                    let asked = line.send(HAND_OVER, &request);
                    tokio::time::timeout(Duration::from_secs(10), asked).await
                }
            });
            for answer in join_all(asked).await {
                let refused = answer.expect("answered at once").expect_err("refused");
                assert_eq!(refused.code(), Code::PermissionDenied, "{refused:?}");
            }
        })
        .await;
    act.rollback().await.expect("rolled back");
}
