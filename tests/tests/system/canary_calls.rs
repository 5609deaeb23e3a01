//! Every method of membership's contracts, asked with canaries in every text: made from the
//! descriptors, so that a method that is added is asked, too. Most of it is refused, and what a refusal
//! says is looked through; what may write is asked not to.

use prost::Message;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value};
use stage::line::Line;
use stage::made_up::request_id;
use tests::posted::contracts;
use tonic::Status;

/// What stands in the texts of a question.
pub struct Canary<'a> {
    /// Her name, her number, her phone, and her address.
    pub name: &'a str,
    pub number: &'a str,
    pub phone: &'a str,
    pub email: &'a str,
    /// Her id, and her union's.
    pub person_id: &'a str,
    pub organisation_id: &'a str,
}

/// How the ids of a question are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ids {
    /// Hers and her union's.
    Known,
    /// Nobody's.
    Unknown,
    /// Her number in the place of each.
    Numbers,
}

/// So deep are messages filled.
const DEPTH: usize = 5;

fn text(field: &FieldDescriptor, canary: &Canary<'_>, ids: Ids) -> String {
    let name = field.name();
    if name == "request_id" {
        return request_id();
    }
    if name.ends_with("_token") {
        return String::new();
    }
    if name.ends_with("_id") || name.ends_with("_ids") {
        return match ids {
            Ids::Unknown => request_id(),
            Ids::Numbers => canary.number.to_owned(),
            Ids::Known if name.starts_with("person") => canary.person_id.to_owned(),
            Ids::Known => canary.organisation_id.to_owned(),
        };
    }
    let hers = match name {
        _ if name.contains("number") => canary.number,
        _ if name.contains("phone") => canary.phone,
        _ if name.contains("email") => canary.email,
        _ => canary.name,
    };
    hers.to_owned()
}

fn value(field: &FieldDescriptor, canary: &Canary<'_>, ids: Ids, depth: usize) -> Option<Value> {
    Some(match field.kind() {
        Kind::String => Value::String(text(field, canary, ids)),
        Kind::Bytes => Value::Bytes(canary.name.as_bytes().to_vec().into()),
        // Nothing that may write does.
        Kind::Bool => Value::Bool(field.name() == "validate_only"),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(match field.name() {
            "year" => 2020,
            _ => 1,
        }),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(1),
        Kind::Uint32 | Kind::Fixed32 => Value::U32(1),
        Kind::Uint64 | Kind::Fixed64 => Value::U64(1),
        Kind::Double => Value::F64(1.0),
        Kind::Float => Value::F32(1.0),
        Kind::Enum(kind) => Value::EnumNumber(i32::from(kind.values().len() > 1)),
        Kind::Message(message) if depth > 0 => {
            Value::Message(filled(&message, canary, ids, depth - 1))
        }
        Kind::Message(_) => return None,
    })
}

fn filled(of: &MessageDescriptor, canary: &Canary<'_>, ids: Ids, depth: usize) -> DynamicMessage {
    let mut message = DynamicMessage::new(of.clone());
    for field in of.fields() {
        // Of a choice, the first.
        let chosen = field.containing_oneof().is_none_or(|choice| {
            choice.is_synthetic() || choice.fields().next().is_some_and(|first| first == field)
        });
        if !chosen || field.is_map() {
            continue;
        }
        let Some(value) = value(&field, canary, ids, depth) else { continue };
        let value = if field.is_list() { Value::List(vec![value]) } else { value };
        message.set_field(&field, value);
    }
    message
}

/// What came of asking all of them.
#[derive(Default)]
pub struct Asked {
    /// How many methods there are.
    pub methods: usize,
    /// What was refused, by which question.
    pub refusals: Vec<(String, Status)>,
    /// Questions that were refused for what no comment of their method says.
    pub unheard_of: Vec<String>,
}

/// Asks all of them, each three times.
pub async fn ask_all(line: &Line, canary: &Canary<'_>) -> Asked {
    let pool = contracts();
    let mut asked = Asked::default();
    let services: Vec<_> = pool
        .services()
        .filter(|service| service.full_name().starts_with("congdoan.membership."))
        .collect();
    for method in services.iter().flat_map(|service| service.methods().collect::<Vec<_>>()) {
        let name = format!("{}/{}", method.parent_service().full_name(), method.name());
        asked.methods += 1;
        for ids in [Ids::Known, Ids::Unknown, Ids::Numbers] {
            let question = filled(&method.input(), canary, ids, DEPTH).encode_to_vec();
            let (line, method) = (line.clone(), name.clone());
            let question = async move { line.call(&method, vec![question]).await.map(|_| ()) };
            // Whoever hears a refusal that no comment names says so by ending the call.
            match tokio::spawn(question).await {
                Ok(Ok(())) => {}
                Ok(Err(status)) => {
                    asked.refusals.push((format!("{name} with {ids:?} ids"), status))
                }
                Err(_) => asked.unheard_of.push(format!("{name} with {ids:?} ids")),
            }
        }
    }
    asked
}
