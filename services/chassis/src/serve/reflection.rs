//! Reflection, v1 and v1alpha: what is answered here, and every message behind it.
//!
//! **Invariant:** whatever is listed can be resolved; a question that has no answer is answered
//! so, and the next one on the same stream is heard.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;

use anyhow::Context;
use futures_util::{Stream, StreamExt};
use prost::Message;
use prost_reflect::{DescriptorPool, FileDescriptor};
use tonic::service::Routes;
use tonic::{Code, Request, Response, Status, Streaming};
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::server_reflection_server::{
    ServerReflection, ServerReflectionServer,
};
use tonic_reflection::pb::v1::{
    ErrorResponse, ExtensionNumberResponse, FileDescriptorResponse, ListServiceResponse,
    ServerReflectionRequest, ServerReflectionResponse, ServiceResponse,
};
use tonic_reflection::pb::{v1, v1alpha};

/// How much of a name that nobody knows is repeated, in characters.
const ECHOED: usize = 100;

/// Knows what this port answers.
#[derive(Clone)]
struct Reflection {
    pool: Arc<DescriptorPool>,
    services: Arc<[String]>,
}

type Answers<A> = Pin<Box<dyn Stream<Item = Result<A, Status>> + Send>>;

/// Reflection on the services of these names.
pub(super) fn routes(services: &BTreeSet<&str>) -> anyhow::Result<Routes> {
    let mut pool = DescriptorPool::decode(proto::DESCRIPTORS).context("read the descriptors")?;
    for more in [
        tonic_health::pb::FILE_DESCRIPTOR_SET,
        v1::FILE_DESCRIPTOR_SET,
        v1alpha::FILE_DESCRIPTOR_SET,
    ] {
        pool.decode_file_descriptor_set(more).context("read the descriptors")?;
    }
    for name in services {
        pool.get_service_by_name(name).with_context(|| format!("no contract has {name}"))?;
    }
    let services = services.iter().map(|name| (*name).to_string()).collect();
    let reflection = Reflection { pool: Arc::new(pool), services };
    Ok(Routes::new(ServerReflectionServer::new(reflection.clone()))
        .add_service(v1alpha::server_reflection_server::ServerReflectionServer::new(reflection)))
}

#[tonic::async_trait]
impl ServerReflection for Reflection {
    type ServerReflectionInfoStream = Answers<ServerReflectionResponse>;

    async fn server_reflection_info(
        &self,
        request: Request<Streaming<ServerReflectionRequest>>,
    ) -> Result<Response<Self::ServerReflectionInfoStream>, Status> {
        let reflection = self.clone();
        let answers = request.into_inner().map(move |asked| Ok(reflection.answer(asked?)));
        Ok(Response::new(answers.boxed()))
    }
}

/// The older one has the same messages under another name.
#[tonic::async_trait]
impl v1alpha::server_reflection_server::ServerReflection for Reflection {
    type ServerReflectionInfoStream = Answers<v1alpha::ServerReflectionResponse>;

    async fn server_reflection_info(
        &self,
        request: Request<Streaming<v1alpha::ServerReflectionRequest>>,
    ) -> Result<Response<Self::ServerReflectionInfoStream>, Status> {
        let reflection = self.clone();
        let answers = request.into_inner().map(move |asked| {
            let asked: ServerReflectionRequest = renamed(&asked?)?;
            renamed(&reflection.answer(asked))
        });
        Ok(Response::new(answers.boxed()))
    }
}

fn renamed<A: Message, B: Message + Default>(message: &A) -> Result<B, Status> {
    B::decode(&*message.encode_to_vec()).map_err(|_| Status::internal("internal error"))
}

impl Reflection {
    fn answer(&self, asked: ServerReflectionRequest) -> ServerReflectionResponse {
        let told = match &asked.message_request {
            Some(question) => self.told(question),
            None => Err((Code::InvalidArgument, "nothing is asked".to_string())),
        };
        let told = told.unwrap_or_else(|(code, error_message)| {
            MessageResponse::ErrorResponse(ErrorResponse { error_code: code as i32, error_message })
        });
        ServerReflectionResponse {
            valid_host: asked.host.clone(),
            original_request: Some(asked),
            message_response: Some(told),
        }
    }

    fn told(&self, question: &MessageRequest) -> Result<MessageResponse, (Code, String)> {
        let unknown = |name: &str| {
            let name: String = name.chars().take(ECHOED).collect();
            (Code::NotFound, format!("nothing here is called {name}"))
        };
        match question {
            MessageRequest::FileByFilename(name) => {
                self.pool.get_file_by_name(name).map(told_file).ok_or_else(|| unknown(name))
            }
            MessageRequest::FileContainingSymbol(name) => {
                self.file_with(name).map(told_file).ok_or_else(|| unknown(name))
            }
            MessageRequest::FileContainingExtension(asked) => {
                let number = u32::try_from(asked.extension_number).ok();
                self.pool
                    .get_message_by_name(&asked.containing_type)
                    .and_then(|message| message.get_extension(number?))
                    .map(|extension| told_file(extension.parent_file()))
                    .ok_or_else(|| unknown(&asked.containing_type))
            }
            MessageRequest::AllExtensionNumbersOfType(name) => {
                let message = self.pool.get_message_by_name(name).ok_or_else(|| unknown(name))?;
                Ok(MessageResponse::AllExtensionNumbersResponse(ExtensionNumberResponse {
                    base_type_name: name.clone(),
                    extension_number: message
                        .extensions()
                        .filter_map(|extension| i32::try_from(extension.number()).ok())
                        .collect(),
                }))
            }
            MessageRequest::ListServices(_) => {
                let service =
                    self.services.iter().map(|name| ServiceResponse { name: name.clone() });
                let service = service.collect();
                Ok(MessageResponse::ListServicesResponse(ListServiceResponse { service }))
            }
        }
    }

    /// The file that defines a service, a method, a message, a field, an enum, a value of it,
    /// or an extension.
    fn file_with(&self, symbol: &str) -> Option<FileDescriptor> {
        let symbol = symbol.trim_start_matches('.');
        self.file_defining(symbol).or_else(|| {
            let (parent, member) = symbol.rsplit_once('.')?;
            if let Some(service) = self.pool.get_service_by_name(parent) {
                let found = service.methods().any(|method| method.name() == member);
                return found.then(|| service.parent_file());
            }
            if let Some(message) = self.pool.get_message_by_name(parent) {
                let found = message.get_field_by_name(member).is_some()
                    || message.oneofs().any(|oneof| oneof.name() == member);
                return found.then(|| message.parent_file());
            }
            // The values of an enum are named beside it, not in it.
            self.pool
                .all_enums()
                .find(|one| {
                    let beside = one.full_name().rsplit_once('.').map(|(scope, _)| scope);
                    (beside == Some(parent) || one.full_name() == parent)
                        && one.get_value_by_name(member).is_some()
                })
                .map(|one| one.parent_file())
        })
    }

    fn file_defining(&self, symbol: &str) -> Option<FileDescriptor> {
        let pool = &self.pool;
        let service = pool.get_service_by_name(symbol).map(|service| service.parent_file());
        service
            .or_else(|| pool.get_message_by_name(symbol).map(|message| message.parent_file()))
            .or_else(|| pool.get_enum_by_name(symbol).map(|one| one.parent_file()))
            .or_else(|| pool.get_extension_by_name(symbol).map(|one| one.parent_file()))
    }
}

fn told_file(file: FileDescriptor) -> MessageResponse {
    MessageResponse::FileDescriptorResponse(FileDescriptorResponse {
        file_descriptor_proto: vec![file.encode_to_vec()],
    })
}
