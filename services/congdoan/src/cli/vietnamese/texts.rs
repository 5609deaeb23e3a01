//! What is said in Vietnamese of commands, of their arguments and of the values of these.

/// Commands by their paths, with what each does.
pub const COMMANDS: &[(&str, &str)] = &[
    (
        "",
        "Sổ bộ quốc gia các công đoàn Việt Nam, trên dòng lệnh.\n\nCả hệ thống chạy trên một máy bằng `congdoan up`; các lệnh khác nói chuyện với nó, hoặc, với --gateway và --token, với bất kỳ hệ thống nào khác.",
    ),
    ("up", "Chạy cả hệ thống trên máy này cho đến khi bị ngắt"),
    ("demo", "Diễn lại nhiều năm của năm liên đoàn qua giao diện công khai, và in báo cáo của họ"),
    (
        "bootstrap",
        "Lập Tổng Liên đoàn và phân quyền người quản trị: một lần, khi khởi động lần đầu",
    ),
    ("load", "Nạp cây tổ chức đã có từ trước khi có sổ bộ"),
    ("plan", "Sắp xếp tổ chức: lập phương án, chạy thử, thực hiện, thu hồi"),
    ("plan create", "Bắt đầu một phương án, và in mã của nó"),
    ("plan list", "Liệt kê các phương án, mới nhất trước"),
    ("plan add", "Thêm các bước của một tệp; bước đã có thì bỏ qua"),
    (
        "plan mend",
        "Sửa bản nháp theo tệp đã sửa: bỏ bước không còn, thay bước khác đi, thêm bước mới",
    ),
    ("plan remove", "Bỏ các bước khỏi bản nháp, theo số dòng"),
    ("plan replace", "Thay bước ở một số dòng của bản nháp bằng bước của tệp"),
    (
        "plan copy",
        "Bắt đầu bản nháp mới với các bước của một phương án, kể cả đã thực hiện hay thu hồi; in mã của nó",
    ),
    ("plan steps", "In các bước của phương án, như trong tệp"),
    ("plan dry-run", "Tìm xem phương án sẽ làm gì, và có gì vướng mắc"),
    ("plan conflicts", "Liệt kê mọi vướng mắc và lưu ý mà lần chạy thử cuối tìm thấy"),
    ("plan review", "In từng bước cùng ý nghĩa của nó với đoàn viên và chỉ tiêu"),
    ("plan commit", "Thực hiện đúng những gì lần chạy thử cuối đã tìm thấy"),
    ("plan undo", "Thu hồi phương án đã thực hiện"),
    ("plan show", "In phương án đang ở đâu, và lần chạy thử cuối tìm thấy gì"),
    ("plan generate-2025", "In các bước của ngày 01/7/2025: 63 tỉnh thành 34, cấp huyện kết thúc"),
    ("search", "Tìm tổ chức theo tên, mã, hoặc một xã, phường trong địa bàn"),
    ("member", "In một người trong sổ bộ, và nơi người đó là hoặc từng là đoàn viên"),
    ("members", "Đoàn viên trong tệp: tệp mẫu để điền, kiểm tra tệp đã điền"),
    ("members template", "Ghi tệp mẫu để điền, gồm các cột của mẫu 5a hoặc 5b và một dòng ví dụ"),
    ("members check", "Đọc một tệp và nêu mọi chỗ sai theo dòng và cột; không gửi gì"),
    (
        "members import",
        "Nhận người trong một tệp làm đoàn viên; nhập lại đúng tệp đó thì không thay đổi gì",
    ),
    ("members export", "Ghi đoàn viên của một tổ chức ra tệp, nhập lại được"),
    ("list", "Liệt kê những mã có thể ghi: loại hình, khối, vai trò, chỉ tiêu, loại hoạt động"),
    ("list types", "Loại hình tổ chức, cấp trên của chúng và thời gian có hiệu lực"),
    ("list sectors", "Khối (khu vực) và nhóm khối"),
    ("list roles", "Vai trò có thể phân quyền"),
    ("list activity-kinds", "Loại hoạt động, và những gì cần nêu của mỗi loại"),
    ("list indicators", "Chỉ tiêu thống kê, để hỏi và giải thích số liệu"),
    ("reference", "Nạp phiên bản mới của một danh mục mã hoặc quy định"),
    ("reference load", "Thay một danh mục mã hoặc quy định bằng phiên bản mới, kèm quyết định"),
    ("report", "In báo cáo của một tổ chức, trong một kỳ, trên một cây"),
    ("explain", "Đi từ một số liệu xuống các đơn vị, biến động và quyết định tạo nên nó"),
    ("activities", "Liệt kê hoạt động mà các đơn vị đã báo cáo, cũ trước mới sau"),
    ("periodic-reports", "Báo cáo định kỳ: mở đợt, lập, nộp, duyệt và tổng hợp"),
    ("periodic-reports forms", "Liệt kê các mẫu báo cáo mà một tổ chức có thể phải lập"),
    (
        "periodic-reports open",
        "Yêu cầu một tổ chức và mọi cấp dưới báo cáo về một kỳ, và in mã của đợt báo cáo",
    ),
    (
        "periodic-reports openings",
        "Liệt kê các đợt do tổ chức mở hoặc tổ chức phải báo cáo, và mức độ đầy đủ",
    ),
    ("periodic-reports list", "Liệt kê đơn vị phải báo cáo trong một đợt, và báo cáo đang ở đâu"),
    (
        "periodic-reports show",
        "In một báo cáo: số hệ thống tính, số tổng hợp, số khai, chỗ không khớp",
    ),
    ("periodic-reports draft", "Điền vào báo cáo những số mà hệ thống tính được"),
    ("periodic-reports declare", "Khai một số ô của báo cáo"),
    ("periodic-reports consolidate", "Tổng hợp báo cáo của cấp dưới vào báo cáo của cấp trên"),
    ("periodic-reports submit", "Nộp báo cáo"),
    ("periodic-reports return", "Trả lại báo cáo đã nộp, nêu lý do"),
    ("periodic-reports reopen", "Mở lại một ô của báo cáo đã nộp hoặc đã duyệt, nêu lý do"),
    ("periodic-reports approve", "Duyệt báo cáo đã nộp"),
    ("periodic-reports revise", "Đính chính báo cáo đã duyệt bằng một bản mới, nêu lý do"),
    ("periodic-reports waive", "Miễn báo cáo cho một đơn vị, nêu lý do"),
    ("periodic-reports reminders", "Liệt kê báo cáo đến hạn mà chưa nộp, để nhắc"),
    ("closing", "Chốt số liệu của một kỳ, và kiểm chứng số liệu đã chốt"),
    ("closing close", "Chốt một kỳ của một tổ chức, và in mã của lần chốt"),
    ("closing revise", "Chốt số liệu biết thêm sau đó thành bản kế tiếp, và in mã của bản đó"),
    ("closing list", "Liệt kê các lần chốt của một tổ chức"),
    ("closing differences", "In những ô khác với số liệu biết hiện nay, hoặc với bản chốt khác"),
    ("closing export", "Ghi một lần chốt cùng mọi ô ra tệp, kiểm chứng được ở bất cứ đâu"),
    ("closing keys", "Ghi các khóa công khai dùng để kiểm chứng ra tệp"),
    ("closing verify", "Tính lại chuỗi băm của tệp đã ghi và kiểm tra chữ ký, không hỏi ai"),
    ("figures", "In số liệu của nhiều đơn vị qua nhiều kỳ: dãy số, xếp hạng, so sánh"),
    ("targets", "In chỉ tiêu của một tổ chức, đã đạt đến đâu và theo tiến độ nào"),
    ("ratings", "In kết quả xếp loại công đoàn của một tổ chức trong năm, và các đợt xếp loại"),
    ("token", "Xin mã truy cập của nơi cấp mã thử nghiệm, và in ra"),
    ("keys", "Tạo khóa cho hệ thống có các dịch vụ chạy riêng"),
    ("migrate", "Cập nhật lược đồ của một dịch vụ, với tư cách chủ lược đồ"),
    ("audit", "Đối soát số liệu với số đếm lại"),
    (
        "audit figures",
        "Đối soát số liệu đã trả lời với số mà mã khác đếm lại từ cùng những sự việc",
    ),
    ("feed", "Xem một dịch vụ đã theo các dịch vụ khác đến đâu, và gỡ chỗ nó dừng"),
    ("feed show", "In dịch vụ đã theo đến đâu, dừng ở đâu và vì sao"),
    ("feed skip", "Cho dịch vụ bỏ qua thay đổi mà nó dừng lại, và theo tiếp"),
    (
        "feed restored",
        "Báo rằng cơ sở dữ liệu của dịch vụ được khôi phục từ bản sao lưu: ai đã đọc nhiều hơn thì dừng",
    ),
    ("completion", "In kịch bản để vỏ lệnh (shell) gợi ý khi gõ"),
    ("with-postgres", "Chạy một lệnh với PostgreSQL riêng, dùng khi thử nghiệm"),
];

