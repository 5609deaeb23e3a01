//! Makes a method's request of the parts of an HTTP request: body, query, path.
//!
//! No refusal repeats a value: it names the field, which is no secret.

use prost_reflect::{
    DeserializeOptions, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage,
    Value,
};
use serde_json::Value as Json;

use crate::error::Refused;

/// A civil date, which a query may also write as `2020-12-31`.
const DATE: &str = "google.type.Date";

/// Reads a JSON body; an empty one is the empty message. Unknown fields are refused.
pub fn message_of(descriptor: &MessageDescriptor, body: &[u8]) -> Result<DynamicMessage, Refused> {
    if body.is_empty() {
        return Ok(DynamicMessage::new(descriptor.clone()));
    }
    let json: Json = serde_json::from_slice(body)
        .map_err(|error| Refused::JsonMalformed { line: error.line(), column: error.column() })?;
    deserialize(descriptor, &json).map_err(|_| Refused::JsonDoesNotFit {
        field: unfit(descriptor, &json).unwrap_or_default(),
    })
}

fn deserialize(
    descriptor: &MessageDescriptor,
    json: &Json,
) -> Result<DynamicMessage, serde_json::Error> {
    let strict = DeserializeOptions::new().deny_unknown_fields(true);
    DynamicMessage::deserialize_with_options(descriptor.clone(), json, &strict)
}

/// The path of the first field that does not fit: `lines[12].birth_date.year`.
fn unfit(descriptor: &MessageDescriptor, json: &Json) -> Option<String> {
    let Json::Object(fields) = json else { return None };
    for (name, value) in fields {
        let Some(field) = field_of(descriptor, name) else { return Some(name.clone()) };
        let alone = Json::Object([(name.clone(), value.clone())].into_iter().collect());
        if deserialize(descriptor, &alone).is_ok() {
            continue;
        }
        let name = field.name();
        let Kind::Message(inner) = field.kind() else { return Some(name.to_string()) };
        return Some(match value {
            Json::Array(lines) if field.is_list() => {
                let bad = lines.iter().position(|line| deserialize(&inner, line).is_err());
                match bad {
                    Some(line) => join(&format!("{name}[{line}]"), unfit(&inner, &lines[line])),
                    None => name.to_string(),
                }
            }
            _ => join(name, unfit(&inner, value)),
        });
    }
    // Each field fits by itself: two of one oneof, or one written twice.
    None
}

fn join(outer: &str, inner: Option<String>) -> String {
    match inner {
        Some(inner) => format!("{outer}.{inner}"),
        None => outer.to_string(),
    }
}

/// Fields are known by their names in the contract and by their names in JSON.
fn field_of(descriptor: &MessageDescriptor, name: &str) -> Option<FieldDescriptor> {
    descriptor.get_field_by_name(name).or_else(|| descriptor.get_field_by_json_name(name))
}

/// Sets `field` (`as_of.year`) from a text in the path or the query; a list takes each.
pub fn set_parameter(message: &mut DynamicMessage, field: &str, text: &str) -> Result<(), Refused> {
    set(message, field, text)
        .ok_or_else(|| Refused::ParameterMalformed { field: field.chars().take(200).collect() })
}

fn set(message: &mut DynamicMessage, path: &str, text: &str) -> Option<()> {
    let (name, rest) = match path.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (path, None),
    };
    let field = field_of(&message.descriptor(), name)?;
    if let Some(rest) = rest {
        if field.is_list() {
            return None;
        }
        return set(message.get_field_mut(&field).as_message_mut()?, rest, text);
    }
    if field.is_map() {
        return None;
    }
    let value = scalar(&field.kind(), text)?;
    if field.is_list() {
        message.get_field_mut(&field).as_list_mut()?.push(value);
    } else {
        message.set_field(&field, value);
    }
    Some(())
}

