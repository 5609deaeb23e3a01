//! What every service does, whatever it serves: shown by a real server and real clients.

mod server;

use std::time::{Duration, Instant};

use server::{Heard, WATCH, World, incoming, reason, streaming, unary};
use tokio::io::AsyncReadExt;
use tokio_stream::StreamExt;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_types::StatusExt;
use tracing::Instrument;
use tracing_opentelemetry::OpenTelemetrySpanExt;

#[tokio::test]
async fn a_handler_learns_who_calls_and_which_permission_is_needed() {
    let world = World::start("").await;
    let answer = world.user().call(unary(), "who").await.expect("answered");
    let permission = &chassis::access::declared()[unary()].method.permission;
    assert_eq!(answer, format!("https://issuer.example#an {permission}"));
}

#[tokio::test]
async fn a_call_without_a_token_is_refused_and_reaches_no_handler() {
    let world = World::start("").await;
    let refused = world.stranger().call(unary(), "panic").await.expect_err("refused");
    assert_eq!(refused.code(), Code::Unauthenticated);
    let expected = ("INTERNAL_TOKEN_INVALID".to_string(), Some("absent".to_string()));
    assert_eq!(reason(&refused, "cause"), expected);
}

#[tokio::test]
async fn a_user_does_not_follow_the_feed_and_a_follower_does_nothing_else() {
    let world = World::start("").await;
    let user = world.user().listen(WATCH, "").await.expect_err("refused");
    let follower = world.follower().call(unary(), "who").await.expect_err("refused");
    for refused in [user, follower] {
        assert_eq!(refused.code(), Code::PermissionDenied);
        assert_eq!(reason(&refused, "signer").0, "SERVICE_NOT_ALLOWED");
    }
    let mut feed = world.follower().listen(WATCH, "").await.expect("served");
    assert_eq!(feed.next().await.expect("a word").expect("well"), "first");
}

#[tokio::test]
async fn a_stream_that_its_caller_breaks_off_is_not_taken_for_one_that_ended() {
    let mut world = World::start("").await;
    let words = tokio_stream::iter(["whole".to_string()]);
    assert_eq!(world.user().tell(incoming(), words).await.expect("answered"), "heard");
    assert_eq!(world.heard.recv().await, Some(Heard::Message("whole".to_string())));
    assert_eq!(world.heard.recv().await, Some(Heard::End));

    let user = world.user();
    let half = tokio_stream::iter(["half".to_string()]).chain(tokio_stream::pending());
    let call = tokio::spawn(async move { user.tell(incoming(), half).await });
    assert_eq!(world.heard.recv().await, Some(Heard::Message("half".to_string())));
    call.abort();
    assert_eq!(world.heard.recv().await, Some(Heard::Broken(Code::Unavailable)));
}

#[tokio::test]
async fn headers_that_nobody_would_read_are_our_failure_and_break_no_connection() {
    let world = World::start("").await;
    let user = world.user();
    for say in ["say much in the head", "refuse at length"] {
        let failed = user.call(unary(), say).await.expect_err("failed");
        assert_eq!((failed.code(), failed.message()), (Code::Internal, "internal error"), "{say}");
        assert!(user.call(unary(), "who").await.is_ok(), "{say}");
    }
    let mut words = user.listen(streaming(), "refuse at length").await.expect("begun");
    assert_eq!(words.next().await.expect("a word").expect("well"), "first");
    let failed = words.next().await.expect("an end").expect_err("failed");
    assert_eq!((failed.code(), failed.message()), (Code::Internal, "internal error"));
}

#[tokio::test]
async fn an_unknown_method_is_refused_by_name() {
    let world = World::start("").await;
    let refused = world.user().call("/x.Y/Z", "").await.expect_err("refused");
    assert_eq!(refused.code(), Code::Unimplemented);
    let expected = ("METHOD_UNKNOWN".to_string(), Some("/x.Y/Z".to_string()));
    assert_eq!(reason(&refused, "method"), expected);
}

