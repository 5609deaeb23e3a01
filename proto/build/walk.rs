//! Writes the code that goes through the messages of requests: see `src/door.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use prost_reflect::{DescriptorPool, FieldDescriptor, Kind, MessageDescriptor};

use crate::rule::{self, Rule};

/// The package of the messages that we write; those of others hold dates and instants.
pub const OURS: &str = "congdoan.";

/// Counts of a question, of which none can be asked: where nothing is said they are 0.
const COUNTS: [&str; 2] = ["page_size", "first_line"];

/// The walks of all messages that may come in, and empty ones for all others.
pub fn written(descriptors: &[u8]) -> Result<String, Box<dyn std::error::Error>> {
    let pool = DescriptorPool::decode(descriptors)?;
    let line = pool
        .get_extension_by_name("congdoan.text.v1.line")
        .ok_or("the contracts do not define the option for lines")?;
    let ours = || pool.services().filter(|service| service.full_name().starts_with(OURS));
    let mut incoming = BTreeMap::new();
    for method in ours().flat_map(|service| service.methods().collect::<Vec<_>>()) {
        collect(method.input(), &mut incoming);
    }
    let mut written = String::new();
    for message in incoming.values() {
        let is_line = message.options().get_extension(&line).as_bool().unwrap_or_default();
        writeln!(written, "impl crate::door::Enter for {} {{", path(message))?;
        if is_line {
            writeln!(written, "    const LINE: bool = true;")?;
        }
        let held = held(message, &incoming);
        if !held.is_empty() {
            writeln!(
                written,
                "    const HOLDS: &'static crate::door::Holds = &crate::door::Holds(&[{held}]);"
            )?;
        }
        let steps = steps(message, &incoming)?;
        if !steps.is_empty() {
            writeln!(written, "    fn enter(&mut self, found: &mut crate::door::Found) {{")?;
            for step in steps {
                writeln!(written, "        {step}")?;
            }
            writeln!(written, "    }}")?;
        }
        writeln!(written, "}}")?;
    }
    // The codec is that of every service which is compiled, also of those that nobody serves.
    let others: BTreeSet<String> = pool
        .services()
        .flat_map(|service| service.methods().collect::<Vec<_>>())
        .flat_map(|method| [method.input(), method.output()])
        .filter(|message| !incoming.contains_key(message.full_name()))
        .map(|message| match message.full_name() {
            "google.protobuf.Empty" => "()".to_string(),
            _ => path(&message),
        })
        .collect();
    for other in others {
        writeln!(written, "impl crate::door::Enter for {other} {{}}")?;
    }
    Ok(written)
}

/// A message and those within it, as far as they are ours.
fn collect(message: MessageDescriptor, found: &mut BTreeMap<String, MessageDescriptor>) {
    if !message.full_name().starts_with(OURS) || found.contains_key(message.full_name()) {
        return;
    }
    found.insert(message.full_name().to_string(), message.clone());
    for field in message.fields() {
        if let Kind::Message(inner) = field.kind() {
            collect(inner, found);
        }
    }
}

/// The messages that a message holds, by the numbers of its fields.
fn held(message: &MessageDescriptor, walked: &BTreeMap<String, MessageDescriptor>) -> String {
    let held = message.fields().filter_map(|field| match field.kind() {
        Kind::Message(inner) if walked.contains_key(inner.full_name()) => {
            let inner = path(&inner);
            Some(format!("({}, <{inner} as crate::door::Enter>::HOLDS)", field.number()))
        }
        _ => None,
    });
    held.collect::<Vec<_>>().join(", ")
}

fn steps(
    message: &MessageDescriptor,
    walked: &BTreeMap<String, MessageDescriptor>,
) -> Result<Vec<String>, String> {
    let mut steps = Vec::new();
    for field in message.fields() {
        let looked_at = match field.kind() {
            Kind::String | Kind::Enum(_) => true,
            Kind::Int32 => COUNTS.contains(&field.name()),
            Kind::Message(inner) => walked.contains_key(inner.full_name()),
            _ => false,
        };
        if !looked_at {
            continue;
        }
        if field.is_map() {
            return Err(format!("{}: a map of what is to be looked at", field.full_name()));
        }
        steps.push(step(message, &field));
    }
    Ok(steps)
}

