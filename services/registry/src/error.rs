//! Why registry refuses: one closed list, one map to what the caller reads.
//!
//! No wildcard arm: a new reason must choose its code and its two texts.

mod bodies;
mod correction;
mod grants;
mod life_cycle;
mod plan;
mod reference;

use std::time::Duration;

use chassis::refusal::{Failure, Refusal, short_name};
use proto::registry::v1::Reason;
use time::Date;
use tonic::Code;
use uuid::Uuid;

use crate::reference::Fault;

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
    FoundersTooFew { type_code: String, founders: i32, minimum: i32 },
    ApplicantRepeated { applicant_id: Uuid },
    TooManyApplicants { applicants: usize, limit: usize },
    TooManyFounders { founders: i32, limit: i32 },
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
    TaxCodeTaken,
    TaxCodeQuotaExhausted { most: i32 },
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
    PermissionUnknown { permission: String },
    GrantUnknown { grant_id: Uuid },
    GrantExists,
    GrantEnded { grant_id: Uuid },
    GrantDatesInvalid { today: Date },
    GrantToOneself { role: String },
    GrantExceedsOwn { role: String, organisation_id: Uuid },
    RecognitionKindRequired,
    RecognitionExists { recognised_on: Date },
    AlreadyOfType { type_code: String },
    SubordinateTypeNotAllowed { type_code: String, superior_type: String, on: Date },
    TerritoryHeld { organisation_id: Uuid },
    ShareInvalid { share: i32, whole: i32 },
    SharesNotWhole { shares: i64, whole: i32 },
    SuccessorRepeated { organisation_id: Uuid },
    PrincipalNotSuccessor { organisation_id: Uuid },
    OneSuccessorOnly { organisation_id: Uuid },
    FoundingRouteUnfit,
    CongressOrdinalWrong { ordinal: i32, expected: i32 },
    TerritoryUnchanged,
    TooManyCommunes { communes: usize, limit: usize },
    CommuneUnknown { commune: String, on: Date },
    CommuneRepeated { commune: String },
    CommuneTaken { commune: String },
    CommuneHeld { commune: String },
    CommuneNotHeld { commune: String },
    TerritoryNotAllowed { type_code: String },
    SealRequired,
    AccountInvalid,
    AliasesUnchanged,
    TooManyAliases { aliases: usize, limit: usize },
    AliasExists,
    AliasUnknown,
    JointDirectionExists { director_id: Uuid },
    JointDirectionUnknown { director_id: Uuid },
    DirectorIsSuperior { director_id: Uuid },
    DocumentKindUnknown { kind: String },
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
    StepUnknown { line: i32 },
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
    StatusNotCorrectable { status: String },
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
    ReferenceLineInvalid { line: u64, column: String, fault: Fault },
    ReferenceVersionEarlier { last: Date },
}

impl Refused {
    /// Refuses, naming the field at fault, for example `unit_ids[12]`.
    pub fn at(self, field: impl Into<String>) -> Failure {
        self.refusal().field(field).into()
    }

