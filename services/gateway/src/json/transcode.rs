//! JSON over HTTP, by the `google.api.http` option of each method.
//!
//! A request becomes the method's message by its descriptor and goes through the same door
//! as a gRPC call ([`crate::door`]); the answer comes back as canonical proto3 JSON, with
//! int64 as text. A stream is answered as lines (NDJSON): `{"result": …}`, and, if it breaks
//! off, a last `{"error": …}`. A stream that is asked comes as lines, too, each a message. What the
//! contract calls a body (`google.api.HttpBody`) is none of this: it is passed on as it is ([`raw`]).

mod codec;
mod heavy;
mod incoming;
pub mod problem;
mod raw;
mod request;
mod strict;
mod weight;

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use chassis::call::SEEN;
use chassis::refusal::LANGUAGE;
use codec::BytesCodec;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use heavy::Heavy;
use http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use http_body_util::Full;
use incoming::Fault;
use prost::Message;
use prost_reflect::{
    DescriptorPool, DynamicMessage, Kind, MessageDescriptor, SerializeOptions, Value,
};
use tokio::sync::oneshot;
use tonic::metadata::MetadataMap;
use tonic::{Status, Streaming};

use crate::contract::Method;
use crate::door::{Admitted, Door};
use crate::error::{Refused, Unfit};
use crate::json::route::{BodyOf, Route};
use crate::stream::Whole;

/// Headers of the HTTP request that are the call's metadata.
const METADATA: [HeaderName; 4] = [
    AUTHORIZATION,
    ACCEPT_LANGUAGE,
    HeaderName::from_static(SEEN),
    HeaderName::from_static("congdoan-purpose"),
];
/// The largest answer that is turned into JSON; larger ones are for gRPC.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// What bodies are: one message, or a message a line.
const JSON: &str = "application/json";
pub(crate) const LINES: &str = "application/x-ndjson";

/// Fields that the path binds, with their values.
type Bound = Vec<(String, String)>;
/// The messages of a request that is a stream, encoded.
type Messages = BoxStream<'static, Bytes>;

/// Answers JSON requests.
pub struct Transcoder {
    routes: Vec<Arc<Route>>,
    pool: DescriptorPool,
    message_bytes_max: usize,
    values_max: usize,
    heavy: Heavy,
}

impl Transcoder {
    /// Answers the requests that fit `routes`.
    pub fn new(
        routes: Vec<Route>,
        pool: DescriptorPool,
        message_bytes_max: usize,
        values_max: usize,
    ) -> Self {
        let routes = routes.into_iter().map(Arc::new).collect();
        Self { routes, pool, message_bytes_max, values_max, heavy: Heavy::default() }
    }

    /// Answers one request, through the door of gRPC.
    pub async fn answer(&self, request: Request<Body>, door: &Arc<Door>) -> Response {
        match self.call(request, door).await {
            Ok(response) => response,
            Err(status) => problem::answer(&self.pool, &status),
        }
    }

    /// A refusal as JSON.
    pub fn refuse(&self, refused: Refused) -> Response {
        problem::answer(&self.pool, &refused.into())
    }

