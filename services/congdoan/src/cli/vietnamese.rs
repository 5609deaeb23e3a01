//! The help of the command line, and what is said of mistakes in it, in Vietnamese.

use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};

/// Commands by their paths, with what each does.
const COMMANDS: &[(&str, &str)] = &[
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
    ("list", "Liệt kê những mã có thể ghi: loại hình, khối, vai trò, chỉ tiêu"),
    ("list types", "Loại hình tổ chức, cấp trên của chúng và thời gian có hiệu lực"),
    ("list sectors", "Khối (khu vực) và nhóm khối"),
    ("list roles", "Vai trò có thể phân quyền"),
    ("list indicators", "Chỉ tiêu thống kê, để hỏi và giải thích số liệu"),
    ("report", "In báo cáo của một tổ chức, trong một kỳ, trên một cây"),
    ("explain", "Đi từ một số liệu xuống các đơn vị, biến động và quyết định tạo nên nó"),
    ("token", "Xin mã truy cập của nơi cấp mã thử nghiệm, và in ra"),
    ("keys", "Tạo khóa cho hệ thống có các dịch vụ chạy riêng"),
    ("migrate", "Cập nhật lược đồ của một dịch vụ, với tư cách chủ lược đồ"),
    ("completion", "In kịch bản để vỏ lệnh (shell) gợi ý khi gõ"),
    ("with-postgres", "Chạy một lệnh với PostgreSQL riêng, dùng khi thử nghiệm"),
];

/// Arguments, with what each means; one that means the same everywhere stands once.
const ARGUMENTS: &[(&str, &str)] = &[
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
    ("password_file", "Tệp có mật khẩu của chủ lược đồ, nếu cần"),
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
    (
        "effective_on",
        "Các bước có hiệu lực từ ngày nào; với quyết định đã có, mặc định là ngày của nó",
    ),
    ("decision_id", "Định danh của quyết định mà sổ bộ đã có"),
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
    ("limit", "In nhiều nhất bấy nhiêu; một từ cần tìm cho nhiều nhất 50"),
    ("in_force_on", "Chỉ loại hình có hiệu lực vào ngày này, NĂM-THÁNG-NGÀY"),
    ("permission", "Chỉ vai trò có quyền này, ví dụ membership.identity.read"),
    ("person_id", "Người đó, theo định danh"),
    ("shell", "Của vỏ lệnh nào"),
    ("template", "Mã mẫu báo cáo, như BA_DINH"),
    ("list", "Thay vào đó liệt kê các mẫu báo cáo và tham số"),
    ("parameters", "Một tham số của mẫu"),
    ("figures", "In dưới mỗi dòng các số liệu tạo nên nó"),
    ("no_wait", "Dùng những gì đang có, không đợi những gì các lệnh trước đã thấy"),
    ("from", "Ngày đầu của kỳ, NĂM-THÁNG-NGÀY"),
    ("to", "Ngày cuối của kỳ"),
    ("indicator", "Mã chỉ tiêu, như MBR_ADMITTED"),
    ("sector_grouping", "Chỉ đếm đơn vị thuộc một nhóm của cách phân nhóm khối này"),
    ("sector_group", "Nhóm"),
    ("without_suspended", "Không tính công đoàn đang tạm dừng"),
    ("direct_only", "Chỉ đếm chính tổ chức đó và cấp dưới trực tiếp"),
    ("units", "In nhiều nhất bấy nhiêu đơn vị; 0 là in tất cả"),
    ("changes", "In nhiều nhất bấy nhiêu biến động của mỗi đơn vị"),
    ("key", "Không hỏi ai: ký bằng khóa riêng này (Ed25519, PEM), nhân danh --issuer"),
    ("directory", "Thư mục, được tạo nếu chưa có, chỉ dành cho chủ của nó"),
    ("service", "Của dịch vụ nào"),
    ("command", "Lệnh và các đối số của nó"),
];

/// Values of arguments that need words, with what each means.
const VALUES: &[(&str, &[(&str, &str)])] = &[
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
];

/// What clap writes of itself, with what it is in Vietnamese.
const OF_CLAP: &[(&str, &str)] = &[
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

/// What clap wrote, in Vietnamese throughout.
pub fn help(text: &str) -> String {
    OF_CLAP.iter().fold(text.to_owned(), |text, (english, ours)| text.replace(english, ours))
}

/// More than a line, of commands that take files.
const MORE: &[(&str, &str)] = &[
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
        "plan add",
        "Thêm các bước của một tệp CSV, mã UTF-8: kind (FOUND thành lập, END kết thúc, HAND_OVER \
chuyển giao, RENAME đổi tên, CHANGE_TYPE đổi loại hình), unit, name, short_name, code, type, sector, \
superior, end_kind, successor, members_outcome, rehome_to, subordinates_to.\n\n\
Mỗi bước mang số dòng của nó trong tệp, đếm như trình soạn thảo: tiêu đề là dòng 1, bước đầu là dòng 2. \
Nếu tệp có cột `line` thì theo cột đó. Bước phương án đã có thì bỏ qua: bị ngắt thì chạy lại.",
    ),
];

