//! What stands against a plan, in words of both languages.

/// What a reason of `check.sql` means of a step, in Vietnamese and in English; nothing where it is
/// none of them.
pub fn words(reason: &str) -> Option<(&'static str, &'static str)> {
    Some(match reason {
        "ORGANISATION_UNKNOWN" => (
            "không có tổ chức này, hoặc nằm ngoài phạm vi của bạn",
            "there is no such organisation, or it lies outside your scope",
        ),
        "TWO_SUPERIORS" => {
            ("một đơn vị được giao cho hai cấp trên", "a unit is given two superiors")
        }
        "UNIT_REPEATED" => ("một đơn vị có hai bước trái nhau", "two steps name the same unit"),
        "ORGANISATION_ENDED" => ("đơn vị đã kết thúc", "the unit has ended"),
        "DATE_OUTSIDE_LIFE" => {
            ("vào ngày đó đơn vị không tồn tại", "the unit does not exist on that day")
        }
        "CONFEDERATION_FIXED" => (
            "không thể chuyển giao hay kết thúc Tổng Liên đoàn",
            "the Confederation can neither move nor end",
        ),
        "LATER_ACT_KNOWN" => {
            ("đã có nghiệp vụ cùng ngày hoặc sau đó", "an act of that day or a later one is known")
        }
        "ALREADY_SUBORDINATE" => {
            ("đơn vị đã trực thuộc cấp trên này", "it stands under this superior already")
        }
        "ALREADY_OF_TYPE" => ("đơn vị đã thuộc loại hình này", "it is of this type already"),
        "TERRITORY_HELD" => (
            "đơn vị còn địa bàn; hãy đưa các xã ra trước",
            "it has a territory; take the communes out first",
        ),
        "SUPERIOR_ENDED" => ("cấp trên đã kết thúc", "the superior has ended"),
        "SUPERIOR_SUSPENDED" => {
            ("cấp trên đang tạm dừng chỉ đạo hoạt động", "the superior's direction is suspended")
        }
        "SUPERIOR_TYPE_NOT_ALLOWED" => (
            "loại hình này không được trực thuộc cấp trên đó",
            "this type may not stand under that superior",
        ),
        "SUBORDINATE_TYPE_NOT_ALLOWED" => (
            "cấp dưới của nó không được trực thuộc loại hình mới",
            "a subordinate of it may not stand under the new type",
        ),
        "SUBORDINATES_LIVING" => (
            "đơn vị còn cấp dưới; hãy ghi subordinates_to",
            "it has subordinates; say subordinates_to",
        ),
        "SUCCESSOR_NOT_LIVING" => (
            "đơn vị tiếp nhận không tồn tại vào ngày đó",
            "whoever takes over does not exist on that day",
        ),
        "ORGANISATION_SUSPENDED" => {
            ("đơn vị tiếp nhận đang tạm dừng", "whoever takes over is suspended")
        }
        "CAMPAIGNS_OPEN" => ("còn đợt vận động chưa xong", "organising campaigns of it are open"),
        "ORGANISATION_TYPE_UNKNOWN" => ("không có loại hình này", "there is no such type"),
        "ORGANISATION_TYPE_NOT_IN_FORCE" => {
            ("loại hình này không có hiệu lực vào ngày đó", "this type is not in force on that day")
        }
        "SECTOR_REQUIRED" => ("phải ghi khối (khu vực)", "a sector must be said"),
        "SECTOR_NOT_ALLOWED" => ("loại hình này không thuộc khối nào", "this type has no sector"),
        "SECTOR_UNKNOWN" => (
            "không có khối này, hoặc là một nhóm khối",
            "there is no such sector, or it is a group",
        ),
        "CODE_TAKEN" => ("mã đang thuộc tổ chức khác", "another organisation bears the code"),
        "DIRECTOR_IS_SUPERIOR" => (
            "cấp trên mới đang phối hợp chỉ đạo đơn vị này",
            "the new superior directs it beside its superior already",
        ),
        "WOULD_FORM_CYCLE" => ("đơn vị sẽ đứng dưới chính nó", "it would stand below itself"),
        "NAME_COLLIDES" => (
            "trùng tên với đơn vị khác cùng cấp trên",
            "another unit of the same superior has this name",
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_that_a_check_gives_has_words() {
        let checks = include_str!("check.sql");
        let reasons = checks.split('\'').filter(|word| {
            word.len() > 8
                && word.contains('_')
                && word.bytes().all(|letter| letter.is_ascii_uppercase() || letter == b'_')
        });
        let others = ["HAND_OVER", "CHANGE_TYPE"];
        let mut found = 0;
        for reason in reasons.filter(|reason| !others.contains(reason)) {
            found += 1;
            assert!(words(reason).is_some(), "{reason} is told by its name");
        }
        assert!(found > 20, "only {found} were found");
    }
}
