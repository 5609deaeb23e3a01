//! Refusals about recognition, types, divisions, territories, seals and documents.

use proto::registry::v1::Reason;
use time::Date;
use tonic::Code::{AlreadyExists, FailedPrecondition, InvalidArgument};
use uuid::Uuid;

use super::{Draft, refuse};

pub(super) fn recognition_kind_required() -> Draft {
    refuse(
        InvalidArgument,
        Reason::RecognitionKindRequired,
        "Phải nêu công nhận tổ chức hay công nhận Ban Chấp hành.",
        "say whether the organisation or its executive committee is recognised",
    )
}

pub(super) fn recognition_exists(recognised_on: Date) -> Draft {
    refuse(
        AlreadyExists,
        Reason::RecognitionExists,
        "Việc công nhận này đã được ghi nhận.",
        "this recognition is recorded already",
    )
    .with("recognised_on", recognised_on)
}

pub(super) fn already_of_type(type_code: String) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::AlreadyOfType,
        "Tổ chức đã thuộc loại hình này.",
        "the organisation is of this type already",
    )
    .with("type", type_code)
}

pub(super) fn subordinate_type_not_allowed(
    type_code: String,
    superior_type: String,
    on: Date,
) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::SubordinateTypeNotAllowed,
        "Vào ngày đó, đơn vị trực thuộc loại hình này không được trực thuộc loại hình mới.",
        "on that date a subordinate of this type may not stand under the new type",
    )
    .with("type", type_code)
    .with("superior_type", superior_type)
    .with("on", on)
}

pub(super) fn territory_held(organisation_id: Uuid) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::TerritoryHeld,
        "Tổ chức còn phụ trách địa bàn; phải bàn giao địa bàn trước khi chuyển loại hình.",
        "the organisation still has a territory, which depends on its type: give it up first",
    )
    .with("organisation_id", organisation_id)
}

pub(super) fn share_invalid(share: i32, whole: i32) -> Draft {
    refuse(
        InvalidArgument,
        Reason::ShareInvalid,
        "Phần của mỗi đơn vị kế thừa là số nguyên từ 1 đến tổng.",
        "a share is a whole number from 1 to the whole",
    )
    .with("share", share)
    .with("whole", whole)
}

pub(super) fn shares_not_whole(shares: i64, whole: i32) -> Draft {
    refuse(
        InvalidArgument,
        Reason::SharesNotWhole,
        "Tổng các phần phải bằng toàn bộ; khi tách, đơn vị bị tách giữ lại ít nhất một phần.",
        "the shares sum to the whole; at a split-off the predecessor keeps at least one part",
    )
    .with("shares", shares)
    .with("whole", whole)
}

pub(super) fn successor_repeated(organisation_id: Uuid) -> Draft {
    refuse(
        InvalidArgument,
        Reason::SuccessorRepeated,
        "Một đơn vị kế thừa được nêu hai lần.",
        "the same successor is named twice",
    )
    .with("organisation_id", organisation_id)
}

pub(super) fn principal_not_successor(organisation_id: Uuid) -> Draft {
    refuse(
        InvalidArgument,
        Reason::PrincipalNotSuccessor,
        "Đơn vị kế thừa chính phải có trong danh sách đơn vị kế thừa.",
        "the principal successor is one of the successors",
    )
    .with("organisation_id", organisation_id)
}

pub(super) fn one_successor_only(organisation_id: Uuid) -> Draft {
    refuse(
        InvalidArgument,
        Reason::OneSuccessorOnly,
        "Đơn vị sáp nhập hay hợp nhất chỉ có một đơn vị kế thừa.",
        "a unit that is merged or consolidated goes over into one",
    )
    .with("organisation_id", organisation_id)
}

pub(super) fn founding_route_unfit() -> Draft {
    refuse(
        InvalidArgument,
        Reason::FoundingRouteUnfit,
        "Thành lập qua đại hội thì phải nêu ngày đại hội; thành lập theo chỉ định thì không có.",
        "a founding by congress says when the congress was; one by appointment has none",
    )
}

pub(super) fn congress_ordinal_wrong(ordinal: i32, expected: i32) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::CongressOrdinalWrong,
        format!("Đại hội này phải là lần thứ {expected}."),
        format!("this congress is number {expected}"),
    )
    .with("ordinal", ordinal)
    .with("expected", expected)
}

pub(super) fn territory_unchanged() -> Draft {
    refuse(
        InvalidArgument,
        Reason::TerritoryUnchanged,
        "Phải nêu ít nhất một xã, phường được thêm hoặc bớt.",
        "name at least one commune that comes or leaves",
    )
}

pub(super) fn too_many_communes(communes: usize, limit: usize) -> Draft {
    refuse(
        InvalidArgument,
        Reason::TooManyCommunes,
        format!("Có {communes} mã địa bàn, tối đa {limit}."),
        format!("the act names {communes} communes; the limit is {limit}"),
    )
    .with("communes", communes)
    .with("limit", limit)
}

