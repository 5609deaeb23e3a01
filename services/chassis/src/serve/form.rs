//! The form in which a refusal is said to whoever asked in gRPC, in gRPC-Web or in JSON, before
//! anybody who knows more of the call has had a word.

use axum::body::Body;
use axum::response::Response;
use http::header::{ACCEPT_LANGUAGE, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use proto::reason::code_name;
use proto::refusal::v1::Reason;
use serde_json::{Value as Json, json};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::refusal::{Language, Refusal};

const GRPC_ENCODING: &str = "grpc-encoding";
const GRPC_ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");
/// The one encoding that is read.
const IDENTITY: &str = "identity";

/// How a request speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// gRPC.
    Grpc,
    /// gRPC-Web, as text or not.
    GrpcWeb,
    /// JSON, and whatever else is HTTP.
    Json,
}

impl Form {
    /// Told by the content type.
    pub fn of(headers: &HeaderMap) -> Self {
        const WEB: [&[u8]; 4] = [
            b"application/grpc-web",
            b"application/grpc-web+proto",
            b"application/grpc-web-text",
            b"application/grpc-web-text+proto",
        ];
        let Some(kind) = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes) else {
            return Form::Json;
        };
        if WEB.contains(&kind) {
            return Form::GrpcWeb;
        }
        // `application/grpc`, with a format or with parameters: what only begins so is another.
        match kind.strip_prefix(b"application/grpc") {
            Some([] | [b'+' | b';' | b' ', ..]) => Form::Grpc,
            _ => Form::Json,
        }
    }

    /// An answer that only refuses.
    pub fn refuse(self, status: &Status) -> Response {
        match self {
            Form::Grpc => status.clone().into_http(),
            Form::GrpcWeb => {
                let mut response: Response = status.clone().into_http();
                let kind = HeaderValue::from_static("application/grpc-web+proto");
                response.headers_mut().insert(CONTENT_TYPE, kind);
                response
            }
            Form::Json => json_of(status),
        }
    }

    /// The refusal of a call for which there is no room.
    pub(super) fn overloaded(self, headers: &HeaderMap) -> Response {
        self.refuse(&overloaded().status_in(language(headers)))
    }

    /// The refusal of a request that is compressed. Nobody would read it: what is small when
    /// it comes may be large when it is read.
    pub(super) fn refuse_encoded(self, headers: &HeaderMap) -> Option<Response> {
        let named = match self {
            Form::Grpc | Form::GrpcWeb => headers.get(GRPC_ENCODING),
            Form::Json => headers.get(CONTENT_ENCODING),
        };
        let named = named?.as_bytes();
        if named.is_empty() || named.eq_ignore_ascii_case(IDENTITY.as_bytes()) {
            return None;
        }
        let named: String = String::from_utf8_lossy(named).chars().take(50).collect();
        let refusal = Refusal::of(Reason::EncodingUnsupported)
            .with("encoding", named)
            .with("supported", IDENTITY);
        let mut response = self.refuse(&refusal.status_in(language(headers)));
        if self != Form::Json {
            let supported = HeaderValue::from_static(IDENTITY);
            response.headers_mut().insert(GRPC_ACCEPT_ENCODING, supported);
        }
        Some(response)
    }
}

/// The language that a request asks for.
pub(super) fn language(headers: &HeaderMap) -> Language {
    Language::accepted(headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()))
}

pub(super) fn overloaded() -> Refusal {
    Refusal::of(Reason::Overloaded)
}

/// A status as JSON (AIP-193), with those details that a refusal of ours has.
fn json_of(status: &Status) -> Response {
    let details = status.get_error_details();
    let mut told: Vec<Json> = Vec::new();
    let mut tell = |kind: &str, mut detail: Json| {
        detail["@type"] = format!("type.googleapis.com/google.rpc.{kind}").into();
        told.push(detail);
    };
    let reason = details.error_info().map(|info| info.reason.clone()).unwrap_or_default();
    if let Some(info) = details.error_info() {
        let detail =
            json!({"reason": info.reason, "domain": info.domain, "metadata": info.metadata});
        tell("ErrorInfo", detail);
    }
    let delay = details.retry_info().and_then(|info| info.retry_delay);
    if let Some(delay) = delay {
        tell("RetryInfo", json!({"retryDelay": format!("{}s", delay.as_secs_f64())}));
    }
    if let Some(text) = details.localized_message() {
        tell("LocalizedMessage", json!({"locale": text.locale, "message": text.message}));
    }
    let http = http_status(status.code(), &reason);
    let body = json!({"error": {
        "code": http.as_u16(),
        "status": code_name(status.code()),
        "message": status.message(),
        "details": told,
    }});
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = http;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(delay) = delay {
        // Whole seconds, and never too early.
        headers.insert(RETRY_AFTER, HeaderValue::from(delay.as_secs_f64().ceil() as u64));
    }
    response
}

fn http_status(code: Code, reason: &str) -> StatusCode {
    match (code, reason) {
        (_, "ENCODING_UNSUPPORTED") => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        (_, "BODY_TOO_SLOW") => StatusCode::REQUEST_TIMEOUT,
        (Code::DeadlineExceeded, _) => StatusCode::GATEWAY_TIMEOUT,
        (Code::Unavailable, _) => StatusCode::SERVICE_UNAVAILABLE,
        (Code::InvalidArgument, _) => StatusCode::BAD_REQUEST,
        (Code::Unimplemented, _) => StatusCode::NOT_IMPLEMENTED,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(named: &[(HeaderName, &'static str)]) -> HeaderMap {
        let pairs =
            named.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        pairs.collect()
    }

    #[test]
    fn requests_are_told_apart_by_their_content_type() {
        let form = |kind| Form::of(&headers(&[(CONTENT_TYPE, kind)]));
        assert_eq!(form("application/grpc"), Form::Grpc);
        assert_eq!(form("application/grpc+proto"), Form::Grpc);
        assert_eq!(form("application/grpc-web+proto"), Form::GrpcWeb);
        for other in ["application/grpcfoo", "application/grpc-web+json", "application/grpc-webx"] {
            assert_eq!(form(other), Form::Json, "{other}");
        }
        assert_eq!(form("application/grpc-web-text"), Form::GrpcWeb);
        assert_eq!(form("application/json"), Form::Json);
        assert_eq!(Form::of(&HeaderMap::new()), Form::Json);
    }

    #[test]
    fn what_is_compressed_is_refused_in_the_form_in_which_it_came() {
        let gzip = headers(&[(HeaderName::from_static(GRPC_ENCODING), "gzip")]);
        let refused = Form::Grpc.refuse_encoded(&gzip).expect("refused");
        assert_eq!(refused.headers()[GRPC_ACCEPT_ENCODING], "identity");
        assert_eq!(refused.headers()[Status::GRPC_STATUS], "12");
        let gzip = headers(&[(CONTENT_ENCODING, "gzip")]);
        assert_eq!(Form::Json.refuse_encoded(&gzip).expect("refused").status().as_u16(), 415);
        let plain = headers(&[(CONTENT_ENCODING, "identity")]);
        assert!(Form::Json.refuse_encoded(&plain).is_none());
        assert!(Form::Grpc.refuse_encoded(&HeaderMap::new()).is_none());
    }
}
