//! What reporting refuses, and the one place where it becomes a status.

use chassis::refusal::{Failure, Refusal, short_name};
use proto::reporting::v1::Reason;
use time::Date;
use tonic::Code;
use uuid::Uuid;

const DOMAIN: &str = "reporting.congdoan.vn";

/// Why reporting refuses a request.
#[allow(missing_docs)] // The fields are the metadata that the contract documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// No such organisation, or outside the caller's scope.
    OrganisationUnknown { field: String, organisation_id: Uuid },
    /// No such decision, or none that the act may rest on.
    DecisionUnknown { decision_id: Uuid },
    /// A parameter that is chosen twice.
    ParameterRepeated { field: String, parameter: String },
    /// No such indicator.
    IndicatorUnknown { field: String, indicator: String },
    /// The period ends before it begins.
    PeriodReversed { from: Date, through: Date },
    /// No such grouping of sectors.
    SectorGroupingUnknown { grouping: String },
    /// The grouping has no such group.
    SectorGroupUnknown { grouping: String, group: String },
    /// More entries than one call may bring.
    ListTooLong { field: &'static str, entries: usize, limit: usize },
    /// Nothing in a list that must have entries.
    ListEmpty { field: &'static str },
    /// The same union twice.
    LineRepeated { field: String, first: usize },
    /// Not exactly one issuer.
    TargetIssuerAmbiguous { field: &'static str },
    /// As many targets of one indicator as a unit may have.
    TargetsTooMany { limit: i64 },
    /// Comparator, unit of value and indicator do not go together.
    TargetComparatorUnfit { field: &'static str, indicator: String },
    /// Negative, or above 100 %.
    TargetValueOutOfRange { limit: i64 },
    /// No such rating scheme.
    RatingSchemeUnknown { scheme: String },
    /// Another scheme was in force.
    RatingSchemeNotOfYear { scheme: String, year: i32, in_force: String },
    /// A year that nobody is rated for.
    RatingYearOutOfRange { year: i32 },
    /// No such grade in the scheme.
    RatingGradeUnknown { field: String, scheme: String, grade: String },
    /// Only grassroots unions are rated.
    OrganisationNotGrassroots { field: String, organisation_type: String },
    /// No such kind of activity.
    ActivityKindUnknown { field: String, kind: i32 },
    /// Negative, or above the limit.
    ActivityCountOutOfRange { field: String, limit: i32 },
    /// It has not taken place.
    ActivityInFuture { field: String, held_on: Date },
    /// No such template.
    TemplateUnknown { template: String },
    /// The template has no such parameter.
    ParameterUnknown { field: String, parameter: String },
    /// A value that cannot be read.
    ParameterMalformed { field: String, parameter: String },
    /// The numbers would contradict each other.
    BookUnbalanced { book: &'static str, difference: i64 },
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Refusal::from(refused).into()
    }
}

impl From<Refused> for tonic::Status {
    fn from(refused: Refused) -> Self {
        Refusal::from(refused).into()
    }
}

fn refusal(code: Code, reason: Reason, vi: impl Into<String>, en: impl Into<String>) -> Refusal {
    Refusal::new(code, DOMAIN, short_name(reason.as_str_name()), vi, en)
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::OrganisationUnknown { field, organisation_id } => refusal(
                Code::NotFound,
                Reason::OrganisationUnknown,
                "Không có tổ chức này, hoặc tổ chức nằm ngoài phạm vi của người dùng.",
                "no such organisation, or it lies outside your scope",
            )
            .field(field)
            .with("organisation_id", organisation_id.to_string()),
            Refused::DecisionUnknown { decision_id } => refusal(
                Code::NotFound,
                Reason::DecisionUnknown,
                "Không có quyết định này, hoặc không phải quyết định trong phạm vi hay của cấp trên.",
                "no such decision, or neither one of your scope nor a superior's",
            )
            .field("decision_id")
            .with("decision_id", decision_id.to_string()),
            Refused::ParameterRepeated { field, parameter } => refusal(
                Code::InvalidArgument,
                Reason::ParameterRepeated,
                "Một tham số được nêu hai lần.",
                "a parameter is named twice",
            )
            .field(field)
            .with("parameter", parameter),
            Refused::IndicatorUnknown { field, indicator } => refusal(
                Code::InvalidArgument,
                Reason::IndicatorUnknown,
                "Không có chỉ tiêu thống kê này.",
                "no such indicator",
            )
            .field(field)
            .with("indicator", indicator),
            Refused::PeriodReversed { from, through } => refusal(
                Code::InvalidArgument,
                Reason::PeriodReversed,
                "Kỳ kết thúc trước khi bắt đầu.",
                "the period ends before it begins",
            )
            .field("period")
            .with("from_on", from.to_string())
            .with("through_on", through.to_string()),
            Refused::SectorGroupingUnknown { grouping } => refusal(
                Code::InvalidArgument,
                Reason::SectorGroupingUnknown,
                "Không có cách gộp khối này.",
                "no such grouping of sectors",
            )
            .field("sector_grouping")
            .with("sector_grouping", grouping),
            Refused::SectorGroupUnknown { grouping, group } => refusal(
                Code::InvalidArgument,
                Reason::SectorGroupUnknown,
                "Cách gộp khối này không có nhóm đó.",
                "the grouping of sectors has no such group",
            )
            .field("sector_group")
            .with("sector_grouping", grouping)
            .with("sector_group", group),
            Refused::ListTooLong { field, entries, limit } => refusal(
                Code::InvalidArgument,
                Reason::ListTooLong,
                format!("Danh sách có {entries} dòng, tối đa {limit}."),
                format!("the list has {entries} entries; the limit is {limit}"),
            )
            .field(field)
            .with("entries", entries.to_string())
            .with("limit", limit.to_string()),
            Refused::ListEmpty { field } => refusal(
                Code::InvalidArgument,
                Reason::ListEmpty,
                "Danh sách không có dòng nào.",
                "the list has no entries",
            )
            .field(field),
            Refused::LineRepeated { field, first } => refusal(
                Code::InvalidArgument,
                Reason::LineRepeated,
                "Công đoàn này có hai dòng trong danh sách.",
                "this union stands twice in the list",
            )
            .field(field)
            .with("first", first.to_string()),
            Refused::TargetsTooMany { limit } => refusal(
                Code::FailedPrecondition,
                Reason::TargetsTooMany,
                format!("Đơn vị đã có {limit} chỉ tiêu của chỉ tiêu thống kê này; hãy điều chỉnh một chỉ tiêu đã có."),
                format!("the unit has {limit} targets of this indicator; revise one of them"),
            )
            .field("indicator")
            .with("limit", limit.to_string()),
            Refused::TargetIssuerAmbiguous { field } => refusal(
                Code::InvalidArgument,
                Reason::TargetIssuerAmbiguous,
                "Chỉ tiêu cần đúng một nơi giao: một tổ chức công đoàn, hoặc tên một cơ quan khác.",
                "a target needs exactly one issuer: an organisation, or the name of one outside",
            )
            .field(field),
            Refused::TargetComparatorUnfit { field, indicator } => refusal(
                Code::InvalidArgument,
                Reason::TargetComparatorUnfit,
                "Cách so sánh, đơn vị của giá trị và chỉ tiêu thống kê không khớp nhau.",
                "comparator, unit of the value and indicator do not go together",
            )
            .field(field)
            .with("indicator", indicator),
            Refused::TargetValueOutOfRange { limit } => refusal(
                Code::InvalidArgument,
                Reason::TargetValueOutOfRange,
                format!("Giá trị chỉ tiêu phải từ 0 đến {limit}."),
                format!("the value of a target is from 0 to {limit}"),
            )
            .field("value")
            .with("limit", limit.to_string()),
            Refused::RatingSchemeUnknown { scheme } => refusal(
                Code::InvalidArgument,
                Reason::RatingSchemeUnknown,
                "Không có thang xếp loại này.",
                "no such rating scheme",
            )
            .field("scheme")
            .with("scheme", scheme),
            Refused::RatingSchemeNotOfYear { scheme, year, in_force } => refusal(
                Code::InvalidArgument,
                Reason::RatingSchemeNotOfYear,
                format!("Năm {year} xếp loại theo thang {in_force}."),
                format!("the scheme in force for {year} is {in_force}"),
            )
            .field("scheme")
            .with("scheme", scheme)
            .with("year", year.to_string())
            .with("in_force", in_force),
            Refused::RatingYearOutOfRange { year } => refusal(
                Code::InvalidArgument,
                Reason::RatingYearOutOfRange,
                "Năm xếp loại nằm ngoài khoảng từ 1990 đến năm nay.",
                "a rating year lies between 1990 and the current year",
            )
            .field("year")
            .with("year", year.to_string()),
            Refused::RatingGradeUnknown { field, scheme, grade } => refusal(
                Code::InvalidArgument,
                Reason::RatingGradeUnknown,
                "Thang xếp loại không có mức này.",
                "the scheme has no such grade",
            )
            .field(field)
            .with("scheme", scheme)
            .with("grade", grade),
            Refused::OrganisationNotGrassroots { field, organisation_type } => refusal(
                Code::InvalidArgument,
                Reason::OrganisationNotGrassroots,
                "Chỉ công đoàn cơ sở và nghiệp đoàn cơ sở được xếp loại.",
                "only grassroots unions are rated",
            )
            .field(field)
            .with("type", organisation_type),
            Refused::ActivityKindUnknown { field, kind } => refusal(
                Code::InvalidArgument,
                Reason::ActivityKindUnknown,
                "Không có loại hoạt động này.",
                "no such kind of activity",
            )
            .field(field)
            .with("kind", kind.to_string()),
            Refused::ActivityCountOutOfRange { field, limit } => refusal(
                Code::InvalidArgument,
                Reason::ActivityCountOutOfRange,
                format!("Số lượng phải từ 0 đến {limit}."),
                format!("a count is from 0 to {limit}"),
            )
            .field(field)
            .with("limit", limit.to_string()),
            Refused::ActivityInFuture { field, held_on } => refusal(
                Code::FailedPrecondition,
                Reason::ActivityInFuture,
                "Hoạt động chỉ được ghi nhận khi đã diễn ra.",
                "activities are recorded when they have taken place",
            )
            .field(field)
            .with("held_on", held_on.to_string()),
            Refused::TemplateUnknown { template } => refusal(
                Code::NotFound,
                Reason::TemplateUnknown,
                "Không có mẫu báo cáo này.",
                "no such template",
            )
            .field("template")
            .with("template", template),
            Refused::ParameterUnknown { field, parameter } => refusal(
                Code::InvalidArgument,
                Reason::ParameterUnknown,
                "Mẫu báo cáo không có tham số này.",
                "the template has no such parameter",
            )
            .field(field)
            .with("parameter", parameter),
            Refused::ParameterMalformed { field, parameter } => refusal(
                Code::InvalidArgument,
                Reason::ParameterMalformed,
                "Không đọc được giá trị của tham số.",
                "the value of the parameter cannot be read",
            )
            .field(field)
            .with("parameter", parameter),
            Refused::BookUnbalanced { book, difference } => refusal(
                Code::FailedPrecondition,
                Reason::BookUnbalanced,
                "Sổ không cân: cuối kỳ trừ đầu kỳ khác tăng trừ giảm; báo cáo không được in.",
                "stock(end) - stock(start) is not in - out; the report is not printed",
            )
            .with("book", book)
            .with("difference", difference.to_string()),
        }
    }
}
