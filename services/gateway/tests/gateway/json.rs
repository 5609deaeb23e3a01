//! JSON over HTTP, by the contracts' own options.

use http::Method;
use proto::registry::v1::{
    ListChildrenRequest, ListChildrenResponse, SuspendOrganisationRequest,
    SuspendOrganisationResponse,
};
use proto::reporting::v1::{Figure, QueryFiguresRequest, QueryFiguresResponse};
use serde_json::json;
use tonic::{Code, Response, Status};
use tonic_types::{ErrorDetails, StatusExt};

use super::passed_through::{GET, knows_organisations};
use super::world::World;

const CHILDREN: &str = "/congdoan.registry.v1.OrganisationService/ListChildren";
const SUSPEND: &str = "/congdoan.registry.v1.OrganisationService/SuspendOrganisation";
const FIGURES: &str = "/congdoan.reporting.v1.FigureService/QueryFigures";

#[tokio::test]
async fn a_path_and_a_query_become_a_request() {
    let world = World::start().await;
    world.registry.answer(CHILDREN, |asked: ListChildrenRequest| {
        // What was asked comes back as a token, for the test to look at.
        let as_of = asked.as_of.expect("a date");
        let token = format!(
            "{} {} {}-{}-{}",
            asked.organisation_id, asked.page_size, as_of.year, as_of.month, as_of.day
        );
        Ok(Response::new(ListChildrenResponse {
            next_page_token: token,
            ..ListChildrenResponse::default()
        }))
    });
    let path = "/v1/organisations/a%20b/children?pageSize=3&as_of=2020-12-31";
    let answer = world.json(Method::GET, path, None).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body, json!({"organisations": [], "nextPageToken": "a b 3 2020-12-31"}));
}

#[tokio::test]
async fn a_body_becomes_a_request_and_the_path_has_the_last_word() {
    let world = World::start().await;
    world.registry.answer(SUSPEND, |asked: SuspendOrganisationRequest| {
        assert_eq!((asked.organisation_id.as_str(), asked.request_id.as_str()), ("7", "r"));
        Ok(Response::new(SuspendOrganisationResponse { decision_id: "d".to_string() }))
    });
    let body = json!({"requestId": "r", "organisation_id": "8", "basis": {"decisionId": "d"}});
    let answer = world.json(Method::POST, "/v1/organisations/7:suspend", Some(body)).await;
    assert_eq!(answer.body, json!({"decisionId": "d"}));
}

#[tokio::test]
async fn large_numbers_are_texts_and_no_digit_is_lost() {
    let world = World::start().await;
    world.reporting.answer(FIGURES, |_: QueryFiguresRequest| {
        let figure = Figure { value: 9_007_199_254_740_993, ..Figure::default() };
        Ok(Response::new(QueryFiguresResponse { figures: vec![figure] }))
    });
    let answer = world.json(Method::POST, "/v1/figures:query", Some(json!({}))).await;
    let figure = &answer.body["figures"][0];
    assert_eq!(figure["value"], "9007199254740993");
    assert_eq!(figure["numerator"], "0", "defaults are shown");
    assert_eq!(figure["withoutSuspended"], false);
}

#[tokio::test]
async fn bad_json_is_refused_with_the_field_and_never_with_its_value() {
    let world = World::start().await;
    let path = "/v1/organisations/7:recordApplicants";
    for (body, field) in [
        (json!({"applicantz": []}), "applicantz"),
        (json!({"applicants": [{"name": 999_000_000_001_u64}]}), "applicants[0].name"),
    ] {
        let answer = world.json(Method::POST, path, Some(body)).await;
        assert_eq!((answer.status.as_u16(), answer.reason()), (400, "JSON_MALFORMED"));
        let violation = &answer.detail("google.rpc.BadRequest")["fieldViolations"][0];
        assert_eq!(violation["field"], field);
        assert!(!answer.body.to_string().contains("999000000001"));
    }
    let answer = world.json(Method::GET, "/v1/organisations/7/children?page_size=x", None).await;
    assert_eq!((answer.status.as_u16(), answer.reason()), (400, "PARAMETER_MALFORMED"));
}