#[tokio::test]
async fn a_call_ends_at_the_deadline_of_its_caller() {
    let world = World::start("").await;
    let begun = Instant::now();
    let late = world.user().within(Duration::from_millis(200));
    let refused = late.call(unary(), "never end").await.expect_err("refused");
    assert_eq!(refused.code(), Code::DeadlineExceeded);
    assert_eq!(reason(&refused, "").0, "DEADLINE_EXCEEDED");
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_call_without_a_deadline_ends_at_the_longest_that_is_allowed() {
    let world = World::start("call_ms_max = 200").await;
    let refused = world.user().call(unary(), "never end").await.expect_err("refused");
    let expected = ("DEADLINE_EXCEEDED".to_string(), Some("200".to_string()));
    assert_eq!(reason(&refused, "limit_ms"), expected);
}

#[tokio::test]
async fn a_stream_ends_at_its_deadline_in_the_middle() {
    let world = World::start("").await;
    let late = world.user().within(Duration::from_millis(300));
    let mut words = late.listen(streaming(), "never end").await.expect("begun");
    assert_eq!(words.next().await.expect("a word").expect("well"), "first");
    let refused = words.next().await.expect("an end").expect_err("refused");
    assert_eq!(refused.code(), Code::DeadlineExceeded);
    assert_eq!(reason(&refused, "").0, "DEADLINE_EXCEEDED");
}

#[tokio::test]
async fn a_handler_knows_how_much_time_is_left() {
    let world = World::start("").await;
    let left = world.user().within(Duration::from_secs(7)).call(unary(), "how long").await;
    let left: u64 = left.expect("answered").parse().expect("a number");
    assert!((4_000..7_000).contains(&left), "{left}");
}

#[tokio::test]
async fn a_message_that_is_too_large_is_refused_with_its_size_and_the_limit() {
    let world = World::start("message_bytes_max = 1000").await;
    let refused = world.user().call(unary(), &"x".repeat(5_000)).await.expect_err("refused");
    assert_eq!(refused.code(), Code::ResourceExhausted);
    let expected = ("MESSAGE_TOO_LARGE".to_string(), Some("1000".to_string()));
    assert_eq!(reason(&refused, "limit"), expected);
    // The text, and in front of it its tag and its length.
    assert_eq!(reason(&refused, "size").1.as_deref(), Some("5003"));
    let taken = world.user().call(unary(), &"x".repeat(900)).await.expect("taken");
    assert_eq!(taken.len(), 900);
}

#[tokio::test]
async fn a_handler_that_panics_tells_the_caller_nothing() {
    let world = World::start("").await;
    let failed = world.user().call(unary(), "panic").await.expect_err("failed");
    assert_eq!((failed.code(), failed.message()), (Code::Internal, "internal error"));
    let mut words = world.user().listen(streaming(), "panic").await.expect("begun");
    assert_eq!(words.next().await.expect("a word").expect("well"), "first");
    let failed = words.next().await.expect("an end").expect_err("failed");
    assert_eq!((failed.code(), failed.message()), (Code::Internal, "internal error"));
    assert_eq!(world.user().call(unary(), "still there").await.expect("answered"), "still there");
}

#[tokio::test]
async fn a_refusal_speaks_the_language_of_its_caller() {
    let world = World::start("").await;
    let mut stranger = world.stranger();
    for (asked, told) in [(None, "vi-VN"), (Some("en-GB,en;q=0.9"), "en-US"), (Some("vi"), "vi-VN")]
    {
        stranger.language = asked;
        let refused = stranger.call(unary(), "").await.expect_err("refused");
        let text = refused.get_details_localized_message().expect("a text");
        assert_eq!(text.locale, told);
    }
}

#[tokio::test]
async fn one_call_too_many_is_not_begun() {
    let world = World::start("calls_max = 1").await;
    let (first, second) = (world.user(), world.user());
    let busy = first.call(unary(), "take long");
    let too_many = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        second.call(unary(), "now").await
    };
    let (busy, too_many) = tokio::join!(busy, too_many);
    assert_eq!(busy.expect("answered"), "done");
    let refused = too_many.expect_err("refused");
    assert_eq!(
        (refused.code(), reason(&refused, "").0.as_str()),
        (Code::Unavailable, "OVERLOADED")
    );
    assert!(refused.get_details_retry_info().is_some());
    assert_eq!(second.call(unary(), "now").await.expect("answered"), "now");
}

