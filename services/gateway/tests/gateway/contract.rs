//! What the gateway says of itself: OpenAPI, health, reflection.

use std::collections::HashSet;
use std::time::Duration;

use http::Method;
use prost_reflect::DescriptorPool;
use serde_json::Value as Json;
use tokio_stream::StreamExt;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::{ExtensionRequest, ServerReflectionRequest};

use super::world::{World, nobody};

async fn openapi(world: &World) -> Json {
    let (status, headers, body) = world.http(Method::GET, "/openapi.json", &[], vec![]).await;
    assert_eq!(
        (status.as_u16(), headers["content-type"].to_str().unwrap()),
        (200, "application/json")
    );
    serde_json::from_slice(&body).expect("json")
}

#[tokio::test]
async fn openapi_has_every_method_with_an_http_binding() {
    let world = World::start().await;
    let document = openapi(&world).await;
    let written: HashSet<&str> = document["paths"]
        .as_object()
        .expect("paths")
        .values()
        .flat_map(|path| path.as_object().expect("verbs").values())
        .map(|operation| operation["x-grpc-method"].as_str().expect("a method"))
        .collect();
    let pool = DescriptorPool::decode(proto::DESCRIPTORS).expect("read");
    let http = pool.get_extension_by_name("google.api.http").expect("known");
    for service in pool.services().filter(|service| service.full_name().starts_with("congdoan.")) {
        for method in service.methods().filter(|method| method.options().has_extension(&http)) {
            let path = format!("/{}/{}", service.full_name(), method.name());
            assert!(written.contains(path.as_str()), "{path} is missing");
        }
    }
    assert!(written.iter().all(|path| !path.contains("FeedService")));
}

/// Why a call may be refused is told where its operation is, in both languages.
#[tokio::test]
async fn openapi_tells_why_an_operation_may_be_refused() {
    let world = World::start().await;
    let document = openapi(&world).await;
    let told = document["x-reasons"].as_object().expect("what is told of each");
    let mut operations = 0;
    for path in document["paths"].as_object().expect("paths").values() {
        for operation in path.as_object().expect("verbs").values() {
            operations += 1;
            let named = operation["x-reasons"].as_array().expect("a list");
            for reason in named.iter().filter_map(Json::as_str) {
                assert!(told.contains_key(reason), "nothing is told of {reason}");
            }
        }
    }
    assert!(operations > 100, "only {operations} operations were found");
    let found = &document["paths"]["/v1/organisations"]["post"]["x-reasons"];
    let few = "registry.congdoan.vn/FOUNDERS_TOO_FEW";
    assert!(found.as_array().is_some_and(|named| named.contains(&few.into())), "{found}");
    assert_eq!(told[few]["code"], "INVALID_ARGUMENT");
    assert_eq!(told[few]["vi"], "Cần ít nhất {minimum} người để thành lập; mới có {founders}.");
    assert_eq!(told[few]["en"], "at least {minimum} founders are needed; there are {founders}");
    assert_eq!(told[few]["of_any_call"], false);
    let busy = &told["congdoan.vn/OVERLOADED"];
    assert_eq!((&busy["of_any_call"], &busy["retry_after_ms"]), (&true.into(), &1_000.into()));
}

#[tokio::test]
async fn openapi_refers_to_nothing_that_it_does_not_define() {
    fn references<'a>(json: &'a Json, found: &mut Vec<&'a str>) {
        match json {
            Json::Object(fields) => fields.iter().for_each(|(name, value)| match value {
                Json::String(to) if name == "$ref" => found.push(to),
                value => references(value, found),
            }),
            Json::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let world = World::start().await;
    let document = openapi(&world).await;
    assert_eq!(document["openapi"], "3.1.0");
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 100);
    for reference in found {
        let pointer = reference.strip_prefix('#').expect("in this document");
        assert!(document.pointer(pointer).is_some(), "{reference} is not defined");
    }
    // How long a text may be is said where it comes in, and only there.
    let schemas = &document["components"]["schemas"];
    let length = |message: &str, field: &str| {
        schemas[format!("congdoan.registry.v1.{message}")]["properties"][field]["maxLength"]
            .as_u64()
    };
    assert_eq!(length("FoundOrganisationRequest", "name"), Some(500));
    assert_eq!(length("FoundOrganisationRequest", "type"), Some(40));
    assert_eq!(length("NewDecision", "number"), Some(100));
    assert_eq!(length("Organisation", "name"), None);
    let suspend = &document["paths"]["/v1/organisations/{organisation_id}:suspend"]["post"];
    assert_eq!(suspend["x-permission"], "registry.organisation.suspend");
    assert!(suspend["description"].as_str().expect("a comment").contains("tạm dừng"));
}

