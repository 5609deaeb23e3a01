//! No client of the last release is broken, neither one that speaks protobuf nor one that speaks
//! JSON: buf's WIRE_JSON rules, and that nothing goes that can be called.

use std::collections::BTreeSet;

use prost_reflect::prost::Message;
use prost_reflect::prost_types::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorSet, descriptor_proto,
};
use prost_reflect::{
    Cardinality, DescriptorPool, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor,
    MethodDescriptor, Value,
};
use tests::release;

/// Whose contracts these are.
const OURS: &str = "congdoan.";

fn pool(bytes: &[u8]) -> DescriptorPool {
    DescriptorPool::decode(bytes).expect("descriptors")
}

/// What a client of `then` would not find in `now`, or would misread.
fn broken(then: &DescriptorPool, now: &DescriptorPool) -> Vec<String> {
    let mut found = Vec::new();
    for message in then.all_messages().filter(|it| it.full_name().starts_with(OURS)) {
        match now.get_message_by_name(message.full_name()) {
            Some(today) => messages(&message, &today, &mut found),
            None => found.push(format!("{}: the message is gone", message.full_name())),
        }
    }
    for kind in then.all_enums().filter(|it| it.full_name().starts_with(OURS)) {
        match now.get_enum_by_name(kind.full_name()) {
            Some(today) => enums(&kind, &today, &mut found),
            None => found.push(format!("{}: the enumeration is gone", kind.full_name())),
        }
    }
    for service in then.services().filter(|it| it.full_name().starts_with(OURS)) {
        let Some(today) = now.get_service_by_name(service.full_name()) else {
            found.push(format!("{}: the service is gone", service.full_name()));
            continue;
        };
        for method in service.methods() {
            match today.methods().find(|it| it.name() == method.name()) {
                Some(today) => methods(&method, &today, (then, now), &mut found),
                None => found.push(format!("{}: the method is gone", method.full_name())),
            }
        }
    }
    found
}

fn messages(then: &MessageDescriptor, now: &MessageDescriptor, found: &mut Vec<String>) {
    for field in then.fields() {
        let name = field.full_name().to_owned();
        let Some(today) = now.get_field(field.number()) else {
            let number = now.reserved_ranges().any(|range| range.contains(&field.number()));
            if !number || !now.reserved_names().any(|reserved| reserved == field.name()) {
                found.push(format!("{name}: gone, and number and name are not both reserved"));
            }
            continue;
        };
        if (today.name(), today.json_name()) != (field.name(), field.json_name()) {
            found.push(format!("{name}: is called {} now", today.name()));
        }
        if shape(&today) != shape(&field) {
            found.push(format!("{name}: was {}, is {}", shape(&field), shape(&today)));
        }
        if !compatible(&field.kind(), &today.kind()) {
            found.push(format!("{name}: was {:?}, is {:?}", field.kind(), today.kind()));
        }
        let oneof = |field: &FieldDescriptor| {
            let real = field.containing_oneof().filter(|oneof| !oneof.is_synthetic());
            real.map(|oneof| oneof.name().to_owned())
        };
        if oneof(&today) != oneof(&field) {
            found.push(format!("{name}: was in {:?}, is in {:?}", oneof(&field), oneof(&today)));
        }
    }
    let reserved: BTreeSet<u32> = then.reserved_ranges().flatten().take(10_000).collect();
    let free: Vec<u32> = reserved
        .into_iter()
        .filter(|number| !now.reserved_ranges().any(|range| range.contains(number)))
        .collect();
    if !free.is_empty() {
        found.push(format!("{}: {free:?} were reserved", now.full_name()));
    }
    for name in then.reserved_names() {
        if !now.reserved_names().any(|reserved| reserved == name) {
            found.push(format!("{}: {name} was reserved", now.full_name()));
        }
    }
}

/// How often a field stands, and whether it can be absent.
fn shape(field: &FieldDescriptor) -> &'static str {
    match field.cardinality() {
        _ if field.is_map() => "a map",
        Cardinality::Repeated => "repeated",
        Cardinality::Required => "required",
        Cardinality::Optional if field.supports_presence() => "one or none",
        Cardinality::Optional => "one",
    }
}

