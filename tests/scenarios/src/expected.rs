//! What the five reports say. Only what checks the replay reads this: no total here ever
//! goes into the system.

use time::Date;
use time::macros::date;

use crate::{ba_dinh, cau_giay, my_duc, thai_nguyen, thanh_tri};

/// One federation's printed report, and the words that must stand in it.
pub struct Report {
    /// The federation, as the report's heading names it.
    pub federation: &'static str,
    /// Its code in the register.
    pub code: &'static str,
    /// The template.
    pub template: &'static str,
    /// First and last day.
    pub period: (Date, Date),
    /// Each must stand in a line of the report.
    pub words: &'static [&'static str],
}

impl Report {
    /// The words that must stand in it once one agency of Cầu Giấy has been rated again.
    pub fn words_after_objection(&self) -> Vec<&'static str> {
        let again = |words: &&'static str| if *words == MISSED { MET } else { words };
        self.words.iter().map(again).collect()
    }
}

/// Cầu Giấy's quota on administrative unions: 95 of 100 are not more than 95 %.
const MISSED: &str = "95/100 (95%), chỉ tiêu trên 95%: chưa đạt";
/// 96 of 100 are.
const MET: &str = "96/100 (96%), chỉ tiêu trên 95%: đạt";

/// The reports of the five federations, as of their own time.
pub const REPORTS: [Report; 5] = [
    Report {
        federation: "000 Mỹ Đức",
        code: "LDLD-01-282",
        template: "MY_DUC",
        period: my_duc::PERIOD,
        words: &[
            "phát triển 554 đoàn viên",
            "thành lập 15 công đoàn cơ sở",
            "giới thiệu 57 cán bộ công đoàn ưu tú",
            "Nhà nghỉ Chùa Hương",
            "2020-2023",
            "lần thứ I",
            "kết thúc cùng nhiệm kỳ 2018-2023 của LĐLĐ huyện Mỹ Đức",
        ],
    },
    Report {
        federation: "001 Thanh Trì",
        code: "LDLD-01-020",
        template: "THANH_TRI",
        period: thanh_tri::PERIOD,
        words: &[
            "101/88 CĐCS (đạt 114,77%)",
            "4.504/3.800 đoàn viên (đạt 118,53%)",
            "100% CĐCS khu vực nhà nước, 64,94% CĐCS ngoài khu vực nhà nước đạt vững mạnh xuất sắc và vững mạnh",
            "trao Quyết định thành lập cho 3 CĐCS",
            "Công ty Cổ phần sản xuất thương mại Thái Sơn",
            "Nhóm lớp Mầm non tư thục Quả Trứng Tròn",
            "Nhóm trẻ, lớp mẫu giáo độc lập tư thục Trẻ Việt",
            "tiếp nhận 30 CĐCS từ Công đoàn ngành Giáo dục Hà Nội ngày 01/09/2017",
            "16 doanh nghiệp, đơn vị từ 20 lao động trở lên chưa có công đoàn",
            "đủ điều kiện 22, đã tuyên truyền 17, có ban vận động 9, đã thành lập 6, còn khó khăn 3",
            "312 nhà giáo đạt danh hiệu giáo viên dạy giỏi các cấp, 60 sáng kiến kinh nghiệm được công nhận",
        ],
    },
    Report {
        federation: "002 Ba Đình",
        code: "LDLD-01-001",
        template: "BA_DINH",
        period: ba_dinh::PERIOD,
        words: &[
            "thành lập mới 25/25 công đoàn cơ sở (đạt 100%)",
            "kết nạp thêm 1.857/1.400 đoàn viên (đạt 132,6%)",
            "lễ ra mắt và trao quyết định cho 23 CĐCS",
            "hướng dẫn 15 CĐCS tiến hành Đại hội nhiệm kỳ",
            "14 CĐCS kiện toàn, bầu bổ sung",
            "tạm dừng chỉ đạo hoạt động 7 CĐCS",
            "giải thể 14 CĐCS",
            "số CĐCS tăng giảm trong kỳ +11",
            "quản lý trực tiếp 487 công đoàn cơ sở với 21.574 đoàn viên",
            "100 hành chính sự nghiệp, 65 liên doanh, 322 ngoài nhà nước",
            "nghiệp vụ công đoàn cho 361 người",
            "chọn cử 4 đồng chí",
            "492 người trên 487 CĐCS (bình quân 1), chỉ tiêu bình quân từ 1 trở lên: đạt",
            "116 công nhân viên chức lao động được kết nạp vào Đảng",
        ],
    },
    Report {
        federation: "003 Cầu Giấy",
        code: "LDLD-01-005",
        template: "CAU_GIAY",
        period: cau_giay::PERIOD,
        words: &[
            "262/270 (97,04%), chỉ tiêu từ 95% trở lên: đạt",
            "3.851/4.400 (87,52%), chỉ tiêu từ 95% trở lên: chưa đạt",
            "540/540 (100%), chỉ tiêu đúng 100%: đạt",
            MISSED,
            "83/150 (55,33%), chỉ tiêu trên 55%: đạt",
            "phát động 2 phong trào thi đua, 900 người tham gia",
            "đạt danh hiệu \"Lao động giỏi\" 240, \"Công nhân giỏi\" 48, \"Sáng kiến Thủ đô\" 5",
            "công nhân trực tiếp sản xuất chiếm 57,14% lượt khen thưởng",
            "thăm hỏi, trợ giúp 130 đoàn viên, người lao động, trong đó 156 lượt vì hoàn cảnh khó khăn; số tiền không kể cho vay 155.000.000 đồng",
            "cho vay 60.000.000 đồng",
        ],
    },
    Report {
        federation: "004 Thái Nguyên",
        code: "LDLD-19",
        template: "THAI_NGUYEN",
        period: thai_nguyen::PERIOD,
        words: &[
            "kết nạp mới 30.018 đoàn viên, giảm 10.979 đoàn viên, tăng tuyệt đối 19.039 đoàn viên",
            "thành lập mới 67 CĐCS, giảm 64, tăng tuyệt đối 03",
            "Tổng Liên đoàn Lao động Việt Nam giao 45.000, tỉnh giao lại 46.200 cho 14 đơn vị (chênh lệch +1.200)",
            "Tổng Liên đoàn Lao động Việt Nam giao 8.000, tỉnh giao lại 8.150 cho 14 đơn vị (chênh lệch +150)",
            "Công đoàn các Khu công nghiệp Thái Nguyên 4.520 (55,46%), điều chỉnh lần 1 (trước đó 4.420)",
            "Trưởng Ban Chỉ đạo phụ trách Liên đoàn Lao động thành phố Thái Nguyên từ 31/07/2018",
            "Phó Trưởng ban Thường trực phụ trách Liên đoàn Lao động thành phố Sông Công: 11 báo cáo đến hạn trong kỳ",
        ],
    },
];

/// What Cầu Giấy's report says once one agency has been rated again: the quota is met.
pub const CAU_GIAY_AGAIN: &[&str] = &[MET];

/// The day on which the country is looked at after the reorganisation.
pub const AFTERWARDS: Date = date!(2026 - 01 - 01);

/// Additive figures that are asked on both trees, and must sum.
pub const ROLLED_UP: [&str; 11] = [
    "MBR_ADMITTED",
    "MBR_EXITED",
    "MBR_DECREASED",
    "MBR_NET",
    "MBR_STOCK",
    "ORG_FOUNDED",
    "ORG_ENDED",
    "ORG_SUSPENDED",
    "ORG_NET",
    "ORG_STOCK",
    "CONG_HELD",
];

/// What the new Thái Nguyên's figures of the report's period are: those of the old one and
/// those of Bắc Kạn.
pub const NEW_THAI_NGUYEN: [(&str, i64); 2] = [("MBR_ADMITTED", 30_162), ("ORG_FOUNDED", 70)];