fn scalar(kind: &Kind, text: &str) -> Option<Value> {
    Some(match kind {
        Kind::String => Value::String(text.to_string()),
        Kind::Bool => Value::Bool(text.parse().ok()?),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(text.parse().ok()?),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(text.parse().ok()?),
        Kind::Uint32 | Kind::Fixed32 => Value::U32(text.parse().ok()?),
        Kind::Uint64 | Kind::Fixed64 => Value::U64(text.parse().ok()?),
        Kind::Float => Value::F32(text.parse().ok()?),
        Kind::Double => Value::F64(text.parse().ok()?),
        Kind::Enum(values) => Value::EnumNumber(match values.get_value_by_name(text) {
            Some(value) => value.number(),
            None => values.get_value(text.parse().ok()?)?.number(),
        }),
        Kind::Message(descriptor) if descriptor.full_name() == DATE => {
            Value::Message(date(descriptor, text)?)
        }
        // Timestamp, Duration and FieldMask are texts in JSON; other messages are set by
        // their fields.
        Kind::Message(descriptor) => {
            Value::Message(deserialize(descriptor, &Json::String(text.to_string())).ok()?)
        }
        Kind::Bytes => return None,
    })
}

fn date(descriptor: &MessageDescriptor, text: &str) -> Option<DynamicMessage> {
    let mut parts = text.splitn(3, '-');
    let mut date = DynamicMessage::new(descriptor.clone());
    for name in ["year", "month", "day"] {
        let part = parts.next()?;
        if part.is_empty() || !part.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        date.set_field_by_name(name, Value::I32(part.parse().ok()?));
    }
    Some(date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost_reflect::DescriptorPool;
    use serde_json::json;

    fn descriptor(name: &str) -> MessageDescriptor {
        let pool = DescriptorPool::decode(proto::DESCRIPTORS).expect("read");
        pool.get_message_by_name(name).expect("known")
    }

    fn refused(name: &str, body: &Json) -> Refused {
        message_of(&descriptor(name), body.to_string().as_bytes()).expect_err("refused")
    }

    #[test]
    fn a_field_that_does_not_fit_is_named_with_its_line() {
        let record = "congdoan.membership.v1.RecordApplicantsRequest";
        for (body, field) in [
            (json!({"applicantz": []}), "applicantz"),
            (json!({"applicants": [{"name": "a"}, {"name": 7}]}), "applicants[1].name"),
            (json!({"applicants": [{"birth_date": {"yeer": 7}}]}), "applicants[0].birth_date.yeer"),
            (
                json!({"applicants": [{"birthDate": {"year": "x"}}]}),
                "applicants[0].birth_date.year",
            ),
            (json!({"validateOnly": "perhaps"}), "validate_only"),
            (json!({"appliedOn": 5}), "applied_on"),
        ] {
            let field = field.to_string();
            assert_eq!(refused(record, &body), Refused::JsonDoesNotFit { field }, "{body}");
        }
    }

    #[test]
    fn what_is_not_json_is_refused_with_its_place() {
        let record = descriptor("congdoan.membership.v1.RecordApplicantsRequest");
        let refused = message_of(&record, b"{\n\"a\": }").expect_err("refused");
        assert_eq!(refused, Refused::JsonMalformed { line: 2, column: 6 });
    }

    #[test]
    fn parameters_fit_their_fields() {
        let list = descriptor("congdoan.registry.v1.ListChildrenRequest");
        let mut message = DynamicMessage::new(list);
        for (field, text) in [
            ("organisation_id", "7"),
            ("pageSize", "20"),
            ("as_of", "2020-12-31"),
            ("known_at", "2026-01-01T00:00:00Z"),
        ] {
            set_parameter(&mut message, field, text).expect("fits");
        }
        assert_eq!(
            serde_json::to_value(&message).expect("json"),
            json!({
                "organisationId": "7", "pageSize": 20, "knownAt": "2026-01-01T00:00:00Z",
                "asOf": {"year": 2020, "month": 12, "day": 31},
            })
        );
        set_parameter(&mut message, "asOf.day", "30").expect("fits");
        for (field, text) in
            [("page_size", "x"), ("as_of", "31/12/2020"), ("nothing", "1"), ("as_of.hour", "1")]
        {
            assert!(set_parameter(&mut message, field, text).is_err(), "{field}={text}");
        }
    }
}
