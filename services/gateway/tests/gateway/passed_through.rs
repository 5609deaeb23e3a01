//! Calls of all kinds reach the service that owns them, and their answers come back, as
//! they are.

use bytes::Bytes;
use chassis::access::token::Speaker;
use futures_util::StreamExt;
use http::Method;
use http::uri::PathAndQuery;
use prost::Message;
use proto::registry::v1::decision_service_client::DecisionServiceClient;
use proto::registry::v1::organisation_service_client::OrganisationServiceClient;
use proto::registry::v1::{
    GetDecisionRequest, GetDecisionResponse, GetOrganisationRequest, GetOrganisationResponse,
    Organisation,
};
use proto::reporting::v1::figure_service_client::FigureServiceClient;
use proto::reporting::v1::{ListIndicatorsRequest, ListIndicatorsResponse};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Request, Response, Status};
use tonic_types::{ErrorDetails, StatusExt};

use super::behind::{Behind, BytesCodec};
use super::world::{World, nobody};

pub const GET: &str = "/congdoan.registry.v1.OrganisationService/GetOrganisation";
const DECISION: &str = "/congdoan.registry.v1.DecisionService/GetDecision";
pub const LOAD: &str = "/congdoan.registry.v1.OrganisationService/LoadOrganisations";

const INDICATORS: &str = "/congdoan.reporting.v1.FigureService/ListIndicators";

/// A registry in which every organisation is called "LĐLĐ".
pub fn knows_organisations(registry: &Behind) {
    registry.answer(GET, |asked: GetOrganisationRequest| {
        Ok(Response::new(GetOrganisationResponse {
            organisation: Some(Organisation {
                organisation_id: asked.organisation_id,
                name: "LĐLĐ".to_string(),
                ..Organisation::default()
            }),
        }))
    });
}

pub fn asking(id: &str) -> GetOrganisationRequest {
    GetOrganisationRequest { organisation_id: id.to_string(), ..Default::default() }
}

#[tokio::test]
async fn a_call_reaches_the_service_that_owns_it_and_its_answer_comes_back() {
    let world = World::start().await;
    knows_organisations(&world.registry);
    let mut client = OrganisationServiceClient::new(world.an().await);
    let answer = client.get_organisation(asking("7")).await.expect("answered").into_inner();
    let organisation = answer.organisation.expect("known");
    assert_eq!((organisation.organisation_id.as_str(), organisation.name.as_str()), ("7", "LĐLĐ"));
}

#[tokio::test]
async fn a_refusal_that_no_client_would_read_is_our_failure_and_breaks_no_connection() {
    let world = World::start().await;
    knows_organisations(&world.registry);
    world.registry.answer(DECISION, |_: GetDecisionRequest| {
        Err::<Response<GetDecisionResponse>, _>(Status::not_found("x".repeat(60_000)))
    });
    let mut decisions = DecisionServiceClient::new(world.an().await);
    let mut organisations = OrganisationServiceClient::new(world.an().await);
    for _ in 0..3 {
        let failed = decisions.get_decision(GetDecisionRequest::default()).await;
        let failed = failed.expect_err("failed");
        assert_eq!((failed.code(), failed.message()), (Code::Internal, "internal error"));
        organisations.get_organisation(asking("7")).await.expect("somebody else is answered");
    }
}

#[tokio::test]
async fn the_service_learns_who_calls_from_the_gateway_only() {
    let world = World::start().await;
    knows_organisations(&world.registry);
    let mut client = OrganisationServiceClient::new(world.an().await);
    let mut request = Request::new(asking("7"));
    request.metadata_mut().insert("congdoan-purpose", "audit".parse().unwrap());
    client.get_organisation(request).await.expect("answered");
    let call = world.registry.calls(GET).remove(0);
    let Speaker::User(caller) = world.registry.speaker(&call, &world.gateway_pem()) else {
        panic!("the gateway spoke for itself");
    };
    assert_eq!(caller.subject, "an");
    assert_eq!(caller.issuer, world.issuer.issuer());
    assert_eq!(caller.purpose.as_deref(), Some("audit"));
    assert!(call.headers.contains_key("traceparent"));
    assert!(call.headers.contains_key("grpc-timeout"));
}

