//! JSON in which no object names a key twice: of two values, readers of JSON keep whichever
//! they like, and one of them was meant.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value as Json};

use crate::error::{Refused, Unfit};

/// Reads a body.
pub fn read(body: &[u8]) -> Result<Json, Refused> {
    let place = Place::default();
    let mut reader = serde_json::Deserializer::from_slice(body);
    let read = At(&place).deserialize(&mut reader).and_then(|json| reader.end().map(|()| json));
    read.map_err(|error| match place.repeated.into_inner() {
        Some(field) => Refused::JsonDoesNotFit { field, fault: Unfit::Again },
        None => Refused::JsonMalformed { line: error.line(), column: error.column() },
    })
}

/// Where the reader is, and which key it found for the second time.
#[derive(Default)]
struct Place {
    path: RefCell<String>,
    repeated: RefCell<Option<String>>,
}

impl Place {
    /// Reads what lies one step further down.
    fn within<T>(&self, step: impl fmt::Display, read: impl FnOnce() -> T) -> T {
        let before = self.path.borrow().len();
        {
            use fmt::Write as _;
            let mut path = self.path.borrow_mut();
            // Writing to a text does not fail.
            let _ = write!(path, "{step}");
        }
        let read = read();
        self.path.borrow_mut().truncate(before);
        read
    }

    fn key(&self, key: &str) -> String {
        let dot = if self.path.borrow().is_empty() { "" } else { "." };
        format!("{dot}{key}")
    }
}

#[derive(Clone, Copy)]
struct At<'a>(&'a Place);

impl<'de> DeserializeSeed<'de> for At<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Json, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for At<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::String(value.to_string()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut lines: A) -> Result<Json, A::Error> {
        let mut read = Vec::new();
        loop {
            let step = format!("[{}]", read.len());
            match self.0.within(step, || lines.next_element_seed(self))? {
                Some(line) => read.push(line),
                None => return Ok(Json::Array(read)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Json, A::Error> {
        let mut read = Map::new();
        while let Some(key) = fields.next_key::<String>()? {
            let step = self.0.key(&key);
            if read.contains_key(&key) {
                let path = format!("{}{step}", self.0.path.borrow());
                *self.0.repeated.borrow_mut() = Some(path);
                return Err(A::Error::custom("a key is named twice"));
            }
            let value = self.0.within(step, || fields.next_value_seed(self))?;
            read.insert(key, value);
        }
        Ok(Json::Object(read))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_names_each_key_once_is_read_as_it_is() {
        let given = json!({
            "a": [1, -2, 3.5, true, null, "x"], "b": {"a": {"a": []}}, "": "ế", "c": 18446744073709551615u64,
        });
        assert_eq!(read(given.to_string().as_bytes()), Ok(given));
    }

    #[test]
    fn a_key_that_is_named_twice_is_refused_with_its_path() {
        for (body, field) in [
            (r#"{"a": 1, "a": 1}"#, "a"),
            (
                r#"{"lines": [{"name": "x"}, {"name": "x", "sex": 1, "name": "y"}]}"#,
                "lines[1].name",
            ),
            (r#"{"a": {"b": {"c": 1, "c": 2}}}"#, "a.b.c"),
            ("{\"a\": 1, \"\\u0061\": 2}", "a"),
        ] {
            let field = field.to_string();
            let refused = Refused::JsonDoesNotFit { field, fault: Unfit::Again };
            assert_eq!(read(body.as_bytes()), Err(refused), "{body}");
        }
    }

    #[test]
    fn what_is_not_json_is_refused_with_its_place() {
        for (body, line, column) in [("{\n\"a\": }", 2, 6), ("{} {}", 1, 4)] {
            let malformed = Refused::JsonMalformed { line, column };
            assert_eq!(read(body.as_bytes()), Err(malformed), "{body}");
        }
        let deep = "[".repeat(100_000);
        assert!(matches!(read(deep.as_bytes()), Err(Refused::JsonMalformed { .. })));
    }
}
