//! What the help of a command says in Vietnamese besides: how it does what it does, and examples.

/// More than a line, of commands that take files.
pub const MORE: &[(&str, &str)] = &[
    (
        "load",
        "Nạp cây tổ chức đã có từ trước khi có sổ bộ, cùng những gì đã biết về lịch sử.\n\n\
FILE.csv mỗi dòng một tổ chức như khi thành lập, mã UTF-8, gồm các cột\n  \
code, name, type, superior_code, founded_on\n  \
short_name, sector, industry           nếu có\n  \
ended_on, end_kind, successor_code     nếu đã kết thúc\n\
Ngày ghi NĂM-THÁNG-NGÀY; ended_on là ngày đầu tiên không còn tồn tại; end_kind là DISSOLVED (giải thể), \
MERGED (sáp nhập), CONSOLIDATED (hợp nhất), DIVIDED (chia) hoặc TERMINATED (chấm dứt). Cấp trên ở một \
dòng trước đó, hoặc đã có trong sổ bộ; đơn vị kế thừa ở dòng nào cũng được, hoặc đã có trong sổ bộ.\n\n\
Tệp của --history mỗi dòng một thay đổi:\n  \
of           mã của tổ chức trong FILE.csv\n  \
founded_on   tổ chức nào, khi nhiều tổ chức lần lượt mang mã đó\n  \
from_on      ngày đầu tiên có hiệu lực\n  \
code, name, short_name, type, sector, industry, superior_code, status   từ đó là gì\n\
Ô trống là giữ nguyên; có thể bỏ cột; status là ACTIVE hoặc SUSPENDED; thứ tự dòng tùy ý.\n\n\
Nạp tất cả hoặc không nạp dòng nào: chỗ sai được báo theo tệp, dòng và cột, dòng đếm như trình soạn \
thảo, tiêu đề là dòng 1. Lần nạp bị ngắt được nạp tiếp khi chạy lại (run again) đúng lệnh đó.",
    ),
    (
        "reference load",
        "Thay một danh mục mã hoặc quy định bằng phiên bản mới, kèm quyết định: việc của người quản trị \
Tổng Liên đoàn.\n\n\
FILE.csv là toàn bộ danh mục, mã UTF-8, ngăn cách bằng dấu phẩy, với tiêu đề như tệp của nó trong \
services/registry/reference; cột khác không được đọc. Ngày ghi NĂM-THÁNG-NGÀY; valid_to là ngày cuối \
cùng. Quy định không có trong tệp thì không áp dụng vào ngày nào nữa; mã không có trong tệp vẫn còn. \
Nạp điều đã có thì không thay đổi gì.",
    ),
    (
        "indicators load",
        "Nạp chỉ tiêu, hoặc phiên bản mới của chỉ tiêu, kèm quyết định: việc của người quản trị ở \
Tổng Liên đoàn.\n\n\
FILE.csv mỗi dòng một chỉ tiêu, mã UTF-8, ngăn cách bằng dấu phẩy, gồm các cột\n  \
code, name_vi, name_en, unit_vi, kind, numerator\n  \
denominator            nếu kind là SHARE\n  \
without_suspended      1 nếu không kể đơn vị tạm dừng chỉ đạo hoạt động trong số hiện có\n\
kind là ADDITIVE, DISTINCT hoặc SHARE; numerator và denominator là công thức, ví dụ \
WELFARE_FOR[TET] + WELFARE_FOR[HARDSHIP]. Phiên bản đầu đếm mọi ngày, phiên bản sau đếm các kỳ kết \
thúc từ --in-force-from trở đi. Điều vốn đã như vậy thì giữ nguyên.",
    ),
    (
        "members check",
        "Đọc một tệp và nêu mọi chỗ sai theo dòng và cột. Không gửi gì.\n\n\
FILE là danh sách như các cơ quan vẫn làm: CSV do Excel ghi, mã Unicode hoặc Windows-1258, ngăn cách bằng dấu \
phẩy, chấm phẩy hoặc tab; hoặc bảng tính .xlsx, đọc trang đầu tiên. Trên dòng tiêu đề có thể có tên cơ quan, tên \
danh sách. Các cột là của mẫu 5a và 5b, thứ tự tùy ý, viết thế nào cũng được; cột khác không được đọc, và có nói rõ. \
Cần có họ tên và ngày sinh hoặc năm sinh. Dòng đếm như trong bảng tính, dòng đầu của tệp là dòng 1.\n\n\
Ngày ghi ngày/tháng/năm: 05/06/1990 là ngày 5 tháng 6. Ngày chỉ có thể là kiểu Mỹ thì không nhận, và cả những số đã bị \
Excel làm hỏng: 1,23457E+11, hoặc mất số 0 ở đầu.",
    ),
    (
        "members import",
        "Nhận người trong một tệp làm đoàn viên. FILE như `congdoan members check` nói.\n\n\
Mỗi dòng được nhận hay không là việc riêng của dòng đó. Dòng có chỗ sai, và người có thể đã là đoàn viên, được ghi ra \
một tệp khác kèm lý do: sửa xong thì nhập chính tệp đó; dấu x ở cột \"Là người khác\" nghĩa là không phải đoàn viên \
cùng họ tên và ngày sinh. Lần nhập bị ngắt được nhập tiếp khi chạy lại đúng lệnh đó; nhập lại đúng tệp đó thì không \
thay đổi gì.",
    ),
    (
        "members export",
        "Ghi đoàn viên của một tổ chức ra tệp, với các cột của tệp mẫu: tệp xuất ra nhập lại được.\n\n\
Sổ bộ ghi tệp theo đúng một thời điểm, dù ghi lâu bao nhiêu và ai chuyển đi trong lúc đó; ghi xong thì tệp được lấy về \
rồi xóa ở đó. Việc ai đã đọc dữ liệu của bao nhiêu người vẫn được ghi lại. Số định danh và điện thoại chỉ có khi yêu \
cầu, với người được phép xem.",
    ),
    (
        "plan add",
        "Thêm các bước của một tệp CSV, mã UTF-8: kind (FOUND thành lập, END kết thúc, HAND_OVER \
chuyển giao, RENAME đổi tên, CHANGE_TYPE đổi loại hình), unit, name, short_name, code, type, sector, industry, \
superior, end_kind, successor, members_outcome, rehome_to, subordinates_to.\n\n\
Mỗi bước mang số dòng của nó trong tệp, đếm như trình soạn thảo: tiêu đề là dòng 1, bước đầu là dòng 2. \
Nếu tệp có cột `line` thì theo cột đó. Bước phương án đã có thì bỏ qua: bị ngắt thì chạy lại.",
    ),
];

