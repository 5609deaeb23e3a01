//! Why registry refuses: one closed list, one map to what the caller reads.
//!
//! No wildcard arm: a new reason must choose its code and its two texts.

use std::time::Duration;

use chassis::refusal::{Failure, Refusal, short_name};
use proto::registry::v1::Reason;
use time::Date;
use tonic::Code;
use uuid::Uuid;

/// Domain of registry's reasons in ErrorInfo.
pub const DOMAIN: &str = "registry.congdoan.vn";

/// When a search is worth repeating that came before the names were read.
const SEARCH_RETRY_AFTER: Duration = Duration::from_secs(1);

/// What was wrong with a request. `proto/congdoan/registry/v1/reason.proto` says what each
/// means.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Refused {
    OrganisationUnknown { organisation_id: Uuid },
    OrganisationCodeUnknown { code: String },
    OrganisationTypeUnknown { type_code: String },
    OrganisationTypeNotInForce { type_code: String, on: Date },
    SectorUnknown { sector: String },
    SectorRequired { type_code: String },
    SectorNotAllowed { type_code: String },
    SuperiorRequired,
    SuperiorTypeNotAllowed { type_code: String, superior_type: String, on: Date },
    SuperiorSuspended { organisation_id: Uuid },
    SuperiorEnded { organisation_id: Uuid, ended_on: Date },
    OrganisationSuspended { organisation_id: Uuid },
    OrganisationNotSuspended { organisation_id: Uuid },
    OrganisationEnded { organisation_id: Uuid, ended_on: Date },
    ConfederationFixed,
    DateRequired,
    DateOutsideLife { on: Date, from: Date },
    DateInFuture { on: Date, today: Date },
    EffectiveDateTooFar { on: Date, limit: Date },
    LaterActKnown { subject_id: Uuid, later_on: Date },
    DecisionUnknown { decision_id: Uuid },
    DecisionRequired,
    DecisionExists { decision_id: Uuid },
    DecisionInFuture { issued_on: Date, today: Date },
    CodeInvalid,
    CodeTaken { code: String },
    NameRequired,
    FoundersTooFew { type_code: String, founders: usize, minimum: i32 },
    ApplicantRepeated { applicant_id: Uuid },
    TooManyApplicants { applicants: usize, limit: usize },
    UnitsEmpty,
    TooManyUnits { units: usize, limit: usize },
    UnitRepeated { organisation_id: Uuid },
    AlreadySubordinate { organisation_id: Uuid },
    WouldFormCycle { organisation_id: Uuid },
    SubordinatesLiving { organisation_id: Uuid, subordinates: usize },
    EndKindRequired,
    SuccessorRequired { organisation_id: Uuid },
    SuccessorNotLiving { organisation_id: Uuid },
    MembersOutcomeRequired,
    RehomeRequired { organisation_id: Uuid },
    RehomeNotAllowed { organisation_id: Uuid },
    LoadHeaderMissing,
    LinesEmpty,
    TooManyLines { limit: usize },
    LinesRefused { refused: usize },
    LoadLinesMissing { first_line: usize },
    SuperiorNotBefore { code: String },
    ChangesOutOfOrder { on: Date, after: Date },
    LineRepeated { code: String },
    CongressExists { ordinal: i32, last: i32 },
    CongressFormUnknown { form: String },
    OrdinalInvalid { ordinal: i32 },
    TermInvalid { from: i32, to: i32 },
    TermReasonRequired { years: i32 },
    BodyUnknown { body: String },
    PositionUnknown { body: String, position: String },
    OfficesEmpty,
    TooManyOffices { offices: usize, limit: usize },
    SeatRepeated { body: String, position: String },
    SeatTaken { body: String },
    TermUntilInvalid,
    OfficeUnknown { office_id: Uuid },
    OfficeEnded { office_id: Uuid },
    CeremonyUnknown { ceremony_id: Uuid },
    CeremonyKindUnknown { kind: String },
    EmployerUnknown { employer_id: Uuid },
    EmployersEmpty,
    TooManyEmployers { employers: usize, limit: usize },
    EmployerRepeated { employer_id: Option<Uuid> },
    EmployerSurveyedLater { employer_id: Uuid, later_on: Date },
    WorkforceInvalid { workforce: i32 },
    EnterpriseTypeUnknown { enterprise_type: String },
    TaxCodeInvalid,
    StageUnknown { stage: String },
    StageOutOfOrder { stage: String, standing: String },
    UnionRequired,
    UnionNotAllowed { stage: String },
    BlockReasonRequired { stage: String },
    SteeringCommitteeUnknown { steering_committee_id: Uuid },
    AssignmentUnknown { assignment_id: Uuid },
    AssignmentExists { office_id: Uuid, organisation_id: Uuid },
    AssignmentEnded { assignment_id: Uuid },
    RoleUnknown { role: String },
    GrantUnknown { grant_id: Uuid },
    GrantExists,
    GrantEnded { grant_id: Uuid },
    GrantDatesInvalid { today: Date },
    PlanUnknown { plan_id: Uuid },
    PlanClosed { plan_id: Uuid },
    PlanEmpty { plan_id: Uuid },
    PlanNotCommitted { plan_id: Uuid },
    DryRunRequired { plan_id: Uuid },
    PlanHasConflicts { conflicts: i64 },
    PlanOutdated { units: usize },
    StepsHeaderMissing,
    StepsEmpty,
    StepKindRequired,
    StepLineInvalid { line: i32 },
    StepExists { line: i32 },
    StepFieldNotAllowed { kind: &'static str },
    OperationUnknown { name: String },
    OperationUnderWay { plan_id: Uuid },
    OperationAbandoned { attempts: i32 },
    ActUnknown { act_id: Uuid },
    ActUndone { act_id: Uuid },
    ActNotUndoable { act_id: Uuid },
    LaterActsRest { act_id: Uuid, act_ids: Vec<Uuid>, organisation_ids: Vec<Uuid> },
    SuperiorNotLiving { organisation_id: Uuid, superior_id: Uuid, on: Date },
    LifeContradicted { organisation_id: Uuid, on: Option<Date> },
    AttributeRequired,
    PeriodInvalid { from: Date, until: Option<Date> },
    CorrectionReasonRequired,
    CorrectionChangesNothing { organisation_id: Uuid },
    MemberCountRequired { type_code: String, on: Date },
    MemberCountInvalid { members: i32 },
    CongressFormNotAllowed { form: String, members: i32, delegates_from: i32 },
    BodyTooLarge { body: String, seats: i32, most: i32, allowed: i32 },
    BodyTooSmall { body: String, seats: i32, least: i32 },
    SeatsExceeded { body: String, seats: i32, decided: i32 },
    CoOptedTooMany { co_opted: i64, limit: i32 },
    ConsentNotSuperiors { decision_id: Uuid },
    BodySizeInvalid { body: String },
    MergerUnknown { organisation_id: Uuid },
    CandidatesEmpty,
    CandidateRepeated { person_id: Uuid },
    SecondmentUnknown { secondment_id: Uuid },
    SecondmentEnded { secondment_id: Uuid },
    SecondmentExists { person_id: Uuid },
    SecondmentToItself { organisation_id: Uuid },
    SecondmentDatesInvalid { from: Date, until: Date },
    SearchIndexUnready,
    ComparisonReversed { from: String, to: String },
}

