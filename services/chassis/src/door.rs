//! What was found in a message as it was decoded, in the words of a refusal.
//!
//! What is looked for, and by what code, [`proto::door`] says. A handler never sees a message
//! with a fault; but a line of a list, whose faults are named together with all others of the
//! list, it looks at itself, by [`line()`].

use std::error::Error;

use http::Response;
use proto::door::{Enter, Fault, Found, Wrong};
use tonic::Status;

use crate::parse;
use crate::refusal::{Language, Refusal};

/// Looks at a line of a list, which the contract marks as one; refusals name `field`.
pub fn line<M: Enter>(field: &str, line: &mut M) -> Result<(), Refusal> {
    refusal(&Found::in_message(line), |name| format!("{field}.{name}")).map_or(Ok(()), Err)
}

/// The refusal of a message whose fields cannot be taken, which tonic answers in a bare status.
pub(crate) fn refused_in<B>(response: &Response<B>) -> Option<Refusal> {
    let status = response.extensions().get::<Status>()?;
    refusal(status.source()?.downcast_ref::<Found>()?, str::to_string)
}

/// An answer as tonic gives it, or our refusal of what was found in its question.
pub fn told<B: Default>(response: Response<B>, language: Language) -> Response<B> {
    match refused_in(&response) {
        Some(refusal) => refusal.status_in(language).into_http(),
        None => response,
    }
}

fn refusal(found: &Found, field: impl Fn(&str) -> String) -> Option<Refusal> {
    let refusals = found.named.iter().map(|Fault { field: name, wrong }| match wrong {
        Wrong::Text(wrong) => parse::text_refused(&field(name), *wrong),
        Wrong::ValueUnknown(value) => parse::value_unknown(&field(name), *value),
        Wrong::Negative(value) => parse::negative(&field(name), *value),
    });
    Some(refusals.reduce(Refusal::and)?.and_more(found.more))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proto::registry::v1 as pb;

    #[test]
    fn what_is_at_fault_is_named_by_its_whole_path() {
        let mut request = pb::FoundOrganisationRequest {
            name: "a\u{202e}b".to_string(),
            basis: Some(pb::Basis {
                basis: Some(pb::basis::Basis::NewDecision(pb::NewDecision {
                    number: "1\0".to_string(),
                    ..pb::NewDecision::default()
                })),
            }),
            ..pb::FoundOrganisationRequest::default()
        };
        let refusal = refusal(&Found::in_message(&mut request), str::to_string).expect("refused");
        assert_eq!(refusal.reason(), "TEXT_MALFORMED");
        assert_eq!(refusal.fields().collect::<Vec<_>>(), ["name", "basis.new_decision.number"]);
    }

    #[test]
    fn a_line_is_put_in_order_with_its_list_and_refused_by_itself() {
        use pb::load_organisations_request::{Line, Lines, Part};
        let bad =
            Line { name: " a\u{202e}b".to_string(), code: " Q-1".to_string(), ..Line::default() };
        let lines = Lines { lines: vec![bad] };
        let mut request = pb::LoadOrganisationsRequest { part: Some(Part::Lines(lines)) };
        assert_eq!(Found::in_message(&mut request).named, []);
        let Some(Part::Lines(mut lines)) = request.part else { panic!("lines") };
        assert_eq!(lines.lines[0].code, "Q-1");
        let refusal = line("lines[7]", &mut lines.lines[0]).expect_err("refused");
        assert_eq!(refusal.fields().collect::<Vec<_>>(), ["lines[7].name"]);
    }
}
