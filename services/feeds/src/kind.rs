//! What a change is called in the feed: the field of the contract that carries it, after the
//! service's name.

use std::collections::HashMap;
use std::sync::LazyLock;

use chassis::feed::NewChange;
use prost::bytes::Buf;
use prost::{Message, Name, encoding};
use prost_reflect::DescriptorPool;
use prost_types::Any;
use time::Date;
use uuid::Uuid;

/// The names of the fields of each change, by the message's name and the field's number.
static KINDS: LazyLock<HashMap<(String, u32), String>> = LazyLock::new(|| {
    let pool = DescriptorPool::decode(proto::DESCRIPTORS)
        .expect("the contracts compiled into this program are whole");
    let mut kinds = HashMap::new();
    for message in pool.all_messages() {
        let service = message.package_name().split('.').nth(1).unwrap_or_default();
        for change in message.oneofs().filter(|oneof| oneof.name() == "change") {
            for field in change.fields() {
                let kind = format!("{service}.{}", field.name());
                kinds.insert((message.full_name().to_string(), field.number()), kind);
            }
        }
    }
    kinds
});

/// A change as an act publishes it. `body` is a message whose oneof says what it is.
pub(crate) fn change<M: Message + Name>(
    body: &M,
    aggregate_id: Uuid,
    effective_on: Date,
    decision_id: Option<Uuid>,
) -> NewChange {
    let value = body.encode_to_vec();
    let kind = kind(&M::full_name(), &*value);
    let body = Any { type_url: M::type_url(), value };
    NewChange { kind, aggregate_id, effective_on, decision_id, body }
}

/// The first field of an encoded change is the one that says what it is: there is no other.
fn kind(message: &str, mut value: impl Buf) -> &'static str {
    encoding::decode_key(&mut value)
        .ok()
        .and_then(|(number, _)| KINDS.get(&(message.to_string(), number)))
        .expect("a change is one of those that the contract names")
}
