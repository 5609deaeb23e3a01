//! Makes a method's request of the parts of an HTTP request: body, query, path.
//!
//! No refusal repeats a value: it names the field, which is no secret.

use prost_reflect::{
    DeserializeOptions, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage,
    Value,
};
use serde_json::Value as Json;

use crate::error::{Refused, Unfit};
use crate::json::transcode::strict;

/// A civil date, which a query may also write as `2020-12-31`.
const DATE: &str = "google.type.Date";

/// Reads a JSON body; an empty one is the empty message. Unknown fields are refused.
pub fn message_of(descriptor: &MessageDescriptor, body: &[u8]) -> Result<DynamicMessage, Refused> {
    if body.is_empty() {
        return Ok(DynamicMessage::new(descriptor.clone()));
    }
    let json = strict::read(body)?;
    if !json.is_object() {
        return Err(Refused::JsonDoesNotFit { field: String::new(), fault: Unfit::NoObject });
    }
    if let Some(field) = spelled_twice(descriptor, &json) {
        return Err(Refused::JsonDoesNotFit { field, fault: Unfit::Again });
    }
    deserialize(descriptor, &json).map_err(|_| {
        let (field, fault) = unfit(descriptor, &json).unwrap_or((String::new(), Unfit::Field));
        Refused::JsonDoesNotFit { field, fault }
    })
}

/// The path of the first field that is written in both spellings, of which one would be dropped.
fn spelled_twice(descriptor: &MessageDescriptor, json: &Json) -> Option<String> {
    let Json::Object(fields) = json else { return None };
    fields.iter().find_map(|(name, value)| {
        let field = field_of(descriptor, name)?;
        let (own, other) = (field.name(), field.json_name());
        if own != other && name == own && fields.contains_key(other) {
            return Some(own.to_string());
        }
        let Kind::Message(inner) = field.kind() else { return None };
        match value {
            Json::Array(lines) if field.is_list() => {
                lines.iter().enumerate().find_map(|(line, value)| {
                    let twice = spelled_twice(&inner, value)?;
                    Some(format!("{own}[{line}].{twice}"))
                })
            }
            _ => spelled_twice(&inner, value).map(|twice| format!("{own}.{twice}")),
        }
    })
}

fn deserialize(
    descriptor: &MessageDescriptor,
    json: &Json,
) -> Result<DynamicMessage, serde_json::Error> {
    let strict = DeserializeOptions::new().deny_unknown_fields(true);
    DynamicMessage::deserialize_with_options(descriptor.clone(), json, &strict)
}

/// The path of the first field that does not fit: `lines[12].birth_date.year`; and why.
fn unfit(descriptor: &MessageDescriptor, json: &Json) -> Option<(String, Unfit)> {
    let Json::Object(fields) = json else { return None };
    for (name, value) in fields {
        let Some(field) = field_of(descriptor, name) else {
            return Some((name.clone(), Unfit::Field));
        };
        let alone = Json::Object([(name.clone(), value.clone())].into_iter().collect());
        if deserialize(descriptor, &alone).is_ok() {
            continue;
        }
        let name = field.name();
        let Kind::Message(inner) = field.kind() else {
            return Some((name.to_string(), Unfit::Field));
        };
        return Some(match value {
            Json::Array(lines) if field.is_list() => {
                let bad = lines.iter().position(|line| deserialize(&inner, line).is_err());
                match bad {
                    Some(line) => join(&format!("{name}[{line}]"), unfit(&inner, &lines[line])),
                    None => (name.to_string(), Unfit::Field),
                }
            }
            _ => join(name, unfit(&inner, value)),
        });
    }
    // Each field fits by itself: two of one oneof.
    fields.keys().enumerate().find_map(|(n, name)| {
        let field = field_of(descriptor, name)?;
        let before = fields.keys().take(n).filter_map(|name| field_of(descriptor, name));
        let same = |other: FieldDescriptor| excludes(&other, &field);
        before.into_iter().any(same).then(|| (field.name().to_string(), Unfit::Again))
    })
}

/// True when a message cannot have both: they are one, or two of one oneof.
fn excludes(one: &FieldDescriptor, other: &FieldDescriptor) -> bool {
    one == other
        || one.containing_oneof().is_some_and(|oneof| other.containing_oneof() == Some(oneof))
}

fn join(outer: &str, inner: Option<(String, Unfit)>) -> (String, Unfit) {
    match inner {
        Some((inner, fault)) => (format!("{outer}.{inner}"), fault),
        None => (outer.to_string(), Unfit::Field),
    }
}

/// Fields are known by their names in the contract and by their names in JSON.
fn field_of(descriptor: &MessageDescriptor, name: &str) -> Option<FieldDescriptor> {
    descriptor.get_field_by_name(name).or_else(|| descriptor.get_field_by_json_name(name))
}

/// What the path and the query have said of a message so far: each of its fields once, in
/// whichever spelling.
#[derive(Default)]
pub struct Parameters {
    said: Vec<Vec<FieldDescriptor>>,
}

impl Parameters {
    /// Takes note of a field that somebody else fills, such as the body.
    pub fn note(&mut self, descriptor: &MessageDescriptor, field: &str) {
        self.said.extend(path_of(descriptor, field));
    }

    /// Sets `field` (`as_of.year`) from a text in the path or the query; a list takes each.
    /// What was said before, of the same field, of a part of it, or of another that excludes
    /// it, is refused: one of the two would be dropped.
    pub fn set(
        &mut self,
        message: &mut DynamicMessage,
        field: &str,
        text: &str,
    ) -> Result<(), Refused> {
        self.take(message, field, text)
            .map_err(|fault| Refused::ParameterMalformed { field: field.to_string(), fault })
    }

