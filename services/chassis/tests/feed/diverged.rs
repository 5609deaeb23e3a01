//! A database that was restored from a backup is noticed, and not read on.

use uuid::Uuid;

use crate::world::{Chronicler, Entry, Served, Service};

struct World {
    registry: Service,
    served: Served,
    membership: Service,
    thing: Uuid,
}

/// Membership has followed five acts of registry, and is away for a moment.
async fn five_acts_followed() -> World {
    let registry = Service::new("registry", &[]).await;
    let membership = Service::new("membership", &["registry"]).await;
    let served = registry.serves().await;
    registry.runs();
    membership.runs();
    let follower = membership.follows(&served, Chronicler);
    let thing = Uuid::now_v7();
    for _ in 0..5 {
        registry.acts(&[thing]).await;
    }
    membership.learns("registry", |applied| applied.position == 5).await;
    follower.abort();
    let _ = follower.await;
    World { registry, served, membership, thing }
}

impl World {
    /// As when the owner of the database puts back a backup: what came after it is gone.
    async fn restores_registry_without_the_last_two(&self) {
        self.registry
            .tampers(
                "delete from feed.stream where position > 3;
                 update feed.head set position = 3;
                 update thing set version = 3",
            )
            .await;
        chassis::feed::restored(&self.registry.pool).await.expect("a new epoch");
        let mut heads = self.registry.feed.heads();
        heads.wait_for(|head| head.position == 3).await.expect("noticed");
    }

    async fn notices(&self) {
        let before = self.membership.chronicle("registry").await;
        let follower = self.membership.follows(&self.served, Chronicler);
        let applied = self.membership.learns("registry", |applied| applied.halted).await;
        assert_eq!(applied.position, 5, "not read on");
        let halted = self.membership.halted("registry").await.expect("a cause");
        assert!(halted.starts_with("FEED_DIVERGED at position 5"), "{halted}");
        assert_eq!(self.membership.chronicle("registry").await, before);
        assert!(!follower.is_finished(), "it waits for an operator");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_that_is_ahead_of_a_restored_database_stops() {
    let world = five_acts_followed().await;
    world.restores_registry_without_the_last_two().await;
    world.notices().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_of_what_never_happened_stops_though_the_positions_fit() {
    let world = five_acts_followed().await;
    world.restores_registry_without_the_last_two().await;
    for _ in 0..4 {
        world.registry.acts(&[world.thing]).await;
    }
    let mut heads = world.registry.feed.heads();
    heads.wait_for(|head| head.position == 7).await.expect("numbered");
    world.notices().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_lost_nothing_which_was_read_is_followed_in_the_new_epoch() {
    let world = five_acts_followed().await;
    let epoch = chassis::feed::restored(&world.registry.pool).await.expect("a new epoch");
    world.membership.follows(&world.served, Chronicler);
    let applied = world.membership.learns("registry", |applied| applied.epoch == Some(epoch)).await;
    assert_eq!(applied.position, 5, "the epoch is known before the next change comes");
    world.registry.acts(&[world.thing]).await;
    world.membership.has_been_told_all_of(&world.registry).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_under_an_open_stream_is_noticed() {
    let world = five_acts_followed().await;
    world.membership.follows(&world.served, Chronicler);
    world.registry.acts(&[world.thing]).await;
    world.membership.learns("registry", |applied| applied.position == 6).await;
    world.restores_registry_without_the_last_two().await;
    for _ in 0..5 {
        world.registry.acts(&[world.thing]).await;
    }
    world.membership.learns("registry", |applied| applied.halted).await;
    let chronicle = world.membership.chronicle("registry").await;
    let positions: Vec<i64> = chronicle.iter().map(|entry: &Entry| entry.position).collect();
    assert_eq!(positions, [1, 2, 3, 4, 5, 6], "not read on");
}
