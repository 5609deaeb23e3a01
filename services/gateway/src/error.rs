//! What the gateway itself refuses, and how it is said.

use std::time::Duration;

use chassis::refusal::{Failure, Refusal, short_name};
use proto::gateway::v1::Reason as Own;
use proto::refusal::v1::Reason as Shared;
use time::Date;
use tonic::{Code, Status};

use crate::contract::Backend;

/// Domain of the reasons in `congdoan.gateway.v1.Reason`.
const DOMAIN: &str = "gateway.congdoan.vn";

/// After how long a caller may try again when a service is away or full.
const RETRY_AFTER: Duration = Duration::from_secs(1);

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
    /// The body says of itself that it is no JSON.
    ContentTypeUnsupported,
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
    /// One word of it, and its texts.
    fn told(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Field => (
                "field",
                "Trường không có trong hợp đồng, hoặc giá trị không đúng kiểu.",
                "the field is not in the contract, or its value has another type",
            ),
            Self::Again => (
                "again",
                "Trường được nêu hai lần, hoặc nêu cùng trường loại trừ nó.",
                "the field is said twice, or beside another that excludes it",
            ),
            Self::NoObject => {
                ("no_object", "Nội dung phải là một đối tượng JSON.", "the body is no JSON object")
            }
            Self::NoText => {
                ("no_text", "Giá trị không phải văn bản UTF-8.", "the value is no text in UTF-8")
            }
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
    /// The refusal as callers see it. No wildcard arm: a new one must choose its code.
    fn refusal(self) -> Refusal {
        match self {
            Refused::MethodUnknown { path } => shared(
                Code::Unimplemented,
                Shared::MethodUnknown,
                "Không có phương thức này, hoặc phương thức không mở ra bên ngoài.",
                "no such method, or one that is not open to the outside",
            )
            .with("method", path),
            Refused::AccessTokenInvalid { cause } => shared(
                Code::Unauthenticated,
                Shared::AccessTokenInvalid,
                "Yêu cầu không có mã truy cập hợp lệ.",
                "the call carries no valid access token",
            )
            .with("cause", cause),
            Refused::MessageTooLarge { size, limit } => shared(
                Code::ResourceExhausted,
                Shared::MessageTooLarge,
                format!("Thông điệp dài {size} byte, tối đa {limit}."),
                format!("the message has {size} bytes; the limit is {limit}"),
            )
            .with("size", size.to_string())
            .with("limit", limit.to_string()),
            Refused::DeadlineExceeded { limit_ms } => shared(
                Code::DeadlineExceeded,
                Shared::DeadlineExceeded,
                "Đã hết thời hạn của yêu cầu.",
                "the deadline of the call is over",
            )
            .with("limit_ms", limit_ms.to_string()),
            Refused::Overloaded { service } => shared(
                Code::Unavailable,
                Shared::Overloaded,
                "Hệ thống đang quá tải; hãy thử lại sau.",
                "too many calls at once; this one was not begun",
            )
            .with("service", service)
            .retry_after(RETRY_AFTER),
            Refused::TooManyOfCaller => shared(
                Code::Unavailable,
                Shared::Overloaded,
                "Người dùng này có quá nhiều yêu cầu cùng lúc; hãy thử lại sau.",
                "too many calls of this caller at once; this one was not begun",
            )
            .with("service", "gateway")
            .with("of", "caller")
            .retry_after(RETRY_AFTER),
            Refused::ServiceAway { backend } => shared(
                Code::Unavailable,
                Shared::ServiceAway,
                "Một dịch vụ phía sau không trả lời; hãy thử lại sau.",
                "a service behind the gateway does not answer",
            )
            .with("service", backend.name())
            .retry_after(RETRY_AFTER),
            Refused::HeaderMalformed { header } => own(
                Code::InvalidArgument,
                Own::HeaderMalformed,
                "Tiêu đề của yêu cầu không đúng dạng.",
                "a header of the call is not what it should be",
            )
            .with("header", header),
            Refused::JsonMalformed { line, column } => own(
                Code::InvalidArgument,
                Own::JsonMalformed,
                format!("Nội dung không phải JSON (dòng {line}, cột {column})."),
                format!("the body is not JSON (line {line}, column {column})"),
            )
            .with("line", line.to_string())
            .with("column", column.to_string()),
            Refused::JsonDoesNotFit { field, fault } => {
                let (cause, vi, en) = fault.told();
                let refusal = own(Code::InvalidArgument, Own::JsonMalformed, vi, en);
                match field.is_empty() {
                    true => refusal,
                    false => refusal.field(shown(&field)),
                }
                .with("cause", cause)
            }
            Refused::JsonTooManyValues { limit } => own(
                Code::ResourceExhausted,
                Own::JsonTooManyValues,
                format!("Nội dung có quá nhiều giá trị, tối đa {limit}."),
                format!("the body has too many values; {limit} at most"),
            )
            .with("limit", limit.to_string()),
            Refused::ParameterMalformed { field, fault } => {
                let (cause, vi, en) = fault.told();
                own(Code::InvalidArgument, Own::ParameterMalformed, vi, en)
                    .field(shown(&field))
                    .with("cause", cause)
            }
            Refused::ContentTypeUnsupported => own(
                Code::InvalidArgument,
                Own::ContentTypeUnsupported,
                "Nội dung phải là JSON bằng UTF-8 (application/json).",
                "the body has to be JSON in UTF-8 (application/json)",
            )
            .with("supported", "application/json"),
            Refused::PathUnknown { path } => own(
                Code::NotFound,
                Own::PathUnknown,
                "Không có phương thức nào ở đường dẫn này.",
                "no method answers this path",
            )
            .with("path", path),
            Refused::VerbNotAllowed { allowed } => own(
                Code::Unimplemented,
                Own::VerbNotAllowed,
                format!("Đường dẫn này chỉ nhận {allowed}."),
                format!("this path takes {allowed} only"),
            )
            .with("allowed", allowed),
            Refused::AllPartsAway { reasons } => reasons.into_iter().fold(
                own(
                    Code::Unavailable,
                    Own::AllPartsAway,
                    "Không dịch vụ nào trả lời; hãy thử lại sau.",
                    "no part of the profile could be had",
                )
                .retry_after(RETRY_AFTER),
                |refusal, (service, reason)| refusal.with(service, reason),
            ),
            Refused::CommitteeMemberUnknown { seat } => own(
                Code::InvalidArgument,
                Own::CommitteeMemberUnknown,
                "Người này không có trong danh sách xin gia nhập, hoặc đã có chỗ trong ban chấp hành.",
                "the seat names no applicant of the dossier, or one who has a seat already",
            )
            .field(format!("dossier.committee[{seat}].applicant")),
            Refused::AppliedAfterFounding { applied_on, founded_on } => own(
                Code::InvalidArgument,
                Own::AppliedAfterFounding,
                "Ngày xin gia nhập muộn hơn ngày thành lập công đoàn.",
                "the people applied after the day from which the union exists",
            )
            .field("dossier.applied_on")
            .with("applied_on", applied_on.to_string())
            .with("founded_on", founded_on.to_string()),
            Refused::ApplicationsLapsed { lapses_on, founded_on, field } => own(
                Code::InvalidArgument,
                Own::ApplicationsLapsed,
                "Đơn xin gia nhập đã hết hiệu lực (30 ngày) trước ngày thành lập công đoàn.",
                "the applications lapse, after 30 days, before the union exists",
            )
            .field("dossier.applied_on")
            .with("lapses_on", lapses_on.to_string())
            .with("founded_on", founded_on.to_string())
            .with("founded_by", field),
        }
    }
}

fn shared(code: Code, reason: Shared, vi: impl Into<String>, en: impl Into<String>) -> Refusal {
    Refusal::shared(code, reason, vi, en)
}

fn own(code: Code, reason: Own, vi: impl Into<String>, en: impl Into<String>) -> Refusal {
    Refusal::new(code, DOMAIN, short_name(reason.as_str_name()), vi, en)
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
