//! Refusals about congresses, sizes of bodies, succession plans, secondments and employers.

use proto::registry::v1::Reason;
use time::Date;
use tonic::Code::{
    AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, ResourceExhausted,
};
use uuid::Uuid;

use super::{Draft, refuse};

pub(super) fn enterprise_type_unknown(enterprise_type: String) -> Draft {
    refuse(
        InvalidArgument,
        Reason::EnterpriseTypeUnknown,
        "Không có loại hình đơn vị sử dụng lao động này.",
        "there is no such kind of employer",
    )
    .with("enterprise_type", enterprise_type)
}

pub(super) fn tax_code_invalid() -> Draft {
    refuse(
        InvalidArgument,
        Reason::TaxCodeInvalid,
        "Mã số thuế gồm 10 chữ số, thêm dấu gạch ngang và 3 chữ số nếu là chi nhánh.",
        "a tax code is ten digits, and three more after a hyphen for a branch",
    )
}

pub(super) fn tax_code_taken() -> Draft {
    refuse(
        AlreadyExists,
        Reason::TaxCodeTaken,
        "Mã số thuế này thuộc một đơn vị sử dụng lao động do nơi khác khảo sát.",
        "the tax code is that of an employer whom others have surveyed",
    )
}

pub(super) fn tax_code_quota_exhausted(most: i32) -> Draft {
    refuse(
        ResourceExhausted,
        Reason::TaxCodeQuotaExhausted,
        format!("Hôm nay đã hỏi về quá {most} mã số thuế mà không ghi gì."),
        format!("more than {most} tax codes were asked about today by calls that wrote nothing"),
    )
    .with("most", most)
}

pub(super) fn member_count_required(type_code: String, on: Date) -> Draft {
    refuse(
        InvalidArgument,
        Reason::MemberCountRequired,
        "Phải nêu số đoàn viên khi đại hội: số lượng ủy viên tính theo số đó.",
        "state how many members the congress was held for: bodies are judged by it",
    )
    .with("type", type_code)
    .with("on", on)
}

pub(super) fn member_count_invalid(members: i32) -> Draft {
    refuse(
        InvalidArgument,
        Reason::MemberCountInvalid,
        "Số đoàn viên từ 1 đến 100.000.000.",
        "a congress is held for 1 to 100,000,000 members",
    )
    .with("members", members)
}

pub(super) fn congress_form_not_allowed(form: String, members: i32, delegates_from: i32) -> Draft {
    refuse(
                FailedPrecondition,
                Reason::CongressFormNotAllowed,
                format!("Từ {delegates_from} đoàn viên là đại hội đại biểu, dưới đó là toàn thể; hình thức khác cần cấp trên đồng ý."),
                format!("from {delegates_from} members on a congress is one of delegates, below it is plenary; another form needs the superior's consent"),
            )
            .with("form", form)
            .with("members", members)
            .with("delegates_from", delegates_from)
}

pub(super) fn body_too_large(body: String, seats: i32, most: i32, allowed: i32) -> Draft {
    refuse(
                FailedPrecondition,
                Reason::BodyTooLarge,
                format!("Có {seats} ủy viên, tối đa {allowed}; nhiều hơn cần cấp trên đồng ý hoặc do sáp nhập."),
                format!("there are {seats} seats; at most {allowed} are allowed, more with the superior's consent or after a merger"),
            )
            .with("body", body)
            .with("seats", seats)
            .with("most", most)
            .with("allowed", allowed)
}

pub(super) fn body_too_small(body: String, seats: i32, least: i32) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::BodyTooSmall,
        format!("Có {seats} ủy viên, ít nhất phải {least}."),
        format!("there are {seats} seats; at least {least} are asked for"),
    )
    .with("body", body)
    .with("seats", seats)
    .with("least", least)
}

pub(super) fn seats_exceeded(body: String, seats: i32, decided: i32) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::SeatsExceeded,
        format!("Đại hội quyết định {decided} ủy viên, nay có {seats}."),
        format!("the congress decided {decided} seats; there would be {seats}"),
    )
    .with("body", body)
    .with("seats", seats)
    .with("decided", decided)
}

pub(super) fn co_opted_too_many(co_opted: i64, limit: i32) -> Draft {
    refuse(
                FailedPrecondition,
                Reason::CoOptedTooMany,
                format!("Bầu bổ sung {co_opted} ủy viên, tối đa {limit} trong nhiệm kỳ; nhiều hơn cần cấp trên đồng ý."),
                format!("{co_opted} members are elected between congresses; at most {limit} in a term, more with the superior's consent"),
            )
            .with("co_opted", co_opted)
            .with("limit", limit)
}

