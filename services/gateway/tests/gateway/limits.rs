//! Nothing is too large, too slow or too much.

use std::time::Duration;

use http::Method;
use proto::membership::v1::application_service_client::ApplicationServiceClient;
use proto::membership::v1::{PersonLine, RecordApplicantsRequest};
use proto::registry::v1::organisation_service_client::OrganisationServiceClient;
use proto::registry::v1::{GetOrganisationResponse, Organisation};
use serde_json::json;
use tonic::{Code, Request, Response, Status};
use tonic_types::StatusExt;

use super::passed_through::{GET, asking, knows_organisations};
use super::world::{World, nobody};

const RECORD: &str = "/congdoan.membership.v1.ApplicationService/RecordApplicants";

fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}

/// Registry takes the call and never answers.
fn hangs(world: &World) {
    world.registry.on(GET, |_| Box::pin(std::future::pending()));
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused_with_limit_and_size() {
    let world = World::start_with("serve.message_bytes_max = 1000").await;
    let line = PersonLine { name: "x".repeat(1_200), ..PersonLine::default() };
    let request = RecordApplicantsRequest { applicants: vec![line], ..Default::default() };
    let size = prost::Message::encoded_len(&request).to_string();
    let mut client = ApplicationServiceClient::new(world.an().await);
    let status = client.record_applicants(request).await.expect_err("refused");
    let info = status.get_details_error_info().expect("a reason");
    assert_eq!(
        (status.code(), info.reason.as_str()),
        (Code::ResourceExhausted, "MESSAGE_TOO_LARGE")
    );
    assert_eq!((&info.metadata["limit"], &info.metadata["size"]), (&"1000".to_string(), &size));

    // The same as JSON ...
    let body = json!({"applicants": [{"name": "x".repeat(1_200)}]});
    let answer = world.json(Method::POST, "/v1/organisations/7:recordApplicants", Some(body)).await;
    assert_eq!((answer.status.as_u16(), answer.reason()), (413, "MESSAGE_TOO_LARGE"));
    assert_eq!(answer.metadata()["limit"], "1000");

    // ... and as gRPC-Web.
    let bearer = format!("Bearer {}", world.token());
    let headers = [("content-type", "application/grpc-web"), ("authorization", bearer.as_str())];
    let mut message = vec![0, 0, 0, 8, 0];
    message.extend(vec![1; 2_048]);
    let (_, headers, body) = world.http(Method::POST, RECORD, &headers, message).await;
    let told = format!("{headers:?} {}", String::from_utf8_lossy(&body));
    assert!(told.contains("grpc-status:8") || told.contains("\"grpc-status\": \"8\""), "{told}");
}

#[tokio::test]
async fn a_call_ends_with_its_deadline_and_the_service_is_given_less() {
    let world = World::start().await;
    hangs(&world);
    let mut client = OrganisationServiceClient::new(world.an().await);
    let mut request = Request::new(asking("7"));
    request.set_timeout(Duration::from_millis(400));
    let status = client.get_organisation(request).await.expect_err("refused");
    assert_eq!(
        (status.code(), reason(&status)),
        (Code::DeadlineExceeded, "DEADLINE_EXCEEDED".into())
    );
    let call = world.registry.calls(GET).remove(0);
    let timeout = call.headers["grpc-timeout"].to_str().unwrap().to_string();
    let (digits, unit) = timeout.split_at(timeout.len() - 1);
    let milliseconds = match unit {
        "m" => digits.parse::<u64>().unwrap(),
        "u" => digits.parse::<u64>().unwrap() / 1_000,
        other => panic!("the unit {other}"),
    };
    assert!((200..=390).contains(&milliseconds), "{timeout}");
}

#[tokio::test]
async fn a_json_call_ends_with_its_deadline_in_words() {
    let world = World::start_with("serve.call_ms_max = 300").await;
    hangs(&world);
    let answer = world.json(Method::GET, "/v1/organisations/7", None).await;
    assert_eq!((answer.status.as_u16(), answer.reason()), (504, "DEADLINE_EXCEEDED"));
}

#[tokio::test]
async fn a_service_that_hangs_takes_its_own_places_only() {
    let world = World::start_with("backends.calls_max = 2").await;
    hangs(&world);
    let an = world.an().await;
    let hanging: Vec<_> = (0..2)
        .map(|_| {
            let mut client = OrganisationServiceClient::new(an.clone());
            tokio::spawn(async move { client.get_organisation(asking("7")).await })
        })
        .collect();
    while world.registry.calls(GET).len() < 2 {
        tokio::task::yield_now().await;
    }
    let mut client = OrganisationServiceClient::new(an.clone());
    let status = client.get_organisation(asking("7")).await.expect_err("refused");
    assert_eq!((status.code(), reason(&status)), (Code::Unavailable, "OVERLOADED".into()));
    assert!(status.get_details_retry_info().is_some());

    let counts = "/congdoan.membership.v1.MembershipService/CountMembers";
    world.membership.answer(counts, |_: proto::membership::v1::CountMembersRequest| {
        Ok(Response::new(proto::membership::v1::CountMembersResponse::default()))
    });
    let answer = world.json(Method::POST, "/v1/members:count", Some(json!({}))).await;
    assert_eq!(answer.status, 200);
    hanging.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn too_many_calls_at_once_are_refused_and_not_begun() {
    let world = World::start_with("limits.calls_max = 1").await;
    hangs(&world);
    let mut client = OrganisationServiceClient::new(world.an().await);
    let hanging = tokio::spawn(async move { client.get_organisation(asking("7")).await });
    while world.registry.calls(GET).is_empty() {
        tokio::task::yield_now().await;
    }
    let answer = world.json(Method::GET, "/v1/organisations/7", None).await;
    assert_eq!((answer.status.as_u16(), answer.reason()), (503, "OVERLOADED"));
    assert_eq!(answer.headers["retry-after"], "1");
    assert_eq!(world.registry.calls(GET).len(), 1);
    hanging.abort();
}

#[tokio::test]
async fn a_service_that_is_away_is_named() {
    let away = nobody().await;
    let world = World::start_with(&format!("backends.reporting = 'http://{away}'")).await;
    let answer = world.json(Method::GET, "/v1/indicators", None).await;
    assert_eq!((answer.status.as_u16(), answer.reason()), (503, "SERVICE_AWAY"));
    assert_eq!(answer.metadata()["service"], "reporting");
}

#[tokio::test]
async fn an_answer_as_large_as_a_service_likes_passes() {
    let world = World::start_with("serve.message_bytes_max = 1000").await;
    knows_organisations(&world.registry);
    world.registry.answer(GET, |_: proto::registry::v1::GetOrganisationRequest| {
        let name = "x".repeat(100_000);
        let organisation = Some(Organisation { name, ..Organisation::default() });
        Ok(Response::new(GetOrganisationResponse { organisation }))
    });
    let answer = world.json(Method::GET, "/v1/organisations/7", None).await;
    assert_eq!(answer.body["organisation"]["name"].as_str().map(str::len), Some(100_000));
}
