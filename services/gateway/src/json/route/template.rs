//! The path templates of `google.api.http`.
//!
//! `/v1/organisations/{organisation_id}:suspend`: segments, of which some are variables
//! that name a field, and perhaps a verb at the end. `*` stands for one segment, `**` for
//! any number of them; `{name=operations/*}` binds several segments to one field.

use percent_encoding::percent_decode_str;

/// One segment of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Must be equal.
    Literal(String),
    /// `*`: one segment, not empty.
    One,
    /// `**`: the rest, however many.
    Many,
}

/// A field that takes its value from the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// The field's path in the request: `organisation_id`, `unit.name`.
    pub field: String,
    /// The first segment that it takes.
    pub from: usize,
    /// The segment after the last.
    pub to: usize,
}

/// A parsed path template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// In order.
    pub segments: Vec<Segment>,
    /// In order of their segments.
    pub variables: Vec<Variable>,
    /// What stands behind the last colon.
    pub verb: Option<String>,
}

impl Template {
    /// Reads a template; says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut template = Template { segments: Vec::new(), variables: Vec::new(), verb: None };
        let mut rest =
            text.strip_prefix('/').ok_or_else(|| format!("{text} does not begin with a slash"))?;
        loop {
            rest = match rest.strip_prefix('{') {
                Some(inside) => {
                    let (variable, after) = inside
                        .split_once('}')
                        .ok_or_else(|| format!("{text} has an open brace"))?;
                    template.bind(variable);
                    after
                }
                None => {
                    let end = rest.find(['/', ':']).unwrap_or(rest.len());
                    template.segments.push(Segment::parse(&rest[..end]));
                    &rest[end..]
                }
            };
            if rest.is_empty() {
                break;
            }
            if let Some(verb) = rest.strip_prefix(':') {
                template.verb = Some(verb.to_string());
                break;
            }
            rest = rest
                .strip_prefix('/')
                .ok_or_else(|| format!("{text} has {rest} where a slash was expected"))?;
        }
        if template.segments.iter().filter(|segment| **segment == Segment::Many).count() > 1 {
            return Err(format!("{text} has more than one **"));
        }
        Ok(template)
    }

    fn bind(&mut self, variable: &str) {
        let (field, pattern) = variable.split_once('=').unwrap_or((variable, "*"));
        let from = self.segments.len();
        self.segments.extend(pattern.split('/').map(Segment::parse));
        self.variables.push(Variable { field: field.to_string(), from, to: self.segments.len() });
    }

    /// The values of the variables if the path fits, decoded; or the field whose value is no
    /// text.
    ///
    /// A colon in the last segment always begins a verb, so that a misspelt verb is not
    /// taken for a part of an id; a colon that belongs to a value is written `%3A`.
    pub fn match_path(&self, path: &str) -> Option<Result<Vec<(&str, String)>, &str>> {
        let mut parts: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        let last = parts.last_mut()?;
        match (&self.verb, last.rsplit_once(':')) {
            (Some(verb), Some((head, tail))) if verb == tail => *last = head,
            (None, None) => {}
            _ => return None,
        }
        let many = self.segments.iter().position(|segment| *segment == Segment::Many);
        let fits = match many {
            None => parts.len() == self.segments.len(),
            Some(_) => parts.len() + 1 >= self.segments.len(),
        };
        if !fits {
            return None;
        }
        // Where the n-th segment begins in the path: behind `**` everything is shifted.
        let at = |segment: usize| match many {
            Some(many) if segment > many => segment + parts.len() - self.segments.len(),
            _ => segment,
        };
        for (index, segment) in self.segments.iter().enumerate() {
            let fits = match segment {
                Segment::Literal(literal) => parts[at(index)] == literal,
                Segment::One => !parts[at(index)].is_empty(),
                Segment::Many => true,
            };
            if !fits {
                return None;
            }
        }
        let bound = self.variables.iter().map(|variable| {
            let value = parts[at(variable.from)..at(variable.to)]
                .iter()
                .map(|part| percent_decode_str(part).decode_utf8())
                .collect::<Result<Vec<_>, _>>();
            let field = variable.field.as_str();
            value.map(|parts| (field, parts.join("/"))).map_err(|_| field)
        });
        Some(bound.collect())
    }

    /// How many segments are not literal: of two templates that fit, the one that leaves
    /// less open is meant.
    pub fn openness(&self) -> usize {
        self.segments.iter().filter(|segment| !matches!(segment, Segment::Literal(_))).count()
    }
}

impl Segment {
    fn parse(text: &str) -> Self {
        match text {
            "*" => Segment::One,
            "**" => Segment::Many,
            literal => Segment::Literal(literal.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, path: &str, expected: Option<&[(&str, &str)]>) {
        let template = Template::parse(template).expect("a template");
        let found = template.match_path(path).map(|bound| bound.expect("text"));
        let found: Option<Vec<(&str, &str)>> = found
            .as_ref()
            .map(|bound| bound.iter().map(|(field, value)| (*field, value.as_str())).collect());
        assert_eq!(found.as_deref(), expected, "{path}");
    }

    #[test]
    fn a_variable_takes_one_segment() {
        let template = "/v1/organisations/{organisation_id}";
        check(template, "/v1/organisations/7", Some(&[("organisation_id", "7")]));
        check(template, "/v1/organisations/a%2Fb%20c", Some(&[("organisation_id", "a/b c")]));
        check(template, "/v1/organisations/", None);
        check(template, "/v1/organisations/7/children", None);
        check(template, "/v1/organisation/7", None);
    }

    #[test]
    fn a_value_that_is_no_text_is_not_made_one() {
        let template = Template::parse("/v1/organisations/{organisation_id}").expect("a template");
        assert_eq!(template.match_path("/v1/organisations/a%FF"), Some(Err("organisation_id")));
    }

    #[test]
    fn a_verb_is_the_end_of_the_path_and_nothing_else() {
        let template = "/v1/organisations/{organisation_id}:suspend";
        check(template, "/v1/organisations/7:suspend", Some(&[("organisation_id", "7")]));
        check(template, "/v1/organisations/7:resume", None);
        check(template, "/v1/organisations/7", None);
        check("/v1/organisations/{organisation_id}", "/v1/organisations/7:suspend", None);
        check(
            "/v1/organisations/{organisation_id}",
            "/v1/organisations/7%3Ab",
            Some(&[("organisation_id", "7:b")]),
        );
        check("/v1/organisations:handOver", "/v1/organisations:handOver", Some(&[]));
    }

    #[test]
    fn a_variable_may_take_several_segments() {
        let template = "/v1/{name=operations/*}:cancel";
        check(template, "/v1/operations/12:cancel", Some(&[("name", "operations/12")]));
        check(template, "/v1/nodes/12:cancel", None);
    }

    #[test]
    fn two_stars_take_the_rest() {
        let template = "/v1/{path=files/**}/raw";
        check(template, "/v1/files/a/b/c/raw", Some(&[("path", "files/a/b/c")]));
        check(template, "/v1/files/raw", Some(&[("path", "files")]));
        check(template, "/v1/files/a/b", None);
    }

    #[test]
    fn a_template_that_makes_no_sense_is_refused() {
        for bad in ["v1/x", "/v1/{x", "/v1/{x}y", "/v1/**/a/**"] {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
    }
}
