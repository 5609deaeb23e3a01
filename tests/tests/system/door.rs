//! What every message is asked as it comes in, tried on every field of every method: nothing
//! here names a field, so that a new one is tried the day it is written.

use http::Method;
use prost::Message;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value};
use proto::door::{self, Rule};
use proto::registry::v1::*;
use proto::reporting::v1::*;
use stage::browser;
use stage::refused::Refused;
use tests::posted::contracts;
use tests::world::{ADMINISTRATOR, World};
use tonic::{Code, Status};

/// What clients of gRPC usually read of an answer's headers.
const HEADERS_MAX: usize = 8 * 1024;

/// A field that is looked at, by the way to it.
type Way = Vec<FieldDescriptor>;

/// Every text and every enumeration of a message, but for those of lines, whose faults are
/// named together with all others of their list.
fn ways(message: &MessageDescriptor, before: &Way, found: &mut Vec<Way>) {
    let line = message.parent_pool().get_extension_by_name("congdoan.text.v1.line");
    let is_line = line
        .is_some_and(|line| message.options().get_extension(&line).as_bool().unwrap_or_default());
    let again = before.iter().any(|field| field.parent_message() == message);
    if is_line || again || !message.full_name().starts_with("congdoan.") {
        return;
    }
    for field in message.fields() {
        let mut way = before.clone();
        way.push(field.clone());
        match field.kind() {
            Kind::String | Kind::Enum(_) => found.push(way),
            Kind::Message(inner) => ways(&inner, &way, found),
            _ => {}
        }
    }
}

/// A message that says nothing but this value at the end of this way.
fn saying(message: &MessageDescriptor, way: &[FieldDescriptor], value: Value) -> DynamicMessage {
    let mut said = DynamicMessage::new(message.clone());
    let (field, rest) = way.split_first().expect("a way");
    let value = match field.kind() {
        Kind::Message(inner) => Value::Message(saying(&inner, rest, value)),
        _ => value,
    };
    said.set_field(field, if field.is_list() { Value::List(vec![value]) } else { value });
    said
}

/// The way as refusals name it.
fn named(way: &Way) -> String {
    let steps = way.iter().map(|field| match field.is_list() {
        true => format!("{}[0]", field.name()),
        false => field.name().to_string(),
    });
    steps.collect::<Vec<_>>().join(".")
}

/// What must not come in at the end of a way, and with which reason it is refused.
fn faults(field: &FieldDescriptor) -> Vec<(Value, &'static str)> {
    let text = |text: &str| Value::String(text.to_string());
    match field.kind() {
        Kind::Enum(_) => vec![(Value::EnumNumber(9_999), "ENUM_VALUE_UNKNOWN")],
        _ => {
            let mut faults = vec![
                (text("a\0b"), "TEXT_MALFORMED"),
                (text(&"A".repeat(60_000)), "TEXT_TOO_LONG"),
            ];
            if Rule::of(field).kind == door::Kind::Name {
                faults.push((text("a\u{202e}b"), "TEXT_MALFORMED"));
            }
            faults
        }
    }
}