/// Examples, where more is said in them than the commands themselves.
const AFTER: &[(&str, &str)] = &[
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
    ("report", "\
Ví dụ:
  congdoan report BA_DINH --organisation LDLD-01-001 --from 2020-01-01 --to 2020-12-31
  congdoan report BA_DINH --organisation LDLD-01 --from 2020-01-01 --to 2020-12-31 --as-of 2026-01-01
  congdoan report --list

Báo cáo biết những gì các lệnh trước đã thấy: nó đợi, nhiều nhất nửa phút, những việc còn dở dang.

Mã thoát:
  0  đã in, mọi số liệu đầy đủ
  1  không in
  2  dòng lệnh sai
  3  đã in, có số liệu chưa đầy đủ hoặc kỳ chưa bắt đầu; có nói rõ"),
];

const TEMPLATE: &str = "{about-with-newline}\nCách dùng: {usage}\n\n{all-args}{after-help}";

/// The command line with its help in Vietnamese.
pub fn translated(command: Command) -> Command {
    in_vietnamese(command, "")
}

fn in_vietnamese(command: Command, path: &str) -> Command {
    let about = COMMANDS.iter().find(|(of, _)| *of == path).map(|(_, about)| *about);
    let more = MORE.iter().find(|(of, _)| *of == path).map(|(_, more)| *more);
    let mut place = 0;
    let mut command = command
        .help_template(TEMPLATE)
        .subcommand_help_heading("Lệnh")
        .subcommand_value_name("LỆNH")
        .disable_help_flag(true)
        .mut_args(|argument| {
            let help = meaning(path, argument.get_id().as_str());
            let positional = argument.is_positional();
            let argument =
                argument.help_heading(if positional { "Đối số" } else { "Tùy chọn" });
            // In the order in which they are written, and not by their names.
            let argument = if positional {
                place += 1;
                argument.display_order(place)
            } else {
                argument
            };
            if let (Some(help), Some(values)) = (help, values(&argument)) {
                let help = format!("{help}. Có thể là: {values}");
                return argument.hide_possible_values(true).help(help).long_help(Resettable::Reset);
            }
            match help {
                Some(help) => argument.help(help).long_help(Resettable::Reset),
                None => argument,
            }
        })
        .arg(
            Arg::new("help")
                .short('h')
                .long("help")
                .action(ArgAction::Help)
                .help("In trợ giúp")
                .help_heading("Tùy chọn"),
        );
    if path.is_empty() {
        command = command.disable_version_flag(true).arg(
            Arg::new("version")
                .short('V')
                .long("version")
                .action(ArgAction::Version)
                .help("In phiên bản")
                .help_heading("Tùy chọn"),
        );
    }
    if let Some(about) = about {
        let short = about.lines().next().unwrap_or(about).to_owned();
        command = command.about(short).long_about(more.unwrap_or(about).to_owned());
    }
    let after = match AFTER.iter().find(|(of, _)| *of == path) {
        Some((_, after)) => Some((*after).to_owned()),
        None => command.get_after_help().map(|after| {
            after.to_string().replace("Examples:", "Ví dụ:").replace("Example:", "Ví dụ:")
        }),
    };
    if let Some(after) = after {
        command = command.after_help(after);
    }
    let below: Vec<String> =
        command.get_subcommands().map(|below| below.get_name().to_owned()).collect();
    for name in below {
        let path = if path.is_empty() { name.clone() } else { format!("{path} {name}") };
        command = command.mut_subcommand(&name, |below| in_vietnamese(below, &path));
    }
    command
}

/// What an argument means: of this command, or everywhere.
fn meaning(path: &str, id: &str) -> Option<&'static str> {
    let own = format!("{path} {id}");
    let known = |of: &str| ARGUMENTS.iter().find(|(name, _)| *name == of).map(|(_, help)| *help);
    known(&own).or_else(|| known(id))
}

/// The values of an argument that need words; nothing where they are known by their names.
fn values(argument: &Arg) -> Option<String> {
    let (_, words) = VALUES.iter().find(|(of, _)| argument.get_id() == *of)?;
    let values: Vec<String> =
        words.iter().map(|(value, means)| format!("{value} ({means})")).collect();
    Some(values.join(", "))
}

