//! What `FeedService.Watch` says.

use proto::feed::v1::feed_service_client::FeedServiceClient;
use proto::feed::v1::{WatchRequest, WatchResponse};
use tokio::time::timeout;
use tonic::{Code, Status, Streaming};
use tonic_types::StatusExt;
use uuid::Uuid;

use crate::world::{PATIENCE, Served, Service};

async fn watch(served: &Served, request: WatchRequest) -> Result<Streaming<WatchResponse>, Status> {
    let channel = served.endpoint.connect().await.expect("connected");
    let answer = FeedServiceClient::new(channel).watch(request).await?;
    Ok(answer.into_inner())
}

async fn next(stream: &mut Streaming<WatchResponse>) -> Option<WatchResponse> {
    timeout(PATIENCE, stream.message()).await.expect("in time").expect("a message or the end")
}

/// A registry that has told three acts of two changes each.
async fn registry() -> (Service, Served, Vec<Uuid>) {
    let registry = Service::new("registry", &[]).await;
    registry.runs();
    let things = [Uuid::now_v7(), Uuid::now_v7()];
    let mut change_ids = Vec::new();
    for _ in 0..3 {
        change_ids.push(registry.acts(&things).await);
    }
    let mut heads = registry.feed.heads();
    let numbered = heads.wait_for(|head| head.position == 6);
    timeout(PATIENCE, numbered).await.expect("in time").expect("numbered");
    let served = registry.serves().await;
    (registry, served, change_ids)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_head_is_told_first_and_then_whole_acts_from_the_beginning() {
    let (_registry, served, change_ids) = registry().await;
    let mut stream = watch(&served, WatchRequest::default()).await.expect("watched");
    let head = next(&mut stream).await.expect("the head");
    assert_eq!((head.head_position, head.changes.len()), (6, 0));
    let page = next(&mut stream).await.expect("changes");
    let positions: Vec<i64> = page.changes.iter().map(|change| change.position).collect();
    assert_eq!(positions, [1, 2, 3, 4, 5, 6]);
    let last_of_acts: Vec<String> = page
        .changes
        .iter()
        .filter(|change| change.act_complete)
        .map(|change| change.change_id.clone())
        .collect();
    let ids: Vec<String> = change_ids.iter().map(Uuid::to_string).collect();
    assert_eq!(last_of_acts, ids);
    assert!(page.changes.iter().all(|change| change.body.is_some()));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_only_needs_to_know_how_far_the_owner_is_gets_no_bodies() {
    let (registry, served, _) = registry().await;
    let request = WatchRequest { headers_only: true, from_head: true, ..WatchRequest::default() };
    let mut stream = watch(&served, request).await.expect("watched");
    assert_eq!(next(&mut stream).await.expect("the head").head_position, 6);
    let change_id = registry.acts(&[Uuid::now_v7()]).await;
    let page = loop {
        // A silent stream may tell its head once more before.
        let message = next(&mut stream).await.expect("a message");
        if !message.changes.is_empty() {
            break message;
        }
    };
    assert_eq!(page.changes.len(), 1);
    assert_eq!(page.changes[0].position, 7);
    assert_eq!(page.changes[0].change_id, change_id.to_string());
    assert_eq!(page.changes[0].body, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_stream_tells_its_head() {
    let (_registry, served, _) = registry().await;
    let request = WatchRequest { from_head: true, ..WatchRequest::default() };
    let mut stream = watch(&served, request).await.expect("watched");
    for _ in 0..3 {
        let head = next(&mut stream).await.expect("the head");
        assert_eq!((head.head_position, head.changes.len()), (6, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_past_is_refused_and_the_same_past_in_another_epoch_is_not() {
    let (registry, served, change_ids) = registry().await;
    let epoch = registry.feed.heads().borrow().epoch;
    let at = |epoch: Uuid, position: i64, change_id: Uuid| WatchRequest {
        epoch: epoch.to_string(),
        position,
        change_id: change_id.to_string(),
        ..WatchRequest::default()
    };
    for (another_past, why) in [
        (at(epoch, 4, change_ids[0]), "another id at that position"),
        (at(epoch, 4, Uuid::now_v7()), "an unknown id in the same epoch"),
        (at(Uuid::new_v4(), 4, Uuid::now_v7()), "an unknown epoch and id"),
        (at(epoch, 8, change_ids[2]), "a position beyond the head"),
    ] {
        let status = watch(&served, another_past).await.expect_err(why);
        assert_eq!(status.code(), Code::FailedPrecondition, "{why}");
        let info = status.get_details_error_info().expect("a reason");
        assert_eq!((info.reason.as_str(), info.domain.as_str()), ("FEED_DIVERGED", "congdoan.vn"));
    }
    for same_past in [at(epoch, 4, change_ids[1]), at(Uuid::new_v4(), 4, change_ids[1])] {
        let mut stream = watch(&served, same_past).await.expect("watched");
        assert_eq!(next(&mut stream).await.expect("the head").epoch, epoch.to_string());
        assert_eq!(next(&mut stream).await.expect("changes").changes[0].position, 5);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_into_one_message_comes_in_several() {
    let registry = Service::new("registry", &[]).await;
    registry.runs();
    let things: Vec<Uuid> = (0..2_500).map(|_| Uuid::now_v7()).collect();
    registry.acts(&things).await;
    let served = registry.serves().await;
    let mut stream = watch(&served, WatchRequest::default()).await.expect("watched");
    let (mut told, mut pages) = (0, 0);
    while told < 2_500 {
        let page = next(&mut stream).await.expect("a message");
        assert!(page.changes.len() <= 1_000);
        for change in &page.changes {
            told += 1;
            assert_eq!(change.position, told);
            assert_eq!(change.act_complete, told == 2_500);
        }
        pages += usize::from(!page.changes.is_empty());
    }
    assert_eq!(pages, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_stops_ends_its_streams() {
    let (_registry, served, _) = registry().await;
    let request = WatchRequest { from_head: true, ..WatchRequest::default() };
    let mut stream = watch(&served, request).await.expect("watched");
    next(&mut stream).await.expect("the head");
    served.stops().await;
    assert_eq!(next(&mut stream).await, None);
}