    fn take(&mut self, message: &mut DynamicMessage, field: &str, text: &str) -> Result<(), Unfit> {
        let path = path_of(&message.descriptor(), field).ok_or(Unfit::Field)?;
        let last = path.last().ok_or(Unfit::Field)?;
        let repeats = |said: &Vec<FieldDescriptor>| {
            let mut steps = said.iter().zip(&path);
            // The first step at which they part says whether both can be.
            match steps.find(|(one, other)| one != other) {
                Some((one, other)) => excludes(one, other),
                None => !(last.is_list() && said.len() == path.len()),
            }
        };
        if self.said.iter().any(repeats) {
            return Err(Unfit::Again);
        }
        set(message, &path, text).ok_or(Unfit::Field)?;
        self.said.push(path);
        Ok(())
    }
}

/// The fields that a parameter's name leads through.
fn path_of(descriptor: &MessageDescriptor, name: &str) -> Option<Vec<FieldDescriptor>> {
    let mut path: Vec<FieldDescriptor> = Vec::new();
    for step in name.split('.') {
        let within = match path.last() {
            None => descriptor.clone(),
            Some(outer) if outer.is_list() || outer.is_map() => return None,
            Some(outer) => outer.kind().as_message()?.clone(),
        };
        path.push(field_of(&within, step)?);
    }
    Some(path)
}

fn set(message: &mut DynamicMessage, path: &[FieldDescriptor], text: &str) -> Option<()> {
    let (field, rest) = path.split_first()?;
    if !rest.is_empty() {
        return set(message.get_field_mut(field).as_message_mut()?, rest, text);
    }
    if field.is_map() {
        return None;
    }
    let value = scalar(&field.kind(), text)?;
    if field.is_list() {
        message.get_field_mut(field).as_list_mut()?.push(value);
    } else {
        message.set_field(field, value);
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
    for (name, digits) in [("year", 4..=4), ("month", 1..=2), ("day", 1..=2)] {
        let part = parts.next()?;
        if !digits.contains(&part.len()) || !part.bytes().all(|digit| digit.is_ascii_digit()) {
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
            let (field, fault) = (field.to_string(), Unfit::Field);
            assert_eq!(refused(record, &body), Refused::JsonDoesNotFit { field, fault }, "{body}");
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
        let mut parameters = Parameters::default();
        for (field, text) in [
            ("organisation_id", "7"),
            ("pageSize", "20"),
            ("as_of", "2020-12-31"),
            ("known_at", "2026-01-01T00:00:00Z"),
        ] {
            parameters.set(&mut message, field, text).expect("fits");
        }
        assert_eq!(
            serde_json::to_value(&message).expect("json"),
            json!({
                "organisationId": "7", "pageSize": 20, "knownAt": "2026-01-01T00:00:00Z",
                "asOf": {"year": 2020, "month": 12, "day": 31},
            })
        );
        let mut message = DynamicMessage::new(message.descriptor());
        let mut parameters = Parameters::default();
        parameters.set(&mut message, "asOf.day", "30").expect("fits");
        parameters.set(&mut message, "as_of.month", "6").expect("fits");
        for (field, text) in [
            ("page_size", "x"),
            ("as_of", "31/12/2020"),
            ("as_of", "002020-12-031"),
            ("nothing", "1"),
            ("as_of.hour", "1"),
        ] {
            assert!(parameters.set(&mut message, field, text).is_err(), "{field}={text}");
        }
    }

    #[test]
    fn what_was_said_of_a_field_is_not_said_again_in_another_way() {
        let list = descriptor("congdoan.registry.v1.ListChildrenRequest");
        for (first, second) in [
            (("organisation_id", "7"), ("organisation_id", "7")),
            (("organisation_id", "7"), ("organisationId", "8")),
            (("as_of", "2020-12-31"), ("asOf.day", "1")),
            (("as_of.day", "1"), ("asOf", "2020-12-31")),
            (("page_size", "1"), ("page_size", "2")),
        ] {
            let mut message = DynamicMessage::new(list.clone());
            let mut parameters = Parameters::default();
            parameters.set(&mut message, first.0, first.1).expect("fits");
            let refused = parameters.set(&mut message, second.0, second.1).expect_err("refused");
            let (field, fault) = (second.0.to_string(), Unfit::Again);
            assert_eq!(refused, Refused::ParameterMalformed { field, fault });
        }
        // A list takes each.
        let batch = descriptor("congdoan.registry.v1.BatchGetOrganisationsRequest");
        let mut message = DynamicMessage::new(batch);
        let mut parameters = Parameters::default();
        for code in ["A", "B"] {
            parameters.set(&mut message, "codes", code).expect("fits");
        }
        assert_eq!(serde_json::to_value(&message).expect("json"), json!({"codes": ["A", "B"]}));
    }

    #[test]
    fn two_that_exclude_each_other_in_a_body_are_named() {
        let basis = "congdoan.registry.v1.RenameOrganisationRequest";
        for (body, field) in [
            (json!({"organisationId": "7", "organisation_id": "8"}), "organisation_id"),
            (json!({"basis": {"decisionId": "7", "newDecision": {}}}), "basis.new_decision"),
        ] {
            let (field, fault) = (field.to_string(), Unfit::Again);
            assert_eq!(refused(basis, &body), Refused::JsonDoesNotFit { field, fault }, "{body}");
        }
    }
}