/// Arguments, with what each means; one that means the same everywhere stands once.
pub const ARGUMENTS: &[(&str, &str)] = &[
    ("language", "Ngôn ngữ của mọi lời nhắn; mặc định theo thiết bị đầu cuối (LANG)"),
    (
        "json",
        "In một tài liệu JSON cho chương trình, thay cho lời; lỗi cũng vậy, ở luồng lỗi chuẩn",
    ),
    ("help", "In trợ giúp"),
    ("version", "In phiên bản"),
    ("data", "Nơi hệ thống đang chạy giữ dữ liệu và địa chỉ"),
    ("ephemeral", "Không giữ gì: cơ sở dữ liệu mới trong thư mục tạm, xóa khi dừng"),
    ("listen", "Nơi cổng nghe; cổng số 0 là chọn một cổng còn trống"),
    ("telemetry", "Nơi nhận dấu vết, số đo và nhật ký (OpenTelemetry, OTLP qua gRPC)"),
    ("demo listen", "Nơi cổng nghe; mặc định là một cổng còn trống"),
    ("stay", "Để hệ thống chạy tiếp sau đó, cho đến khi bị ngắt, để dùng thử"),
    ("issuer", "Nơi cấp mã truy cập; mặc định là của hệ thống đang chạy"),
    ("subject", "Xin mã truy cập cho ai; mặc định là người đã lập Tổng Liên đoàn"),
    ("bootstrap subject", "Mã của người quản trị tại nơi cấp mã"),
    ("token subject", "Mã truy cập dành cho ai"),
    ("database", "Cơ sở dữ liệu, cho chủ lược đồ; mặc định là của hệ thống đang chạy"),
    ("migrate database", "Cơ sở dữ liệu của dịch vụ, cho chủ lược đồ"),
    ("feed show database", "Cơ sở dữ liệu của dịch vụ, cho chủ lược đồ"),
    ("feed skip database", "Cơ sở dữ liệu của dịch vụ, cho chủ lược đồ"),
    ("feed restored database", "Cơ sở dữ liệu của dịch vụ, cho chủ lược đồ"),
    ("source", "Luồng thay đổi của dịch vụ nào"),
    ("change", "Thay đổi mà nó dừng lại, như `feed show` in ra"),
    ("by", "Ai quyết định việc này; được lưu lại"),
    ("feed skip reason", "Vì sao; được lưu lại"),
    ("password_file", "Tệp có mật khẩu của chủ lược đồ, nếu cần"),
    ("keep", "Giữ PostgreSQL trong thư mục này, cùng các khuôn cơ sở dữ liệu, cho lần sau"),
    ("load file", "Các tổ chức"),
    ("history", "Những gì các tổ chức đã trải qua từ khi thành lập"),
    ("validate_only", "Kiểm tra tất cả và không nạp gì"),
    (
        "request_id",
        "Tên của lần nạp: cùng một tên không bao giờ nạp hai lần, và nạp tiếp từ chỗ dừng; mặc định suy ra từ tệp",
    ),
    ("gateway", "Địa chỉ của cổng; mặc định là của hệ thống đang chạy"),
    ("token", "Mã truy cập; mặc định xin ở nơi cấp mã thử nghiệm"),
    ("plan create name", "Phương án nói về việc gì"),
    ("plan copy name", "Phương án mới nói về việc gì; mặc định như cũ"),
    ("organisation", "Mã (hoặc định danh) của tổ chức"),
    ("report organisation", "Mã của tổ chức, như trong kỳ; hoặc định danh"),
    ("explain organisation", "Mã của tổ chức, như trong kỳ; hoặc định danh"),
    ("audit figures organisation", "Mã của tổ chức, như trong kỳ; hoặc định danh"),
    ("levels", "Xuống bao nhiêu cấp dưới tổ chức đó; nhiều nhất 4"),
    ("targets organisation", "Mã của tổ chức, như trong kỳ; hoặc định danh"),
    (
        "targets through",
        "Tính đến hết ngày này; mặc định là hôm nay, hoặc đến cuối kỳ nếu đã kết thúc",
    ),
    ("cascade", "In chỉ tiêu thống kê này được giao xuống thế nào, và mỗi nơi đạt bao nhiêu"),
    (
        "figures indicators",
        "Mã chỉ tiêu thống kê, như MBR_ADMITTED; xem `congdoan list indicators`",
    ),
    ("figures organisations", "Mã của một tổ chức, như trong kỳ; hoặc định danh"),
    ("figures below", "Thay vào đó, của mọi đơn vị dưới tổ chức này"),
    ("figures types", "Trong số đó, chỉ các đơn vị thuộc loại hình này"),
    ("figures levels", "Trong số đó, chỉ chừng ấy cấp; 1 là trực thuộc"),
    ("figures from", "Ngày đầu kỳ, NĂM-THÁNG-NGÀY"),
    ("figures through", "Ngày cuối kỳ"),
    ("figures calendar", "Thay vào đó, các kỳ của lịch này"),
    ("figures year", "Năm của kỳ đầu tiên"),
    ("figures number", "Kỳ thứ mấy của năm là kỳ đầu tiên"),
    ("figures count", "Bao nhiêu kỳ liền nhau"),
    ("figures lines_of", "Phân tổ theo; hai cách thì phân tổ chéo"),
    ("figures compare", "So sánh với kỳ trước đó"),
    ("figures rank", "Xếp hạng các đơn vị, lớn nhất trước"),
    ("figures decimals", "Số chữ số thập phân của tỷ lệ"),
    (
        "plan list organisation",
        "Mã hoặc định danh của tổ chức mà phương án nhân danh, kể cả mọi cấp dưới của nó",
    ),
    ("plan_id", "Phương án"),
    ("file", "Tệp đọc vào"),
    ("plan steps file", "Ghi ra tệp này thay vì in; tệp chưa được có"),
    ("plan generate-2025 file", "Ghi ra tệp này thay vì in; tệp chưa được có"),
    ("lines", "Số dòng, như 12 hoặc 20-25"),
    ("decision", "Số quyết định, như in trên văn bản"),
    ("issued_on", "Ngày ký, NĂM-THÁNG-NGÀY"),
    ("effective_on", "Có hiệu lực từ ngày nào; với quyết định đã có, mặc định là ngày của nó"),
    ("decision_id", "Định danh của quyết định mà sổ bộ đã có"),
    ("title", "Quyết định được ghi cùng lúc nói về việc gì"),
    ("which", "Danh mục nào"),
    ("reference load file", "Toàn bộ danh mục đó"),
    (
        "members template file",
        "Tệp sẽ ghi, chưa được có; tên kết thúc bằng .xlsx là bảng tính, còn lại là CSV",
    ),
    ("union", "Công đoàn của những người không có mã ở cột Mã công đoàn: mã hoặc định danh của nó"),
    (
        "members import effective_on",
        "Là đoàn viên từ ngày nào, với những người không có ngày ở cột Ngày vào công đoàn, NĂM-THÁNG-NGÀY",
    ),
    ("how", "Trở thành đoàn viên bằng cách nào"),
    ("members import issued_on", "Ngày ký quyết định, NĂM-THÁNG-NGÀY"),
    ("members import validate_only", "Kiểm tra tất cả và không nhận ai"),
    (
        "corrected",
        "Nơi ghi những dòng chưa được nhận, kèm lý do; mặc định ghi cạnh tệp, dưới một tên còn trống. Kết thúc bằng .xlsx là bảng tính, còn lại là CSV",
    ),
    (
        "members import request_id",
        "Tên của lần nhập: cùng một tên không bao giờ nhập hai lần, và nhập tiếp từ chỗ dừng; mặc định suy ra từ tệp và các tùy chọn này",
    ),
    ("xlsx", "Ghi bảng tính, dù tên là gì"),
    (
        "members export file",
        "Tệp sẽ ghi, chưa được có; tên kết thúc bằng .xlsx là bảng tính, còn lại là CSV",
    ),
    ("members export organisation", "Đoàn viên của tổ chức nào: mã hoặc định danh của nó"),
    ("with_subtree", "Cả đoàn viên của mọi tổ chức trực thuộc nó"),
    ("members export as_of", "Đoàn viên vào ngày này, NĂM-THÁNG-NGÀY; mặc định là hôm nay"),
    ("with_identity", "Kèm số định danh và điện thoại"),
    ("form", "Theo các cột của mẫu nào"),
    ("dry_run", "Cho biết sẽ có gì khác đi, và không nạp gì"),
    (
        "text",
        "Tên, tên viết tắt, tên khác hoặc mã, nay hoặc trước đây; không cần dấu. Không ghi thì liệt kê theo các tùy chọn",
    ),
    ("within", "Chỉ tìm dưới tổ chức mang mã hoặc định danh này"),
    ("commune", "Chỉ những tổ chức có xã, phường này trong địa bàn: mã hoặc tên"),
    ("kind", "Chỉ tổ chức thuộc loại hình này; xem `congdoan list types`"),
    ("sector", "Chỉ tổ chức thuộc khối hoặc nhóm khối này; xem `congdoan list sectors`"),
    (
        "status",
        "Chỉ tổ chức ở trạng thái này; mặc định, có từ cần tìm thì mọi trạng thái, không có thì những tổ chức đang tồn tại",
    ),
    ("code_prefix", "Chỉ tổ chức có mã bắt đầu như vậy; chỉ dùng khi không có từ cần tìm"),
    ("search as_of", "Như vào ngày này, NĂM-THÁNG-NGÀY; mặc định là hôm nay"),
    (
        "as_of",
        "Trên cây của ngày này; mặc định là như khi đó, trên cây của chính ngày có từng sự việc",
    ),
    ("activities limit", "In nhiều nhất bấy nhiêu"),
    ("periodic-reports list limit", "In nhiều nhất bấy nhiêu"),
    ("periodic-reports reminders limit", "In nhiều nhất bấy nhiêu"),
    (
        "periodic-reports open issuer",
        "Mẫu của tổ chức nào, theo mã; mặc định là mẫu của chương trình",
    ),
    ("periodic-reports reopen row", "Mục nào"),
    ("closing export file", "Tệp JSON để ghi; tệp đã có thì giữ nguyên"),
    ("closing keys file", "Tệp JSON để ghi; tệp đã có thì giữ nguyên"),
    ("closing_id", "Lần chốt, theo định danh"),
    ("other", "Một bản chốt khác của cùng kỳ"),
    ("export", "Tệp do `closing export` ghi"),
    ("closing verify keys", "Tệp do `closing keys` ghi, lấy từ nguồn tin cậy"),
    ("opening_id", "Đợt báo cáo, theo định danh"),
    ("report_id", "Báo cáo, theo định danh"),
    ("below", "Chỉ tổ chức có mã (hoặc định danh) này, và cấp dưới của nó"),
    ("approved", "Như bản được duyệt gần nhất"),
    ("cells", "Một ô, theo mục: MỤC=SỐ"),
    ("reason", "Vì sao, khi hệ thống tính được số khác"),
    ("message", "Vì sao"),
    ("due_by", "Đến hạn trước hoặc trong ngày này, NĂM-THÁNG-NGÀY; mặc định là hôm nay"),
    ("forms", "Mẫu báo cáo: một, hoặc mỗi cấp một mẫu; xem `congdoan periodic-reports forms`"),
    ("through", "Ngày cuối của kỳ"),
    ("cutoff_on", "Ai phải báo cáo là ai có ở đó vào ngày này; mặc định là ngày cuối của kỳ"),
    ("due_on", "Hạn nộp"),
    (
        "kinds",
        "Chỉ hoạt động thuộc loại này, hoặc các loại này; xem `congdoan list activity-kinds`",
    ),
    ("year", "Năm xếp loại"),
    ("round", "Chỉ của đợt này, theo định danh; mặc định là cả năm, do ai quyết định cũng được"),
    ("unions", "Thay vào đó in từng công đoàn của đợt"),
    ("ratings history", "Thay vào đó in tất cả những gì đã ghi về công đoàn trong đợt của nó"),
    ("attained", "Mức được tính là đạt, ghi THANG.MỨC; có thể nêu nhiều lần"),
    ("by_sectors", "Theo các nhóm của cách phân nhóm khối này; mặc định theo cấp dưới trực tiếp"),
    ("ratings limit", "In nhiều nhất bấy nhiêu"),
    ("itself", "Của chính tổ chức đó, không kể cấp dưới"),
    ("limit", "In nhiều nhất bấy nhiêu; một từ cần tìm cho nhiều nhất 50"),
    ("in_force_on", "Chỉ loại hình có hiệu lực vào ngày này, NĂM-THÁNG-NGÀY"),
    ("permission", "Chỉ vai trò có quyền này, ví dụ membership.identity.read"),
    ("person_id", "Người đó, theo định danh"),
    ("shell", "Của vỏ lệnh nào"),
    ("template", "Mã mẫu báo cáo, như BA_DINH"),
    ("list", "Thay vào đó liệt kê các mẫu báo cáo và tham số"),
    ("parameters", "Một tham số của mẫu"),
    ("report template_version", "Theo phiên bản này của mẫu, không theo phiên bản đang dùng"),
    (
        "report out",
        "Ghi ra tệp này, theo dạng mà tên tệp kết thúc: txt, csv, xlsx, html, pdf hoặc svg",
    ),
    ("report paper_format", "Ghi theo dạng này, dù tên tệp là gì"),
    ("report chart", "Với svg: biểu đồ thứ mấy, từ 1"),
    ("report number", "Số của văn bản, đứng trước ký hiệu của mẫu"),
    ("report place", "Địa danh ban hành văn bản"),
    ("report issued_on", "Ngày ban hành văn bản"),
    ("report signer", "Người ký văn bản"),
    ("figures", "In dưới mỗi dòng các số liệu tạo nên nó"),
    ("no_wait", "Dùng những gì đang có, không đợi những gì các lệnh trước đã thấy"),
    ("from", "Ngày đầu của kỳ, NĂM-THÁNG-NGÀY"),
    ("to", "Ngày cuối của kỳ"),
    ("indicator", "Mã chỉ tiêu, như MBR_ADMITTED"),
    ("figures sector_grouping", "Cách phân nhóm khối, cho `--by group` và `--sector-group`"),
    ("sector_grouping", "Chỉ đếm đơn vị thuộc một nhóm của cách phân nhóm khối này"),
    ("sector_group", "Nhóm"),
    ("without_suspended", "Không tính công đoàn đang tạm dừng"),
    ("direct_only", "Chỉ đếm chính tổ chức đó và cấp dưới trực tiếp"),
    ("units", "In nhiều nhất bấy nhiêu đơn vị; 0 là in tất cả"),
    ("changes", "In nhiều nhất bấy nhiêu biến động của mỗi đơn vị"),
    ("key", "Không hỏi ai: ký bằng khóa riêng này (Ed25519, PEM), nhân danh --issuer"),
    ("directory", "Thư mục, được tạo nếu chưa có, chỉ dành cho chủ của nó"),
    (
        "rotate",
        "Thêm một khóa dữ liệu dùng từ ngày mai; dịch vụ đang chạy tự mã hóa lại những gì đã mã hóa",
    ),
    ("service", "Của dịch vụ nào"),
    ("command", "Lệnh và các đối số của nó"),
];

