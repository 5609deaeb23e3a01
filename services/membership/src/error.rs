//! Why membership refuses: a closed list, and one exhaustive translation into the contract's
//! reasons. A new refusal does not compile before it has chosen its code and its words.

use chassis::refusal::{Failure, Refusal, short_name};
use proto::membership::v1::Reason;
use time::Date;
use tonic::Code;
use uuid::Uuid;

/// Domain of membership's reasons.
pub const DOMAIN: &str = "membership.congdoan.vn";

/// What the request did wrong. `field` is the field as the caller wrote it, for example
/// `lines[12].identity_number`. No variant holds personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // The contract documents each reason and what its metadata means.
pub enum Refused {
    OrganisationUnknown { field: String, organisation_id: Uuid },
    OrganisationNotFounded { field: String, organisation_id: Uuid, founded_on: Date },
    OrganisationSuspended { field: String, organisation_id: Uuid, suspended_on: Date },
    OrganisationEnded { field: String, organisation_id: Uuid, ended_on: Date },
    EffectiveDateTooFar { field: &'static str, latest: Date },
    DecisionInFuture { field: &'static str, today: Date },
    LinesEmpty { field: &'static str },
    EnumValueUnknown { field: String },
    PersonUnknown { field: String },
    PersonRepeated { field: String },
    PersonFieldsMixed { field: String },
    BirthMalformed { field: String },
    IdentityNumberMalformed { field: String, characters: usize },
    IdentityCountryMalformed { field: String },
    IdentityNumberTaken { field: String },
    IdentityNumberRepeated { field: String },
    PhoneMalformed { field: String },
    MembershipActive { field: String },
    MembershipNotActive { field: String },
    MovementLater { field: String },
    EffectiveBeforeMembership { field: String, member_from: Date },
    FormerMembershipMissing { field: String },
    WaitingPeriodRunning { field: String, until_on: Date },
    TransferToSame,
    ApplicationUnknown { application_id: Uuid },
    ExitReasonReserved,
    TopicUnknown { field: String },
    CourseDatesMalformed,
    AttendanceOutsideCourse { field: String },
    AttendanceRepeated { field: String },
    CourseUnknown { course_id: Uuid },
    PartyReferralUnknown { field: String },
    PartyReferralRepeated { field: String },
    PartyAlreadyAdmitted { field: String },
    PartyAdmissionTooEarly { field: String, referred_on: Date },
    PurposeMissing { field: String },
    EventUnknown,
    DelegationUnknown { delegation_id: Uuid },
    ConsequenceUnknown { registry_act_id: Uuid },
    PersonNotPassedOver { field: String },
    IdentityQuotaExhausted { most: i32 },
    QuestionAmbiguous { field: &'static str },
    ApplicationOverlaps,
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        use Code::{
            AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, ResourceExhausted,
        };
        use Refused as R;
        match refused {
            R::OrganisationUnknown { field, organisation_id } => refuse(
                NotFound,
                Reason::OrganisationUnknown,
                "Không có tổ chức này, hoặc tổ chức nằm ngoài phạm vi của người dùng.",
                "no such organisation, or none in the caller's scope",
            )
            .field(field)
            .with("organisation_id", organisation_id.to_string()),
            R::OrganisationNotFounded { field, organisation_id, founded_on } => refuse(
                FailedPrecondition,
                Reason::OrganisationNotFounded,
                "Vào ngày đó tổ chức chưa được thành lập.",
                "the organisation does not exist yet on that day",
            )
            .field(field)
            .with("organisation_id", organisation_id.to_string())
            .with("founded_on", founded_on.to_string()),
            R::OrganisationSuspended { field, organisation_id, suspended_on } => refuse(
                FailedPrecondition,
                Reason::OrganisationSuspended,
                "Vào ngày đó tổ chức đang tạm dừng chỉ đạo hoạt động, không kết nạp hay tiếp nhận đoàn viên.",
                "direction of the organisation is suspended on that day: nobody joins it",
            )
            .field(field)
            .with("organisation_id", organisation_id.to_string())
            .with("suspended_on", suspended_on.to_string()),
            R::OrganisationEnded { field, organisation_id, ended_on } => refuse(
                FailedPrecondition,
                Reason::OrganisationEnded,
                "Vào ngày đó tổ chức đã kết thúc hoạt động.",
                "the organisation no longer exists on that day",
            )
            .field(field)
            .with("organisation_id", organisation_id.to_string())
            .with("ended_on", ended_on.to_string()),
            R::EffectiveDateTooFar { field, latest } => refuse(
                InvalidArgument,
                Reason::EffectiveDateTooFar,
                "Ngày có hiệu lực muộn hơn 366 ngày kể từ hôm nay.",
                "the day lies more than 366 days in the future",
            )
            .field(field)
            .with("latest", latest.to_string()),
            R::DecisionInFuture { field, today } => refuse(
                InvalidArgument,
                Reason::DecisionInFuture,
                "Ngày ký quyết định muộn hơn hôm nay.",
                "the decision is dated later than today",
            )
            .field(field)
            .with("today", today.to_string()),
            R::LinesEmpty { field } => refuse(
                InvalidArgument,
                Reason::LinesEmpty,
                "Danh sách không có dòng nào.",
                "the list is empty",
            )
            .field(field),
            R::EnumValueUnknown { field } => refuse(
                InvalidArgument,
                Reason::EnumValueUnknown,
                "Giá trị không có trong danh mục.",
                "the number is no value of its enumeration",
            )
            .field(field),
            R::PersonUnknown { field } => refuse(
                NotFound,
                Reason::PersonUnknown,
                "Không có người này, hoặc người này nằm ngoài phạm vi của người dùng.",
                "no such person, or none in the caller's scope",
            )
            .field(field),
            R::PersonRepeated { field } => refuse(
                InvalidArgument,
                Reason::PersonRepeated,
                "Danh sách có một người hai lần.",
                "the list names one person twice",
            )
            .field(field),
            R::PersonFieldsMixed { field } => refuse(
                InvalidArgument,
                Reason::PersonFieldsMixed,
                "Dòng vừa có person_id vừa có dữ liệu của người mới.",
                "the line has a person_id and fields of a new person",
            )
            .field(field),
            R::BirthMalformed { field } => refuse(
                InvalidArgument,
                Reason::BirthMalformed,
                "Ngày sinh và năm sinh chỉ ghi một, từ năm 1900 đến ngày của nghiệp vụ.",
                "either a date or a year of birth, from 1900 to the day of the act",
            )
            .field(field),
            R::IdentityNumberMalformed { field, characters } => refuse(
                InvalidArgument,
                Reason::IdentityNumberMalformed,
                "Số định danh không đúng dạng: CCCD có 12 chữ số.",
                "the identity number does not have its form: a citizen number has 12 digits",
            )
            .field(field)
            .with("characters", characters.to_string()),
            R::IdentityCountryMalformed { field } => refuse(
                InvalidArgument,
                Reason::IdentityCountryMalformed,
                "Mã quốc gia gồm hai chữ cái hoa, chỉ ghi cho hộ chiếu.",
                "two capital letters, and for a passport only",
            )
            .field(field),
            R::IdentityNumberTaken { field } => refuse(
                AlreadyExists,
                Reason::IdentityNumberTaken,
                "Số định danh này đã là của người khác.",
                "another person has this identity number",
            )
            .field(field),
            R::IdentityNumberRepeated { field } => refuse(
                InvalidArgument,
                Reason::IdentityNumberRepeated,
                "Danh sách có một số định danh hai lần.",
                "the list has one identity number twice",
            )
            .field(field),
            R::PhoneMalformed { field } => refuse(
                InvalidArgument,
                Reason::PhoneMalformed,
                "Số điện thoại gồm 8 đến 15 chữ số, có thể có dấu + ở đầu.",
                "8 to 15 digits, with an optional + in front",
            )
            .field(field),
            R::MembershipActive { field } => refuse(
                FailedPrecondition,
                Reason::MembershipActive,
                "Người này đang là đoàn viên vào ngày đó hoặc sau đó.",
                "the person has a membership on that day, or later",
            )
            .field(field),
            R::MembershipNotActive { field } => refuse(
                FailedPrecondition,
                Reason::MembershipNotActive,
                "Người này không là đoàn viên của công đoàn đó vào ngày đó.",
                "the person is not a member of that union on that day",
            )
            .field(field),
            R::MovementLater { field } => refuse(
                FailedPrecondition,
                Reason::MovementLater,
                "Đã ghi nhận một biến động muộn hơn của người này.",
                "a later movement of the person is recorded",
            )
            .field(field),
            R::EffectiveBeforeMembership { field, member_from } => refuse(
                FailedPrecondition,
                Reason::EffectiveBeforeMembership,
                "Vào ngày đó người này chưa là đoàn viên của công đoàn đó.",
                "the membership begins later than that day",
            )
            .field(field)
            .with("member_from", member_from.to_string()),
            R::FormerMembershipMissing { field } => refuse(
                FailedPrecondition,
                Reason::FormerMembershipMissing,
                "Kết nạp lại một người chưa từng là đoàn viên.",
                "a readmission of a person who was never a member",
            )
            .field(field),
            R::WaitingPeriodRunning { field, until_on } => refuse(
                FailedPrecondition,
                Reason::WaitingPeriodRunning,
                "Chưa hết thời gian phải chờ trước khi được kết nạp lại.",
                "the person may not join again yet",
            )
            .field(field)
            .with("until_on", until_on.to_string()),
            R::TransferToSame => refuse(
                InvalidArgument,
                Reason::TransferToSame,
                "Nơi chuyển đến trùng với nơi chuyển đi.",
                "a transfer into the union it comes from",
            )
            .field("to_organisation_id"),
            R::ApplicationUnknown { application_id } => refuse(
                NotFound,
                Reason::ApplicationUnknown,
                "Không có đơn này, hoặc đơn nằm ngoài phạm vi của người dùng.",
                "no such application, or none in the caller's scope",
            )
            .with("application_id", application_id.to_string()),
            R::ExitReasonReserved => refuse(
                InvalidArgument,
                Reason::ExitReasonReserved,
                "Lý do này chỉ phát sinh khi công đoàn kết thúc hoạt động.",
                "this reason follows from the end of a union; nobody states it",
            )
            .field("reason"),
            R::TopicUnknown { field } => refuse(
                InvalidArgument,
                Reason::TopicUnknown,
                "Chuyên đề không có trong danh mục.",
                "the code is not in the list of topics",
            )
            .field(field),
            R::CourseDatesMalformed => refuse(
                InvalidArgument,
                Reason::CourseDatesMalformed,
                "Lớp kết thúc trước khi bắt đầu, hoặc kéo dài hơn 366 ngày.",
                "the course ends before it starts, or lasts more than 366 days",
            )
            .field("ends_on"),
            R::AttendanceOutsideCourse { field } => refuse(
                InvalidArgument,
                Reason::AttendanceOutsideCourse,
                "Ngày tham dự nằm ngoài thời gian của lớp.",
                "attended on a day on which the course was not held",
            )
            .field(field),
            R::AttendanceRepeated { field } => refuse(
                InvalidArgument,
                Reason::AttendanceRepeated,
                "Danh sách có một người hai lần trong một ngày.",
                "the list has one person twice on one day",
            )
            .field(field),
            R::CourseUnknown { course_id } => refuse(
                NotFound,
                Reason::CourseUnknown,
                "Không có lớp này, hoặc lớp nằm ngoài phạm vi của người dùng.",
                "no such course, or none in the caller's scope",
            )
            .with("course_id", course_id.to_string()),
            R::PartyReferralUnknown { field } => refuse(
                NotFound,
                Reason::PartyReferralUnknown,
                "Không có lượt giới thiệu này, hoặc nằm ngoài phạm vi của người dùng.",
                "no such referral, or none in the caller's scope",
            )
            .field(field),
            R::PartyReferralRepeated { field } => refuse(
                InvalidArgument,
                Reason::PartyReferralRepeated,
                "Danh sách có một lượt giới thiệu hai lần.",
                "the list names one referral twice",
            )
            .field(field),
            R::PartyAlreadyAdmitted { field } => refuse(
                FailedPrecondition,
                Reason::PartyAlreadyAdmitted,
                "Việc kết nạp của người này đã được ghi nhận.",
                "the admission of this person is recorded already",
            )
            .field(field),
            R::PartyAdmissionTooEarly { field, referred_on } => refuse(
                FailedPrecondition,
                Reason::PartyAdmissionTooEarly,
                "Ngày kết nạp sớm hơn ngày giới thiệu.",
                "admitted before being referred",
            )
            .field(field)
            .with("referred_on", referred_on.to_string()),
            R::PurposeMissing { field } => refuse(
                InvalidArgument,
                Reason::PurposeMissing,
                "Thiếu mục đích giới thiệu, hoặc một mục đích được ghi hai lần.",
                "a recommendation without a purpose, or with one twice",
            )
            .field(field),
            R::EventUnknown => refuse(
                InvalidArgument,
                Reason::EventUnknown,
                "Sự kiện không có trong danh mục.",
                "the code is not in the list of events",
            )
            .field("event"),
            R::DelegationUnknown { delegation_id } => refuse(
                NotFound,
                Reason::DelegationUnknown,
                "Không có đoàn này, hoặc đoàn nằm ngoài phạm vi của người dùng.",
                "no such delegation, or none in the caller's scope",
            )
            .with("delegation_id", delegation_id.to_string()),
            R::ConsequenceUnknown { registry_act_id } => refuse(
                NotFound,
                Reason::ConsequenceUnknown,
                "Không có hệ quả này, hoặc tổ chức nằm ngoài phạm vi của người dùng.",
                "the act has no such consequence, or none in the caller's scope",
            )
            .with("registry_act_id", registry_act_id.to_string()),
            R::PersonNotPassedOver { field } => refuse(
                FailedPrecondition,
                Reason::PersonNotPassedOver,
                "Hệ quả này không bỏ qua người này vì biến động muộn hơn, hoặc đã được xử lý.",
                "no later movement makes this consequence pass the person over, or not any more",
            )
            .field(field),
            R::IdentityQuotaExhausted { most } => refuse(
                ResourceExhausted,
                Reason::IdentityQuotaExhausted,
                format!("Mỗi người dùng chỉ được hỏi về {most} số định danh trong một ngày."),
                format!("a subject may ask about {most} identity numbers in a day"),
            )
            .with("most", most.to_string()),
            R::QuestionAmbiguous { field } => refuse(
                InvalidArgument,
                Reason::QuestionAmbiguous,
                "Chỉ hỏi về các đơn vị sẽ kết thúc, hoặc về các việc sẽ hủy; không hỏi cả hai.",
                "ask about unions that end, or about acts that are undone, not about both",
            )
            .field(field),
            R::ApplicationOverlaps => refuse(
                FailedPrecondition,
                Reason::ApplicationOverlaps,
                "Một đơn khác của người này vừa được ghi nhận cho cùng thời gian.",
                "another application of the person was recorded for the same days",
            )
            .field("applicants"),
        }
    }
}

fn refuse(code: Code, reason: Reason, vi: impl Into<String>, en: impl Into<String>) -> Refusal {
    Refusal::new(code, DOMAIN, short_name(reason.as_str_name()), vi, en)
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Refusal::from(refused).into()
    }
}

/// The bad lines of a list, gathered so that one refusal names them all.
#[derive(Debug, Default)]
pub struct BadLines(Vec<(usize, Refusal)>);

/// How many bad lines a refusal explains: a status travels in the headers of an answer, of
/// which clients read little.
const EXPLAINED_MAX: usize = 16;
/// How many bad lines are named by their numbers; of more there is only the count.
const NUMBERED_MAX: usize = 40;

impl BadLines {
    /// Takes note of what is wrong with one line.
    pub fn add(&mut self, line: usize, refusal: impl Into<Refusal>) {
        self.0.push((line, refusal.into()));
    }

    /// What the line's parse gave, or nothing and a note of what is wrong.
    pub fn take<T>(&mut self, line: usize, parsed: Result<T, Refusal>) -> Option<T> {
        parsed.map_err(|refusal| self.add(line, refusal)).ok()
    }

    /// Refuses if there is any bad line. The first of them gives the reason; `bad_lines` in
    /// the ErrorInfo has the numbers of the first forty, from 0 on, and `bad_line_count` how
    /// many there are.
    pub fn refuse(mut self) -> Result<(), Refusal> {
        self.0.sort_by_key(|(line, _)| *line);
        let mut numbers: Vec<usize> = self.0.iter().map(|(line, _)| *line).collect();
        numbers.dedup();
        let named: Vec<String> =
            numbers.iter().take(NUMBERED_MAX).map(ToString::to_string).collect();
        let more = self.0.len().saturating_sub(EXPLAINED_MAX);
        let mut refusals = self.0.into_iter().map(|(_, refusal)| refusal);
        let Some(first) = refusals.next() else {
            return Ok(());
        };
        Err(refusals
            .take(EXPLAINED_MAX - 1)
            .fold(first, Refusal::and)
            .and_more(more)
            .with("bad_lines", named.join(","))
            .with("bad_line_count", numbers.len().to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic_types::StatusExt;

    #[test]
    fn a_thousand_bad_lines_make_one_refusal_that_fits_into_headers() {
        let mut bad = BadLines::default();
        for line in (0..1_000).rev() {
            let field = format!("applicants[{line}].identity_number");
            bad.add(line, Refused::IdentityNumberMalformed { field, characters: 13 });
        }
        let refusal = bad.refuse().expect_err("refused");
        assert_eq!(refusal.reason(), "IDENTITY_NUMBER_MALFORMED");
        assert_eq!(refusal.fields().next(), Some("applicants[0].identity_number"));
        assert_eq!(refusal.fields().count(), EXPLAINED_MAX);
        let details = refusal.status().details().len();
        assert!(details * 4 / 3 < 6_144, "{details} bytes before base64");
        let info = refusal.status().get_details_error_info().expect("a reason");
        assert_eq!(info.metadata["bad_line_count"], "1000");
        assert!(info.metadata["bad_lines"].ends_with(",38,39"));
    }

    #[test]
    fn no_bad_line_refuses_nothing() {
        assert!(BadLines::default().refuse().is_ok());
    }
}
