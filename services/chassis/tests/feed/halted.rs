//! A follower that cannot go on says so, and waits; and what waits without being halted.

use std::sync::atomic::AtomicI64;

use chassis::feed::{Change, Follow, Following, skip};
use chassis::refusal::Failure;
use tokio::time::timeout;
use uuid::Uuid;

use crate::world::{
    Chronicler, LaterChronicler, PATIENCE, Service, StumblesAt, change_thing, write_down,
};

async fn numbered(service: &Service, position: i64) {
    let mut heads = service.feed.heads();
    let numbered = heads.wait_for(|head| head.position == position);
    timeout(PATIENCE, numbered).await.expect("in time").expect("numbered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_halts() {
    let registry = Service::new("registry", &[]).await;
    let membership = Service::new("membership", &["registry"]).await;
    registry.runs();
    membership.runs();
    let thing = Uuid::now_v7();
    for _ in 0..4 {
        registry.acts(&[thing]).await;
    }
    numbered(&registry, 4).await;
    registry.tampers("delete from feed.stream where position = 3").await;
    let served = registry.serves().await;
    membership.follows(&served, Chronicler);
    membership.learns("registry", |applied| applied.halted).await;
    let halted = membership.halted("registry").await.expect("a cause");
    assert!(halted.starts_with("FEED_GAP at position 3"), "{halted}");
    assert!(membership.chronicle("registry").await.iter().all(|entry| entry.position < 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_that_cannot_be_applied_is_named_and_an_operator_can_skip_its_change() {
    let registry = Service::new("registry", &[]).await;
    let membership = Service::new("membership", &["registry"]).await;
    registry.runs();
    membership.runs();
    // All are there before the follower is, so that they come in one batch.
    let (stumbling, other) = (Uuid::now_v7(), Uuid::now_v7());
    registry.acts(&[stumbling]).await;
    registry.acts(&[stumbling, other]).await;
    let unreadable = registry.acts(&[other, stumbling]).await;
    registry.acts(&[other]).await;
    numbered(&registry, 6).await;
    let served = registry.serves().await;
    membership.follows(&served, StumblesAt(AtomicI64::new(3)));

    let applied = membership.learns("registry", |applied| applied.halted).await;
    assert_eq!(applied.position, 3, "what came before it in the batch is applied");
    let halted = membership.halted("registry").await.expect("a cause");
    assert!(halted.starts_with("ACT_NOT_APPLIED at position 4"), "{halted}");
    assert!(halted.contains(&unreadable.to_string()), "{halted}");
    assert!(halted.contains("tests.thing_changed"), "{halted}");

    let skipping = || skip(&membership.pool, "registry", unreadable, "tests#operator", "test");
    assert!(skipping().await.expect("skipped"));
    assert!(!skipping().await.expect("asked again"), "skipped before");
    // `other` stumbles at its third change, too: the next halt names that one.
    let applied =
        membership.learns("registry", |applied| applied.position >= 5 && applied.halted).await;
    assert_eq!(applied.position, 5);
    let left: Vec<(i64, Uuid)> = membership
        .chronicle("registry")
        .await
        .iter()
        .map(|entry| (entry.position, entry.thing_id))
        .collect();
    assert_eq!(left, [(1, stumbling), (2, stumbling), (3, other), (4, other)]);
    let audited: (String, String, String) =
        sqlx::query_as("select source, skipped_by, reason from feed.skipped")
            .fetch_one(&membership.pool)
            .await
            .expect("audited");
    assert_eq!(audited, ("registry".into(), "tests#operator".into(), "test".into()));
}

/// Panics at everything.
struct Panics;

impl Follow for Panics {
    const SOURCE: &'static str = "registry";

    async fn apply(&self, _: &mut Following, act: &[Change]) -> Result<(), Failure> {
        panic!("an act of {} changes", act.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_that_panics_halts_rather_than_dies() {
    let registry = Service::new("registry", &[]).await;
    let membership = Service::new("membership", &["registry"]).await;
    registry.runs();
    membership.runs();
    let served = registry.serves().await;
    membership.follows(&served, Panics);
    registry.acts(&[Uuid::now_v7()]).await;
    membership.learns("registry", |applied| applied.halted).await;
    let halted = membership.halted("registry").await.expect("a cause");
    assert!(halted.starts_with("ACT_NOT_APPLIED at position 1"), "{halted}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_of_two_feeds_applies_a_change_after_the_position_it_was_decided_on() {
    let registry = Service::new("registry", &[]).await;
    let membership = Service::new("membership", &[]).await;
    let reporting = Service::new("reporting", &["registry", "membership"]).await;
    for service in [&registry, &membership, &reporting] {
        service.runs();
    }
    let (union, person) = (Uuid::now_v7(), Uuid::now_v7());
    for decided_on in [0, 0, 2, 1, 5, 0] {
        membership.acts_on(decided_on, &[person]).await;
    }
    numbered(&membership, 6).await;
    let membership_served = membership.serves().await;
    let registry_served = registry.serves().await;
    reporting.follows(&membership_served, LaterChronicler);
    // Nobody follows registry yet. The six come as one page: who did not wait would have
    // applied them as one batch.
    let applied = reporting.learns("membership", |applied| applied.position > 0).await;
    assert_eq!(applied.position, 2);

    reporting.follows(&registry_served, Chronicler);
    for _ in 0..5 {
        registry.acts(&[union]).await;
    }
    reporting.has_been_told_all_of(&membership).await;
    let known: Vec<i64> = reporting
        .chronicle("membership")
        .await
        .iter()
        .map(|entry| entry.registry_followed)
        .collect();
    for (known, decided_on) in known.into_iter().zip([0, 0, 2, 1, 5, 0]) {
        assert!(known >= decided_on, "applied at {known}, decided on {decided_on}");
    }
}

/// Publishes, for each act of registry, a change of its own.
struct Echoes;

impl Follow for Echoes {
    const SOURCE: &'static str = "registry";

    async fn apply(&self, following: &mut Following, act: &[Change]) -> Result<(), Failure> {
        write_down(Self::SOURCE, following, act).await?;
        for change in act {
            let consequence = change_thing(following.db(), change.aggregate_id).await?;
            following.publish(consequence);
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn consequences_are_published_with_the_position_that_they_follow_from() {
    let registry = Service::new("registry", &[]).await;
    let membership = Service::new("membership", &["registry"]).await;
    let reporting = Service::new("reporting", &["registry", "membership"]).await;
    for service in [&registry, &membership, &reporting] {
        service.runs();
    }
    let (registry_served, membership_served) = (registry.serves().await, membership.serves().await);
    membership.follows(&registry_served, Echoes);
    reporting.follows(&registry_served, Chronicler);
    reporting.follows(&membership_served, LaterChronicler);
    let things = [Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7()];
    for _ in 0..20 {
        registry.acts(&things).await;
    }
    membership.has_been_told_all_of(&registry).await;
    reporting.has_been_told_all_of(&registry).await;
    reporting.has_been_told_all_of(&membership).await;
    let published: Vec<(i64, String, i64)> = sqlx::query_as(
        "select position, actor, registry_position from feed.stream order by position",
    )
    .fetch_all(&membership.pool)
    .await
    .expect("published");
    assert_eq!(published.len(), 60);
    for (position, actor, registry_position) in published {
        assert_eq!(actor, "membership.follower");
        assert_eq!(registry_position, (position + 2) / 3 * 3, "the last position of its act");
    }
}
