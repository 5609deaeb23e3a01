use proto::registry::v1::registry_change::Change;
use time::macros::date;

use crate::world::*;

#[tokio::test]
async fn changes_are_numbered_densely_in_the_order_of_their_acts() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let district = world.unit("HN-BD");
    let before = world.changes().await;
    let union = officer.founds(district, "BD-3", date!(2020 - 01 - 01)).await.expect("founded");
    officer.suspends(union, date!(2020 - 02 - 01)).await.expect("suspended");
    officer.resumes(union, date!(2020 - 03 - 01)).await.expect("resumed");
    officer.ends(vec![dissolved(union)], date!(2020 - 04 - 01)).await.expect("ended");

    // The sequencer may be a moment behind: wait until it has numbered all of them.
    let mut database = world.look().await;
    loop {
        let pending: i64 = sqlx::query_scalar("select count(*) from feed.pending")
            .fetch_one(&mut database)
            .await
            .expect("counted");
        if pending == 0 {
            break;
        }
        tokio::task::yield_now().await;
    }
    let positions: Vec<i64> = sqlx::query_scalar("select position from feed.stream order by 1")
        .fetch_all(&mut database)
        .await
        .expect("read");
    assert!(positions.iter().copied().eq(1..=i64::try_from(positions.len()).expect("few")));
    let kinds: Vec<&str> = world
        .published_since(before)
        .await
        .iter()
        .map(|change| match change {
            Change::DecisionRecorded(_) => "decided",
            Change::OrganisationFounded(_) => "founded",
            Change::OrganisationSuspended(_) => "suspended",
            Change::OrganisationResumed(_) => "resumed",
            Change::OrganisationsEnded(_) => "ended",
            other => panic!("published: {other:?}"),
        })
        .collect();
    let expected =
        ["decided", "founded", "decided", "suspended", "decided", "resumed", "decided", "ended"];
    assert_eq!(kinds, expected);
    let kinds: Vec<String> = sqlx::query_scalar("select distinct kind from feed.stream")
        .fetch_all(&mut database)
        .await
        .expect("read");
    assert!(kinds.iter().all(|kind| kind.starts_with("registry.")));
}
