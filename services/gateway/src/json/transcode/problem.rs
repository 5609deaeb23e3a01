//! A status as JSON (AIP-193), with its details decoded.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode, header};
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage};
use proto::reason::code_name;
use serde_json::{Value as Json, json};
use tonic::{Code, Status};
use tonic_types::StatusExt;

/// `{"error": {"code": 404, "status": "NOT_FOUND", "message": …, "details": […]}}`
pub fn json_of(pool: &DescriptorPool, status: &Status) -> Json {
    let details =
        tonic_types::Status::decode(status.details()).map(|rich| rich.details).unwrap_or_default();
    let details: Vec<Json> = details
        .iter()
        .filter_map(|detail| detail_of(pool, &detail.type_url, &detail.value))
        .collect();
    json!({
        "error": {
            "code": http_status(status).as_u16(),
            "status": code_name(status.code()),
            "message": status.message(),
            "details": details,
        }
    })
}

/// A detail with its type, as proto3 JSON writes an Any.
fn detail_of(pool: &DescriptorPool, type_url: &str, value: &[u8]) -> Option<Json> {
    let descriptor = pool.get_message_by_name(type_url.rsplit('/').next()?)?;
    let message = DynamicMessage::decode(descriptor, value).ok()?;
    let Ok(Json::Object(fields)) = serde_json::to_value(&message) else { return None };
    let mut typed = serde_json::Map::new();
    typed.insert("@type".to_string(), Json::String(type_url.to_string()));
    typed.extend(fields);
    Some(Json::Object(typed))
}

/// The answer that a refusal is.
pub fn answer(pool: &DescriptorPool, status: &Status) -> Response {
    let mut response = Response::new(Body::from(json_of(pool, status).to_string()));
    *response.status_mut() = http_status(status);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let reason = reason(status);
    for (reason_for_it, name, value) in [
        ("VERB_NOT_ALLOWED", header::ALLOW, metadata(status, "allowed")),
        ("ACCESS_TOKEN_INVALID", header::WWW_AUTHENTICATE, Some("Bearer".to_string())),
    ] {
        if reason == reason_for_it {
            insert(headers, name, value);
        }
    }
    if let Some(delay) = status.get_details_retry_info().and_then(|info| info.retry_delay) {
        // Whole seconds, and never too early.
        insert(headers, header::RETRY_AFTER, Some(delay.as_secs_f64().ceil().to_string()));
    }
    response
}

fn insert(headers: &mut http::HeaderMap, name: HeaderName, value: Option<String>) {
    if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
        headers.insert(name, value);
    }
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}

fn metadata(status: &Status, key: &str) -> Option<String> {
    status.get_details_error_info()?.metadata.remove(key)
}

/// The status of HTTP that comes nearest, as google.rpc.Code says; more exact for those
/// reasons for which HTTP has a word of its own.
pub fn http_status(status: &Status) -> StatusCode {
    match reason(status).as_str() {
        "MESSAGE_TOO_LARGE"
        | "CALL_TOO_LARGE"
        | "JSON_TOO_MANY_VALUES"
        | "MESSAGE_TOO_MANY_VALUES" => {
            return StatusCode::PAYLOAD_TOO_LARGE;
        }
        "CONTENT_TYPE_UNSUPPORTED" => return StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "VERB_NOT_ALLOWED" => return StatusCode::METHOD_NOT_ALLOWED,
        "BODY_TOO_SLOW" => return StatusCode::REQUEST_TIMEOUT,
        _ => {}
    }
    match status.code() {
        Code::Ok => StatusCode::OK,
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => {
            StatusCode::BAD_REQUEST
        }
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        // 499, which is not in the registry: the client closed the request.
        Code::Cancelled => StatusCode::from_u16(499).unwrap_or(StatusCode::REQUEST_TIMEOUT),
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        Code::Internal | Code::DataLoss | Code::Unknown => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
