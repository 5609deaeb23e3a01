//! Which path leads to which method: the `google.api.http` option of each, read.

mod template;

use std::sync::Arc;

use anyhow::{Context, bail};
use http::Method as Verb;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value};

use crate::contract::{Contract, Method};

pub use template::{Segment, Template};

/// One `google.api.http` binding.
pub struct Route {
    /// `GET`, `POST`, …
    pub verb: Verb,
    /// The path.
    pub template: Template,
    /// What the HTTP body holds.
    pub body: BodyOf,
    /// The method behind it.
    pub method: Arc<Method>,
}

/// What an HTTP body holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BodyOf {
    /// Nothing: every field comes by the path or the query.
    Nothing,
    /// Every field that the path does not bind.
    Message,
    /// One message field; the others come by the query.
    Field(String),
}

/// Tells, by its verb and its path, whether a request is a stream or is answered by one.
pub fn streams(routes: &[Route]) -> impl Fn(&Verb, &str) -> bool + Send + Sync + 'static {
    let streams: Vec<(Verb, Template)> = routes
        .iter()
        .filter(|route| route.method.is_streaming())
        .map(|route| (route.verb.clone(), route.template.clone()))
        .collect();
    move |verb, path| {
        let fits =
            |(of, template): &(Verb, Template)| of == verb && template.match_path(path).is_some();
        streams.iter().any(fits)
    }
}

/// A body as it is, whatever its kind.
const HTTP_BODY: &str = "google.api.HttpBody";

impl Route {
    /// The field of the request that takes the body as it comes; none where it is JSON.
    pub fn raw_question(&self) -> Option<FieldDescriptor> {
        let BodyOf::Field(name) = &self.body else { return None };
        let field = self.method.descriptor.input().get_field_by_name(name)?;
        matches!(field.kind(), Kind::Message(message) if is_raw(&message)).then_some(field)
    }

    /// The answer is a body as it is.
    pub fn has_raw_answer(&self) -> bool {
        is_raw(&self.method.descriptor.output())
    }
}

fn is_raw(message: &MessageDescriptor) -> bool {
    message.full_name() == HTTP_BODY
}

/// Reads the bindings of every method that is open to the outside. The less a template
/// leaves open, the earlier it stands.
pub fn routes(contract: &Contract) -> anyhow::Result<Vec<Route>> {
    let http = contract
        .pool
        .get_extension_by_name("google.api.http")
        .context("the contracts do not define google.api.http")?;
    let mut routes = Vec::new();
    for method in contract.methods() {
        let options = method.descriptor.options();
        if !options.has_extension(&http) {
            continue;
        }
        let rule = options.get_extension(&http);
        let rule = rule.as_message().context("google.api.http is no message")?;
        bind(rule, method, &mut routes)
            .with_context(|| format!("read the HTTP binding of {}", method.path))?;
    }
    routes.sort_by_key(|route| route.template.openness());
    Ok(routes)
}

fn bind(
    rule: &DynamicMessage,
    method: &Arc<Method>,
    routes: &mut Vec<Route>,
) -> anyhow::Result<()> {
    if method.descriptor.is_client_streaming() && method.descriptor.is_server_streaming() {
        bail!("streams in both directions have no path: they are called by gRPC");
    }
    let text = |name: &str| -> String {
        let value = rule.get_field_by_name(name);
        value.and_then(|value| value.as_str().map(str::to_string)).unwrap_or_default()
    };
    let (verb, path) = [
        ("get", Verb::GET),
        ("put", Verb::PUT),
        ("post", Verb::POST),
        ("delete", Verb::DELETE),
        ("patch", Verb::PATCH),
    ]
    .into_iter()
    .find(|(name, _)| rule.has_field_by_name(name))
    .map(|(name, verb)| (verb, text(name)))
    .context("it has no verb that we know")?;
    if !text("response_body").is_empty() {
        bail!("response_body is not supported");
    }
    let body = match text("body").as_str() {
        "" => BodyOf::Nothing,
        "*" => BodyOf::Message,
        field => {
            let descriptor = method.descriptor.input().get_field_by_name(field);
            let kind = descriptor.with_context(|| format!("there is no field {field}"))?.kind();
            if !matches!(kind, Kind::Message(_)) {
                bail!("the body names {field}, which is no message");
            }
            BodyOf::Field(field.to_string())
        }
    };
    let template = Template::parse(&path).map_err(anyhow::Error::msg)?;
    let route = Route { verb, template, body, method: method.clone() };
    let (streams, raw) = (method.asks_on(), route.raw_question().is_some());
    if streams && !raw && (route.body != BodyOf::Message || !route.template.variables.is_empty()) {
        bail!("each line of a stream is a whole message: its path binds none of its fields");
    }
    if raw && !streams || route.has_raw_answer() && !method.descriptor.is_server_streaming() {
        bail!("a body that is passed on as it is comes in pieces: it is a stream");
    }
    routes.push(route);
    if let Some(Value::List(more)) = rule.get_field_by_name("additional_bindings").as_deref() {
        for rule in more.iter().filter_map(Value::as_message) {
            bind(rule, method, routes)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_binding_of_the_contracts_is_understood() {
        let contract = Contract::read().expect("read");
        let routes = routes(&contract).expect("understood");
        assert!(routes.len() > 20);
        for route in &routes {
            let input = route.method.descriptor.input();
            for variable in &route.template.variables {
                let field = variable.field.split('.').next().expect("a name");
                assert!(input.get_field_by_name(field).is_some(), "{}", route.method.path);
            }
        }
    }

    #[test]
    fn no_two_methods_share_a_path() {
        let contract = Contract::read().expect("read");
        let mut paths: Vec<_> = routes(&contract)
            .expect("understood")
            .into_iter()
            .map(|route| (route.verb.to_string(), route.template.segments, route.template.verb))
            .map(|shape| format!("{shape:?}"))
            .collect();
        let before = paths.len();
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), before);
    }
}