pub(super) fn commune_unknown(commune: String, on: Date) -> Draft {
    refuse(
        InvalidArgument,
        Reason::CommuneUnknown,
        "Không có xã, phường, quận huyện hoặc tỉnh mang mã hay tên này vào ngày đó.",
        "no commune, district or province bears this code or name on that date",
    )
    .with("commune", commune)
    .with("on", on)
}

pub(super) fn commune_repeated(commune: String) -> Draft {
    refuse(
        InvalidArgument,
        Reason::CommuneRepeated,
        "Một xã, phường được nêu hai lần.",
        "the same commune is named twice",
    )
    .with("commune", commune)
}

pub(super) fn commune_taken(commune: String) -> Draft {
    refuse(
        AlreadyExists,
        Reason::CommuneTaken,
        "Xã, phường này thuộc địa bàn của tổ chức khác cùng loại hình trong cùng thời gian.",
        "another organisation of the same type looks after this commune during the same time",
    )
    .with("commune", commune)
}

pub(super) fn commune_held(commune: String) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::CommuneHeld,
        "Xã, phường này đã thuộc địa bàn của tổ chức, từ ngày đó hoặc sau đó.",
        "the commune belongs to the territory already, from that date or later",
    )
    .with("commune", commune)
}

pub(super) fn commune_not_held(commune: String) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::CommuneNotHeld,
        "Xã, phường này không thuộc địa bàn của tổ chức vào ngày đó.",
        "the commune does not belong to the territory on that date",
    )
    .with("commune", commune)
}

pub(super) fn territory_not_allowed(type_code: String) -> Draft {
    refuse(
        InvalidArgument,
        Reason::TerritoryNotAllowed,
        "Loại hình tổ chức này không có địa bàn vào ngày đó.",
        "an organisation of this type has no territory on that date",
    )
    .with("type", type_code)
}

pub(super) fn seal_required() -> Draft {
    refuse(
        InvalidArgument,
        Reason::SealRequired,
        "Phải nêu tình trạng con dấu.",
        "say what becomes of the seal",
    )
}

pub(super) fn account_invalid() -> Draft {
    refuse(
        InvalidArgument,
        Reason::AccountInvalid,
        "Tài khoản gồm số (tối đa 30 chữ số) và ngân hàng, nêu cả hai hoặc không nêu.",
        "an account is a number of at most 30 digits and its bank: both or neither",
    )
}

pub(super) fn aliases_unchanged() -> Draft {
    refuse(
        InvalidArgument,
        Reason::AliasesUnchanged,
        "Phải nêu ít nhất một tên gọi khác được thêm hoặc bỏ.",
        "name at least one alias that is added or dropped",
    )
}

pub(super) fn too_many_aliases(aliases: usize, limit: usize) -> Draft {
    refuse(
        InvalidArgument,
        Reason::TooManyAliases,
        format!("Có {aliases} tên gọi, tối đa {limit}."),
        format!("the act names {aliases} other names; the limit is {limit}"),
    )
    .with("aliases", aliases)
    .with("limit", limit)
}

pub(super) fn alias_exists() -> Draft {
    refuse(
        AlreadyExists,
        Reason::AliasExists,
        "Tổ chức đã có tên gọi này (không phân biệt dấu, chữ hoa).",
        "the organisation is known under this name already; accents and case make no difference",
    )
}

pub(super) fn alias_unknown() -> Draft {
    refuse(
        FailedPrecondition,
        Reason::AliasUnknown,
        "Tổ chức không có tên gọi này vào ngày đó.",
        "the organisation is not known under this name on that date",
    )
}

pub(super) fn joint_direction_exists(director_id: Uuid) -> Draft {
    refuse(
        AlreadyExists,
        Reason::JointDirectionExists,
        "Tổ chức này đã phối hợp chỉ đạo đơn vị.",
        "this organisation directs the unit jointly already",
    )
    .with("director_id", director_id)
}

pub(super) fn joint_direction_unknown(director_id: Uuid) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::JointDirectionUnknown,
        "Tổ chức này không phối hợp chỉ đạo đơn vị vào ngày đó.",
        "this organisation does not direct the unit jointly on that date",
    )
    .with("director_id", director_id)
}

pub(super) fn director_is_superior(director_id: Uuid) -> Draft {
    refuse(
        FailedPrecondition,
        Reason::DirectorIsSuperior,
        "Cấp trên trực tiếp đã chỉ đạo đơn vị; phối hợp chỉ đạo phải là tổ chức khác.",
        "the superior directs the unit anyway: joint direction is by another",
    )
    .with("director_id", director_id)
}

pub(super) fn document_kind_unknown(kind: String) -> Draft {
    refuse(
        InvalidArgument,
        Reason::DocumentKindUnknown,
        "Không có loại văn bản này.",
        "there is no such kind of document",
    )
    .with("kind", kind)
}
