//! Refusals about who may give which role.

use proto::registry::v1::Reason;
use tonic::Code::{InvalidArgument, PermissionDenied};
use uuid::Uuid;

use super::{Draft, refuse};

pub(super) fn grant_to_oneself(role: String) -> Draft {
    refuse(
        PermissionDenied,
        Reason::GrantToOneself,
        "Không ai tự phân quyền cho mình.",
        "nobody gives himself a role",
    )
    .with("role", role)
}

pub(super) fn grant_exceeds_own(role: String, organisation_id: Uuid) -> Draft {
    refuse(
        PermissionDenied,
        Reason::GrantExceedsOwn,
        "Không ai phân quyền mà chính mình không có ở tổ chức đó.",
        "nobody gives what he does not hold himself on that organisation",
    )
    .with("role", role)
    .with("organisation_id", organisation_id)
}

pub(super) fn permission_unknown(permission: String) -> Draft {
    refuse(
        InvalidArgument,
        Reason::PermissionUnknown,
        "Không có quyền mang tên này.",
        "there is no permission of this name",
    )
    .with("permission", permission)
}
