//! The contracts as OpenAPI 3.1: paths, parameters, messages, with their comments, the
//! permission of each method, and the shape of refusals. All of it from the descriptors.

use std::collections::{BTreeMap, HashMap, HashSet};

use prost_reflect::{
    DescriptorPool, EnumDescriptor, FieldDescriptor, FileDescriptor, Kind, MessageDescriptor,
};
use proto::reason::{all, code_name, named};
use serde_json::{Map, Value as Json, json};

use crate::contract::Contract;
use crate::json::route::{BodyOf, Route, Segment};
use crate::json::transcode::LINES;

/// The document for these routes.
pub fn document(contract: &Contract, routes: &[Route]) -> Json {
    let mut incoming = HashSet::new();
    for route in routes {
        collect(route.method.descriptor.input(), &mut incoming);
    }
    let comments = Comments::read(&contract.pool);
    let named = named::methods(&contract.pool);
    let mut writer = Writer { comments, named, incoming, wanted: Vec::new() };
    let mut paths: BTreeMap<String, Map<String, Json>> = BTreeMap::new();
    let mut uses: HashMap<String, usize> = HashMap::new();
    for route in routes {
        let (path, names) = path_of(route);
        let name = operation_name(route);
        let use_of = uses.entry(name.clone()).or_default();
        *use_of += 1;
        let id = if *use_of == 1 { name } else { format!("{name}_{use_of}") };
        let operation = writer.operation(route, &id, &names);
        let verb = route.verb.as_str().to_lowercase();
        paths.entry(path).or_default().insert(verb, operation);
    }
    let tags = writer.tags(routes);
    let mut schemas = writer.schemas();
    schemas.insert("Error".to_string(), error_schema());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Công Đoàn",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "The national register of Vietnam's trade unions.",
            "description": "Made from the gRPC contracts: each operation is the gRPC method \
                of the same name, and `x-permission` is what its caller must hold. What it \
                may be refused for is in its `x-reasons`, and beside it what `x-reasons` of the \
                document has as `of_any_call`; there stand the code and the sentences of each. \
                An answer's header `congdoan-seen`, sent back with a later request, makes \
                that request see what this one wrote.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "access_token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "An OIDC access token of an issuer that the gateway knows.",
                },
            },
            "parameters": {
                "seen": {
                    "name": "congdoan-seen",
                    "in": "header",
                    "description": "What the caller has seen: the header of an earlier answer.",
                    "schema": { "type": "string" },
                },
                "language": {
                    "name": "accept-language",
                    "in": "header",
                    "description": "The language of refusals: `vi` or `en`.",
                    "schema": { "type": "string" },
                },
            },
        },
        "security": [{ "access_token": [] }],
        "x-reasons": reasons(),
    })
}

/// What is told of every reason: by its domain and its name, as operations refer to it.
fn reasons() -> Map<String, Json> {
    let mut told = Map::new();
    for reasons in all() {
        for reason in reasons.told {
            let instead: Vec<Json> = reason
                .instead
                .iter()
                .map(|instead| {
                    let (key, value) = (instead.key, instead.value);
                    json!({ "key": key, "value": value, "vi": instead.vi, "en": instead.en })
                })
                .collect();
            let mut said = json!({
                "code": code_name(reason.code),
                "vi": reason.vi,
                "en": reason.en,
                "of_any_call": reason.general,
            });
            if !instead.is_empty() {
                said["instead"] = json!(instead);
            }
            if let Some(delay) = reason.retry_after {
                said["retry_after_ms"] = json!(delay.as_millis());
            }
            told.insert(format!("{}/{}", reasons.domain, reason.reason), said);
        }
    }
    told
}

/// What is passed on as it is, whatever its kind.
fn as_it_is() -> Json {
    json!({ "*/*": { "schema": { "type": "string", "format": "binary" } } })
}

/// A message and those within it.
fn collect(message: MessageDescriptor, found: &mut HashSet<String>) {
    if !found.insert(message.full_name().to_string()) {
        return;
    }
    for field in message.fields() {
        if let Kind::Message(inner) = field.kind() {
            collect(inner, found);
        }
    }
}

