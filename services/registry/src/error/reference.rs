//! Refusals about lists of reference data.

use proto::registry::v1::Reason;
use time::Date;
use tonic::Code::{FailedPrecondition, InvalidArgument};

use super::{Draft, refuse};
use crate::reference::Fault;

pub(super) fn line_invalid(line: u64, column: String, fault: Fault) -> Draft {
    let (vi, en) = match fault {
        Fault::Unreadable => ("không đọc được", "cannot be read"),
        Fault::Required => ("không được để trống", "is required"),
        Fault::NotADate => ("không phải là ngày hợp lệ", "is no possible day"),
        Fault::NotANumber => ("không phải là số hợp lệ", "is no possible number"),
        Fault::NotOneOf => ("không thuộc các giá trị được phép", "is none of what may stand there"),
        Fault::Unknown => ("là mã không có", "is a code that nobody knows"),
        Fault::Repeated => (
            "đã có ở một dòng khác trong cùng thời gian",
            "stands in another line for the same days",
        ),
        Fault::TooMany => ("vượt quá số dòng cho phép", "is one line too many"),
    };
    let (at_vi, at_en) = match column.as_str() {
        "" => (format!("Dòng {line}"), format!("line {line}")),
        column => (format!("Dòng {line}, cột {column}"), format!("line {line}, column {column}")),
    };
    refuse(
        InvalidArgument,
        Reason::ReferenceLineInvalid,
        format!("{at_vi}: {vi}."),
        format!("{at_en}: {en}"),
    )
    .with("line", line)
    .with("column", column)
    .with("fault", fault.code())
}

pub(super) fn version_earlier(last: Date) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::ReferenceVersionEarlier,
        format!("Danh mục đã có phiên bản áp dụng từ {last}."),
        format!("a version of this list was loaded that holds from {last} on"),
    )
    .with("last", last)
}