    /// What the caller reads.
    pub fn refusal(self) -> Refusal {
        use Code::{AlreadyExists, FailedPrecondition, InvalidArgument, NotFound};
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
            Self::TooManyFounders { founders, limit } => bodies::too_many_founders(founders, limit),
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
                match refused {
                    1 => "1 line is refused; nothing was written".to_string(),
                    _ => format!("{refused} lines are refused; nothing was written"),
                },
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
            Self::TooManyEmployers { employers, limit } => bodies::too_many_employers(employers, limit),
            Self::EmployerRepeated { employer_id } => bodies::employer_repeated(employer_id),
            Self::EmployerSurveyedLater { employer_id, later_on } => bodies::employer_surveyed_later(employer_id, later_on),
            Self::WorkforceInvalid { workforce } => bodies::workforce_invalid(workforce),
            Self::EnterpriseTypeUnknown { enterprise_type } => bodies::enterprise_type_unknown(enterprise_type),
            Self::TaxCodeInvalid => bodies::tax_code_invalid(),
            Self::TaxCodeTaken => bodies::tax_code_taken(),
            Self::TaxCodeQuotaExhausted { most } => bodies::tax_code_quota_exhausted(most),
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
            Self::PermissionUnknown { permission } => grants::permission_unknown(permission),
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
            Self::GrantToOneself { role } => grants::grant_to_oneself(role),
            Self::GrantExceedsOwn { role, organisation_id } => grants::grant_exceeds_own(role, organisation_id),
            Self::RecognitionKindRequired => life_cycle::recognition_kind_required(),
            Self::RecognitionExists { recognised_on } => life_cycle::recognition_exists(recognised_on),
            Self::AlreadyOfType { type_code } => life_cycle::already_of_type(type_code),
            Self::SubordinateTypeNotAllowed { type_code, superior_type, on } => life_cycle::subordinate_type_not_allowed(type_code, superior_type, on),
            Self::TerritoryHeld { organisation_id } => life_cycle::territory_held(organisation_id),
            Self::ShareInvalid { share, whole } => life_cycle::share_invalid(share, whole),
            Self::SharesNotWhole { shares, whole } => life_cycle::shares_not_whole(shares, whole),
            Self::SuccessorRepeated { organisation_id } => life_cycle::successor_repeated(organisation_id),
            Self::PrincipalNotSuccessor { organisation_id } => life_cycle::principal_not_successor(organisation_id),
            Self::OneSuccessorOnly { organisation_id } => life_cycle::one_successor_only(organisation_id),
            Self::FoundingRouteUnfit => life_cycle::founding_route_unfit(),
            Self::CongressOrdinalWrong { ordinal, expected } => life_cycle::congress_ordinal_wrong(ordinal, expected),
            Self::TerritoryUnchanged => life_cycle::territory_unchanged(),
            Self::TooManyCommunes { communes, limit } => life_cycle::too_many_communes(communes, limit),
            Self::CommuneUnknown { commune, on } => life_cycle::commune_unknown(commune, on),
            Self::CommuneRepeated { commune } => life_cycle::commune_repeated(commune),
            Self::CommuneTaken { commune } => life_cycle::commune_taken(commune),
            Self::CommuneHeld { commune } => life_cycle::commune_held(commune),
            Self::CommuneNotHeld { commune } => life_cycle::commune_not_held(commune),
            Self::TerritoryNotAllowed { type_code } => life_cycle::territory_not_allowed(type_code),
            Self::SealRequired => life_cycle::seal_required(),
            Self::AccountInvalid => life_cycle::account_invalid(),
            Self::AliasesUnchanged => life_cycle::aliases_unchanged(),
            Self::TooManyAliases { aliases, limit } => life_cycle::too_many_aliases(aliases, limit),
            Self::AliasExists => life_cycle::alias_exists(),
            Self::AliasUnknown => life_cycle::alias_unknown(),
            Self::JointDirectionExists { director_id } => life_cycle::joint_direction_exists(director_id),
            Self::JointDirectionUnknown { director_id } => life_cycle::joint_direction_unknown(director_id),
            Self::DirectorIsSuperior { director_id } => life_cycle::director_is_superior(director_id),
            Self::DocumentKindUnknown { kind } => life_cycle::document_kind_unknown(kind),
            Self::PlanUnknown { plan_id } => plan::plan_unknown(plan_id),
            Self::PlanClosed { plan_id } => plan::plan_closed(plan_id),
            Self::PlanEmpty { plan_id } => plan::plan_empty(plan_id),
            Self::PlanNotCommitted { plan_id } => plan::plan_not_committed(plan_id),
            Self::DryRunRequired { plan_id } => plan::dry_run_required(plan_id),
            Self::PlanHasConflicts { conflicts } => plan::plan_has_conflicts(conflicts),
            Self::PlanOutdated { units } => plan::plan_outdated(units),
            Self::StepsHeaderMissing => plan::steps_header_missing(),
            Self::StepsEmpty => plan::steps_empty(),
            Self::StepKindRequired => plan::step_kind_required(),
            Self::StepLineInvalid { line } => plan::step_line_invalid(line),
            Self::StepExists { line } => plan::step_exists(line),
            Self::StepUnknown { line } => plan::step_unknown(line),
            Self::StepFieldNotAllowed { kind } => plan::step_field_not_allowed(kind),
            Self::OperationUnknown { name } => plan::operation_unknown(name),
            Self::OperationUnderWay { plan_id } => plan::operation_under_way(plan_id),
            Self::OperationAbandoned { attempts } => plan::operation_abandoned(attempts),
            Self::ActUnknown { act_id } => correction::act_unknown(act_id),
            Self::ActUndone { act_id } => correction::act_undone(act_id),
            Self::ActNotUndoable { act_id } => correction::act_not_undoable(act_id),
            Self::LaterActsRest { act_id, act_ids, organisation_ids } => correction::later_acts_rest(act_id, act_ids, organisation_ids),
            Self::SuperiorNotLiving { organisation_id, superior_id, on } => correction::superior_not_living(organisation_id, superior_id, on),
            Self::LifeContradicted { organisation_id, on } => correction::life_contradicted(organisation_id, on),
            Self::AttributeRequired => correction::attribute_required(),
            Self::StatusNotCorrectable { status } => correction::status_not_correctable(status),
            Self::PeriodInvalid { from, until } => correction::period_invalid(from, until),
            Self::CorrectionReasonRequired => correction::correction_reason_required(),
            Self::CorrectionChangesNothing { organisation_id } => correction::correction_changes_nothing(organisation_id),
            Self::MemberCountRequired { type_code, on } => bodies::member_count_required(type_code, on),
            Self::MemberCountInvalid { members } => bodies::member_count_invalid(members),
            Self::CongressFormNotAllowed { form, members, delegates_from } => bodies::congress_form_not_allowed(form, members, delegates_from),
            Self::BodyTooLarge { body, seats, most, allowed } => bodies::body_too_large(body, seats, most, allowed),
            Self::BodyTooSmall { body, seats, least } => bodies::body_too_small(body, seats, least),
            Self::SeatsExceeded { body, seats, decided } => bodies::seats_exceeded(body, seats, decided),
            Self::CoOptedTooMany { co_opted, limit } => bodies::co_opted_too_many(co_opted, limit),
            Self::ConsentNotSuperiors { decision_id } => bodies::consent_not_superiors(decision_id),
            Self::BodySizeInvalid { body } => bodies::body_size_invalid(body),
            Self::MergerUnknown { organisation_id } => bodies::merger_unknown(organisation_id),
            Self::CandidatesEmpty => bodies::candidates_empty(),
            Self::CandidateRepeated { person_id } => bodies::candidate_repeated(person_id),
            Self::SecondmentUnknown { secondment_id } => bodies::secondment_unknown(secondment_id),
            Self::SecondmentEnded { secondment_id } => bodies::secondment_ended(secondment_id),
            Self::SecondmentExists { person_id } => bodies::secondment_exists(person_id),
            Self::SecondmentToItself { organisation_id } => bodies::secondment_to_itself(organisation_id),
            Self::SecondmentDatesInvalid { from, until } => bodies::secondment_dates_invalid(from, until),
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
            Self::ReferenceLineInvalid { line, column, fault } => {
                reference::line_invalid(line, column, fault)
            }
            Self::ReferenceVersionEarlier { last } => reference::version_earlier(last),
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