/// Values of arguments that need words, with what each means.
pub const VALUES: &[(&str, &[(&str, &str)])] = &[
    ("language", &[("vi", "tiếng Việt"), ("en", "tiếng Anh")]),
    (
        "status",
        &[
            ("active", "đang hoạt động"),
            ("suspended", "tạm dừng chỉ đạo hoạt động"),
            ("ended", "đã kết thúc"),
            ("not-yet-founded", "sẽ thành lập vào một ngày sau"),
        ],
    ),
    ("how", &[("admitted", "kết nạp"), ("recognised", "công nhận"), ("readmitted", "kết nạp lại")]),
    (
        "lines_of",
        &[
            ("child", "theo đơn vị trực thuộc"),
            ("sector", "theo khối"),
            ("group", "theo nhóm khối"),
            ("type", "theo loại hình tổ chức"),
        ],
    ),
    ("compare", &[("previous", "kỳ liền trước"), ("year", "cùng kỳ năm trước")]),
    (
        "paper_format",
        &[
            ("txt", "văn bản, từng dòng"),
            ("csv", "bảng, dạng chữ"),
            ("xlsx", "bảng tính"),
            ("html", "trang để in"),
            ("pdf", "khổ A4"),
            ("svg", "một biểu đồ của báo cáo"),
        ],
    ),
    ("form", &[("5a", "mẫu của từng người"), ("5b", "mẫu tập thể, ngày sinh ghi theo nam nữ")]),
    (
        "which",
        &[
            ("organisation-types", "loại hình tổ chức, và loại nào đứng dưới loại nào"),
            ("sectors", "khối và nhóm khối"),
            ("minimum-founders", "số người ít nhất để thành lập"),
            ("communes", "xã, phường theo tỉnh"),
            ("territories", "loại hình nào có địa bàn"),
            ("document-kinds", "loại văn bản"),
            ("bodies", "các ban được bầu hoặc chỉ định"),
            ("positions", "chức vụ trong các ban"),
            ("body-sizes", "số ủy viên của các ban"),
            ("body-shares", "tỷ lệ trong các ban"),
            ("congress-forms", "khi nào đại hội là đại hội đại biểu"),
            ("deadlines", "thời hạn"),
            ("enterprise-types", "loại hình doanh nghiệp"),
            ("campaign-stages", "các bước vận động thành lập"),
        ],
    ),
];

