//! What was acknowledged through the gateway rules the next call through it.

use chassis::seen::Seen;
use proto::registry::v1::organisation_service_client::OrganisationServiceClient;
use proto::registry::v1::{SuspendOrganisationRequest, SuspendOrganisationResponse};
use tonic::{Code, Request, Response};
use tonic_types::StatusExt;
use uuid::Uuid;

use super::passed_through::{GET, asking, knows_organisations};
use super::world::{WATCH, World};

const SUSPEND: &str = "/congdoan.registry.v1.OrganisationService/SuspendOrganisation";

/// Asks until the feed's head, which the gateway watches, is in what is forwarded.
async fn head_is_known(world: &World) -> Seen {
    let expected = Seen::default().with_position("registry", world.epoch, 7);
    let mut client = OrganisationServiceClient::new(world.an().await);
    for _ in 0..1_000 {
        client.get_organisation(asking("7")).await.expect("answered");
        let calls = world.registry.calls(GET);
        let last = calls.last().expect("forwarded");
        if last.headers.contains_key("congdoan-seen") {
            assert_eq!(world.seen(&last.headers), expected);
            return expected;
        }
    }
    panic!("the head of registry's feed never came");
}

#[tokio::test]
async fn every_call_carries_the_newest_change_of_rights_or_tree() {
    let world = World::start().await;
    knows_organisations(&world.registry);
    let head = head_is_known(&world).await;

    let (epoch, change_id, keys) = (world.epoch, Uuid::now_v7(), world.seen_keys());
    world.registry.answer(SUSPEND, move |_: SuspendOrganisationRequest| {
        let mut response = Response::new(SuspendOrganisationResponse::default());
        let seen = Seen::default().with_change("registry", epoch, change_id).encode(&keys);
        response.metadata_mut().insert("congdoan-seen", seen.parse().unwrap());
        Ok(response)
    });
    let mut client = OrganisationServiceClient::new(world.an().await);
    let answer = client.suspend_organisation(SuspendOrganisationRequest::default()).await;
    let token = answer.expect("answered").metadata().get("congdoan-seen").cloned();
    assert!(token.is_some(), "the caller learns what it has seen");

    // Another call, which brings a token of its own.
    let own = Seen::default().with_position("membership", Uuid::now_v7(), 3);
    let mut request = Request::new(asking("7"));
    let sealed = own.encode(&world.seen_keys());
    request.metadata_mut().insert("congdoan-seen", sealed.parse().unwrap());
    client.get_organisation(request).await.expect("answered");
    let calls = world.registry.calls(GET);
    let forwarded = world.seen(&calls.last().expect("forwarded").headers);
    let expected = head.merge(own).with_change("registry", epoch, change_id);
    assert_eq!(forwarded, expected);
}

#[tokio::test]
async fn a_consistency_token_of_somebody_else_is_refused() {
    let world = World::start().await;
    knows_organisations(&world.registry);
    let mut client = OrganisationServiceClient::new(world.an().await);
    let mut request = Request::new(asking("7"));
    request.metadata_mut().insert("congdoan-seen", "AQAA".parse().unwrap());
    let status = client.get_organisation(request).await.expect_err("refused");
    assert_eq!(status.get_details_error_info().expect("a reason").reason, "SEEN_TOKEN_INVALID");
}

#[tokio::test]
async fn feeds_are_not_open_to_the_outside() {
    let world = World::start().await;
    let mut feed = proto::feed::v1::feed_service_client::FeedServiceClient::new(world.an().await);
    let status = feed.watch(proto::feed::v1::WatchRequest::default()).await.expect_err("refused");
    assert_eq!(status.code(), Code::Unimplemented);
    assert_eq!(status.get_details_error_info().expect("a reason").reason, "METHOD_UNKNOWN");
    assert_eq!(world.registry.calls(WATCH).len(), 1, "the gateway's own, and no other");
}