impl Refused {
    /// Refuses, naming the field at fault, for example `unit_ids[12]`.
    pub fn at(self, field: impl Into<String>) -> Failure {
        self.refusal().field(field).into()
    }

    /// What the caller reads.
    pub fn refusal(self) -> Refusal {
        use Code::{Aborted, AlreadyExists, FailedPrecondition, InvalidArgument, NotFound};
        let draft = match self {
            Self::OrganisationUnknown { organisation_id } => refuse(
                NotFound,
                Reason::OrganisationUnknown,
                "Không có tổ chức này, hoặc tổ chức nằm ngoài phạm vi của người dùng.",
                "there is no such organisation, or it lies outside your scope",
            )
            .with("organisation_id", organisation_id),
            Self::OrganisationCodeUnknown { code } => refuse(
                NotFound,
                Reason::OrganisationUnknown,
                "Không có tổ chức mang mã này vào ngày đó, hoặc tổ chức nằm ngoài phạm vi của người dùng.",
                "no organisation bears this code on that date, or it lies outside your scope",
            )
            .with("code", code),
            Self::OrganisationTypeUnknown { type_code } => refuse(
                InvalidArgument,
                Reason::OrganisationTypeUnknown,
                "Không có loại hình tổ chức này.",
                "there is no such type of organisation",
            )
            .with("type", type_code),
            Self::OrganisationTypeNotInForce { type_code, on } => refuse(
                InvalidArgument,
                Reason::OrganisationTypeNotInForce,
                "Loại hình tổ chức này không có hiệu lực vào ngày đó.",
                "this type of organisation is not in force on that date",
            )
            .with("type", type_code)
            .with("on", on),
            Self::SectorUnknown { sector } => refuse(
                InvalidArgument,
                Reason::SectorUnknown,
                "Không có khối (khu vực) này, hoặc đây là tên một nhóm khối.",
                "there is no such sector, or it names a group of sectors",
            )
            .with("sector", sector),
            Self::SectorRequired { type_code } => refuse(
                InvalidArgument,
                Reason::SectorRequired,
                "Tổ chức cơ sở phải thuộc một khối (khu vực).",
                "a grassroots organisation needs a sector",
            )
            .with("type", type_code),
            Self::SectorNotAllowed { type_code } => refuse(
                InvalidArgument,
                Reason::SectorNotAllowed,
                "Công đoàn cấp trên không thuộc khối (khu vực) nào.",
                "a superior organisation has no sector",
            )
            .with("type", type_code),
            Self::SuperiorRequired => refuse(
                InvalidArgument,
                Reason::SuperiorRequired,
                "Chỉ Tổng Liên đoàn không có cấp trên.",
                "only the Confederation has no superior",
            ),
            Self::SuperiorTypeNotAllowed { type_code, superior_type, on } => refuse(
                FailedPrecondition,
                Reason::SuperiorTypeNotAllowed,
                "Vào ngày đó, loại hình này không được trực thuộc loại hình cấp trên đó.",
                "on that date an organisation of this type may not stand under one of that type",
            )
            .with("type", type_code)
            .with("superior_type", superior_type)
            .with("on", on),
            Self::SuperiorSuspended { organisation_id } => refuse(
                FailedPrecondition,
                Reason::SuperiorSuspended,
                "Cấp trên đang tạm dừng chỉ đạo hoạt động vào ngày đó.",
                "the superior's direction is suspended on that date",
            )
            .with("organisation_id", organisation_id),
            Self::SuperiorEnded { organisation_id, ended_on } => refuse(
                FailedPrecondition,
                Reason::SuperiorEnded,
                "Cấp trên đã chấm dứt hoạt động.",
                "the superior has ended",
            )
            .with("organisation_id", organisation_id)
            .with("ended_on", ended_on),
            Self::OrganisationSuspended { organisation_id } => refuse(
                FailedPrecondition,
                Reason::OrganisationSuspended,
                "Tổ chức đang tạm dừng chỉ đạo hoạt động vào ngày đó.",
                "the organisation's direction is suspended on that date",
            )
            .with("organisation_id", organisation_id),
            Self::OrganisationNotSuspended { organisation_id } => refuse(
                FailedPrecondition,
                Reason::OrganisationNotSuspended,
                "Tổ chức không tạm dừng chỉ đạo hoạt động vào ngày đó.",
                "the organisation's direction is not suspended on that date",
            )
            .with("organisation_id", organisation_id),
            Self::OrganisationEnded { organisation_id, ended_on } => refuse(
                FailedPrecondition,
                Reason::OrganisationEnded,
                "Tổ chức đã chấm dứt hoạt động.",
                "the organisation has ended",
            )
            .with("organisation_id", organisation_id)
            .with("ended_on", ended_on),
            Self::ConfederationFixed => refuse(
                FailedPrecondition,
                Reason::ConfederationFixed,
                "Không thể chuyển giao, tạm dừng hay kết thúc Tổng Liên đoàn.",
                "the Confederation cannot be moved, suspended or ended",
            ),
            Self::DateRequired => refuse(
                InvalidArgument,
                Reason::DateRequired,
                "Không có quyết định làm căn cứ thì phải ghi ngày hiệu lực.",
                "without a decision the act must say from when it holds",
            ),
            Self::DateOutsideLife { on, from } => refuse(
                InvalidArgument,
                Reason::DateOutsideLife,
                "Ngày này nằm ngoài thời gian tồn tại.",
                "the date lies outside the life of what it concerns",
            )
            .with("on", on)
            .with("from", from),
            Self::DateInFuture { on, today } => refuse(
                InvalidArgument,
                Reason::DateInFuture,
                "Việc đã diễn ra không thể có ngày sau hôm nay.",
                "what has happened cannot have a date later than today",
            )
            .with("on", on)
            .with("today", today),
            Self::EffectiveDateTooFar { on, limit } => refuse(
                InvalidArgument,
                Reason::EffectiveDateTooFar,
                "Ngày hiệu lực không được quá 366 ngày sau hôm nay.",
                "an effective date lies at most 366 days in the future",
            )
            .with("on", on)
            .with("limit", limit),
            Self::LaterActKnown { subject_id, later_on } => refuse(
                FailedPrecondition,
                Reason::LaterActKnown,
                "Đã có nghiệp vụ cùng ngày hoặc sau ngày này về cùng thuộc tính.",
                "an act of this or a later date on the same attribute is known",
            )
            .with("organisation_id", subject_id)
            .with("later_on", later_on),
            Self::DecisionUnknown { decision_id } => refuse(
                NotFound,
                Reason::DecisionUnknown,
                "Không có quyết định này, hoặc quyết định nằm ngoài phạm vi của người dùng.",
                "there is no such decision, or it lies outside your scope",
            )
            .with("decision_id", decision_id),
            Self::DecisionRequired => refuse(
                InvalidArgument,
                Reason::DecisionRequired,
                "Nghiệp vụ này phải căn cứ một quyết định.",
                "this act rests on a decision",
            ),
            Self::DecisionExists { decision_id } => refuse(
                AlreadyExists,
                Reason::DecisionExists,
                "Quyết định cùng nơi ban hành, loại, số và ngày đã được ghi nhận.",
                "a decision with this issuer, kind, number and date is recorded already",
            )
            .with("decision_id", decision_id),
            Self::DecisionInFuture { issued_on, today } => refuse(
                InvalidArgument,
                Reason::DecisionInFuture,
                "Ngày ký quyết định không thể sau hôm nay.",
                "a decision cannot be signed later than today",
            )
            .with("issued_on", issued_on)
            .with("today", today),
            Self::CodeInvalid => refuse(
                InvalidArgument,
                Reason::CodeInvalid,
                "Mã gồm 1 đến 40 chữ cái không dấu, chữ số, `-`, `_`, `.` hoặc `/`.",
                "a code has 1 to 40 letters, digits, `-`, `_`, `.` or `/`",
            ),
            Self::CodeTaken { code } => refuse(
                AlreadyExists,
                Reason::CodeTaken,
                "Mã này đang thuộc tổ chức khác trong cùng thời gian.",
                "another organisation bears this code during the same time",
            )
            .with("code", code),
            Self::NameRequired => refuse(
                InvalidArgument,
                Reason::NameRequired,
                "Phải đổi ít nhất một trong tên, tên viết tắt và mã.",
                "change at least one of name, short name and code",
            ),
            Self::FoundersTooFew { type_code, founders, minimum } => refuse(
                InvalidArgument,
                Reason::FoundersTooFew,
                format!("Cần ít nhất {minimum} người để thành lập; mới có {founders}."),
                format!("at least {minimum} founders are needed; there are {founders}"),
            )
            .with("type", type_code)
            .with("founders", founders)
            .with("minimum", minimum),
            Self::ApplicantRepeated { applicant_id } => refuse(
                InvalidArgument,
                Reason::ApplicantRepeated,
                "Một người xin gia nhập được nêu hai lần.",
                "the same applicant is named twice",
            )
            .with("applicant_id", applicant_id),
            Self::TooManyApplicants { applicants, limit } => refuse(
                InvalidArgument,
                Reason::TooManyApplicants,
                format!("Có {applicants} người, tối đa {limit}."),
                format!("there are {applicants} applicants; the limit is {limit}"),
            )
            .with("applicants", applicants)
            .with("limit", limit),
            Self::UnitsEmpty => refuse(
                InvalidArgument,
                Reason::UnitsEmpty,
                "Danh sách đơn vị trống.",
                "the list names no unit",
            ),
            Self::TooManyUnits { units, limit } => refuse(
                InvalidArgument,
                Reason::TooManyUnits,
                format!("Danh sách có {units} đơn vị, tối đa {limit}."),
                format!("the list names {units} units; the limit is {limit}"),
            )
            .with("units", units)
            .with("limit", limit),
            Self::UnitRepeated { organisation_id } => refuse(
                InvalidArgument,
                Reason::UnitRepeated,
                "Một đơn vị được nêu hai lần.",
                "the same unit is named twice",
            )
            .with("organisation_id", organisation_id),
            Self::AlreadySubordinate { organisation_id } => refuse(
                FailedPrecondition,
                Reason::AlreadySubordinate,
                "Đơn vị đã trực thuộc cấp trên này.",
                "the unit stands under this superior already",
            )
            .with("organisation_id", organisation_id),
            Self::WouldFormCycle { organisation_id } => refuse(
                FailedPrecondition,
                Reason::WouldFormCycle,
                "Cấp trên mới đang (hoặc sẽ) nằm dưới chính đơn vị được chuyển giao.",
                "the new superior stands, then or later, below the unit that is handed over",
            )
            .with("organisation_id", organisation_id),
            Self::SubordinatesLiving { organisation_id, subordinates } => refuse(
                FailedPrecondition,
                Reason::SubordinatesLiving,
                "Đơn vị còn tổ chức trực thuộc chưa kết thúc và chưa chuyển đi.",
                "the unit has subordinates that neither end nor move in the same act",
            )
            .with("organisation_id", organisation_id)
            .with("subordinates", subordinates),
            Self::EndKindRequired => refuse(
                InvalidArgument,
                Reason::EndKindRequired,
                "Phải nêu hình thức kết thúc của đơn vị.",
                "say how the unit ends",
            ),
            Self::SuccessorRequired { organisation_id } => refuse(
                InvalidArgument,
                Reason::SuccessorRequired,
                "Sáp nhập, hợp nhất hoặc chia phải nêu tổ chức kế thừa chính.",
                "a unit that is merged, consolidated or divided names its principal successor",
            )
            .with("organisation_id", organisation_id),
            Self::SuccessorNotLiving { organisation_id } => refuse(
                FailedPrecondition,
                Reason::SuccessorNotLiving,
                "Tổ chức kế thừa hoặc tiếp nhận không còn hoạt động từ ngày đó.",
                "the successor, or the union that takes over, does not live on from that date",
            )
            .with("organisation_id", organisation_id),
            Self::MembersOutcomeRequired => refuse(
                InvalidArgument,
                Reason::MembersOutcomeRequired,
                "Phải nêu đoàn viên của đơn vị sẽ ra sao.",
                "say what becomes of the unit's members",
            ),
            Self::RehomeRequired { organisation_id } => refuse(
                InvalidArgument,
                Reason::RehomeRequired,
                "Phải nêu công đoàn tiếp nhận đoàn viên.",
                "members who are re-homed need a union to go to",
            )
            .with("organisation_id", organisation_id),
            Self::RehomeNotAllowed { organisation_id } => refuse(
                InvalidArgument,
                Reason::RehomeNotAllowed,
                "Chỉ nêu công đoàn tiếp nhận khi đoàn viên được chuyển sang đó.",
                "name a union to go to only where members are re-homed",
            )
            .with("organisation_id", organisation_id),
            Self::LoadHeaderMissing => refuse(
                InvalidArgument,
                Reason::LoadHeaderMissing,
                "Thông điệp đầu tiên, và chỉ thông điệp đầu tiên, là phần đầu của lần nạp.",
                "the first message of a load, and only the first, is its header",
            ),
            Self::LinesEmpty => refuse(
                InvalidArgument,
                Reason::LinesEmpty,
                "Lần nạp không có dòng nào.",
                "the load carries no line",
            ),
            Self::TooManyLines { limit } => refuse(
                InvalidArgument,
                Reason::TooManyLines,
                format!("Lần nạp có quá {limit} dòng."),
                format!("the load has more than {limit} lines"),
            )
            .with("limit", limit),
            Self::LinesRefused { refused } => refuse(
                InvalidArgument,
                Reason::LinesRefused,
                format!("{refused} dòng không hợp lệ; chưa dòng nào được ghi."),
                format!("{refused} lines are refused; nothing was written"),
            )
            .with("refused", refused),
            Self::LoadLinesMissing { first_line } => refuse(
                InvalidArgument,
                Reason::LoadLinesMissing,
                format!("Còn thiếu các dòng trước dòng {first_line}; hãy hỏi GetLoad."),
                format!("the lines before line {first_line} are missing; ask GetLoad"),
            )
            .with("first_line", first_line),
            Self::SuperiorNotBefore { code } => refuse(
                InvalidArgument,
                Reason::SuperiorNotBefore,
                "Công đoàn cấp trên phải đứng ở dòng trước.",
                "a superior comes in an earlier line",
            )
            .with("code", code),
            Self::ChangesOutOfOrder { on, after } => refuse(
                InvalidArgument,
                Reason::ChangesOutOfOrder,
                format!("Thay đổi ngày {on} phải sau ngày {after}."),
                format!("what happened on {on} must come after {after}"),
            )
            .with("on", on)
            .with("after", after),
            Self::LineRepeated { code } => refuse(
                InvalidArgument,
                Reason::LineRepeated,
                "Hai dòng có cùng mã.",
                "two lines bear the same code",
            )
            .with("code", code),
            Self::CongressExists { ordinal, last } => refuse(
                AlreadyExists,
                Reason::CongressExists,
                format!("Đại hội gần nhất đã ghi nhận là lần thứ {last}."),
                format!("the last congress known is number {last}"),
            )
            .with("ordinal", ordinal)
            .with("last", last),
            Self::CongressFormUnknown { form } => refuse(
                InvalidArgument,
                Reason::CongressFormUnknown,
                "Hình thức đại hội là PLENARY (toàn thể) hoặc DELEGATE (đại biểu).",
                "a congress is PLENARY or DELEGATE",
            )
            .with("form", form),
            Self::OrdinalInvalid { ordinal } => refuse(
                InvalidArgument,
                Reason::OrdinalInvalid,
                "Lần đại hội là số từ 1 đến 999.",
                "an ordinal is a number from 1 to 999",
            )
            .with("ordinal", ordinal),
            Self::TermInvalid { from, to } => refuse(
                InvalidArgument,
                Reason::TermInvalid,
                "Nhiệm kỳ bắt đầu trong năm đại hội hoặc năm kế tiếp và kéo dài 1 đến 10 năm.",
                "a term begins in the congress's year or the next and lasts one to ten years",
            )
            .with("from", from)
            .with("to", to),
            Self::TermReasonRequired { years } => refuse(
                InvalidArgument,
                Reason::TermReasonRequired,
                "Nhiệm kỳ khác 5 năm phải nêu lý do.",
                "a term of other than five years needs a reason",
            )
            .with("years", years),
            Self::BodyUnknown { body } => refuse(
                InvalidArgument,
                Reason::BodyUnknown,
                "Không có ban này, hoặc ban này không được lập theo cách đó.",
                "there is no such body, or it is not filled in this way",
            )
            .with("body", body),
            Self::PositionUnknown { body, position } => refuse(
                InvalidArgument,
                Reason::PositionUnknown,
                "Ban này không có chức danh đó.",
                "this body has no such position",
            )
            .with("body", body)
            .with("position", position),
            Self::OfficesEmpty => refuse(
                InvalidArgument,
                Reason::OfficesEmpty,
                "Danh sách chức danh trống.",
                "the act names no office",
            ),
            Self::TooManyOffices { offices, limit } => refuse(
                InvalidArgument,
                Reason::TooManyOffices,
                format!("Có {offices} chức danh, tối đa {limit}."),
                format!("the act names {offices} offices; the limit is {limit}"),
            )
            .with("offices", offices)
            .with("limit", limit),
            Self::SeatRepeated { body, position } => refuse(
                InvalidArgument,
                Reason::SeatRepeated,
                "Một người có hai ghế trong một ban, hoặc hai người cùng giữ chức danh chỉ một người giữ.",
                "a person is named twice for one body, or two people for a position that one holds",
            )
            .with("body", body)
            .with("position", position),
            Self::SeatTaken { body } => refuse(
                AlreadyExists,
                Reason::SeatTaken,
                "Người này đã có ghế trong ban, hoặc chức danh đang có người giữ.",
                "the person has a seat in this body already, or another holds the position",
            )
            .with("body", body),
            Self::TermUntilInvalid => refuse(
                InvalidArgument,
                Reason::TermUntilInvalid,
                "Ngày dự kiến hết nhiệm kỳ phải sau ngày bắt đầu.",
                "the planned end of a term lies after its first day",
            ),
            Self::OfficeUnknown { office_id } => refuse(
                NotFound,
                Reason::OfficeUnknown,
                "Không có chức danh này, hoặc nằm ngoài phạm vi của người dùng.",
                "there is no such office, or it lies outside your scope",
            )
            .with("office_id", office_id),
            Self::OfficeEnded { office_id } => refuse(
                FailedPrecondition,
                Reason::OfficeEnded,
                "Chức danh này đã kết thúc.",
                "the office has ended",
            )
            .with("office_id", office_id),
            Self::CeremonyUnknown { ceremony_id } => refuse(
                NotFound,
                Reason::CeremonyUnknown,
                "Không có buổi lễ này, hoặc nằm ngoài phạm vi của người dùng.",
                "there is no such ceremony, or it lies outside your scope",
            )
            .with("ceremony_id", ceremony_id),
            Self::CeremonyKindUnknown { kind } => refuse(
                InvalidArgument,
                Reason::CeremonyKindUnknown,
                "Buổi lễ là LAUNCH (ra mắt) hoặc HANDING_OVER (trao quyết định).",
                "a ceremony is a LAUNCH or a HANDING_OVER",
            )
            .with("kind", kind),
            Self::EmployerUnknown { employer_id } => refuse(
                NotFound,
                Reason::EmployerUnknown,
                "Không có người sử dụng lao động này, hoặc nằm ngoài phạm vi của người dùng.",
                "there is no such employer, or it lies outside your scope",
            )
            .with("employer_id", employer_id),
            Self::EmployersEmpty => refuse(
                InvalidArgument,
                Reason::EmployersEmpty,
                "Danh sách khảo sát trống.",
                "the survey names no employer",
            ),
            Self::TooManyEmployers { employers, limit } => refuse(
                InvalidArgument,
                Reason::TooManyEmployers,
                format!("Có {employers} đơn vị sử dụng lao động, tối đa {limit}."),
                format!("the survey names {employers} employers; the limit is {limit}"),
            )
            .with("employers", employers)
            .with("limit", limit),
            Self::EmployerRepeated { employer_id } => {
                let refusal = refuse(
                    InvalidArgument,
                    Reason::EmployerRepeated,
                    "Một người sử dụng lao động được nêu hai lần, hoặc mã số thuế thuộc đơn vị khác.",
                    "the same employer is named twice, or its tax code is another employer's",
                );
                match employer_id {
                    Some(employer_id) => refusal.with("employer_id", employer_id),
                    None => refusal,
                }
            }
            Self::EmployerSurveyedLater { employer_id, later_on } => refuse(
                FailedPrecondition,
                Reason::EmployerSurveyedLater,
                "Đã có khảo sát cùng ngày hoặc sau ngày này.",
                "a survey of this or a later date is known",
            )
            .with("employer_id", employer_id)
            .with("later_on", later_on),
            Self::WorkforceInvalid { workforce } => refuse(
                InvalidArgument,
                Reason::WorkforceInvalid,
                "Số lao động từ 0 đến 1.000.000, số nữ không quá tổng số.",
                "a workforce is 0 to 1,000,000 people, and its women are not more than the whole",
            )
            .with("workforce", workforce),
            Self::EnterpriseTypeUnknown { enterprise_type } => refuse(
                InvalidArgument,
                Reason::EnterpriseTypeUnknown,
                "Không có loại hình đơn vị sử dụng lao động này.",
                "there is no such kind of employer",
            )
            .with("enterprise_type", enterprise_type),
            Self::TaxCodeInvalid => refuse(
                InvalidArgument,
                Reason::TaxCodeInvalid,
                "Mã số thuế gồm 10 chữ số, thêm dấu gạch ngang và 3 chữ số nếu là chi nhánh.",
                "a tax code is ten digits, and three more after a hyphen for a branch",
            ),
            Self::StageUnknown { stage } => refuse(
                InvalidArgument,
                Reason::StageUnknown,
                "Không có bước vận động này.",
                "there is no such stage",
            )
            .with("stage", stage),
            Self::StageOutOfOrder { stage, standing } => refuse(
                FailedPrecondition,
                Reason::StageOutOfOrder,
                "Việc vận động chỉ đi tới, và kết thúc khi công đoàn được thành lập.",
                "a campaign goes forward, and ends when the union is founded",
            )
            .with("stage", stage)
            .with("standing", standing),
            Self::UnionRequired => refuse(
                InvalidArgument,
                Reason::UnionRequired,
                "Bước FOUNDED phải nêu công đoàn đã thành lập.",
                "a campaign that has got to FOUNDED names the union",
            ),
            Self::UnionNotAllowed { stage } => refuse(
                InvalidArgument,
                Reason::UnionNotAllowed,
                "Chỉ bước FOUNDED nêu công đoàn.",
                "only FOUNDED names a union",
            )
            .with("stage", stage),
            Self::BlockReasonRequired { stage } => refuse(
                InvalidArgument,
                Reason::BlockReasonRequired,
                "Bước BLOCKED, và chỉ bước này, nêu lý do vướng mắc.",
                "BLOCKED says why, and only BLOCKED does",
            )
            .with("stage", stage),
            Self::SteeringCommitteeUnknown { steering_committee_id } => refuse(
                NotFound,
                Reason::SteeringCommitteeUnknown,
                "Không có Ban Chỉ đạo này, hoặc nằm ngoài phạm vi của người dùng.",
                "there is no such steering committee, or it lies outside your scope",
            )
            .with("steering_committee_id", steering_committee_id),
            Self::AssignmentUnknown { assignment_id } => refuse(
                NotFound,
                Reason::AssignmentUnknown,
                "Không có phân công này, hoặc nằm ngoài phạm vi của người dùng.",
                "there is no such assignment, or it lies outside your scope",
            )
            .with("assignment_id", assignment_id),
            Self::AssignmentExists { office_id, organisation_id } => refuse(
                AlreadyExists,
                Reason::AssignmentExists,
                "Thành viên này đã được phân công phụ trách đơn vị đó.",
                "this member follows this unit already",
            )
            .with("office_id", office_id)
            .with("organisation_id", organisation_id),
            Self::AssignmentEnded { assignment_id } => refuse(
                FailedPrecondition,
                Reason::AssignmentEnded,
                "Phân công này đã kết thúc.",
                "the assignment has ended",
            )
            .with("assignment_id", assignment_id),
            Self::RoleUnknown { role } => refuse(
                InvalidArgument,
                Reason::RoleUnknown,
                "Không có vai trò này.",
                "there is no such role",
            )
            .with("role", role),
            Self::GrantUnknown { grant_id } => refuse(
                NotFound,
                Reason::GrantUnknown,
                "Không có phân quyền này, hoặc nằm ngoài phạm vi của người dùng.",
                "there is no such grant, or it lies outside your scope",
            )
            .with("grant_id", grant_id),
            Self::GrantExists => refuse(
                AlreadyExists,
                Reason::GrantExists,
                "Chủ thể đã có vai trò này ở tổ chức đó trong thời gian ấy.",
                "the subject holds this role on this organisation during that time",
            ),
            Self::GrantEnded { grant_id } => refuse(
                FailedPrecondition,
                Reason::GrantEnded,
                "Phân quyền này đã kết thúc, hoặc kết thúc sớm hơn.",
                "the grant has ended, or ends earlier",
            )
            .with("grant_id", grant_id),
            Self::GrantDatesInvalid { today } => refuse(
                InvalidArgument,
                Reason::GrantDatesInvalid,
                "Phân quyền bắt đầu và kết thúc từ hôm nay trở đi, và kết thúc sau khi bắt đầu.",
                "a grant begins and ends today or later, and ends after it began",
            )
            .with("today", today),
            Self::PlanUnknown { plan_id } => refuse(
                NotFound,
                Reason::PlanUnknown,
                "Không có phương án này, hoặc phương án nằm ngoài phạm vi của người dùng.",
                "there is no such plan, or it lies outside your scope",
            )
            .with("plan_id", plan_id),
            Self::PlanClosed { plan_id } => refuse(
                FailedPrecondition,
                Reason::PlanClosed,
                "Phương án đã được thực hiện hoặc đã thu hồi.",
                "the plan was committed or undone already",
            )
            .with("plan_id", plan_id),
            Self::PlanEmpty { plan_id } => refuse(
                FailedPrecondition,
                Reason::PlanEmpty,
                "Phương án chưa có bước nào.",
                "the plan has no steps",
            )
            .with("plan_id", plan_id),
            Self::PlanNotCommitted { plan_id } => refuse(
                FailedPrecondition,
                Reason::PlanNotCommitted,
                "Phương án chưa được thực hiện nên không thể thu hồi.",
                "only a plan that was committed can be undone",
            )
            .with("plan_id", plan_id),
            Self::DryRunRequired { plan_id } => refuse(
                FailedPrecondition,
                Reason::DryRunRequired,
                "Phải chạy thử phương án trước.",
                "the plan needs a dry run first",
            )
            .with("plan_id", plan_id),
            Self::PlanHasConflicts { conflicts } => refuse(
                FailedPrecondition,
                Reason::PlanHasConflicts,
                "Phương án còn vướng mắc; hãy xem danh sách rồi sửa.",
                "conflicts stand against the plan; list them and mend it",
            )
            .with("conflicts", conflicts),
            Self::PlanOutdated { units } => refuse(
                FailedPrecondition,
                Reason::PlanOutdated,
                "Từ lần chạy thử, các đơn vị của phương án đã thay đổi; hãy chạy thử lại.",
                "units of the plan were changed since the dry run; run it dry again",
            )
            .with("units", units),
            Self::StepsHeaderMissing => refuse(
                InvalidArgument,
                Reason::StepsHeaderMissing,
                "Thông điệp đầu tiên, và chỉ thông điệp đó, là phần đầu của luồng bước.",
                "the first message of a stream of steps is its header, and only that one is",
            ),
            Self::StepsEmpty => refuse(
                InvalidArgument,
                Reason::StepsEmpty,
                "Luồng bước phải có ít nhất một bước.",
                "a stream of steps carries at least one",
            ),
            Self::StepKindRequired => refuse(
                InvalidArgument,
                Reason::StepKindRequired,
                "Phải ghi rõ bước này làm gì.",
                "a step says what it does",
            ),
            Self::StepLineInvalid { line } => refuse(
                InvalidArgument,
                Reason::StepLineInvalid,
                "Số dòng của bước phải từ 1 đến 1.000.000.",
                "the lines of steps are numbered from 1 to 1,000,000",
            )
            .with("line", line),
            Self::StepExists { line } => refuse(
                InvalidArgument,
                Reason::StepExists,
                "Phương án đã có một bước khác ở dòng này.",
                "the plan has another step under this line",
            )
            .with("line", line),
            Self::StepFieldNotAllowed { kind } => refuse(
                InvalidArgument,
                Reason::StepFieldNotAllowed,
                "Loại bước này không dùng trường này.",
                "a step of this kind has no use for this field",
            )
            .with("kind", kind),
            Self::OperationUnknown { name } => refuse(
                NotFound,
                Reason::OperationUnknown,
                "Không có tiến trình này, hoặc tiến trình nằm ngoài phạm vi của người dùng.",
                "there is no such operation, or it lies outside your scope",
            )
            .with("name", name),
            Self::OperationUnderWay { plan_id } => refuse(
                FailedPrecondition,
                Reason::OperationUnderWay,
                "Một tiến trình của phương án này chưa xong.",
                "an operation of this plan is not done yet",
            )
            .with("plan_id", plan_id),
            Self::OperationAbandoned { attempts } => refuse(
                Aborted,
                Reason::OperationAbandoned,
                "Tiến trình bị bỏ dở sau nhiều lần thử; chưa có gì được thực hiện.",
                "the operation was given up after several attempts; nothing was done",
            )
            .with("attempts", attempts),
            Self::ActUnknown { act_id } => refuse(
                NotFound,
                Reason::ActUnknown,
                "Không có nghiệp vụ này, hoặc nghiệp vụ nằm ngoài phạm vi của người dùng.",
                "there is no such act, or it lies outside your scope",
            )
            .with("act_id", act_id),
            Self::ActUndone { act_id } => refuse(
                FailedPrecondition,
                Reason::ActUndone,
                "Nghiệp vụ này đã được huỷ bỏ.",
                "the act is undone already",
            )
            .with("act_id", act_id),
            Self::ActNotUndoable { act_id } => refuse(
                FailedPrecondition,
                Reason::ActNotUndoable,
                "Nghiệp vụ này ghi cả đại hội, lễ ra mắt, khảo sát hoặc phân quyền nên không thể huỷ bỏ.",
                "the act recorded a congress, a ceremony, a survey or a grant as well: it cannot be undone",
            )
            .with("act_id", act_id),
            Self::LaterActsRest { act_id, act_ids, organisation_ids } => refuse(
                FailedPrecondition,
                Reason::LaterActsRest,
                "Có nghiệp vụ sau dựa vào nghiệp vụ này; hãy huỷ bỏ nghiệp vụ sau trước.",
                "later acts rest on this one; undo them first",
            )
            .with("act_id", act_id)
            .with("act_ids", joined(&act_ids))
            .with("organisation_ids", joined(&organisation_ids)),
            Self::SuperiorNotLiving { organisation_id, superior_id, on } => refuse(
                FailedPrecondition,
                Reason::SuperiorNotLiving,
                "Có ngày tổ chức sẽ trực thuộc một cấp trên không tồn tại vào ngày đó.",
                "on some day the organisation would stand under a superior that does not exist then",
            )
            .with("organisation_id", organisation_id)
            .with("superior_id", superior_id)
            .with("on", on),
            Self::LifeContradicted { organisation_id, on } => refuse(
                FailedPrecondition,
                Reason::LifeContradicted,
                "Có dữ liệu đã biết nằm ngoài thời gian tồn tại sẽ có của tổ chức.",
                "something known lies outside the life that the organisation would have",
            )
            .with("organisation_id", organisation_id)
            .with("on", on.map(|on| on.to_string()).unwrap_or_default()),
            Self::AttributeRequired => refuse(
                InvalidArgument,
                Reason::AttributeRequired,
                "Phải nêu đúng một thuộc tính cần đính chính.",
                "name the one attribute to correct",
            ),
            Self::PeriodInvalid { from, until } => refuse(
                InvalidArgument,
                Reason::PeriodInvalid,
                "Khoảng thời gian đính chính phải có ít nhất một ngày và nằm trong thời gian tồn tại.",
                "the period has at least one day and lies within the life of the organisation",
            )
            .with("from", from)
            .with("until", until.map(|until| until.to_string()).unwrap_or_default()),
            Self::CorrectionReasonRequired => refuse(
                InvalidArgument,
                Reason::CorrectionReasonRequired,
                "Phải nêu quyết định hoặc lý do đính chính.",
                "name the decision or the reason of the correction",
            ),
            Self::CorrectionChangesNothing { organisation_id } => refuse(
                FailedPrecondition,
                Reason::CorrectionChangesNothing,
                "Nội dung này đã được biết đúng như vậy trong suốt khoảng thời gian đó.",
                "this is what is known of the whole period already",
            )
            .with("organisation_id", organisation_id),
            Self::MemberCountRequired { type_code, on } => refuse(
                InvalidArgument,
                Reason::MemberCountRequired,
                "Phải nêu số đoàn viên khi đại hội: số lượng ủy viên tính theo số đó.",
                "state how many members the congress was held for: bodies are judged by it",
            )
            .with("type", type_code)
            .with("on", on),
            Self::MemberCountInvalid { members } => refuse(
                InvalidArgument,
                Reason::MemberCountInvalid,
                "Số đoàn viên từ 1 đến 100.000.000.",
                "a congress is held for 1 to 100,000,000 members",
            )
            .with("members", members),
            Self::CongressFormNotAllowed { form, members, delegates_from } => refuse(
                FailedPrecondition,
                Reason::CongressFormNotAllowed,
                format!("Từ {delegates_from} đoàn viên là đại hội đại biểu, dưới đó là toàn thể; hình thức khác cần cấp trên đồng ý."),
                format!("from {delegates_from} members on a congress is one of delegates, below it is plenary; another form needs the superior's consent"),
            )
            .with("form", form)
            .with("members", members)
            .with("delegates_from", delegates_from),
            Self::BodyTooLarge { body, seats, most, allowed } => refuse(
                FailedPrecondition,
                Reason::BodyTooLarge,
                format!("Có {seats} ủy viên, tối đa {allowed}; nhiều hơn cần cấp trên đồng ý hoặc do sáp nhập."),
                format!("there are {seats} seats; at most {allowed} are allowed, more with the superior's consent or after a merger"),
            )
            .with("body", body)
            .with("seats", seats)
            .with("most", most)
            .with("allowed", allowed),
            Self::BodyTooSmall { body, seats, least } => refuse(
                FailedPrecondition,
                Reason::BodyTooSmall,
                format!("Có {seats} ủy viên, ít nhất phải {least}."),
                format!("there are {seats} seats; at least {least} are asked for"),
            )
            .with("body", body)
            .with("seats", seats)
            .with("least", least),
            Self::SeatsExceeded { body, seats, decided } => refuse(
                FailedPrecondition,
                Reason::SeatsExceeded,
                format!("Đại hội quyết định {decided} ủy viên, nay có {seats}."),
                format!("the congress decided {decided} seats; there would be {seats}"),
            )
            .with("body", body)
            .with("seats", seats)
            .with("decided", decided),
            Self::CoOptedTooMany { co_opted, limit } => refuse(
                FailedPrecondition,
                Reason::CoOptedTooMany,
                format!("Bầu bổ sung {co_opted} ủy viên, tối đa {limit} trong nhiệm kỳ; nhiều hơn cần cấp trên đồng ý."),
                format!("{co_opted} members are elected between congresses; at most {limit} in a term, more with the superior's consent"),
            )
            .with("co_opted", co_opted)
            .with("limit", limit),
            Self::ConsentNotSuperiors { decision_id } => refuse(
                InvalidArgument,
                Reason::ConsentNotSuperiors,
                "Văn bản đồng ý không phải do công đoàn cấp trên ban hành.",
                "the decision named as consent was issued by no superior",
            )
            .with("decision_id", decision_id),
            Self::BodySizeInvalid { body } => refuse(
                InvalidArgument,
                Reason::BodySizeInvalid,
                "Số lượng ủy viên của mỗi ban nêu một lần, từ 1 đến 1.000.",
                "the size of a body is stated once, as 1 to 1,000 seats",
            )
            .with("body", body),
            Self::MergerUnknown { organisation_id } => refuse(
                FailedPrecondition,
                Reason::MergerUnknown,
                "Từ đại hội trước chưa có tổ chức nào sáp nhập vào tổ chức này.",
                "nothing merged into the organisation since its congress before",
            )
            .with("organisation_id", organisation_id),
            Self::CandidatesEmpty => refuse(
                InvalidArgument,
                Reason::CandidatesEmpty,
                "Quy hoạch phải có ít nhất một người.",
                "a succession plan names at least one candidate",
            ),
            Self::CandidateRepeated { person_id } => refuse(
                InvalidArgument,
                Reason::CandidateRepeated,
                "Một người được nêu hai lần trong quy hoạch.",
                "a succession plan names each candidate once",
            )
            .with("person_id", person_id),
            Self::SecondmentUnknown { secondment_id } => refuse(
                NotFound,
                Reason::SecondmentUnknown,
                "Không có đợt tăng cường cán bộ này, hoặc nằm ngoài phạm vi của người dùng.",
                "there is no such secondment, or it lies outside your scope",
            )
            .with("secondment_id", secondment_id),
            Self::SecondmentEnded { secondment_id } => refuse(
                FailedPrecondition,
                Reason::SecondmentEnded,
                "Đợt tăng cường cán bộ này đã kết thúc trước ngày đó.",
                "the secondment has ended by that day",
            )
            .with("secondment_id", secondment_id),
            Self::SecondmentExists { person_id } => refuse(
                AlreadyExists,
                Reason::SecondmentExists,
                "Người này đang được tăng cường trong thời gian ấy.",
                "the person is sent to an organisation during that time already",
            )
            .with("person_id", person_id),
            Self::SecondmentToItself { organisation_id } => refuse(
                InvalidArgument,
                Reason::SecondmentToItself,
                "Đơn vị cử và đơn vị tiếp nhận phải khác nhau.",
                "an organisation sends people to another, not to itself",
            )
            .with("organisation_id", organisation_id),
            Self::SecondmentDatesInvalid { from, until } => refuse(
                InvalidArgument,
                Reason::SecondmentDatesInvalid,
                "Ngày kết thúc phải sau ngày bắt đầu.",
                "a secondment ends after it began",
            )
            .with("from", from)
            .with("until", until),
            Self::SearchIndexUnready => Draft(
                refuse(
                    Code::Unavailable,
                    Reason::SearchIndexUnready,
                    "Dịch vụ vừa khởi động và chưa nạp xong tên các tổ chức; hãy thử lại.",
                    "the service has just started and has not read all names yet; try again",
                )
                .0
                .retry_after(SEARCH_RETRY_AFTER),
            ),
            Self::ComparisonReversed { from, to } => refuse(
                InvalidArgument,
                Reason::ComparisonReversed,
                "Cây thứ hai phải có ngày, và thời điểm hiểu biết, không sớm hơn cây thứ nhất.",
                "the second tree is of an earlier date, or an earlier knowledge, than the first",
            )
            .with("from", from)
            .with("to", to),
        };
        draft.0
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

/// Ids in one text, in their order.
fn joined(ids: &[Uuid]) -> String {
    ids.iter().map(Uuid::to_string).collect::<Vec<_>>().join(" ")
}

/// A refusal in the making, whose metadata takes whatever prints itself plainly.
struct Draft(Refusal);

fn refuse(code: Code, reason: Reason, vi: impl Into<String>, en: impl Into<String>) -> Draft {
    Draft(Refusal::new(code, DOMAIN, short_name(reason.as_str_name()), vi, en))
}

impl Draft {
    fn with(self, key: &'static str, value: impl ToString) -> Self {
        Self(self.0.with(key, value.to_string()))
    }
}
