//! What a request was answered is kept for a while.

use std::time::Duration;

use time::macros::date;
use uuid::Uuid;

use crate::world::*;

/// How long a service that has just started may take to look.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_service_forgets_requests_of_more_than_thirty_days_ago() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    admin.founds(world.unit("HN-CG"), "CG-2", date!(2020 - 01 - 01)).await.expect("founded");
    let mut look = world.look().await;
    let old: Uuid = sqlx::query_scalar(
        "update act.request set answered_at = now() - interval '31 days'
         where rpc like '%FoundOrganisation' returning request_id",
    )
    .fetch_one(&mut look)
    .await
    .expect("aged");
    let others = "select count(*) from act.request where request_id <> $1";
    let before: i64 =
        sqlx::query_scalar(others).bind(old).fetch_one(&mut look).await.expect("read");
    assert!(before > 0);

    let (_replica, _) = world.replica("admin").await;
    let forgotten = async {
        let mut looks = tokio::time::interval(Duration::from_millis(5));
        let known = "select exists (select from act.request where request_id = $1)";
        while sqlx::query_scalar(known).bind(old).fetch_one(&mut look).await.expect("read") {
            looks.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, forgotten).await.expect("forgotten");
    let after: i64 = sqlx::query_scalar(others).bind(old).fetch_one(&mut look).await.expect("read");
    assert_eq!(after, before);
}