/// How much of the headers of an answer a status takes, as HTTP/2 counts it.
fn travels(status: &Status) -> usize {
    let mut headers = http::HeaderMap::new();
    status.add_header(&mut headers).expect("written");
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 32).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_field_of_any_method_takes_what_is_no_text_or_no_value() {
    let world = World::start().await;
    let line = world.line(ADMINISTRATOR).await;
    let pool = contracts();
    let (mut tried, mut wrong) = (0, Vec::new());
    for service in pool.services() {
        if !service.full_name().starts_with("congdoan.")
            || service.full_name().starts_with("congdoan.feed.")
        {
            continue;
        }
        for method in service.methods() {
            let name = format!("{}/{}", service.full_name(), method.name());
            let mut found = Vec::new();
            ways(&method.input(), &Way::new(), &mut found);
            for way in found {
                for (value, reason) in faults(way.last().expect("a field")) {
                    tried += 1;
                    let message = saying(&method.input(), &way, value).encode_to_vec();
                    let told = match line.call(&name, vec![message]).await {
                        Ok(_) => "it was taken".to_string(),
                        Err(status) => {
                            let refused = Refused::of(&status);
                            let field = (named(&way), reason.to_string());
                            if refused.code == Code::InvalidArgument
                                && refused.violations == [field]
                                && travels(&status) < HEADERS_MAX
                            {
                                continue;
                            }
                            format!("{} bytes of {refused:?}", travels(&status))
                        }
                    };
                    wrong.push(format!("{name}: {} wanted {reason}: {told}", named(&way)));
                }
            }
        }
    }
    assert!(tried > 500, "only {tried} were tried");
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_of_sixty_thousand_letters_breaks_nobodys_connection() {
    let world = World::start().await;
    let (nobody, admin) = (world.line("nobody").await, world.line(ADMINISTRATOR).await);
    let long = "A".repeat(60_000);
    let normal = || QueryFiguresRequest {
        indicators: vec!["MBR_STOCK".to_owned()],
        organisation_id: world.province.id.clone(),
        period: stage::made_up::period(
            time::macros::date!(2020 - 01 - 01),
            time::macros::date!(2020 - 12 - 31),
        ),
        ..QueryFiguresRequest::default()
    };
    for _ in 0..5 {
        let operation = GetOperationRequest { name: long.clone() };
        let figures = QueryFiguresRequest { indicators: vec![long.clone()], ..normal() };
        let calls = [
            ("congdoan.registry.v1.OperationService/GetOperation", operation.encode_to_vec()),
            ("congdoan.reporting.v1.FigureService/QueryFigures", figures.encode_to_vec()),
        ];
        for (method, message) in calls {
            let status = nobody.call(method, vec![message]).await.expect_err("refused");
            assert!(
                matches!(status.code(), Code::InvalidArgument | Code::PermissionDenied),
                "{method}: {status:?}"
            );
            assert!(travels(&status) < HEADERS_MAX);
        }
        let figures = "congdoan.reporting.v1.FigureService/QueryFigures";
        admin.send(figures, &normal()).await.expect("somebody else is answered");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_json_says_twice_or_nobody_knows_is_refused_with_its_field() {
    let world = World::start().await;
    let bearer = format!("Bearer {}", world.token(ADMINISTRATOR));
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let uri = world.system.gateway();
    let id = &world.province.id;
    let other = uuid::Uuid::now_v7();
    let refused = async |verb: Method, path: String, body: String| {
        let answer = browser::send(&uri, verb, &path, &headers, body).await;
        assert_eq!(answer.status.as_u16(), 400, "{path}: {:?}", answer.body);
        let refused = answer.refused();
        (refused.reason.clone(), refused.violations.first().cloned().unwrap_or_default().0)
    };
    let children = format!("/v1/organisations/{id}/children");
    for (path, reason, field) in [
        (format!("{children}?organisation_id={other}"), "PARAMETER_MALFORMED", "organisation_id"),
        (format!("{children}?organisationId={id}"), "PARAMETER_MALFORMED", "organisationId"),
        (format!("{children}?page_size=1&pageSize=2"), "PARAMETER_MALFORMED", "pageSize"),
        (format!("{children}?page_size=1&page_size=1"), "PARAMETER_MALFORMED", "page_size"),
        (format!("{children}?as_of=2020-01-01&as_of.day=2"), "PARAMETER_MALFORMED", "as_of.day"),
        (format!("{children}?page_token=a%00b"), "TEXT_MALFORMED", "page_token"),
        ("/v1/organisations:search?text=a%00b".to_string(), "TEXT_MALFORMED", "text"),
    ] {
        let told = refused(Method::GET, path.clone(), String::new()).await;
        assert_eq!(told, (reason.to_string(), field.to_string()), "{path}");
    }
    let rename = format!("/v1/organisations/{id}:rename");
    for (path, body, reason, field) in [
        (&rename, r#"{"name": "a", "name": "b"}"#.to_string(), "JSON_MALFORMED", "name"),
        (&rename, r#"{"name": "a\u0000b"}"#.to_string(), "TEXT_MALFORMED", "name"),
        (
            &"/v1/figures:query".to_string(),
            r#"{"indicators": ["A"], "breakdown": 99}"#.to_string(),
            "ENUM_VALUE_UNKNOWN",
            "breakdown",
        ),
    ] {
        let told = refused(Method::POST, path.clone(), body.clone()).await;
        assert_eq!(told, (reason.to_string(), field.to_string()), "{path} {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_listens_hears_through_the_gateway_what_a_service_refuses() {
    let world = World::start().await;
    let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let client = world.client(ADMINISTRATOR).heard_by(move |path, head| {
        let _ = told.send((path.to_owned(), Status::from_header_map(head)));
    });
    let unknown = ListRolesRequest { permission: "no.such.permission".to_owned() };
    let refused = client.references().list_roles(unknown).await.expect_err("refused");
    let (path, status) = heard.recv().await.expect("heard");
    assert_eq!(path, "/congdoan.registry.v1.ReferenceService/ListRoles");
    assert_eq!(Refused::of(&status.expect("a refusal")), Refused::of(&refused));
}
