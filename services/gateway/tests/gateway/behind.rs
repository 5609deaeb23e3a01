//! A service behind the gateway, as the gateway sees one: a real gRPC server on a free port
//! that answers what the test says, and remembers how it was called.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::{Buf, BufMut, Bytes};
use chassis::access::token::{Speaker, Verifier};
use chassis::refusal::Language;
use chassis::serve::{Asked, Measured};
use futures_util::future::BoxFuture;
use futures_util::{Stream, StreamExt, stream};
use http::HeaderMap;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::body::Body;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::server::{Grpc, StreamingService};
use tonic::{Request, Response, Status, Streaming};

/// As much as anybody may ask.
const ASKED: Asked = Asked {
    message_bytes: 4 << 20,
    call_bytes: u64::MAX,
    one_message: false,
    idle: Duration::from_secs(60),
};

pub type Answers = Pin<Box<dyn Stream<Item = Result<Bytes, Status>> + Send>>;
type Answered = BoxFuture<'static, Result<Response<Answers>, Status>>;
type Handler = Arc<dyn Fn(Streaming<Bytes>) -> Answered + Send + Sync>;

/// How a call came in.
#[derive(Clone, Debug)]
pub struct Call {
    pub path: String,
    pub headers: HeaderMap,
}

/// A service that answers as it is told.
#[derive(Clone)]
pub struct Behind {
    name: &'static str,
    handlers: Arc<Mutex<HashMap<String, Handler>>>,
    calls: Arc<Mutex<Vec<Call>>>,
    pub address: SocketAddr,
    _stop: Arc<DropGuard>,
}

impl Behind {
    pub async fn start(name: &'static str) -> Self {
        Self::start_at(name, "127.0.0.1:0".parse().expect("an address")).await
    }

    pub async fn start_at(name: &'static str, address: SocketAddr) -> Self {
        let listener = tokio::net::TcpListener::bind(address).await.expect("bound");
        let stop = CancellationToken::new();
        let behind = Self {
            name,
            handlers: Arc::default(),
            calls: Arc::default(),
            address: listener.local_addr().expect("bound"),
            _stop: Arc::new(stop.clone().drop_guard()),
        };
        let (handlers, calls) = (behind.handlers.clone(), behind.calls.clone());
        let router = axum::Router::new().fallback(move |request: axum::extract::Request| {
            let path = request.uri().path().to_string();
            let headers = request.headers().clone();
            calls.lock().expect("calls").push(Call { path: path.clone(), headers });
            let handler = handlers.lock().expect("handlers").get(&path).cloned();
            async move {
                match handler {
                    Some(handler) => {
                        // What breaks off is no end, as the services have it.
                        let request = request
                            .map(|body| Body::new(Measured::new(body, ASKED, Language::English)));
                        Grpc::new(BytesCodec).streaming(Handled(handler), request).await
                    }
                    None => Status::unimplemented("nothing is said about it").into_http(),
                }
                .map(axum::body::Body::new)
            }
        });
        let server = tonic::transport::Server::builder().serve_with_incoming_shutdown(
            tonic::service::Routes::from(router),
            TcpListenerStream::new(listener),
            stop.cancelled_owned(),
        );
        tokio::spawn(server);
        behind
    }

    /// Answers one message with one message.
    pub fn answer<Q, A>(
        &self,
        path: &str,
        answer: impl Fn(Q) -> Result<Response<A>, Status> + Send + Sync + 'static,
    ) where
        Q: prost::Message + Default,
        A: prost::Message,
    {
        let answer = Arc::new(answer);
        self.on(path, move |mut asked| {
            let answer = answer.clone();
            Box::pin(async move {
                let message = asked.message().await?.unwrap_or_default();
                let question = Q::decode(message).expect("of the contract");
                Ok(answer(question)?.map(|message| {
                    let bytes = Bytes::from(message.encode_to_vec());
                    stream::iter([Ok(bytes)]).boxed()
                }))
            })
        });
    }

    /// Answers a stream of messages with a stream of messages.
    pub fn on(
        &self,
        path: &str,
        handler: impl Fn(Streaming<Bytes>) -> Answered + Send + Sync + 'static,
    ) {
        self.handlers.lock().expect("handlers").insert(path.to_string(), Arc::new(handler));
    }

    /// How this method was called, first call first.
    pub fn calls(&self, path: &str) -> Vec<Call> {
        let calls = self.calls.lock().expect("calls");
        calls.iter().filter(|call| call.path == path).cloned().collect()
    }

    /// For whom a call speaks, as this service believes it.
    pub fn speaker(&self, call: &Call, gateway_public_pem: &str) -> Speaker {
        let verifier = Verifier::new(self.name, [("gateway", gateway_public_pem)]).expect("a key");
        let bearer = call.headers["authorization"].to_str().expect("ascii");
        verifier.verify(bearer.strip_prefix("Bearer ").expect("a bearer")).expect("believed")
    }

    pub fn uri(&self) -> String {
        format!("http://{}", self.address)
    }
}

struct Handled(Handler);

impl StreamingService<Bytes> for Handled {
    type Response = Bytes;
    type ResponseStream = Answers;
    type Future = Answered;

    fn call(&mut self, request: Request<Streaming<Bytes>>) -> Answered {
        (self.0)(request.into_inner())
    }
}

/// Messages as the bytes that they are.
#[derive(Clone, Copy, Default)]
pub struct BytesCodec;

impl Codec for BytesCodec {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = BytesCodec;
    type Decoder = BytesCodec;

    fn encoder(&mut self) -> BytesCodec {
        BytesCodec
    }

    fn decoder(&mut self) -> BytesCodec {
        BytesCodec
    }
}

impl Encoder for BytesCodec {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(message);
        Ok(())
    }
}

impl Decoder for BytesCodec {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}
