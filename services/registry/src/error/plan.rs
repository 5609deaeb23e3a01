//! Refusals about restructuring plans and their operations.

use proto::registry::v1::Reason;
use tonic::Code::{Aborted, FailedPrecondition, InvalidArgument, NotFound};
use uuid::Uuid;

use super::{Draft, refuse};

pub(super) fn plan_unknown(plan_id: Uuid) -> Draft {
    refuse(
        NotFound,
        Reason::PlanUnknown,
        "Không có phương án này, hoặc phương án nằm ngoài phạm vi của người dùng.",
        "there is no such plan, or it lies outside your scope",
    )
    .with("plan_id", plan_id)
}

pub(super) fn plan_closed(plan_id: Uuid) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::PlanClosed,
        "Phương án đã được thực hiện hoặc đã thu hồi.",
        "the plan was committed or undone already",
    )
    .with("plan_id", plan_id)
}

pub(super) fn plan_empty(plan_id: Uuid) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::PlanEmpty,
        "Phương án chưa có bước nào.",
        "the plan has no steps",
    )
    .with("plan_id", plan_id)
}

pub(super) fn plan_not_committed(plan_id: Uuid) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::PlanNotCommitted,
        "Phương án chưa được thực hiện nên không thể thu hồi.",
        "only a plan that was committed can be undone",
    )
    .with("plan_id", plan_id)
}

pub(super) fn dry_run_required(plan_id: Uuid) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::DryRunRequired,
        "Phải chạy thử phương án trước.",
        "the plan needs a dry run first",
    )
    .with("plan_id", plan_id)
}

pub(super) fn plan_has_conflicts(conflicts: i64) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::PlanHasConflicts,
        "Phương án còn vướng mắc; hãy xem danh sách rồi sửa.",
        "conflicts stand against the plan; list them and mend it",
    )
    .with("conflicts", conflicts)
}

pub(super) fn plan_outdated(units: usize) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::PlanOutdated,
        "Từ lần chạy thử, các bước hoặc đơn vị của phương án đã thay đổi; hãy chạy thử lại.",
        "steps or units of the plan were changed since the dry run; run it dry again",
    )
    .with("units", units)
}

pub(super) fn steps_header_missing() -> Draft {
    refuse(
        InvalidArgument,
        Reason::StepsHeaderMissing,
        "Thông điệp đầu tiên, và chỉ thông điệp đó, là phần đầu của luồng bước.",
        "the first message of a stream of steps is its header, and only that one is",
    )
}

pub(super) fn steps_empty() -> Draft {
    refuse(
        InvalidArgument,
        Reason::StepsEmpty,
        "Luồng bước phải có ít nhất một bước.",
        "a stream of steps carries at least one",
    )
}

pub(super) fn step_kind_required() -> Draft {
    refuse(
        InvalidArgument,
        Reason::StepKindRequired,
        "Phải ghi rõ bước này làm gì.",
        "a step says what it does",
    )
}

pub(super) fn step_line_invalid(line: i32) -> Draft {
    refuse(
        InvalidArgument,
        Reason::StepLineInvalid,
        "Số dòng của bước phải từ 1 đến 1.000.000.",
        "the lines of steps are numbered from 1 to 1,000,000",
    )
    .with("line", line)
}

pub(super) fn step_exists(line: i32) -> Draft {
    refuse(
        InvalidArgument,
        Reason::StepExists,
        "Phương án đã có một bước khác ở dòng này.",
        "the plan has another step under this line",
    )
    .with("line", line)
}

pub(super) fn step_unknown(line: i32) -> Draft {
    refuse(
        NotFound,
        Reason::StepUnknown,
        "Phương án không có bước nào ở dòng này.",
        "the plan has no step under this line",
    )
    .with("line", line)
}

pub(super) fn step_field_not_allowed(kind: &'static str) -> Draft {
    refuse(
        InvalidArgument,
        Reason::StepFieldNotAllowed,
        "Loại bước này không dùng trường này.",
        "a step of this kind has no use for this field",
    )
    .with("kind", kind)
}

pub(super) fn operation_unknown(name: String) -> Draft {
    refuse(
        NotFound,
        Reason::OperationUnknown,
        "Không có tiến trình này, hoặc tiến trình nằm ngoài phạm vi của người dùng.",
        "there is no such operation, or it lies outside your scope",
    )
    .with("name", name)
}

pub(super) fn operation_under_way(plan_id: Uuid) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::OperationUnderWay,
        "Một tiến trình của phương án này chưa xong.",
        "an operation of this plan is not done yet",
    )
    .with("plan_id", plan_id)
}

pub(super) fn operation_abandoned(attempts: i32) -> Draft {
    refuse(
        Aborted,
        Reason::OperationAbandoned,
        "Tiến trình bị bỏ dở sau nhiều lần thử; chưa có gì được thực hiện.",
        "the operation was given up after several attempts; nothing was done",
    )
    .with("attempts", attempts)
}