/// The path as OpenAPI writes it, with the names of its parameters.
fn path_of(route: &Route) -> (String, Vec<String>) {
    let template = &route.template;
    let (mut path, mut names) = (String::new(), Vec::new());
    for (index, segment) in template.segments.iter().enumerate() {
        path.push('/');
        let Segment::Literal(literal) = segment else {
            let variable = template
                .variables
                .iter()
                .find(|variable| (variable.from..variable.to).contains(&index));
            // A variable of several segments is a parameter for each that is open.
            let name = match variable {
                Some(variable) if variable.to - variable.from == 1 => variable.field.clone(),
                Some(variable) => format!("{}_{}", variable.field, index - variable.from),
                None => format!("segment_{index}"),
            };
            let name = name.replace('.', "_");
            path.push_str(&format!("{{{name}}}"));
            names.push(name);
            continue;
        };
        path.push_str(literal);
    }
    if let Some(verb) = &template.verb {
        path.push(':');
        path.push_str(verb);
    }
    (path, names)
}

fn operation_name(route: &Route) -> String {
    let method = &route.method.descriptor;
    format!("{}_{}", method.parent_service().name(), method.name())
}

/// Writes schemas, and remembers which messages they refer to.
struct Writer {
    comments: Comments,
    /// The reasons that each method names, by its path.
    named: BTreeMap<String, named::Method>,
    /// Messages that come in, by their full names.
    incoming: HashSet<String>,
    wanted: Vec<MessageDescriptor>,
}

impl Writer {
    fn operation(&mut self, route: &Route, id: &str, path_names: &[String]) -> Json {
        let method = &route.method.descriptor;
        let input = method.input();
        let mut parameters: Vec<Json> = path_names
            .iter()
            .map(|name| {
                let schema = match input.get_field_by_name(name) {
                    Some(field) => self.field_schema(&field),
                    None => json!({ "type": "string" }),
                };
                json!({ "name": name, "in": "path", "required": true, "schema": schema })
            })
            .collect();
        let bound: HashSet<&str> = route
            .template
            .variables
            .iter()
            .map(|variable| variable.field.split('.').next().unwrap_or_default())
            .collect();
        if route.body != BodyOf::Message {
            let in_body = match &route.body {
                BodyOf::Field(name) => name.as_str(),
                BodyOf::Nothing | BodyOf::Message => "",
            };
            for field in input.fields() {
                if bound.contains(field.name()) || field.name() == in_body {
                    continue;
                }
                match field.kind() {
                    // What a file is sent with: each of its fields is one parameter.
                    Kind::Message(header) if route.raw_question().is_some() => {
                        self.header_parameters(field.json_name(), &header, &mut parameters);
                    }
                    _ => parameters.push(self.query_parameter(&field)),
                }
            }
        }
        parameters.push(json!({ "$ref": "#/components/parameters/seen" }));
        parameters.push(json!({ "$ref": "#/components/parameters/language" }));

        let content = if route.has_raw_answer() {
            as_it_is()
        } else if method.is_server_streaming() {
            let output = self.reference(&method.output());
            let line = json!({ "type": "object", "properties": { "result": output } });
            json!({ LINES: { "schema": line } })
        } else {
            json!({ "application/json": { "schema": self.reference(&method.output()) } })
        };
        let mut operation = json!({
            "operationId": id,
            "tags": [method.parent_service().name()],
            "x-permission": &*route.method.permission,
            "x-grpc-method": &*route.method.path,
            "parameters": parameters,
            "responses": {
                "200": {
                    "description": "OK",
                    "headers": {
                        "congdoan-seen": {
                            "description": "What the caller has seen with this answer.",
                            "schema": { "type": "string" },
                        },
                    },
                    "content": content,
                },
                "default": {
                    "description": "A refusal, with its reason.",
                    "content": {
                        "application/json": { "schema": { "$ref": "#/components/schemas/Error" } },
                    },
                },
            },
        });
        if let Some(named) = self.named.get(&*route.method.path) {
            let reasons = named.reasons.iter().map(|(domain, reason)| format!("{domain}/{reason}"));
            operation["x-reasons"] = reasons.collect();
        }
        if let Some(comment) = self.comments.of(&method.parent_file(), method.path()) {
            operation["summary"] = json!(first_sentence(comment));
            operation["description"] = json!(comment);
        }
        if route.raw_question().is_some() {
            operation["requestBody"] = json!({ "required": true, "content": as_it_is() });
            return operation;
        }
        let body = match &route.body {
            BodyOf::Nothing => None,
            BodyOf::Message => Some(self.reference(&input)),
            BodyOf::Field(name) => {
                input.get_field_by_name(name).map(|field| self.schema(&field.kind()))
            }
        };
        if let Some(schema) = body {
            // Of a stream, each line is a message.
            let kind = if method.is_client_streaming() { LINES } else { "application/json" };
            operation["requestBody"] = json!({
                "required": true,
                "content": { kind: { "schema": schema } },
            });
        }
        operation
    }