    async fn call(&self, request: Request<Body>, door: &Arc<Door>) -> Result<Response, Status> {
        let (parts, body) = request.into_parts();
        if says_grpc(&parts.headers) {
            return Err(Refused::ContentTypeUnsupported { supported: JSON }.into());
        }
        let (route, bound) = self.route(&parts)?;
        let method = &route.method.descriptor;
        name_span(&route.method);
        // Who calls is known before a byte of the body is read.
        let admitted = door.admit(&route.method, &parts.headers, &parts.extensions)?;
        let path = PathAndQuery::from_maybe_shared(route.method.path.to_string())
            .map_err(|_| Status::internal("internal error"))?;
        let mut grpc =
            tonic::client::Grpc::new(door.through()).max_decoding_message_size(ANSWER_BYTES_MAX);
        let Ok(()) = grpc.ready().await;
        if route.method.asks_on() {
            let messages = self.messages(route, bound, &parts, body, door, &admitted)?;
            let (messages, fault) = messages;
            let answer = grpc.client_streaming(call(messages, &parts, &admitted), path, BytesCodec);
            // What is dropped breaks off, for the service behind as well.
            let answer = tokio::select! {
                biased;
                Ok(fault) = fault => Err(fault.into()),
                answer = answer => answer,
            };
            return self.whole(route, answer?, &admitted).await;
        }
        let body = match route.body {
            BodyOf::Nothing => Bytes::new(),
            BodyOf::Message | BodyOf::Field(_) if !says(&parts.headers, is_json) => {
                return Err(Refused::ContentTypeUnsupported { supported: JSON }.into());
            }
            BodyOf::Message | BodyOf::Field(_) => self.read(&parts, body, door, &admitted).await?,
        };
        let message = self.message(route, bound, &parts, body).await?;
        let call = call(message, &parts, &admitted);
        if method.is_server_streaming() {
            let answer = grpc.server_streaming(call, path, BytesCodec).await?;
            if route.has_raw_answer() {
                return raw::answer(answer).await;
            }
            let seen = answer.metadata().get(SEEN).cloned();
            let lines = lines(answer.into_inner(), method.output(), self.pool.clone());
            Ok(response(LINES, seen.as_ref(), Body::from_stream(lines)))
        } else {
            let answer = grpc.unary(call, path, BytesCodec).await?;
            self.whole(route, answer, &admitted).await
        }
    }

    /// The messages of a request that is a stream, and what will have been wrong with them.
    fn messages(
        &self,
        route: &Route,
        bound: Bound,
        parts: &Parts,
        body: Body,
        door: &Door,
        admitted: &Admitted,
    ) -> Result<(Messages, oneshot::Receiver<Fault>), Refused> {
        let limits = incoming::Limits {
            line_bytes: self.message_bytes_max,
            values: self.values_max,
            bytes: door.asked.call_bytes,
            idle: door.stream_idle,
        };
        let standing = admitted.standing.clone();
        let Some(field) = route.raw_question() else {
            if !says(&parts.headers, is_lines) {
                return Err(Refused::ContentTypeUnsupported { supported: LINES });
            }
            let input = route.method.descriptor.input();
            let (messages, fault) =
                incoming::messages(body, input, limits, self.heavy.clone(), standing);
            return Ok((messages.boxed(), fault));
        };
        let kind = parts.headers.get(CONTENT_TYPE).map(HeaderValue::to_str);
        let kind = kind.transpose().ok().flatten().unwrap_or_default().to_ascii_lowercase();
        if !raw::is_file(kind.split(';').next().unwrap_or_default().trim()) {
            return Err(Refused::ContentTypeUnsupported { supported: raw::FILES });
        }
        let query = parts.uri.query().unwrap_or_default();
        let header = message(route, &bound, query, &[])?.encode_to_vec();
        let (messages, fault) = raw::messages(body, header, kind, field.number(), limits, standing);
        Ok((messages.boxed(), fault))
    }

    /// One answer.
    async fn whole(
        &self,
        route: &Route,
        answer: tonic::Response<Bytes>,
        admitted: &Admitted,
    ) -> Result<Response, Status> {
        let seen = answer.metadata().get(SEEN).cloned();
        let (output, content) = (route.method.descriptor.output(), answer.into_inner());
        let size = content.len();
        let text = self.heavy.apart(size, move || json_of(output, content)).await??;
        admitted.standing.hold(text.len())?;
        let text = tonic::body::Body::new(Full::new(Bytes::from(text)));
        let body = Body::new(Whole::of(text, admitted.standing.clone()));
        Ok(response(JSON, seen.as_ref(), body))
    }