#[tokio::test]
async fn strangers_take_no_place_however_long_they_speak() {
    let world = World::start("calls_max = 1").await;
    for _ in 0..10 {
        let words = tokio_stream::iter(["half".to_string()]).chain(tokio_stream::pending());
        let refused = world.stranger().tell(incoming(), words).await.expect_err("refused");
        assert_eq!(reason(&refused, "cause").0, "INTERNAL_TOKEN_INVALID");
    }
    assert_eq!(world.user().call(unary(), "now").await.expect("answered"), "now");
}

#[tokio::test]
async fn a_method_that_takes_one_message_takes_no_other() {
    let world = World::start("").await;
    let words = tokio_stream::iter(["one".to_string(), "another".to_string()]);
    let refused = world.user().tell(unary(), words).await.expect_err("refused");
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert_eq!(reason(&refused, "limit").0, "TOO_MANY_MESSAGES");
    let refused = world.user().tell(unary(), tokio_stream::empty()).await.expect_err("refused");
    let expected = ("MESSAGE_MALFORMED".to_string(), Some("absent".to_string()));
    assert_eq!((refused.code(), reason(&refused, "cause")), (Code::InvalidArgument, expected));
}

#[tokio::test]
async fn a_stream_is_read_as_far_as_its_total() {
    let mut world = World::start("call_bytes_max = 100").await;
    let words = tokio_stream::iter(["x".repeat(60), "x".repeat(60)]);
    let refused = world.user().tell(incoming(), words).await.expect_err("refused");
    assert_eq!(refused.code(), Code::ResourceExhausted);
    let expected = ("CALL_TOO_LARGE".to_string(), Some("100".to_string()));
    assert_eq!(reason(&refused, "limit"), expected);
    // The first may have come in a piece with the second.
    while let Some(heard) = world.heard.recv().await {
        assert_ne!(heard, Heard::End, "taken for one that ended");
        if heard == Heard::Broken(Code::ResourceExhausted) {
            return;
        }
    }
    panic!("the handler did not hear that it broke off");
}

#[tokio::test]
async fn a_stream_that_brings_nothing_is_not_waited_for() {
    let world = World::start("stream_idle_ms = 200").await;
    let words = tokio_stream::iter(["one".to_string()]).chain(tokio_stream::pending());
    let refused = world.user().tell(incoming(), words).await.expect_err("refused");
    let expected = ("BODY_TOO_SLOW".to_string(), Some("200".to_string()));
    assert_eq!((refused.code(), reason(&refused, "limit_ms")), (Code::DeadlineExceeded, expected));
}

#[tokio::test]
async fn health_that_is_watched_has_its_places() {
    let world = World::start("infrastructure_per_address_max = 1").await;
    let channel = chassis::serve::channel(&world.running.uri()).expect("an address");
    let mut health = HealthClient::new(channel);
    let watched = health.watch(HealthCheckRequest::default()).await.expect("watched");
    let refused = health.watch(HealthCheckRequest::default()).await.expect_err("refused");
    assert_eq!(
        (refused.code(), reason(&refused, "").0.as_str()),
        (Code::Unavailable, "OVERLOADED")
    );
    // Calls have other places.
    assert_eq!(world.user().call(unary(), "now").await.expect("answered"), "now");
    drop(watched);
}

#[tokio::test]
async fn a_call_goes_on_in_the_trace_of_its_caller() {
    let world = World::start("").await;
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let mut headers = http::HeaderMap::new();
    let traceparent = format!("00-{trace}-b7ad6b7169203331-01");
    headers.insert("traceparent", traceparent.parse().expect("ascii"));
    let span = tracing::info_span!("test");
    span.set_parent(chassis::telemetry::parent(&headers)).expect("traced");

    let inside = world.user().call(unary(), "trace").instrument(span).await.expect("answered");
    let parts: Vec<&str> = inside.split('-').collect();
    assert_eq!(parts[1], trace, "{inside}");
    assert_ne!(parts[2], "b7ad6b7169203331", "the handler has a span of its own");
}