#[tokio::test]
async fn what_is_said_twice_is_refused_and_not_dropped() {
    let world = World::start().await;
    let refused = async |verb: Method, path: &str, body: &str| {
        let bearer = format!("Bearer {}", world.token());
        let headers = [("authorization", bearer.as_str())];
        let (status, _, answer) = world.http(verb, path, &headers, body.into()).await;
        let answer: serde_json::Value = serde_json::from_slice(&answer).expect("json");
        let bad = &answer["error"]["details"].as_array().expect("details")[1];
        let field = bad["fieldViolations"][0]["field"].as_str().unwrap_or_default();
        (status.as_u16(), field.to_string())
    };
    let children = "/v1/organisations/7/children";
    for (query, field) in [
        ("organisation_id=8", "organisation_id"),
        ("organisationId=7", "organisationId"),
        ("page_size=1&pageSize=2", "pageSize"),
        ("as_of=2020-12-31&asOf.day=1", "asOf.day"),
    ] {
        let told = refused(Method::GET, &format!("{children}?{query}"), "").await;
        assert_eq!(told, (400, field.to_string()), "{query}");
    }
    let path = "/v1/organisations/7:recordApplicants";
    for (body, field) in [
        (r#"{"validateOnly": true, "validateOnly": false}"#, "validateOnly"),
        (r#"{"applicants": [{"name": "a"}, {"name": "a", "name": "b"}]}"#, "applicants[1].name"),
        (r#"{"requestId": "a", "request_id": "b"}"#, "request_id"),
    ] {
        let told = refused(Method::POST, path, body).await;
        assert_eq!(told, (400, field.to_string()), "{body}");
    }
}

#[tokio::test]
async fn a_refusal_is_json_with_its_details() {
    let world = World::start().await;
    world.registry.answer(SUSPEND, |_: SuspendOrganisationRequest| {
        let mut details = ErrorDetails::new();
        details
            .set_error_info(
                "ORGANISATION_SUSPENDED",
                "registry.congdoan.vn",
                [("organisation_id".to_string(), "7".to_string())],
            )
            .set_localized_message("vi-VN", "Đã tạm dừng.");
        Err::<Response<SuspendOrganisationResponse>, _>(Status::with_error_details(
            Code::FailedPrecondition,
            "suspended already",
            details,
        ))
    });
    let answer = world.json(Method::POST, "/v1/organisations/7:suspend", Some(json!({}))).await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.body,
        json!({"error": {
            "code": 400,
            "status": "FAILED_PRECONDITION",
            "message": "suspended already",
            "details": [
                {
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": "ORGANISATION_SUSPENDED",
                    "domain": "registry.congdoan.vn",
                    "metadata": {"organisation_id": "7"},
                },
                {
                    "@type": "type.googleapis.com/google.rpc.LocalizedMessage",
                    "locale": "vi-VN",
                    "message": "Đã tạm dừng.",
                },
            ],
        }})
    );
}

#[tokio::test]
async fn an_unknown_path_and_a_verb_that_does_not_fit_are_told_apart() {
    let world = World::start().await;
    let answer = world.json(Method::GET, "/v1/nothing", None).await;
    assert_eq!((answer.status.as_u16(), answer.reason()), (404, "PATH_UNKNOWN"));
    let answer = world.json(Method::GET, "/v1/organisations/7:suspend", None).await;
    assert_eq!((answer.status.as_u16(), answer.reason()), (405, "VERB_NOT_ALLOWED"));
    assert_eq!(answer.headers["allow"], "POST");
}

#[tokio::test]
async fn without_a_token_json_is_refused_too() {
    let world = World::start().await;
    knows_organisations(&world.registry);
    let (status, headers, body) = world.http(Method::GET, "/v1/organisations/7", &[], vec![]).await;
    assert_eq!((status.as_u16(), headers["www-authenticate"].to_str().unwrap()), (401, "Bearer"));
    let body: serde_json::Value = serde_json::from_slice(&body).expect("json");
    assert_eq!(body["error"]["status"], "UNAUTHENTICATED");
    assert!(world.registry.calls(GET).is_empty());
}

/// Status, reason, word of the cause, fields and message of a refusal in JSON.
async fn told(
    world: &World,
    (verb, path): (Method, &str),
    kind: Option<&str>,
    body: &[u8],
) -> (u16, String, String, Vec<String>, String) {
    let bearer = format!("Bearer {}", world.token());
    let mut headers = vec![("authorization", bearer.as_str()), ("accept-language", "en")];
    headers.extend(kind.map(|kind| ("content-type", kind)));
    let (status, _, answer) = world.http(verb, path, &headers, body.to_vec()).await;
    let answer: serde_json::Value = serde_json::from_slice(&answer).expect("json");
    let details = answer["error"]["details"].as_array().cloned().unwrap_or_default();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_string();
    let detail = |kind: &str| details.iter().find(|one| text(&one["@type"]).ends_with(kind));
    let info = detail("ErrorInfo").cloned().unwrap_or_default();
    let bad = detail("BadRequest").cloned().unwrap_or_default();
    let fields = bad["fieldViolations"].as_array().cloned().unwrap_or_default();
    (
        status.as_u16(),
        text(&info["reason"]),
        text(&info["metadata"]["cause"]),
        fields.iter().map(|one| text(&one["field"])).collect(),
        text(&answer["error"]["message"]),
    )
}

#[tokio::test]
async fn a_refusal_of_json_says_what_is_wrong_with_it() {
    let world = World::start().await;
    let apply = "/v1/organisations/7:recordApplicants";
    let rename = "/v1/organisations/7:rename";
    let both = r#"{"basis": {"decisionId": "7", "newDecision": {}}}"#;
    for (path, body, cause, fields) in [
        (apply, r#"{"requestId": "a", "requestId": "b"}"#, "again", &["requestId"][..]),
        (apply, r#"{"requestId": "a", "request_id": "b"}"#, "again", &["request_id"]),
        (rename, both, "again", &["basis.new_decision"]),
        (apply, r#"{"applicantz": 1}"#, "field", &["applicantz"]),
        (apply, "[]", "no_object", &[]),
        (apply, "null", "no_object", &[]),
        (apply, "5", "no_object", &[]),
        (apply, r#""x""#, "no_object", &[]),
    ] {
        let refused = told(&world, (Method::POST, path), None, body.as_bytes()).await;
        assert_eq!((refused.0, refused.1.as_str()), (400, "JSON_MALFORMED"), "{body}");
        assert_eq!(
            (refused.2.as_str(), &refused.3[..]),
            (cause, &fields.iter().map(|f| f.to_string()).collect::<Vec<_>>()[..]),
            "{body}"
        );
        let of_another_type = refused.4.contains("another type");
        assert_eq!(of_another_type, cause == "field", "{body}: {}", refused.4);
    }
    // What is echoed of a name is letters.
    let refused = told(&world, (Method::POST, apply), None, br#"{"a\u0007\u001bb": 1}"#).await;
    assert_eq!(refused.3, ["a??b"]);

    let children = "/v1/organisations/7/children";
    for (path, cause, field) in [
        (format!("{children}?page_size=1&pageSize=2"), "again", "pageSize"),
        (format!("{children}?nothing=1"), "field", "nothing"),
        (format!("{children}?page_token=%FF"), "no_text", "page_token"),
        (format!("{children}?as_of=002024-06-010"), "field", "as_of"),
        ("/v1/organisations/a%FF/children".to_string(), "no_text", "organisation_id"),
    ] {
        let refused = told(&world, (Method::GET, &path), None, b"").await;
        assert_eq!((refused.0, refused.1.as_str()), (400, "PARAMETER_MALFORMED"), "{path}");
        assert_eq!((refused.2.as_str(), refused.3), (cause, vec![field.to_string()]), "{path}");
    }
    assert!(world.registry.calls(CHILDREN).is_empty());
}

#[tokio::test]
async fn a_body_that_says_it_is_something_else_is_not_acted_on() {
    let world = World::start().await;
    world.registry.answer(SUSPEND, |_: SuspendOrganisationRequest| {
        Ok(Response::new(SuspendOrganisationResponse::default()))
    });
    let path = "/v1/organisations/7:suspend";
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/grpcfoo",
        "application/grpc-web+json",
    ] {
        let refused = told(&world, (Method::POST, path), Some(kind), b"{}").await;
        let expected = (415, "CONTENT_TYPE_UNSUPPORTED".to_string());
        assert_eq!((refused.0, refused.1), expected, "{kind}");
    }
    assert!(world.registry.calls(SUSPEND).is_empty());
    for kind in [
        None,
        Some("application/json"),
        Some("application/json; charset=UTF-8"),
        Some("application/merge-patch+json"),
    ] {
        assert_eq!(told(&world, (Method::POST, path), kind, b"{}").await.0, 200, "{kind:?}");
    }
    let refused = told(&world, (Method::POST, "/openapi.json"), None, b"").await;
    assert_eq!((refused.0, refused.1.as_str()), (405, "VERB_NOT_ALLOWED"));
}
