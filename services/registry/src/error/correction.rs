//! Refusals about corrections and about taking acts back.

use proto::registry::v1::Reason;
use time::Date;
use tonic::Code::{FailedPrecondition, InvalidArgument, NotFound};
use uuid::Uuid;

use super::{Draft, joined, refuse};

pub(super) fn act_unknown(act_id: Uuid) -> Draft {
    refuse(
        NotFound,
        Reason::ActUnknown,
        "Không có nghiệp vụ này, hoặc nghiệp vụ nằm ngoài phạm vi của người dùng.",
        "there is no such act, or it lies outside your scope",
    )
    .with("act_id", act_id)
}

pub(super) fn act_undone(act_id: Uuid) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::ActUndone,
        "Nghiệp vụ này đã được huỷ bỏ.",
        "the act is undone already",
    )
    .with("act_id", act_id)
}

pub(super) fn act_not_undoable(act_id: Uuid) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::ActNotUndoable,
        "Nghiệp vụ này ghi cả sự việc đã diễn ra (đại hội, lễ ra mắt, khảo sát…), quy hoạch hoặc \
         phân quyền nên không thể huỷ bỏ.",
        "the act recorded what has happened (a congress, a ceremony, a survey, …), a succession \
         plan or a grant: it cannot be undone",
    )
    .with("act_id", act_id)
}

pub(super) fn later_acts_rest(
    act_id: Uuid,
    act_ids: Vec<Uuid>,
    organisation_ids: Vec<Uuid>,
) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::LaterActsRest,
        "Có nghiệp vụ sau dựa vào nghiệp vụ này; hãy huỷ bỏ nghiệp vụ sau trước.",
        "later acts rest on this one; undo them first",
    )
    .with("act_id", act_id)
    .with("act_ids", joined(&act_ids))
    .with("organisation_ids", joined(&organisation_ids))
}

pub(super) fn superior_not_living(organisation_id: Uuid, superior_id: Uuid, on: Date) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::SuperiorNotLiving,
        "Có ngày tổ chức sẽ trực thuộc một cấp trên không tồn tại vào ngày đó.",
        "on some day the organisation would stand under a superior that does not exist then",
    )
    .with("organisation_id", organisation_id)
    .with("superior_id", superior_id)
    .with("on", on)
}

pub(super) fn life_contradicted(organisation_id: Uuid, on: Option<Date>) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::LifeContradicted,
        "Có dữ liệu đã biết nằm ngoài thời gian tồn tại sẽ có của tổ chức.",
        "something known lies outside the life that the organisation would have",
    )
    .with("organisation_id", organisation_id)
    .with("on", on.map(|on| on.to_string()).unwrap_or_default())
}

pub(super) fn attribute_required() -> Draft {
    refuse(
        InvalidArgument,
        Reason::AttributeRequired,
        "Phải nêu đúng một thuộc tính cần đính chính.",
        "name the one attribute to correct",
    )
}

pub(super) fn status_not_correctable(status: String) -> Draft {
    refuse(
        InvalidArgument,
        Reason::StatusNotCorrectable,
        "Chỉ đính chính được trạng thái ACTIVE hoặc SUSPENDED; ngày kết thúc đính chính riêng.",
        "only ACTIVE and SUSPENDED can be given; the day of an end is corrected by ended_on",
    )
    .with("status", status)
}

pub(super) fn period_invalid(from: Date, until: Option<Date>) -> Draft {
    refuse(
        InvalidArgument,
        Reason::PeriodInvalid,
        "Khoảng thời gian đính chính phải có ít nhất một ngày và nằm trong thời gian tồn tại.",
        "the period has at least one day and lies within the life of the organisation",
    )
    .with("from", from)
    .with("until", until.map(|until| until.to_string()).unwrap_or_default())
}

pub(super) fn correction_reason_required() -> Draft {
    refuse(
        InvalidArgument,
        Reason::CorrectionReasonRequired,
        "Phải nêu quyết định hoặc lý do đính chính.",
        "name the decision or the reason of the correction",
    )
}

pub(super) fn correction_changes_nothing(organisation_id: Uuid) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::CorrectionChangesNothing,
        "Nội dung này đã được biết đúng như vậy trong suốt khoảng thời gian đó.",
        "this is what is known of the whole period already",
    )
    .with("organisation_id", organisation_id)
}