    /// The first binding that fits, with what its path binds.
    fn route(&self, parts: &Parts) -> Result<(&Arc<Route>, Bound), Refused> {
        let path = parts.uri.path();
        let mut allowed: Vec<&str> = Vec::new();
        for route in &self.routes {
            let Some(bound) = route.template.match_path(path) else { continue };
            if route.verb == parts.method {
                let bound = bound.map_err(|field| {
                    let (field, fault) = (field.to_string(), Unfit::NoText);
                    Refused::ParameterMalformed { field, fault }
                })?;
                let bound = bound.into_iter().map(|(field, value)| (field.to_string(), value));
                return Ok((route, bound.collect()));
            }
            allowed.push(route.verb.as_str());
        }
        if allowed.is_empty() {
            return Err(Refused::PathUnknown { path: path.chars().take(200).collect() });
        }
        allowed.sort_unstable();
        allowed.dedup();
        Err(Refused::VerbNotAllowed { allowed: allowed.join(", ") })
    }

    /// The method's request, encoded.
    async fn message(
        &self,
        route: &Arc<Route>,
        bound: Bound,
        parts: &Parts,
        body: Bytes,
    ) -> Result<Bytes, Status> {
        let (route, values_max) = (route.clone(), self.values_max);
        let query = parts.uri.query().unwrap_or_default().to_string();
        let size = body.len();
        let read = move || {
            if weight::values(&body) > values_max {
                return Err(Refused::JsonTooManyValues { limit: values_max });
            }
            message(&route, &bound, &query, &body).map(|message| message.encode_to_vec())
        };
        Ok(self.heavy.apart(size, read).await??.into())
    }

    async fn read(
        &self,
        parts: &Parts,
        body: Body,
        door: &Door,
        admitted: &Admitted,
    ) -> Result<Bytes, Status> {
        let limit = self.message_bytes_max;
        let announced = parts
            .headers
            .get(CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        if let Some(size) = announced.filter(|size| *size > limit as u64) {
            return Err(Refused::MessageTooLarge { size, limit: limit as u64 }.into());
        }
        door.standings.take_in(&admitted.standing, body, limit, admitted.deadline).await
    }
}

/// A call through the door of gRPC, by somebody who was admitted.
fn call<T>(message: T, parts: &Parts, admitted: &Admitted) -> tonic::Request<T> {
    let mut call = tonic::Request::new(message);
    *call.metadata_mut() = metadata(&parts.headers);
    call.extensions_mut().insert(admitted.clone());
    call
}

/// The method's request: the body, then the path, which has the last word, then the query, which
/// may say nothing of a field that has its place there: nothing is dropped in silence.
fn message(
    route: &Route,
    bound: &Bound,
    query: &str,
    body: &[u8],
) -> Result<DynamicMessage, Refused> {
    let input = route.method.descriptor.input();
    let mut parameters = request::Parameters::default();
    let mut message = match &route.body {
        BodyOf::Nothing => DynamicMessage::new(input),
        BodyOf::Message => request::message_of(&input, body)?,
        BodyOf::Field(name) => {
            let mut message = DynamicMessage::new(input.clone());
            parameters.note(&input, name);
            if let Some(field) = input.get_field_by_name(name)
                && let Kind::Message(inner) = field.kind()
            {
                let inner = request::message_of(&inner, body)?;
                message.set_field(&field, Value::Message(inner));
            }
            message
        }
    };
    for (name, value) in bound {
        parameters.set(&mut message, name, value)?;
    }
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let no_text = |field: String| Refused::ParameterMalformed { field, fault: Unfit::NoText };
        let name = decoded(name).ok_or_else(|| no_text(name.to_string()))?;
        let value = decoded(value).ok_or_else(|| no_text(name.clone()))?;
        if route.body == BodyOf::Message {
            // Every field has its place already: in the body, or in the path.
            return Err(Refused::ParameterMalformed { field: name, fault: Unfit::Field });
        }
        parameters.set(&mut message, &name, &value)?;
    }
    Ok(message)
}

/// The span was begun when only the path was known.
fn name_span(method: &Method) {
    let span = tracing::Span::current();
    let service = method.descriptor.parent_service();
    span.record("otel.name", &method.path[1..]);
    span.record("rpc.service", service.full_name());
    span.record("rpc.method", method.descriptor.name());
}

