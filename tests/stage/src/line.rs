//! Calls of any method by its name: with any message, any headers, any number of messages.

use bytes::{Buf, BufMut, Bytes};
use chassis::refusal::testing::Heard;
use http::uri::PathAndQuery;
use prost::Message;
use tokio_stream as stream;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::metadata::{AsciiMetadataKey, MetadataMap};
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Status};

/// The largest answer that is read.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// A line to a server on which nothing is added to a call but these headers; the test fails where a
/// refusal is heard on it of which the contract of the method does not say that it may come.
#[derive(Clone)]
pub struct Line {
    channel: Channel,
    headers: Vec<(AsciiMetadataKey, String)>,
}

/// An answer as it stands on the wire, with its metadata.
#[derive(Debug)]
pub struct Answer {
    /// The encoded message.
    pub bytes: Bytes,
    /// What came with it.
    pub metadata: MetadataMap,
}

impl Answer {
    /// The message.
    ///
    /// # Panics
    /// When it is none of this type.
    pub fn message<M: Message + Default>(&self) -> M {
        M::decode(self.bytes.clone()).expect("an answer of the contract")
    }
}

impl Line {
    /// To a server, such as `http://127.0.0.1:8080`.
    ///
    /// # Panics
    /// When nobody listens there.
    pub async fn to(uri: &str) -> Self {
        let endpoint = Endpoint::from_shared(uri.to_owned()).expect("an address");
        let channel = endpoint.tcp_nodelay(true).connect().await.expect("connected");
        Self { channel, headers: Vec::new() }
    }

    /// The same line with one header more on every call.
    pub fn with(&self, name: &'static str, value: impl Into<String>) -> Self {
        let mut line = self.clone();
        let name = AsciiMetadataKey::from_static(name);
        line.headers.retain(|(known, _)| *known != name);
        line.headers.push((name, value.into()));
        line
    }

    /// The same line in the name of a subject.
    pub fn bearing(&self, token: &str) -> Self {
        self.with("authorization", format!("Bearer {token}"))
    }

    /// Sends the messages to a method such as
    /// `congdoan.registry.v1.DecisionService/GetDecision`, and reads one answer.
    pub async fn call(&self, method: &str, messages: Vec<Vec<u8>>) -> Result<Answer, Status> {
        let path: PathAndQuery = format!("/{method}").parse().expect("a path");
        let mut request = Request::new(stream::iter(messages.into_iter().map(Bytes::from)));
        for (name, value) in &self.headers {
            request.metadata_mut().insert(name.clone(), value.parse().expect("ASCII"));
        }
        let mut grpc =
            Grpc::new(Heard(self.channel.clone())).max_decoding_message_size(ANSWER_BYTES_MAX);
        grpc.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let response: Response<Bytes> = grpc.client_streaming(request, path, AsItIs).await?;
        let (metadata, bytes, _) = response.into_parts();
        Ok(Answer { bytes, metadata })
    }

    /// Sends one message.
    pub async fn send(&self, method: &str, message: &impl Message) -> Result<Answer, Status> {
        self.call(method, vec![message.encode_to_vec()]).await
    }
}

/// Messages that were encoded before and are decoded after.
#[derive(Clone, Copy)]
struct AsItIs;

impl Codec for AsItIs {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for AsItIs {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(message);
        Ok(())
    }
}

impl Decoder for AsItIs {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}
