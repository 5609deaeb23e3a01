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

/// The path and the JSON body by which `google.api.http` posts this message; none where the
/// method is not posted to.
pub fn posted(pool: &DescriptorPool, name: &str, message: &[u8]) -> Option<(String, String)> {
    let method = method(pool, name);
    let http = pool.get_extension_by_name("google.api.http").expect("the option");
    let options = method.options();
    let rule = options.get_extension(&http);
    let template = rule.as_message()?.get_field_by_name("post")?.as_str()?.to_owned();
    if template.is_empty() {
        return None;
    }
    let message = DynamicMessage::decode(method.input(), message).expect("a message of the method");
    let mut path = template;
    for field in method.input().fields() {
        if let Value::String(text) = &*message.get_field(&field) {
            path = path.replace(&format!("{{{}}}", field.name()), text);
        }
    }
    Some((path, serde_json::to_string(&message).expect("JSON")))
}