fn metadata(headers: &HeaderMap) -> MetadataMap {
    let mut metadata = HeaderMap::new();
    for name in METADATA {
        if let Some(value) = headers.get(&name) {
            metadata.insert(name, value.clone());
        }
    }
    MetadataMap::from_headers(metadata)
}

/// A name or a value in a query: `+` is a space there; none where it is no UTF-8.
fn decoded(text: &str) -> Option<String> {
    let text = text.replace('+', " ");
    let decoded = percent_encoding::percent_decode_str(&text).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

/// Whether the request says that it is a kind of gRPC: one that nobody here speaks, or it would
/// not have come to this door.
fn says_grpc(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|said| said.as_bytes().starts_with(b"application/grpc"))
}

/// Whether a body may be of a kind, in UTF-8, by what is said of it: whoever says nothing means that.
fn says(headers: &HeaderMap, of: impl FnOnce(&str) -> bool) -> bool {
    let Some(said) = headers.get(CONTENT_TYPE) else { return true };
    let Ok(said) = said.to_str() else { return false };
    let mut parts = said.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
    of(&kind)
        && parts.all(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            !name.eq_ignore_ascii_case("charset")
                || value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
}

fn is_json(kind: &str) -> bool {
    kind == JSON || kind.strip_prefix("application/").is_some_and(|kind| kind.ends_with("+json"))
}

fn is_lines(kind: &str) -> bool {
    kind == LINES
}

/// An answer as JSON.
fn json_of(descriptor: MessageDescriptor, content: Bytes) -> Result<Vec<u8>, Status> {
    let name = descriptor.full_name().to_string();
    let message = DynamicMessage::decode(descriptor, content).map_err(|error| {
        tracing::error!(%error, message = name, "an answer cannot be decoded");
        Status::internal("internal error")
    })?;
    json(&message)
}

/// Canonical proto3 JSON, with every field that has a value of its own, also its default.
fn json(message: &DynamicMessage) -> Result<Vec<u8>, Status> {
    let mut text = Vec::new();
    let every_field = SerializeOptions::new().skip_default_fields(false);
    message
        .serialize_with_options(&mut serde_json::Serializer::new(&mut text), &every_field)
        .map_err(|error| {
            tracing::error!(%error, "an answer cannot be written as JSON");
            Status::internal("internal error")
        })?;
    Ok(text)
}

/// A stream as lines. Its end without an error line says that it is complete.
fn lines(
    answers: Streaming<Bytes>,
    output: MessageDescriptor,
    pool: DescriptorPool,
) -> impl futures_util::Stream<Item = Result<Vec<u8>, Infallible>> + Send {
    let language = LANGUAGE.try_with(|language| *language).unwrap_or_default();
    answers.map(move |answer| {
        let answer = answer.and_then(|content| json_of(output.clone(), content));
        Ok(LANGUAGE.sync_scope(language, || line(answer, &pool)))
    })
}

fn line(answer: Result<Vec<u8>, Status>, pool: &DescriptorPool) -> Vec<u8> {
    match answer {
        Ok(message) => [b"{\"result\":", &message[..], b"}\n"].concat(),
        Err(status) => format!("{}\n", problem::json_of(pool, &status)).into_bytes(),
    }
}

fn response<V: AsRef<[u8]>>(content_type: &'static str, seen: Option<V>, body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Some(seen) = seen.and_then(|seen| HeaderValue::from_bytes(seen.as_ref()).ok()) {
        headers.insert(SEEN, seen);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Contract;

    #[test]
    fn a_stream_is_lines_and_the_last_may_say_why_it_broke_off() {
        let contract = Contract::read().expect("read");
        let date = contract.pool.get_message_by_name("google.type.Date").expect("known");
        let good = line(json_of(date, Bytes::new()), &contract.pool);
        assert_eq!(good, b"{\"result\":{\"year\":0,\"month\":0,\"day\":0}}\n");
        let bad = line(Err(Status::aborted("broke off")), &contract.pool);
        let bad = String::from_utf8(bad).expect("text");
        assert!(bad.starts_with("{\"error\":{\"code\":409") && bad.ends_with("}}\n"), "{bad}");
    }
}