#[tokio::test]
async fn health_and_reflection_answer_without_a_token() {
    let world = World::start("").await;
    let channel = chassis::serve::channel(&world.running.uri()).expect("an address");

    let mut health = HealthClient::new(channel.clone());
    for service in ["", "congdoan.registry.v1.OrganisationService"] {
        let asked = HealthCheckRequest { service: service.to_string() };
        let told = health.check(asked).await.expect("answered").into_inner();
        assert_eq!(told.status(), ServingStatus::Serving, "{service}");
    }

    let mut reflection = ServerReflectionClient::new(channel);
    let asked = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut told = reflection
        .server_reflection_info(tokio_stream::iter([asked]))
        .await
        .expect("answered")
        .into_inner();
    let told = told.next().await.expect("an answer").expect("well").message_response;
    let Some(MessageResponse::ListServicesResponse(list)) = told else {
        panic!("not a list of services: {told:?}")
    };
    let names: Vec<&str> = list.service.iter().map(|service| service.name.as_str()).collect();
    for answered in ["congdoan.feed.v1.FeedService", "congdoan.registry.v1.OrganisationService"] {
        assert!(names.contains(&answered), "{names:?}");
    }
    let elsewhere = "congdoan.membership.v1.MembershipService";
    assert!(!names.contains(&elsewhere), "what others answer is not told here: {names:?}");
}

#[tokio::test]
async fn a_stop_lets_a_call_in_progress_finish_and_takes_no_more() {
    let world = World::start("").await;
    let uri = world.running.uri();
    let user = world.user();
    let in_progress = tokio::spawn(async move { user.call(unary(), "take long").await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    world.running.stop().await.expect("stopped");
    assert_eq!(in_progress.await.expect("no panic").expect("answered"), "done");
    let mut later = HealthClient::new(chassis::serve::channel(&uri).expect("an address"));
    let refused = later.check(HealthCheckRequest::default()).await.expect_err("nobody there");
    assert_eq!(refused.code(), Code::Unavailable);
}

#[tokio::test]
async fn a_stop_ends_what_has_no_end_and_cuts_what_takes_too_long() {
    let world = World::start("drain_ms = 300").await;
    let mut feed = world.follower().listen(WATCH, "never end").await.expect("begun");
    assert_eq!(feed.next().await.expect("a word").expect("well"), "first");
    let user = world.user();
    let stuck = tokio::spawn(async move { user.call(unary(), "never end").await });
    tokio::time::sleep(Duration::from_millis(100)).await;

    let begun = Instant::now();
    world.running.stop().await.expect("stopped");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let ended = feed.next().await.expect("an end").expect_err("refused");
    assert_eq!((ended.code(), reason(&ended, "").0.as_str()), (Code::Unavailable, "SERVICE_AWAY"));
    assert!(stuck.await.expect("no panic").is_err());
}

#[tokio::test]
async fn a_connection_that_keeps_silent_is_closed() {
    let world = World::start("handshake_ms = 200").await;
    let mut silent =
        tokio::net::TcpStream::connect(world.running.address).await.expect("connected");
    let mut rest = Vec::new();
    let closed = tokio::time::timeout(Duration::from_secs(5), silent.read_to_end(&mut rest)).await;
    // Closed or reset: in either case not kept.
    assert!(closed.is_ok(), "the server keeps a silent connection");
}

#[tokio::test]
async fn what_runs_beside_the_calls_ends_after_them_and_decides_readiness() {
    use chassis::serve::Service;
    let config: Config = chassis::config::with("[serve]\n", "").expect("understood");
    let (ended, mut was_ended) = tokio::sync::mpsc::channel(1);
    let running = Service::new("registry", &config.serve)
        .background("patient", move |stopping| async move {
            stopping.cancelled().await;
            ended.send(()).await?;
            Ok(())
        })
        .background("hasty", |_| async { anyhow::bail!("as told") })
        .start()
        .await
        .expect("started");
    let mut health =
        HealthClient::new(chassis::serve::channel(&running.uri()).expect("an address"));
    let mut told = ServingStatus::Serving;
    for _ in 0..50 {
        let answer = health.check(HealthCheckRequest::default()).await.expect("answered");
        told = answer.into_inner().status();
        if told == ServingStatus::NotServing {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(told, ServingStatus::NotServing);
    running.stop().await.expect("stopped");
    assert_eq!(was_ended.recv().await, Some(()));
}

#[derive(serde::Deserialize)]
struct Config {
    serve: chassis::serve::Config,
}