#[tokio::test]
async fn streams_pass_in_both_directions_message_by_message() {
    let world = World::start().await;
    // Answers each message at once: nothing is kept back until the end.
    world.registry.on(LOAD, |asked| Box::pin(async move { Ok(Response::new(asked.boxed())) }));
    let (ask, asked) = tokio::sync::mpsc::channel(1);
    let asked = ReceiverStream::new(asked);
    let mut grpc = tonic::client::Grpc::new(world.an().await);
    grpc.ready().await.expect("ready");
    let mut answers = grpc
        .streaming(Request::new(asked), PathAndQuery::from_static(LOAD), BytesCodec)
        .await
        .expect("answered")
        .into_inner();
    for number in 0..3_u8 {
        ask.send(Bytes::from(vec![number])).await.expect("sent");
        let echoed = answers.message().await.expect("no refusal").expect("a message");
        assert_eq!(echoed, vec![number]);
    }
    drop(ask);
    assert_eq!(answers.message().await.expect("no refusal"), None);
}

#[tokio::test]
async fn a_refusal_comes_back_with_its_details() {
    let world = World::start().await;
    world.registry.answer(GET, |_: GetOrganisationRequest| {
        let details =
            ErrorDetails::with_error_info("ORGANISATION_UNKNOWN", "registry.congdoan.vn", []);
        Err::<Response<GetOrganisationResponse>, _>(Status::with_error_details(
            Code::NotFound,
            "no such organisation",
            details,
        ))
    });
    let mut client = OrganisationServiceClient::new(world.an().await);
    let refused = client.get_organisation(asking("7")).await.expect_err("refused");
    assert_eq!((refused.code(), refused.message()), (Code::NotFound, "no such organisation"));
    let info = refused.get_details_error_info().expect("details");
    assert_eq!(info.reason, "ORGANISATION_UNKNOWN");
}

#[tokio::test]
async fn grpc_web_is_answered_over_http_1() {
    let world = World::start().await;
    knows_organisations(&world.registry);
    let message = asking("7").encode_to_vec();
    let mut body = vec![0];
    body.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    body.extend(message);
    let bearer = format!("Bearer {}", world.token());
    let headers =
        [("content-type", "application/grpc-web+proto"), ("authorization", bearer.as_str())];
    let (status, headers, body) = world.http(Method::POST, GET, &headers, body).await;
    assert_eq!(status, 200);
    assert_eq!(headers["content-type"], "application/grpc-web+proto");
    let length = u32::from_be_bytes(body[1..5].try_into().unwrap()) as usize;
    let answer = GetOrganisationResponse::decode(&body[5..5 + length]).expect("of the contract");
    assert_eq!(answer.organisation.expect("known").name, "LĐLĐ");
    let trailers = String::from_utf8_lossy(&body[5 + length..]).into_owned();
    assert!(trailers.contains("grpc-status:0"), "{trailers}");
}

#[tokio::test]
async fn a_read_is_tried_again_until_a_service_has_come_back() {
    // A port on which nobody listens yet.
    let later = nobody().await;
    let world = World::start_with(&format!(
        "backends.retries_max = 9\nbackends.reporting = 'http://{later}'"
    ))
    .await;
    let starting = tokio::spawn(async move {
        let reporting = Behind::start_at("reporting", later).await;
        reporting.answer(INDICATORS, |_: ListIndicatorsRequest| {
            Ok(Response::new(ListIndicatorsResponse::default()))
        });
        reporting
    });
    let mut client = FigureServiceClient::new(world.an().await);
    client.list_indicators(ListIndicatorsRequest {}).await.expect("answered");
    drop(starting.await.expect("started"));
}
