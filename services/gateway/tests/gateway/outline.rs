//! What the document of the JSON door offers, in outline: every operation with what it takes and
//! answers, every message with its fields. What a contract's change changes for clients is seen
//! here, before they see it.

use std::collections::BTreeMap;
use std::fmt::Write;

use http::Method;
use serde_json::{Map, Value as Json};

use super::world::World;

#[tokio::test]
async fn openapi_offers_what_was_looked_at() {
    let world = World::start().await;
    let (_, _, body) = world.http(Method::GET, "/openapi.json", &[], vec![]).await;
    let document: Json = serde_json::from_slice(&body).expect("json");
    let outline = outline(&document);
    assert!(outline.lines().count() > 1_000, "only this is offered:\n{outline}");
    insta::assert_snapshot!("openapi", outline);
}

fn outline(document: &Json) -> String {
    let mut outline = String::new();
    for (path, verbs) in sorted(&document["paths"]) {
        for (verb, operation) in sorted(verbs) {
            let id = operation["operationId"].as_str().expect("an id");
            let permission = operation["x-permission"].as_str().expect("a permission");
            let verb = verb.to_uppercase();
            writeln!(outline, "{verb} {path} = {id} [{permission}]").expect("written");
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let Some(name) = parameter["name"].as_str() else { continue };
                let (place, of) =
                    (parameter["in"].as_str().unwrap_or(""), of(&parameter["schema"]));
                writeln!(outline, "  {place} {name}: {of}").expect("written");
            }
            if !operation["requestBody"].is_null() {
                writeln!(outline, "  takes {}", content(&operation["requestBody"]))
                    .expect("written");
            }
            // Whatever else it answers is a refusal.
            let answers = content(&operation["responses"]["200"]);
            writeln!(outline, "  answers {answers}").expect("written");
        }
    }
    for (name, schema) in sorted(&document["components"]["schemas"]) {
        writeln!(outline, "{name}").expect("written");
        for (field, of_field) in sorted(&schema["properties"]) {
            writeln!(outline, "  {field}: {}", of(of_field)).expect("written");
        }
    }
    outline
}

/// What stands in a body, and how it comes where it does not come whole.
fn content(told: &Json) -> String {
    let (kind, of_kind) = sorted(&told["content"]).into_iter().next().expect("a body");
    match kind {
        "application/json" => of(&of_kind["schema"]),
        kind => format!("{} ({kind})", of(&of_kind["schema"]["properties"]["result"])),
    }
}

fn sorted(object: &Json) -> BTreeMap<&str, &Json> {
    let fields = object.as_object().map(Map::iter).into_iter().flatten();
    fields.map(|(name, value)| (name.as_str(), value)).collect()
}

/// What a value is: a message or an enumeration by its name, or what JSON calls it.
fn of(schema: &Json) -> String {
    if let Some(name) = schema["$ref"].as_str() {
        return name.rsplit('/').next().unwrap_or(name).to_owned();
    }
    if schema["type"] == "array" {
        return format!("[{}]", of(&schema["items"]));
    }
    if let Some(values) = schema["additionalProperties"].as_object() {
        return format!("{{{}}}", of(&Json::Object(values.clone())));
    }
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<_> = values.iter().filter_map(Json::as_str).collect();
        return values.join(" | ");
    }
    let kind = schema["type"].as_str().unwrap_or("any");
    match (schema["format"].as_str(), schema["maxLength"].as_u64()) {
        (Some(format), _) => format!("{kind} {format}"),
        (None, Some(longest)) => format!("{kind} of {longest}"),
        (None, None) => kind.to_owned(),
    }
}