/// What clap writes of itself, with what it is in Vietnamese.
pub const OF_CLAP: &[(&str, &str)] = &[
    ("[OPTIONS]", "[TÙY CHỌN]"),
    ("[COMMAND]", "[LỆNH]"),
    ("<COMMAND>", "<LỆNH>"),
    ("Possible values:", "Có thể là:"),
    ("[possible values: ", "[có thể là: "),
    ("[default: ", "[mặc định: "),
    ("[env: ", "[biến môi trường: "),
    (
        "Print this message or the help of the given subcommand(s)",
        "In trợ giúp của lệnh này, hoặc của một lệnh trong đó",
    ),
    ("Print help for the subcommand(s)", "In trợ giúp của một lệnh"),
    ("Print help", "In trợ giúp"),
];

/// More than a line, of commands that take files.
pub const MORE: &[(&str, &str)] = &[
    (
        "load",
        "Nạp cây tổ chức đã có từ trước khi có sổ bộ, cùng những gì đã biết về lịch sử.\n\n\
FILE.csv mỗi dòng một tổ chức như khi thành lập, mã UTF-8, gồm các cột\n  \
code, name, type, superior_code, founded_on\n  \
short_name, sector                     nếu có\n  \
ended_on, end_kind, successor_code     nếu đã kết thúc\n\
Ngày ghi NĂM-THÁNG-NGÀY; ended_on là ngày đầu tiên không còn tồn tại; end_kind là DISSOLVED (giải thể), \
MERGED (sáp nhập), CONSOLIDATED (hợp nhất), DIVIDED (chia) hoặc TERMINATED (chấm dứt). Cấp trên ở một \
dòng trước đó, hoặc đã có trong sổ bộ; đơn vị kế thừa ở dòng nào cũng được, hoặc đã có trong sổ bộ.\n\n\
Tệp của --history mỗi dòng một thay đổi:\n  \
of           mã của tổ chức trong FILE.csv\n  \
founded_on   tổ chức nào, khi nhiều tổ chức lần lượt mang mã đó\n  \
from_on      ngày đầu tiên có hiệu lực\n  \
code, name, short_name, type, sector, superior_code, status   từ đó là gì\n\
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
chuyển giao, RENAME đổi tên, CHANGE_TYPE đổi loại hình), unit, name, short_name, code, type, sector, \
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

Gồm các chỉ tiêu có kỳ kết thúc trong kỳ được hỏi; với --cascade là chỉ tiêu của đúng kỳ đó."),
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