pub(super) fn consent_not_superiors(decision_id: Uuid) -> Draft {
    refuse(
        InvalidArgument,
        Reason::ConsentNotSuperiors,
        "Văn bản đồng ý không phải do công đoàn cấp trên ban hành.",
        "the decision named as consent was issued by no superior",
    )
    .with("decision_id", decision_id)
}

pub(super) fn body_size_invalid(body: String) -> Draft {
    refuse(
        InvalidArgument,
        Reason::BodySizeInvalid,
        "Số lượng ủy viên của mỗi ban nêu một lần, từ 1 đến 1.000.",
        "the size of a body is stated once, as 1 to 1,000 seats",
    )
    .with("body", body)
}

pub(super) fn merger_unknown(organisation_id: Uuid) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::MergerUnknown,
        "Từ đại hội trước chưa có tổ chức nào sáp nhập vào tổ chức này.",
        "nothing merged into the organisation since its congress before",
    )
    .with("organisation_id", organisation_id)
}

pub(super) fn candidates_empty() -> Draft {
    refuse(
        InvalidArgument,
        Reason::CandidatesEmpty,
        "Quy hoạch phải có ít nhất một người.",
        "a succession plan names at least one candidate",
    )
}

pub(super) fn candidate_repeated(person_id: Uuid) -> Draft {
    refuse(
        InvalidArgument,
        Reason::CandidateRepeated,
        "Một người được nêu hai lần trong quy hoạch.",
        "a succession plan names each candidate once",
    )
    .with("person_id", person_id)
}

pub(super) fn secondment_unknown(secondment_id: Uuid) -> Draft {
    refuse(
        NotFound,
        Reason::SecondmentUnknown,
        "Không có đợt tăng cường cán bộ này, hoặc nằm ngoài phạm vi của người dùng.",
        "there is no such secondment, or it lies outside your scope",
    )
    .with("secondment_id", secondment_id)
}

pub(super) fn secondment_ended(secondment_id: Uuid) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::SecondmentEnded,
        "Đợt tăng cường cán bộ này đã kết thúc trước ngày đó.",
        "the secondment has ended by that day",
    )
    .with("secondment_id", secondment_id)
}

pub(super) fn secondment_exists(person_id: Uuid) -> Draft {
    refuse(
        AlreadyExists,
        Reason::SecondmentExists,
        "Người này đang được tăng cường trong thời gian ấy.",
        "the person is sent to an organisation during that time already",
    )
    .with("person_id", person_id)
}

pub(super) fn secondment_to_itself(organisation_id: Uuid) -> Draft {
    refuse(
        InvalidArgument,
        Reason::SecondmentToItself,
        "Đơn vị cử và đơn vị tiếp nhận phải khác nhau.",
        "an organisation sends people to another, not to itself",
    )
    .with("organisation_id", organisation_id)
}

pub(super) fn secondment_dates_invalid(from: Date, until: Date) -> Draft {
    refuse(
        InvalidArgument,
        Reason::SecondmentDatesInvalid,
        "Ngày kết thúc phải sau ngày bắt đầu.",
        "a secondment ends after it began",
    )
    .with("from", from)
    .with("until", until)
}

pub(super) fn too_many_founders(founders: i32, limit: i32) -> Draft {
    refuse(
        InvalidArgument,
        Reason::TooManyApplicants,
        format!("Có {founders} người, tối đa {limit}."),
        format!("there are {founders} founders; the limit is {limit}"),
    )
    .with("applicants", founders)
    .with("limit", limit)
}

pub(super) fn employer_repeated(employer_id: Option<Uuid>) -> Draft {
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

pub(super) fn employer_surveyed_later(employer_id: Uuid, later_on: Date) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::EmployerSurveyedLater,
        "Đã có khảo sát cùng ngày hoặc sau ngày này.",
        "a survey of this or a later date is known",
    )
    .with("employer_id", employer_id)
    .with("later_on", later_on)
}

pub(super) fn workforce_invalid(workforce: i32) -> Draft {
    refuse(
        InvalidArgument,
        Reason::WorkforceInvalid,
        "Số lao động từ 0 đến 1.000.000, số nữ không quá tổng số.",
        "a workforce is 0 to 1,000,000 people, and its women are not more than the whole",
    )
    .with("workforce", workforce)
}

pub(super) fn too_many_employers(employers: usize, limit: usize) -> Draft {
    refuse(
        InvalidArgument,
        Reason::TooManyEmployers,
        format!("Có {employers} đơn vị sử dụng lao động, tối đa {limit}."),
        format!("the survey names {employers} employers; the limit is {limit}"),
    )
    .with("employers", employers)
    .with("limit", limit)
}