    /// The fields of a message, and of those within it, as a query names them.
    fn header_parameters(
        &mut self,
        name: &str,
        header: &MessageDescriptor,
        parameters: &mut Vec<Json>,
    ) {
        for field in header.fields() {
            let name = format!("{name}.{}", field.json_name());
            match field.kind() {
                Kind::Message(inner) if inner.full_name().starts_with("congdoan.") => {
                    self.header_parameters(&name, &inner, parameters);
                }
                _ => {
                    let mut parameter = self.query_parameter(&field);
                    parameter["name"] = json!(name);
                    parameters.push(parameter);
                }
            }
        }
    }

    fn query_parameter(&mut self, field: &FieldDescriptor) -> Json {
        let schema = match field.kind() {
            // As a query writes it; in a body it is an object.
            Kind::Message(message) if message.full_name() == "google.type.Date" => {
                json!({ "type": "string", "format": "date" })
            }
            _ => self.field_schema(field),
        };
        let mut parameter = json!({ "name": field.json_name(), "in": "query", "schema": schema });
        if let Some(comment) = self.comments.of(&field.parent_message().parent_file(), field.path())
        {
            parameter["description"] = json!(comment);
        }
        parameter
    }

    fn field_schema(&mut self, field: &FieldDescriptor) -> Json {
        if field.is_map()
            && let Kind::Message(entry) = field.kind()
        {
            let value = self.schema(&entry.map_entry_value_field().kind());
            return json!({ "type": "object", "additionalProperties": value });
        }
        let mut schema = self.schema(&field.kind());
        // What comes in is measured by the same rule, whichever service it is for.
        let taken = self.incoming.contains(field.parent_message().full_name());
        if taken && field.kind() == Kind::String {
            schema["maxLength"] = json!(proto::door::Rule::of(field).characters_max);
        }
        if field.is_list() { json!({ "type": "array", "items": schema }) } else { schema }
    }