/// A mistake in the arguments.
pub fn mistake(error: &clap::Error) -> String {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return help(&error.render().to_string());
    }
    let said = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        Some(ContextValue::StyledStrs(texts)) => {
            texts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        }
        Some(ContextValue::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let (argument, value) = (said(ContextKind::InvalidArg), said(ContextKind::InvalidValue));
    let what = match error.kind() {
        ErrorKind::MissingRequiredArgument => format!("còn thiếu: {argument}"),
        ErrorKind::MissingSubcommand => "còn thiếu một lệnh".to_owned(),
        ErrorKind::UnknownArgument => format!("không có tùy chọn nào là {argument}"),
        ErrorKind::InvalidSubcommand => {
            format!("không có lệnh nào là {}", said(ContextKind::InvalidSubcommand))
        }
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument} phải có giá trị"),
        ErrorKind::InvalidValue => format!("{argument} không thể là \"{value}\""),
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map(|why| format!(": {why}"));
            format!("{argument} không thể là \"{value}\"{}", why.unwrap_or_default())
        }
        ErrorKind::ArgumentConflict => {
            let prior = said(ContextKind::PriorArg);
            if prior == argument {
                format!("{argument} chỉ được ghi một lần")
            } else {
                format!("{argument} không đi cùng {prior}")
            }
        }
        ErrorKind::TooManyValues => format!("{argument} không nhận \"{value}\""),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{argument} chưa đủ giá trị")
        }
        ErrorKind::NoEquals => format!("{argument} phải ghi với dấu ="),
        ErrorKind::InvalidUtf8 => "đối số không phải UTF-8".to_owned(),
        _ => format!("{error}"),
    };
    let mut told = format!("congdoan: {what}");
    let valid = said(ContextKind::ValidValue);
    if !valid.is_empty() {
        told.push_str(&format!("\n  có thể là: {valid}"));
    }
    for suggested in
        [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
    {
        let suggested = said(suggested);
        if !suggested.is_empty() {
            told.push_str(&format!("\n  có phải là: {suggested}?"));
        }
    }
    let usage = said(ContextKind::Usage);
    let usage = usage.trim().trim_start_matches("Usage:").trim();
    if !usage.is_empty() {
        let usage = help(usage);
        told.push_str(&format!("\n\nCách dùng: {usage}"));
    }
    told.push_str("\n\nXem thêm với --help.\n");
    told
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    /// Commands and arguments that are told in no Vietnamese.
    fn untranslated(command: &Command, path: &str) -> Vec<String> {
        let mut missing = Vec::new();
        if !COMMANDS.iter().any(|(of, _)| *of == path) {
            missing.push(path.to_owned());
        }
        for argument in command.get_arguments() {
            let id = argument.get_id().as_str();
            if meaning(path, id).is_none() {
                missing.push(format!("{path}: {id}"));
            }
        }
        for below in command.get_subcommands() {
            let name = below.get_name();
            let path = if path.is_empty() { name.to_owned() } else { format!("{path} {name}") };
            missing.extend(untranslated(below, &path));
        }
        missing
    }

    #[test]
    fn every_command_and_every_argument_has_its_help_in_vietnamese() {
        assert_eq!(untranslated(&Cli::command(), ""), [""; 0]);
    }

    #[test]
    fn nothing_is_translated_that_is_not_there() {
        let mut known = Vec::new();
        fn collect(command: &Command, path: &str, known: &mut Vec<String>) {
            known.push(path.to_owned());
            for argument in command.get_arguments() {
                let id = argument.get_id().to_string();
                known.push(format!("{path} {id}"));
                known.push(id);
            }
            for below in command.get_subcommands() {
                let name = below.get_name();
                let path = if path.is_empty() { name.to_owned() } else { format!("{path} {name}") };
                collect(below, &path, known);
            }
        }
        collect(&Cli::command(), "", &mut known);
        let made = ["help", "version"];
        for (name, _) in COMMANDS.iter().chain(ARGUMENTS).chain(MORE).chain(AFTER) {
            assert!(known.iter().any(|one| one == name) || made.contains(name), "{name}");
        }
    }

    /// Arguments of a command and of those below it, each with its path and its help in English.
    fn explained(command: &Command, path: &str, all: &mut Vec<(String, Arg)>) {
        for argument in command.get_arguments() {
            all.push((path.to_owned(), argument.clone()));
        }
        for below in command.get_subcommands() {
            let name = below.get_name();
            let path = if path.is_empty() { name.to_owned() } else { format!("{path} {name}") };
            explained(below, &path, all);
        }
    }

    /// What a help says that is no word of a language: other options, commands, numbers.
    fn facts(help: &str) -> Vec<&str> {
        let mut facts: Vec<&str> = help.split('`').skip(1).step_by(2).collect();
        let words = help.split(|c: char| c.is_whitespace() || ".,;:()".contains(c));
        facts.extend(words.filter(|word| {
            word.starts_with("--") || word.starts_with(|c: char| c.is_ascii_digit())
        }));
        facts.sort_unstable();
        facts.dedup();
        facts
    }

    #[test]
    fn both_helps_say_the_same_of_defaults_other_options_and_numbers() {
        let mut all = Vec::new();
        explained(&Cli::command(), "", &mut all);
        assert!(all.len() > 80, "only {} arguments were found", all.len());
        let mut differing = Vec::new();
        for (path, argument) in all {
            let id = argument.get_id().as_str();
            let english = argument.get_help().map(ToString::to_string).unwrap_or_default();
            let long = argument.get_long_help().map(ToString::to_string);
            let english = long.unwrap_or(english);
            let ours = meaning(&path, id).unwrap_or_default();
            let defaults = (english.contains("default"), ours.contains("mặc định"));
            if defaults.0 != defaults.1 || (argument.is_required_set() && defaults.1) {
                differing.push(format!("{path} {id}, default: {english} | {ours}"));
            }
            if facts(&english) != facts(ours) {
                differing.push(format!("{path} {id}, facts: {english} | {ours}"));
            }
            for value in argument.get_possible_values() {
                let known = VALUES.iter().filter(|(of, _)| *of == id).flat_map(|(_, all)| *all);
                let known = known.into_iter().any(|(name, _)| *name == value.get_name());
                if value.get_help().is_some() != known {
                    differing.push(format!("{path} {id}, value {}", value.get_name()));
                }
            }
        }
        assert!(differing.is_empty(), "{}", differing.join("\n"));
    }

    #[test]
    fn help_is_in_vietnamese_throughout_and_in_the_order_of_what_is_written() {
        let english = [
            "[OPTIONS]",
            "[COMMAND]",
            "ossible values",
            "[default",
            "[env",
            "Print",
            "Usage",
            "It ",
        ];
        let mut all = vec![String::new()];
        fn paths(command: &Command, path: &str, all: &mut Vec<String>) {
            for below in command.get_subcommands() {
                let path = format!("{path} {}", below.get_name());
                all.push(path.clone());
                paths(below, &path, all);
            }
        }
        paths(&Cli::command(), "", &mut all);
        for path in all {
            for flag in ["-h", "--help"] {
                let arguments =
                    ["congdoan"].into_iter().chain(path.split_whitespace()).chain([flag]);
                let error = translated(Cli::command()).try_get_matches_from(arguments);
                let said = help(&error.expect_err("help").render().to_string());
                let found = english.iter().find(|word| said.contains(**word));
                assert_eq!(found, None, "congdoan {path} {flag}: {said}");
            }
        }
        let of = |arguments: &[&str]| {
            let error = translated(Cli::command()).try_get_matches_from(arguments);
            help(&error.expect_err("help").render().to_string())
        };
        for command in ["remove", "replace"] {
            let said = of(&["congdoan", "plan", command, "--help"]);
            let listed = said.split("Đối số:").nth(1).expect("arguments are listed");
            assert!(listed.find("<PLAN_ID>") < listed.find("<LINES>"), "{said}");
        }
        let said = of(&["congdoan", "help"]);
        assert!(said.contains("Cách dùng:") && said.contains("Tìm tổ chức"), "{said}");
        let said = of(&["congdoan", "help", "plan", "steps"]);
        assert!(said.contains("Ghi ra tệp này"), "{said}");
    }

    #[test]
    fn a_mistake_is_told_in_vietnamese() {
        let mistake = |arguments: &[&str]| {
            let error =
                translated(Cli::command()).try_get_matches_from(arguments).expect_err("a mistake");
            super::mistake(&error)
        };
        for (arguments, expected) in [
            (&["congdoan", "lod"][..], "không có lệnh nào là lod\n  có phải là: load?"),
            (&["congdoan", "load"], "còn thiếu: <FILE.csv>"),
            (&["congdoan", "load", "x", "--hitsory", "y"], "không có tùy chọn nào là --hitsory"),
            (
                &["congdoan", "search", "x", "--status", "gone"],
                "không thể là \"gone\"\n  có thể là: active",
            ),
            (
                &["congdoan", "search", "x", "--as-of", "31/12/2020"],
                "không thể là \"31/12/2020\": ",
            ),
            (&["congdoan", "token"], "còn thiếu: --subject"),
            (&["congdoan", "search", "--code-prefix", "A", "B"], "không đi cùng"),
        ] {
            let told = mistake(arguments);
            assert!(told.contains(expected), "{arguments:?}: {told}");
            assert!(!told.contains("error") && !told.contains("Usage"), "{told}");
        }
    }
}
