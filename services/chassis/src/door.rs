//! What was found in a message as it was decoded, in the words of a refusal.
//!
//! What is looked for, and by what code, [`proto::door`] says. A handler never sees a message
//! with a fault; but a line of a list, whose faults are named together with all others of the
//! list, it looks at itself, by [`line()`].

use std::error::Error;

use http::Response;
use proto::door::{Enter, Fault, Found, TooManyValues, VALUES_MAX, Wrong};
use proto::refusal::v1::Reason;
use tonic::Status;

use crate::parse;
use crate::refusal::{Language, Refusal};

/// Looks at a line of a list, which the contract marks as one; refusals name `field`.
pub fn line<M: Enter>(field: &str, line: &mut M) -> Result<(), Refusal> {
    refusal(&Found::in_message(line), |name| format!("{field}.{name}")).map_or(Ok(()), Err)
}

/// The refusal of a message whose fields cannot be taken, or are too many, which tonic answers in a bare status.
pub(crate) fn refused_in<B>(response: &Response<B>) -> Option<Refusal> {
    let source = response.extensions().get::<Status>()?.source()?;
    if source.is::<TooManyValues>() {
        return Some(
            Refusal::of(Reason::MessageTooManyValues).with("limit", VALUES_MAX.to_string()),
        );
    }
    refusal(source.downcast_ref::<Found>()?, str::to_string)
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