/// Whether what was written as the one is read as the other, on the wire and in JSON. A list of
/// 32-bit numbers that becomes one of 64-bit numbers is read on the wire, but JSON writes those as
/// texts; so nothing but the same will do. Messages and enumerations are compared by name.
fn compatible(then: &Kind, now: &Kind) -> bool {
    match (then, now) {
        (Kind::Message(then), Kind::Message(now)) => then.full_name() == now.full_name(),
        (Kind::Enum(then), Kind::Enum(now)) => then.full_name() == now.full_name(),
        (Kind::Message(_) | Kind::Enum(_), _) | (_, Kind::Message(_) | Kind::Enum(_)) => false,
        (then, now) => format!("{then:?}") == format!("{now:?}"),
    }
}

fn enums(then: &EnumDescriptor, now: &EnumDescriptor, found: &mut Vec<String>) {
    for value in then.values() {
        match now.get_value(value.number()) {
            Some(today) if today.name() == value.name() => {}
            Some(today) => {
                found.push(format!("{}: is called {} now", value.full_name(), today.name()));
            }
            None => {
                let number = now.reserved_ranges().any(|range| range.contains(&value.number()));
                if !number || !now.reserved_names().any(|reserved| reserved == value.name()) {
                    found.push(format!(
                        "{}: gone, and number and name are not both reserved",
                        value.full_name()
                    ));
                }
            }
        }
    }
    for name in then.reserved_names() {
        if !now.reserved_names().any(|reserved| reserved == name) {
            found.push(format!("{}: {name} was reserved", now.full_name()));
        }
    }
}

fn methods(
    then: &MethodDescriptor,
    now: &MethodDescriptor,
    (old, new): (&DescriptorPool, &DescriptorPool),
    found: &mut Vec<String>,
) {
    let types = |method: &MethodDescriptor| {
        (method.input().full_name().to_owned(), method.output().full_name().to_owned())
    };
    if types(then) != types(now) {
        found.push(format!("{}: was {:?}, is {:?}", then.full_name(), types(then), types(now)));
    }
    let streams =
        |method: &MethodDescriptor| (method.is_client_streaming(), method.is_server_streaming());
    if streams(then) != streams(now) {
        found.push(format!("{}: streams otherwise", then.full_name()));
    }
    // By which verb and path JSON reaches it.
    for (then, now) in [(http(old, then), http(new, now))] {
        if let Some(then) = then.filter(|then| Some(then) != now.as_ref()) {
            found.push(format!("{then}: JSON comes by {now:?}"));
        }
    }
}

fn http(pool: &DescriptorPool, method: &MethodDescriptor) -> Option<String> {
    let option = pool.get_extension_by_name("google.api.http")?;
    let options = method.options();
    if !options.has_extension(&option) {
        return None;
    }
    Some(format!("{} {}", method.full_name(), Value::clone(&options.get_extension(&option))))
}

#[test]
fn no_client_of_the_last_release_is_broken() {
    let then = pool(&release::read("contracts.bin.gz"));
    let now = pool(proto::DESCRIPTORS);
    assert!(then.services().count() > 20, "the last release had contracts");
    let found = broken(&then, &now);
    assert!(
        found.is_empty(),
        "clients of the last release are broken: leave what is there, add beside it, reserve what \
         has been deprecated for a release (docs/migrations.md):\n{}",
        found.join("\n")
    );
}

/// Today's contracts, changed.
fn changed(change: impl FnOnce(&mut FileDescriptorSet)) -> Vec<String> {
    let mut set = FileDescriptorSet::decode(proto::DESCRIPTORS).expect("a set");
    let then = pool(&set.encode_to_vec());
    change(&mut set);
    let now = DescriptorPool::from_file_descriptor_set(set).expect("still contracts");
    broken(&then, &now)
}

