//! The one port: gRPC, gRPC-Web and JSON, told apart by what they say they are.
//!
//! All three become the same gRPC call, which goes through the same [`door`](crate::door).

use std::sync::Arc;

use axum::Router;
use axum::body::Body as AxumBody;
use axum::extract::{Extension, Request as AxumRequest, State};
use axum::response::{IntoResponse, Response as AxumResponse};
use axum::routing::get;
use bytes::Bytes;
use chassis::serve::room::Room;
use chassis::serve::{Form, Peer, Unbroken};
use http::{HeaderValue, header};
use http_body_util::Full;
use tonic::Status;
use tonic::body::Body;
use tonic_web::GrpcWebLayer;
use tower::{Layer, ServiceExt};

use crate::door::Door;
use crate::edge::standing::Limits;
use crate::error::Refused;
use crate::json::transcode::Transcoder;
use crate::stream::Whole;

/// What stands behind the port.
pub struct Port {
    /// For gRPC, of which everything becomes some.
    pub door: Arc<Door>,
    /// For JSON.
    pub transcoder: Transcoder,
}

/// A document that is the same for everybody.
struct Document {
    text: Bytes,
    room: Arc<Room<Peer>>,
}

/// The routes of the port: everything that has no place of its own goes through the door.
pub fn routes(port: Port, openapi: String, limits: &Limits) -> Router {
    let document = Arc::new(Document {
        text: openapi.into(),
        room: Room::new(limits.documents_max, limits.documents_per_address_max),
    });
    let published = get(move |Extension(peer): Extension<Peer>| published(document.clone(), peer))
        .fallback(only_read);
    Router::new().route("/openapi.json", published).fallback(enter).with_state(Arc::new(port))
}

/// The refusal of another verb at a document.
async fn only_read(State(port): State<Arc<Port>>) -> AxumResponse {
    port.transcoder.refuse(Refused::VerbNotAllowed { allowed: "GET, HEAD".to_string() })
}

/// Every reader has the same bytes, and a place until it has taken them.
async fn published(document: Arc<Document>, peer: Peer) -> AxumResponse {
    let Some(place) = document.room.enter(peer) else {
        let full: Status = Refused::Overloaded { service: "gateway" }.into();
        return Form::Json.refuse(&full);
    };
    let text = Body::new(Full::new(document.text.clone()));
    let body = AxumBody::new(Whole::of(text, place));
    let json = HeaderValue::from_static("application/json");
    let length = HeaderValue::from(document.text.len());
    ([(header::CONTENT_TYPE, json), (header::CONTENT_LENGTH, length)], body).into_response()
}

async fn enter(State(port): State<Arc<Port>>, request: AxumRequest) -> AxumResponse {
    match Form::of(request.headers()) {
        Form::Grpc => port.door.grpc(request.map(Body::new)).await.map(AxumBody::new),
        Form::GrpcWeb => {
            // tonic's layer refuses plain HTTP/1.1: it sees what says that it is gRPC-Web.
            let web = GrpcWebLayer::new().layer(port.door.measured(request.uri().path()));
            match web.oneshot(request.map(|body| Body::new(Unbroken(body)))).await {
                Ok(response) => response.map(AxumBody::new),
                Err(never) => match never {},
            }
        }
        Form::Json => port.transcoder.answer(request, &port.door).await,
    }
}