fn step(message: &MessageDescriptor, field: &FieldDescriptor) -> String {
    let name = field.name();
    let ident = identifier(name);
    // A message is always optional; what is not is only so where the contract says it.
    let oneof = field.containing_oneof();
    let in_oneof = oneof.as_ref().is_some_and(|oneof| !is_synthetic(oneof));
    let (one, place) = match (&oneof, in_oneof) {
        (Some(oneof), true) => {
            let variant = format!("{}::{}::{}", module(message), camel(oneof.name()), camel(name));
            (Some((identifier(oneof.name()), variant)), "inner".to_string())
        }
        _ => (None, format!("self.{ident}")),
    };
    let optional = !in_oneof
        && !field.is_list()
        && (oneof.is_some() || matches!(field.kind(), Kind::Message(_)));
    let call = match (field.kind(), field.is_list(), optional) {
        (Kind::String, list, optional) => {
            let method = if list {
                "texts"
            } else if optional {
                "optional_text"
            } else {
                "text"
            };
            let place = if in_oneof { place } else { format!("&mut {place}") };
            format!("found.{method}({name:?}, {place}, {});", rule_of(field))
        }
        (Kind::Enum(values), list, optional) => {
            let known = format!(
                "{}::is_valid",
                path_of(values.package_name(), &parents(&values), values.name())
            );
            match (list, optional, in_oneof) {
                (true, ..) => format!("found.values({name:?}, &{place}, {known});"),
                (_, true, _) => format!("found.optional_value({name:?}, {place}, {known});"),
                (_, _, true) => format!("found.value({name:?}, *{place}, {known});"),
                _ => format!("found.value({name:?}, {place}, {known});"),
            }
        }
        (Kind::Int32, ..) => format!("found.count({name:?}, {place});"),
        (_, true, _) => format!("found.messages({name:?}, &mut {place});"),
        (_, _, true) => format!("found.optional_message({name:?}, &mut {place});"),
        _ => format!("found.message({name:?}, {place});"),
    };
    match one {
        None => call,
        Some((oneof, variant)) => {
            format!("if let Some({variant}(inner)) = &mut self.{oneof} {{ {call} }}")
        }
    }
}

/// One that the compiler made for an `optional` field.
fn is_synthetic(oneof: &prost_reflect::OneofDescriptor) -> bool {
    oneof.fields().len() == 1
        && oneof.fields().all(|field| field.field_descriptor_proto().proto3_optional())
}

fn rule_of(field: &FieldDescriptor) -> String {
    let Rule { kind, characters_max } = Rule::of(field);
    let kind = match kind {
        rule::Kind::Name => "Name",
        rule::Kind::Typed => "Typed",
        rule::Kind::Id => "Id",
        rule::Kind::Sealed => "Sealed",
    };
    format!(
        "crate::door::Rule {{ kind: crate::door::Kind::{kind}, characters_max: {characters_max} }}"
    )
}

/// The path of a message as prost names it.
pub fn path(message: &MessageDescriptor) -> String {
    let mut parents = Vec::new();
    let mut parent = message.parent_message();
    while let Some(outer) = parent {
        parents.insert(0, outer.name().to_string());
        parent = outer.parent_message();
    }
    path_of(message.package_name(), &parents, message.name())
}

/// The module that prost makes for what a message holds.
fn module(message: &MessageDescriptor) -> String {
    let path = path(message);
    match path.rsplit_once("::") {
        Some((outer, name)) => format!("{outer}::{}", snake(name)),
        None => snake(&path),
    }
}

fn parents(values: &prost_reflect::EnumDescriptor) -> Vec<String> {
    let mut parents = Vec::new();
    let mut parent = values.parent_message();
    while let Some(outer) = parent {
        parents.insert(0, outer.name().to_string());
        parent = outer.parent_message();
    }
    parents
}

fn path_of(package: &str, parents: &[String], name: &str) -> String {
    let mut path = vec!["crate::contracts".to_string()];
    path.extend(package.split('.').map(identifier));
    path.extend(parents.iter().map(|parent| snake(parent)));
    path.push(name.to_string());
    path.join("::")
}

fn identifier(name: &str) -> String {
    const KEYWORDS: [&str; 12] = [
        "as", "for", "in", "match", "mod", "move", "ref", "return", "type", "use", "where", "while",
    ];
    if KEYWORDS.contains(&name) { format!("r#{name}") } else { name.to_string() }
}

/// `decision_id` as `DecisionId`.
fn camel(name: &str) -> String {
    name.split('_')
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        })
        .collect()
}

/// `LoadOrganisationsRequest` as `load_organisations_request`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for (n, letter) in name.chars().enumerate() {
        if letter.is_ascii_uppercase() && n > 0 {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}