#[tokio::test]
async fn reflection_answers_old_clients_and_new_ones_without_a_token() {
    let world = World::start().await;
    let channel = world.channel().await;
    let service = "congdoan.registry.v1.OrganisationService";
    {
        use tonic_reflection::pb::v1::ServerReflectionRequest;
        use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
        use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
        use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
        let asked = ServerReflectionRequest {
            message_request: Some(MessageRequest::FileContainingSymbol(service.to_string())),
            ..Default::default()
        };
        let mut client = ServerReflectionClient::new(channel.clone());
        let answers = client.server_reflection_info(tokio_stream::iter([asked])).await;
        let answer = answers.expect("answered").into_inner().next().await.expect("one");
        let answer = answer.expect("no refusal").message_response;
        assert!(matches!(answer, Some(MessageResponse::FileDescriptorResponse(_))), "{answer:?}");
    }
    {
        use tonic_reflection::pb::v1alpha::ServerReflectionRequest;
        use tonic_reflection::pb::v1alpha::server_reflection_client::ServerReflectionClient;
        use tonic_reflection::pb::v1alpha::server_reflection_request::MessageRequest;
        use tonic_reflection::pb::v1alpha::server_reflection_response::MessageResponse;
        let asked = ServerReflectionRequest {
            message_request: Some(MessageRequest::FileContainingSymbol(service.to_string())),
            ..Default::default()
        };
        let mut client = ServerReflectionClient::new(channel);
        let answers = client.server_reflection_info(tokio_stream::iter([asked])).await;
        let answer = answers.expect("answered").into_inner().next().await.expect("one");
        let answer = answer.expect("no refusal").message_response;
        assert!(matches!(answer, Some(MessageResponse::FileDescriptorResponse(_))), "{answer:?}");
    }
}

#[tokio::test]
async fn health_tells_the_gateway_from_the_services_behind_it() {
    let away = nobody().await;
    let further = format!("backends.health_ms = 50\nbackends.reporting = 'http://{away}'");
    let world = World::start_with(&further).await;
    let registry = "/grpc.health.v1.Health/Check";
    world.registry.answer(registry, |_: HealthCheckRequest| {
        Ok(tonic::Response::new(tonic_health::pb::HealthCheckResponse {
            status: ServingStatus::Serving.into(),
        }))
    });
    let mut health = HealthClient::new(world.channel().await);
    for (service, expected) in [
        ("", ServingStatus::Serving),
        ("registry", ServingStatus::Serving),
        ("reporting", ServingStatus::NotServing),
    ] {
        // Told at first, and again whenever it changes.
        let asked = HealthCheckRequest { service: service.to_string() };
        let mut told = health.watch(asked).await.expect("told").into_inner();
        let settled = async {
            while let Some(Ok(answer)) = told.next().await {
                if answer.status() == expected {
                    return;
                }
            }
            panic!("{service} never became {expected:?}");
        };
        tokio::time::timeout(Duration::from_secs(10), settled).await.expect(service);
    }
}

/// Asks reflection these questions on one stream.
async fn reflected(world: &World, asked: Vec<MessageRequest>) -> Vec<MessageResponse> {
    let asked = asked.into_iter().map(|question| ServerReflectionRequest {
        host: String::new(),
        message_request: Some(question),
    });
    let mut client = ServerReflectionClient::new(world.channel().await);
    let asked = tokio_stream::iter(asked.collect::<Vec<_>>());
    let mut told = client.server_reflection_info(asked).await.expect("answered").into_inner();
    let mut answers = Vec::new();
    while let Some(answer) = told.next().await {
        answers.push(answer.expect("the stream goes on").message_response.expect("an answer"));
    }
    answers
}

#[tokio::test]
async fn reflection_resolves_all_that_it_lists() {
    let world = World::start().await;
    let list = reflected(&world, vec![MessageRequest::ListServices(String::new())]).await;
    let [MessageResponse::ListServicesResponse(list)] = &list[..] else { panic!("{list:?}") };
    let names: Vec<String> = list.service.iter().map(|service| service.name.clone()).collect();
    assert!(names.iter().any(|name| name == "grpc.reflection.v1alpha.ServerReflection"));
    let asked = names.iter().cloned().map(MessageRequest::FileContainingSymbol).collect();
    for (name, answer) in names.iter().zip(reflected(&world, asked).await) {
        let MessageResponse::FileDescriptorResponse(file) = answer else {
            panic!("{name}: {answer:?}")
        };
        assert!(!file.file_descriptor_proto.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn reflection_answers_what_it_does_not_know_and_hears_the_next_question() {
    let world = World::start().await;
    let symbol = |name: &str| MessageRequest::FileContainingSymbol(name.to_string());
    let extension = ExtensionRequest {
        containing_type: "google.protobuf.MethodOptions".to_string(),
        extension_number: 72_295_728,
    };
    let asked = vec![
        symbol("no.such.Thing"),
        MessageRequest::FileByFilename("no/such.proto".to_string()),
        MessageRequest::AllExtensionNumbersOfType("no.such.Thing".to_string()),
        symbol("congdoan.registry.v1.OrganisationService.GetOrganisation"),
        symbol("congdoan.registry.v1.Organisation.name"),
        symbol("congdoan.refusal.v1.REASON_OVERLOADED"),
        MessageRequest::FileContainingExtension(extension),
        MessageRequest::AllExtensionNumbersOfType("google.protobuf.MethodOptions".to_string()),
    ];
    let answers = reflected(&world, asked).await;
    assert_eq!(answers.len(), 8);
    for answer in &answers[..3] {
        let MessageResponse::ErrorResponse(error) = answer else { panic!("{answer:?}") };
        assert_eq!(error.error_code, tonic::Code::NotFound as i32);
    }
    for answer in &answers[3..7] {
        assert!(matches!(answer, MessageResponse::FileDescriptorResponse(_)), "{answer:?}");
    }
    let MessageResponse::AllExtensionNumbersResponse(numbers) = &answers[7] else {
        panic!("{:?}", answers[7])
    };
    assert!(numbers.extension_number.contains(&72_295_728));
}
