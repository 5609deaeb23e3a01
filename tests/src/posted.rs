//! The contracts as JSON posts them.

use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor, Value};

/// The contracts, with their options.
pub fn contracts() -> DescriptorPool {
    DescriptorPool::decode(proto::DESCRIPTORS).expect("descriptors")
}

/// A method by its name, `congdoan.registry.v1.DecisionService/GetDecision`.
pub fn method(pool: &DescriptorPool, name: &str) -> MethodDescriptor {
    let (service, method) = name.split_once('/').expect("a service and a method");
    let service = pool.get_service_by_name(service).unwrap_or_else(|| panic!("no {service}"));
    let mut methods = service.methods();
    methods.find(|known| known.name() == method).unwrap_or_else(|| panic!("no {name}"))
}

/// A message as JSON posts it.
pub struct Posted {
    /// Where it is posted to.
    pub path: String,
    /// What kind of body it is said to be: a stream of messages is a line each.
    pub kind: &'static str,
    /// The body.
    pub body: String,
}

/// How a call of these messages is posted by `google.api.http`: the first of them, and all the
/// others where the method takes a stream. None where the method is not posted to.
pub fn posted<M: AsRef<[u8]>>(pool: &DescriptorPool, name: &str, messages: &[M]) -> Option<Posted> {
    let method = method(pool, name);
    let http = pool.get_extension_by_name("google.api.http").expect("the option");
    let options = method.options();
    let rule = options.get_extension(&http);
    let template = rule.as_message()?.get_field_by_name("post")?.as_str()?.to_owned();
    if template.is_empty() {
        return None;
    }
    let taken = if method.is_client_streaming() { messages.len() } else { 1 };
    let read = |message: &M| {
        DynamicMessage::decode(method.input(), message.as_ref()).expect("a message of the method")
    };
    let messages: Vec<DynamicMessage> = messages[..taken].iter().map(read).collect();
    let mut path = template;
    for field in method.input().fields() {
        if let Value::String(text) = &*messages[0].get_field(&field) {
            path = path.replace(&format!("{{{}}}", field.name()), text);
        }
    }
    let lines: Vec<String> =
        messages.iter().map(|message| serde_json::to_string(message).expect("JSON")).collect();
    let kind =
        if method.is_client_streaming() { "application/x-ndjson" } else { "application/json" };
    Some(Posted { path, kind, body: lines.join("\n") })
}