/// Examples, where more is said in them than the commands themselves.
pub const AFTER: &[(&str, &str)] = &[
    ("", "\
Ví dụ:
  Xem hệ thống làm việc thật, rồi thôi:
    congdoan demo

  Giữ một hệ thống chạy, trong ./.congdoan; ở cửa sổ khác lập Tổng Liên đoàn và làm người quản trị:
    congdoan up
    congdoan bootstrap --subject me

  Nạp một cây tổ chức, tìm một tổ chức, in báo cáo của nó, hỏi vì sao có một số liệu:
    congdoan load tree.csv --history changes.csv
    congdoan search 'ba dinh'
    congdoan report BA_DINH --organisation LDLD-01-001 --from 2020-01-01 --to 2020-12-31
    congdoan explain MBR_ADMITTED --organisation LDLD-01-001 --from 2020-01-01 --to 2020-12-31"),
    ("closing", "\
Ví dụ:
  closing=$(congdoan closing close --organisation LDLD-01 --from 2024-12-01 --to 2025-11-30)
  congdoan closing export $closing --file 2025.json
  congdoan closing keys --file keys.json
  congdoan closing verify 2025.json --keys keys.json     không cần mạng
  congdoan closing differences $closing                  biết thêm gì từ đó"),
    ("plan", "\
Ví dụ:
  congdoan plan generate-2025 --file steps.csv
  plan=$(congdoan plan create 'Sắp xếp 2025' --decision 1500/QĐ-TLĐ \\
    --issued-on 2025-06-27 --effective-on 2025-07-01)
  congdoan plan add $plan --file steps.csv
  congdoan plan dry-run $plan
  congdoan plan conflicts $plan                  có gì vướng mắc
  congdoan plan mend $plan --file steps.csv      sau khi sửa tệp
  congdoan plan review $plan
  congdoan plan commit $plan
  congdoan plan undo $plan
  congdoan plan copy $plan --decision-id 0190…   làm lại, theo quyết định thật"),
    ("reference", "\
Ví dụ:
  congdoan reference load minimum-founders minimum_founders.csv --decision 12/QĐ-TLĐ \\
    --issued-on 2026-01-05 --dry-run
  congdoan reference load minimum-founders minimum_founders.csv --decision 12/QĐ-TLĐ \\
    --issued-on 2026-01-05
  congdoan reference load sectors sectors.csv --decision-id 0190…   cùng quyết định đó"),
    ("indicators", "\
Ví dụ:
  congdoan indicators load tet.csv --decision 12/QĐ-TLĐ --in-force-from 2026-01-01 --dry-run
  congdoan indicators load tet.csv --decision 12/QĐ-TLĐ --in-force-from 2026-01-01
  congdoan indicators list --loaded"),
    ("report", "\
Ví dụ:
  congdoan report BA_DINH --organisation LDLD-01-001 --from 2020-01-01 --to 2020-12-31
  congdoan report BA_DINH --organisation LDLD-01 --from 2020-01-01 --to 2020-12-31 --as-of 2026-01-01
  congdoan report TONG_QUAN --organisation LDLD-01 --from 2020-01-01 --to 2020-12-31 --out ha-noi.pdf
  congdoan report --list

Báo cáo biết những gì các lệnh trước đã thấy: nó đợi, nhiều nhất nửa phút, những việc còn dở dang.

Mã thoát:
  0  đã in, mọi số liệu đầy đủ
  1  không in
  2  dòng lệnh sai
  3  đã in, có số liệu chưa đầy đủ hoặc kỳ chưa bắt đầu; có nói rõ"),
    ("audit figures", "\
Ví dụ:
  congdoan audit figures --organisation TLD --from 2025-01-01 --to 2025-12-31 --levels 1
  congdoan audit figures --organisation LDLD-01 --from 2020-01-01 --to 2020-12-31 --as-of 2026-01-01

Mọi chỉ tiêu thống kê của tổ chức và của bấy nhiêu cấp dưới, từng tháng mà kỳ chạm tới, như khi đó và \
theo cây của một ngày; cả sổ biến động và số cộng dồn.

Mã thoát:
  0  không số nào khác
  1  có số khác, được in ra; hoặc không đối soát được
  2  dòng lệnh sai"),
    ("targets", "\
Ví dụ:
  congdoan targets --organisation LDLD-01-001 --from 2021-01-01 --to 2021-12-31 --through 2021-06-30
  congdoan targets --organisation LDLD-01 --from 2021-01-01 --to 2021-12-31 --cascade MBR_ADMITTED
  congdoan targets --organisation TLD --from 2021-01-01 --to 2021-12-31 --issued

Gồm các chỉ tiêu có kỳ kết thúc trong kỳ được hỏi; với --cascade là chỉ tiêu của đúng kỳ đó."),
    ("templates", "\
Ví dụ:
  congdoan templates list --organisation LDLD-01
  congdoan templates show TONG_HOP --organisation LDLD-01 --out tong_hop.toml
  congdoan templates set TONG_HOP tong_hop.toml --organisation LDLD-01 --dry-run
  congdoan templates withdraw TONG_HOP --organisation LDLD-01 --reason \"Theo mẫu chung\""),
    ("ratings", "\
Ví dụ:
  congdoan ratings --organisation LDLD-01-001 --year 2025 --attained BON_MUC.HOAN_THANH_TOT
  congdoan ratings --organisation LDLD-01 --year 2025 --by-sectors HAI_KHU_VUC --as-of 2026-01-01
  congdoan ratings --organisation CDCS-01-001-0001 --year 2025 --history"),
    ("figures", "\
Ví dụ:
  congdoan figures MBR_STOCK MBR_ADMITTED --below LDLD-01 --levels 1 --from 2020-01-01 --to 2020-12-31 --rank
  congdoan figures MBR_NET --organisation LDLD-01-001 --calendar UNION_YEAR --year 2020 --count 3 --compare previous
  congdoan figures ORG_STOCK --organisation LDLD-01 --calendar CIVIL_YEAR --year 2020 --by child --by type

Lịch: CIVIL_MONTH, CIVIL_QUARTER, CIVIL_HALF, CIVIL_YEAR (dương lịch); UNION_HALF, UNION_YEAR (chốt số liệu \
31/5, 30/11); SCHOOL_YEAR (năm học)."),
];