    fn schema(&mut self, kind: &Kind) -> Json {
        match kind {
            Kind::Double => json!({ "type": "number", "format": "double" }),
            Kind::Float => json!({ "type": "number", "format": "float" }),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
                json!({ "type": "integer", "format": "int32" })
            }
            Kind::Uint32 | Kind::Fixed32 => json!({ "type": "integer", "minimum": 0 }),
            // Numbers that a JSON reader may round are written as text.
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
                json!({ "type": "string", "format": "int64" })
            }
            Kind::Uint64 | Kind::Fixed64 => json!({ "type": "string", "format": "uint64" }),
            Kind::Bool => json!({ "type": "boolean" }),
            Kind::String => json!({ "type": "string" }),
            Kind::Bytes => json!({ "type": "string", "contentEncoding": "base64" }),
            Kind::Enum(values) => self.enumeration(values),
            Kind::Message(message) => match message.full_name() {
                "google.protobuf.Timestamp" => json!({ "type": "string", "format": "date-time" }),
                "google.protobuf.Duration" | "google.protobuf.FieldMask" => {
                    json!({ "type": "string" })
                }
                "google.protobuf.Any" | "google.protobuf.Struct" | "google.protobuf.Empty" => {
                    json!({ "type": "object" })
                }
                "google.protobuf.Value" => json!({}),
                _ => self.reference(message),
            },
        }
    }

    fn enumeration(&self, values: &EnumDescriptor) -> Json {
        let names: Vec<String> = values.values().map(|value| value.name().to_string()).collect();
        let file = values.parent_file();
        let mut said = Vec::new();
        if let Some(comment) = self.comments.of(&file, values.path()) {
            said.push(comment.to_string());
        }
        for value in values.values() {
            if let Some(comment) = self.comments.of(&file, value.path()) {
                said.push(format!("- `{}`: {comment}", value.name()));
            }
        }
        json!({ "type": "string", "enum": names, "description": said.join("\n") })
    }

    fn reference(&mut self, message: &MessageDescriptor) -> Json {
        self.wanted.push(message.clone());
        json!({ "$ref": format!("#/components/schemas/{}", message.full_name()) })
    }

    fn tags(&self, routes: &[Route]) -> Vec<Json> {
        let mut tags = BTreeMap::new();
        for route in routes {
            let service = route.method.descriptor.parent_service();
            let comment = self.comments.of(&service.parent_file(), service.path());
            let comment = comment.unwrap_or_default().to_string();
            tags.insert(service.name().to_string(), comment);
        }
        tags.into_iter()
            .map(|(name, description)| json!({ "name": name, "description": description }))
            .collect()
    }

    /// The schemas of all messages that were referred to, and of those that they refer to.
    fn schemas(&mut self) -> BTreeMap<String, Json> {
        let mut schemas = BTreeMap::new();
        while let Some(message) = self.wanted.pop() {
            if !schemas.contains_key(message.full_name()) {
                let schema = self.message(&message);
                schemas.insert(message.full_name().to_string(), schema);
            }
        }
        schemas
    }

    fn message(&mut self, message: &MessageDescriptor) -> Json {
        let file = message.parent_file();
        let mut properties = Map::new();
        for field in message.fields() {
            let mut schema = self.field_schema(&field);
            if let Some(comment) = self.comments.of(&file, field.path()) {
                schema["description"] = json!(comment);
            }
            properties.insert(field.json_name().to_string(), schema);
        }
        let mut schema = json!({
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
        });
        if let Some(comment) = self.comments.of(&file, message.path()) {
            schema["description"] = json!(comment);
        }
        schema
    }
}

fn error_schema() -> Json {
    json!({
        "type": "object",
        "description": "A refusal (AIP-193). `details` holds an ErrorInfo with the reason, \
            domain and metadata; a BadRequest where fields are at fault; a LocalizedMessage; \
            and a RetryInfo where the same call may succeed later.",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "status", "message", "details"],
                "properties": {
                    "code": { "type": "integer", "description": "The status of HTTP." },
                    "status": { "type": "string", "description": "The name of the google.rpc.Code." },
                    "message": { "type": "string", "description": "For developers, in English." },
                    "details": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["@type"],
                            "properties": { "@type": { "type": "string" } },
                        },
                    },
                },
            },
        },
    })
}

/// What stands up to the first full stop or empty line.
fn first_sentence(comment: &str) -> String {
    let paragraph = comment.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    match paragraph.split_once(". ") {
        Some((sentence, _)) => sentence.to_string(),
        None => paragraph.trim_end_matches('.').to_string(),
    }
}

/// The comments of all files, by file and path.
struct Comments(HashMap<(String, Vec<i32>), String>);

impl Comments {
    fn read(pool: &DescriptorPool) -> Self {
        let mut comments = HashMap::new();
        for file in pool.files() {
            let Some(info) = &file.file_descriptor_proto().source_code_info else { continue };
            for location in &info.location {
                let Some(comment) = &location.leading_comments else { continue };
                let lines: Vec<&str> =
                    comment.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
                let key = (file.name().to_string(), location.path.clone());
                comments.insert(key, lines.join("\n").trim().to_string());
            }
        }
        Self(comments)
    }

    fn of(&self, file: &FileDescriptor, path: &[i32]) -> Option<&str> {
        self.0.get(&(file.name().to_string(), path.to_vec())).map(String::as_str)
    }
}
