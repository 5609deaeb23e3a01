//! What the gateway itself refuses: by which reason, and with what belongs to it. Codes and
//! sentences are in the contracts (`proto/congdoan/gateway/v1/reason.proto`, and those of every
//! service in `proto/congdoan/refusal/v1/reason.proto`).

use chassis::refusal::{Failure, Refusal};
use proto::gateway::v1::Reason as Own;
use proto::refusal::v1::Reason as Shared;
use time::Date;
use tonic::Status;

use crate::contract::Backend;

/// A call that does not get through, or a dossier that is not complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// No method answers this gRPC path.
    MethodUnknown { path: String },
    /// The access token is absent or wrong; the cause is one word.
    AccessTokenInvalid { cause: &'static str },
    /// A message is larger than the gateway passes on.
    MessageTooLarge { size: u64, limit: u64 },
    /// The call's time is over.
    DeadlineExceeded { limit_ms: u128 },
    /// Too many calls at once, here or for one service behind.
    Overloaded { service: &'static str },
    /// Too many calls of this caller at once, or too much of them in memory.
    TooManyOfCaller,
    /// A service does not answer.
    ServiceAway { backend: Backend },
    /// A header cannot be read.
    HeaderMalformed { header: &'static str },
    /// The body is not JSON.
    JsonMalformed { line: usize, column: usize },
    /// The body is JSON, and does not fit the message.
    JsonDoesNotFit { field: String, fault: Unfit },
    /// The body has more values than are read of one.
    JsonTooManyValues { limit: usize },
    /// A value in the path or the query does not fit its field.
    ParameterMalformed { field: String, fault: Unfit },
    /// The body says of itself that it is not what is read here.
    ContentTypeUnsupported { supported: &'static str },
    /// What is wrong with a line of a stream, counted from 1.
    OfLine { line: u64, refused: Box<Refused> },
    /// All messages of a stream together are more than is read.
    CallTooLarge { limit: u64 },
    /// No method answers this HTTP path.
    PathUnknown { path: String },
    /// The path is known, with other verbs.
    VerbNotAllowed { allowed: String },
    /// No part of a profile came.
    AllPartsAway { reasons: Vec<(&'static str, String)> },
    /// A seat names nobody, or somebody who sits already.
    CommitteeMemberUnknown { seat: usize },
    /// The people applied after the union was founded.
    AppliedAfterFounding { applied_on: Date, founded_on: Date },
    /// The applications no longer count on the day of the founding; the field says that day.
    ApplicationsLapsed { lapses_on: Date, founded_on: Date, field: &'static str },
}

/// Why a body or a parameter does not fit its message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// No such field, or a value of another type.
    Field,
    /// A second time, in the other spelling, or beside another of the same oneof.
    Again,
    /// JSON, but no object.
    NoObject,
    /// Bytes that are no UTF-8.
    NoText,
}

impl Unfit {
    /// One word of it, by which its sentence is found.
    fn word(self) -> &'static str {
        match self {
            Self::Field => "field",
            Self::Again => "again",
            Self::NoObject => "no_object",
            Self::NoText => "no_text",
        }
    }
}

/// A field's name as a caller wrote it, of which nothing but letters comes back.
fn shown(field: &str) -> String {
    field
        .chars()
        .take(200)
        .map(|c| if c.is_control() || c == '\u{fffd}' { '?' } else { c })
        .collect()
}

impl Refused {
    /// The refusal as callers see it. No wildcard arm: a new one must choose its reason.
    fn refusal(self) -> Refusal {
        match self {
            Refused::MethodUnknown { path } => {
                Refusal::of(Shared::MethodUnknown).with("method", path)
            }
            Refused::AccessTokenInvalid { cause } => {
                Refusal::of(Shared::AccessTokenInvalid).with("cause", cause)
            }
            Refused::MessageTooLarge { size, limit } => Refusal::of(Shared::MessageTooLarge)
                .with("size", size.to_string())
                .with("limit", limit.to_string()),
            Refused::DeadlineExceeded { limit_ms } => {
                Refusal::of(Shared::DeadlineExceeded).with("limit_ms", limit_ms.to_string())
            }
            Refused::Overloaded { service } => {
                Refusal::of(Shared::Overloaded).with("service", service)
            }
            Refused::TooManyOfCaller => {
                Refusal::of(Shared::Overloaded).with("service", "gateway").with("of", "caller")
            }
            Refused::ServiceAway { backend } => {
                Refusal::of(Shared::ServiceAway).with("service", backend.name())
            }
            Refused::HeaderMalformed { header } => {
                Refusal::of(Own::HeaderMalformed).with("header", header)
            }
            Refused::JsonMalformed { line, column } => Refusal::of(Own::JsonMalformed)
                .with("line", line.to_string())
                .with("column", column.to_string()),
            Refused::JsonDoesNotFit { field, fault } => {
                let refusal = Refusal::of(Own::JsonMalformed);
                match field.is_empty() {
                    true => refusal,
                    false => refusal.field(shown(&field)),
                }
                .with("cause", fault.word())
            }
            Refused::JsonTooManyValues { limit } => {
                Refusal::of(Own::JsonTooManyValues).with("limit", limit.to_string())
            }
            Refused::ParameterMalformed { field, fault } => Refusal::of(Own::ParameterMalformed)
                .field(shown(&field))
                .with("cause", fault.word()),
            Refused::ContentTypeUnsupported { supported } => {
                Refusal::of(Own::ContentTypeUnsupported).with("supported", supported)
            }
            Refused::OfLine { line, refused } => refused.refusal().with("line", line.to_string()),
            Refused::CallTooLarge { limit } => {
                Refusal::of(Shared::CallTooLarge).with("limit", limit.to_string())
            }
            Refused::PathUnknown { path } => Refusal::of(Own::PathUnknown).with("path", path),
            Refused::VerbNotAllowed { allowed } => {
                Refusal::of(Own::VerbNotAllowed).with("allowed", allowed)
            }
            Refused::AllPartsAway { reasons } => reasons
                .into_iter()
                .fold(Refusal::of(Own::AllPartsAway), |refusal, (service, reason)| {
                    refusal.with(service, reason)
                }),
            Refused::CommitteeMemberUnknown { seat } => Refusal::of(Own::CommitteeMemberUnknown)
                .field(format!("dossier.committee[{seat}].applicant")),
            Refused::AppliedAfterFounding { applied_on, founded_on } => {
                Refusal::of(Own::AppliedAfterFounding)
                    .field("dossier.applied_on")
                    .with("applied_on", applied_on.to_string())
                    .with("founded_on", founded_on.to_string())
            }
            Refused::ApplicationsLapsed { lapses_on, founded_on, field } => {
                Refusal::of(Own::ApplicationsLapsed)
                    .field("dossier.applied_on")
                    .with("lapses_on", lapses_on.to_string())
                    .with("founded_on", founded_on.to_string())
                    .with("founded_by", field)
            }
        }
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        refused.refusal()
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        refused.refusal().into()
    }
}

impl From<Refused> for Status {
    fn from(refused: Refused) -> Self {
        refused.refusal().status()
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::StatusExt;

    use super::*;

    /// Every name in a sentence is given, or the sentence would say nothing in its place.
    #[test]
    fn every_sentence_is_filled() {
        let day = time::macros::date!(2026 - 03 - 01);
        let faults = [Unfit::Field, Unfit::Again, Unfit::NoObject, Unfit::NoText];
        let mut refused = vec![
            Refused::MethodUnknown { path: "/x.Y/Z".into() },
            Refused::AccessTokenInvalid { cause: "expired" },
            Refused::MessageTooLarge { size: 2, limit: 1 },
            Refused::DeadlineExceeded { limit_ms: 1 },
            Refused::Overloaded { service: "gateway" },
            Refused::TooManyOfCaller,
            Refused::ServiceAway { backend: Backend::Registry },
            Refused::HeaderMalformed { header: "grpc-timeout" },
            Refused::JsonMalformed { line: 1, column: 2 },
            Refused::JsonTooManyValues { limit: 1 },
            Refused::ContentTypeUnsupported { supported: "application/json" },
            Refused::CallTooLarge { limit: 1 },
            Refused::OfLine {
                line: 7,
                refused: Box::new(Refused::JsonMalformed { line: 1, column: 2 }),
            },
            Refused::PathUnknown { path: "/v1/x".into() },
            Refused::VerbNotAllowed { allowed: "GET".into() },
            Refused::AllPartsAway { reasons: vec![("registry", "SERVICE_AWAY".into())] },
            Refused::CommitteeMemberUnknown { seat: 1 },
            Refused::AppliedAfterFounding { applied_on: day, founded_on: day },
            Refused::ApplicationsLapsed { lapses_on: day, founded_on: day, field: "x" },
        ];
        for fault in faults {
            refused.push(Refused::JsonDoesNotFit { field: "x".into(), fault });
            refused.push(Refused::ParameterMalformed { field: "x".into(), fault });
        }
        for refused in refused {
            let status = refused.refusal().status();
            let said = status.get_details_localized_message().expect("a text").message;
            for text in [status.message(), &said] {
                assert!(!text.is_empty() && !text.contains(['{', '…']), "{text}");
            }
        }
    }
}