fn message<'a>(set: &'a mut FileDescriptorSet, name: &str) -> &'a mut DescriptorProto {
    let messages = set.file.iter_mut().flat_map(|file| &mut file.message_type);
    messages.into_iter().find(|it| it.name() == name).expect("a message")
}

fn field<'a>(set: &'a mut FileDescriptorSet, of: &str, name: &str) -> &'a mut FieldDescriptorProto {
    let fields = &mut message(set, of).field;
    fields.iter_mut().find(|it| it.name() == name).expect("a field")
}

#[test]
fn what_breaks_a_client_is_found() {
    assert_eq!(changed(|_| {}), Vec::<String>::new());
    let one = |found: Vec<String>, part: &str| {
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains(part), "{} does not say {part}", found[0]);
    };
    let gone = |set: &mut FileDescriptorSet| {
        message(set, "MakeGrantRequest").field.retain(|it| it.name() != "from_on");
    };
    one(changed(gone), "MakeGrantRequest.from_on: gone");
    let reserved = changed(|set| {
        gone(set);
        let message = message(set, "MakeGrantRequest");
        message.reserved_name.push("from_on".to_owned());
        message
            .reserved_range
            .push(descriptor_proto::ReservedRange { start: Some(7), end: Some(8) });
    });
    assert_eq!(reserved, Vec::<String>::new(), "what is reserved may go");
    let renamed = |set: &mut FileDescriptorSet| {
        let field = field(set, "MakeGrantRequest", "from_on");
        (field.name, field.json_name) = (Some("begins_on".into()), Some("beginsOn".into()));
    };
    one(changed(renamed), "is called begins_on now");
    let many = |set: &mut FileDescriptorSet| {
        use prost_reflect::prost_types::field_descriptor_proto::Label;
        field(set, "MakeGrantRequest", "role").set_label(Label::Repeated);
    };
    one(changed(many), "was one, is repeated");
    let bytes = |set: &mut FileDescriptorSet| {
        use prost_reflect::prost_types::field_descriptor_proto::Type;
        field(set, "MakeGrantRequest", "role").set_type(Type::Bytes);
    };
    one(changed(bytes), "was string, is bytes");
    let outside = |set: &mut FileDescriptorSet| {
        field(set, "Basis", "decision_id").oneof_index = None;
    };
    assert!(changed(outside).iter().any(|found| found.contains("Basis.decision_id: was in")));
    let value = |set: &mut FileDescriptorSet| {
        let enums = set.file.iter_mut().flat_map(|file| &mut file.enum_type);
        let kind = enums.into_iter().find(|it| it.name() == "OrganisationStatus").expect("one");
        kind.value.pop();
    };
    one(changed(value), "gone, and number and name are not both reserved");
    let method = |set: &mut FileDescriptorSet| {
        let services = set.file.iter_mut().flat_map(|file| &mut file.service);
        let grants = services.into_iter().find(|it| it.name() == "GrantService").expect("one");
        grants.method.retain(|method| method.name() != "MakeGrant");
    };
    one(changed(method), "GrantService.MakeGrant: the method is gone");
    let streaming = |set: &mut FileDescriptorSet| {
        let services = set.file.iter_mut().flat_map(|file| &mut file.service);
        let grants = services.into_iter().find(|it| it.name() == "GrantService").expect("one");
        grants.method[0].server_streaming = Some(true);
    };
    one(changed(streaming), "streams otherwise");
}

#[test]
fn a_path_that_json_comes_by_stays() {
    let then = pool(proto::DESCRIPTORS);
    let (service, method) = ("congdoan.registry.v1.GrantService", "MakeGrant");
    let service = then.get_service_by_name(service).expect("a service");
    let method = service.methods().find(|it| it.name() == method).expect("a method");
    let path = http(&then, &method).expect("a path");
    assert!(path.contains("/v1/grants"), "{path}");

    // Without the option, nothing leads there any more.
    let set = FileDescriptorSet::decode(proto::DESCRIPTORS).expect("a set");
    let now = pool(&set.encode_to_vec());
    let found = broken(&then, &now);
    assert!(found.iter().any(|found| found.contains("JSON comes by None")), "{found:?}");
}
