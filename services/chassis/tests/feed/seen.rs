//! Who has seen something sees it again, in any service.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chassis::call::{Call, Caller, Method};
use chassis::database::{Config, open};
use chassis::refusal::Failure;
use chassis::seen::Seen;
use proptest::prelude::*;
use tonic_types::StatusExt;
use uuid::Uuid;

use crate::world::{Chronicler, PATIENCE, Service, keys};

fn soon() -> Option<Instant> {
    Some(Instant::now() + Duration::from_millis(300))
}

fn patiently() -> Option<Instant> {
    Some(Instant::now() + PATIENCE)
}

async fn epoch(service: &Service) -> Uuid {
    chassis::feed::epoch(&service.pool).await.expect("an epoch")
}

fn refused(failure: Failure) -> tonic::Status {
    let refusal = failure.refusal().expect("refused, not failed").clone();
    refusal.status()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_carries_the_token_of_a_write_sees_it_every_time() {
    let registry = Service::new("registry", &[]).await;
    let membership = Service::new("membership", &["registry"]).await;
    let other_membership = membership.replica().await;
    let served = registry.serves().await;
    for service in [&registry, &membership, &other_membership] {
        service.runs();
    }
    membership.follows(&served, Chronicler);
    let epoch = epoch(&registry).await;
    let thing = Uuid::now_v7();
    for version in 1..=200 {
        let change_id = registry.acts(&[thing]).await;
        let token = Seen::default().with_change("registry", epoch, change_id).encode(&keys());
        // The replica that follows, and the one that only learns of it.
        for service in [&membership, &other_membership] {
            let seen = Seen::decode(&keys(), &token).expect("opened");
            let seen = service.progress.wait(seen, patiently()).await.expect("seen");
            // What was known by its id is now known by its position.
            assert_eq!(seen, Seen::default().with_position("registry", epoch, version));
            let followed: i64 =
                sqlx::query_scalar("select version from thing_followed where thing_id = $1")
                    .bind(thing)
                    .fetch_one(&service.pool)
                    .await
                    .expect("followed");
            assert_eq!(followed, version);
            // And by its position it is found as well.
            service.progress.wait(seen, patiently()).await.expect("seen");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_applied_long_ago_is_found_by_a_process_that_has_just_started() {
    let registry = Service::new("registry", &[]).await;
    let membership = Service::new("membership", &["registry"]).await;
    let served = registry.serves().await;
    registry.runs();
    membership.runs();
    membership.follows(&served, Chronicler);
    let first = registry.acts(&[Uuid::now_v7()]).await;
    registry.acts(&[Uuid::now_v7()]).await;
    membership.learns("registry", |applied| applied.position == 2).await;
    let newborn = membership.replica().await;
    let epoch = epoch(&registry).await;
    let seen = Seen::default().with_change("registry", epoch, first);
    let seen = newborn.progress.wait(seen, soon()).await.expect("looked up");
    assert_eq!(seen, Seen::default().with_position("registry", epoch, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_be_shown_what_he_has_seen_is_told_so_before_his_deadline() {
    let registry = Service::new("registry", &[]).await;
    let membership = Service::new("membership", &["registry"]).await;
    membership.runs();
    let epoch = epoch(&registry).await;
    let change_id = registry.acts(&[Uuid::now_v7()]).await;
    let by_id = Seen::default().with_change("registry", epoch, change_id);
    let by_position = Seen::default().with_position("registry", epoch, 1);
    for seen in [by_id, by_position] {
        let deadline = soon();
        let failure = membership.progress.wait(seen, deadline).await.expect_err("nobody follows");
        assert!(deadline > Some(Instant::now()), "there is time left to answer");
        let status = refused(failure);
        assert_eq!(status.code(), tonic::Code::Unavailable);
        let details = status.get_error_details();
        let info = details.error_info().expect("a reason");
        assert_eq!(info.reason, "NOT_YET_SEEN");
        assert_eq!(info.metadata["source"], "registry");
        assert_eq!(info.metadata["applied"], "0");
        assert!(details.retry_info().is_some_and(|retry| retry.retry_delay.is_some()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_position_of_a_feed_that_was_restored_is_explained_and_a_change_that_survived_is_seen() {
    let registry = Service::new("registry", &[]).await;
    let membership = Service::new("membership", &["registry"]).await;
    let served = registry.serves().await;
    registry.runs();
    membership.runs();
    let change_id = registry.acts(&[Uuid::now_v7()]).await;
    let old = epoch(&registry).await;
    let new = chassis::feed::restored(&registry.pool).await.expect("restored");
    membership.follows(&served, Chronicler);
    membership.learns("registry", |applied| applied.position == 1).await;

    let by_position = Seen::default().with_position("registry", old, 1);
    let failure = membership.progress.wait(by_position, soon()).await.expect_err("another epoch");
    let info = refused(failure).get_details_error_info().expect("a reason");
    assert_eq!(info.reason, "NOT_YET_SEEN");
    assert_eq!(info.metadata["seen_epoch"], old.to_string());
    assert_eq!(info.metadata["epoch"], new.to_string());

    let by_id = Seen::default().with_change("registry", old, change_id);
    membership.progress.wait(by_id, soon()).await.expect("the change is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_does_not_wait_for_feeds_that_it_does_not_follow() {
    let membership = Service::new("membership", &["registry"]).await;
    let seen = Seen::default().with_position("reporting", Uuid::new_v4(), 9);
    let same = membership.progress.wait(seen.clone(), soon()).await.expect("nothing to wait for");
    assert_eq!(same, seen);
}

/// Few services, epochs and changes, so that tokens overlap.
fn seen() -> impl Strategy<Value = Seen> {
    let service = prop::sample::select(vec!["registry", "membership", "reporting"]);
    let epoch = (1..3_u128).prop_map(Uuid::from_u128);
    let change_id = (1..9_u128).prop_map(Uuid::from_u128);
    let step = (service, epoch, 0..5_i64, prop::option::of(change_id));
    prop::collection::vec(step, 0..12).prop_map(|steps| {
        steps.into_iter().fold(Seen::default(), |seen, (service, epoch, position, change_id)| {
            match change_id {
                Some(change_id) => seen.with_change(service, epoch, change_id),
                None => seen.with_position(service, epoch, position),
            }
        })
    })
}

proptest! {
    #[test]
    fn a_sealed_token_opens_to_what_was_sealed(seen in seen()) {
        let token = seen.encode(&keys());
        prop_assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        prop_assert_eq!(Seen::decode(&keys(), &token), Ok(seen));
    }

    #[test]
    fn a_token_that_was_touched_is_refused(seen in seen(), place: prop::sample::Index) {
        let mut touched = seen.encode(&keys()).into_bytes();
        let place = place.index(touched.len());
        touched[place] = if touched[place] == b'A' { b'B' } else { b'A' };
        let touched = String::from_utf8(touched).expect("base64url");
        let refusal = Seen::decode(&keys(), &touched).expect_err("refused");
        prop_assert_eq!(refusal.reason(), "SEEN_TOKEN_INVALID");
    }

    #[test]
    fn anything_else_is_refused_and_breaks_nothing(token in ".{0,200}") {
        prop_assert!(Seen::decode(&keys(), &token).is_err());
    }

    #[test]
    fn merging_is_idempotent_commutative_and_associative(a in seen(), b in seen(), c in seen()) {
        let merge = |x: &Seen, y: &Seen| x.clone().merge(y.clone());
        prop_assert_eq!(merge(&a, &a), a.clone());
        prop_assert_eq!(merge(&a, &b), merge(&b, &a));
        prop_assert_eq!(merge(&merge(&a, &b), &c), merge(&a, &merge(&b, &c)));
        prop_assert_eq!(merge(&a, &Seen::default()), a);
    }

    #[test]
    fn a_token_never_outgrows_a_header(changes in prop::collection::vec(any::<u128>(), 0..200)) {
        let epoch = Uuid::from_u128(1);
        let seen = changes.iter().fold(Seen::default(), |seen, change| {
            seen.with_change("membership", epoch, Uuid::from_u128(*change))
        });
        let token = seen.encode(&keys());
        prop_assert!(token.len() < 1_024);
        // The newest are kept.
        let newest = changes.iter().max().map(|change| Uuid::from_u128(*change));
        let kept = Seen::decode(&keys(), &token).expect("opened");
        let with_newest = newest.map(|newest| kept.clone().with_change("membership", epoch, newest));
        prop_assert_eq!(with_newest.unwrap_or_default(), kept);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_statements_of_a_reading_see_one_instant() {
    let registry = Service::new("registry", &[]).await;
    let config = Config {
        url: registry.database.url.clone(),
        password: None,
        connections_max: 2,
        acquire_timeout_ms: 30_000,
    };
    let database = open(&config, "registry", &[], Arc::new(keys())).await.expect("opened");
    let mut request = tonic::Request::new(());
    request.extensions_mut().insert(Caller::system("reader"));
    request
        .extensions_mut()
        .insert(Method { rpc: "/test/Read".into(), permission: "public".into() });
    let call = Call::of(&request, None, false).expect("a call");
    let mut seen = Vec::new();
    for _ in 0..2 {
        let mut reading = database.read(&call).await.expect("begun");
        for _ in 0..2 {
            let things: i64 = sqlx::query_scalar("select count(*) from thing where version > 0")
                .fetch_one(&mut *reading)
                .await
                .expect("counted");
            seen.push(things);
            registry.acts(&[Uuid::now_v7(), Uuid::now_v7()]).await;
        }
    }
    // The second reading sees both acts that were committed while the first went on.
    assert_eq!(seen, [0, 0, 4, 4]);
}
