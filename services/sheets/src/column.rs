//! The columns of the forms by which people apply (5a, each by herself, and 5b, together), and how
//! offices spell them.

use crate::spelling::{key, key_without_remarks};

/// A column that is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Column {
    /// STT: the number of a line, for people.
    Ordinal,
    /// Họ và tên.
    Name,
    /// Ngày sinh, or the year alone.
    Birth,
    /// Ngày sinh of a man, as form 5b has it; or a mark for a man.
    BirthMale,
    /// Ngày sinh of a woman, or a mark for a woman.
    BirthFemale,
    /// Giới tính.
    Sex,
    /// Dân tộc.
    Ethnicity,
    /// Quê quán.
    HomePlace,
    /// Nơi ở hiện nay.
    Address,
    /// Số CCCD, CMND or passport.
    Identity,
    /// Nước cấp hộ chiếu: the country of a passport.
    Country,
    /// Điện thoại.
    Phone,
    /// Nơi làm việc.
    Workplace,
    /// Nghề nghiệp, công việc.
    Occupation,
    /// Ngày vào công đoàn.
    JoinedOn,
    /// Mã công đoàn: the code of the union, where a list has people of several.
    Union,
    /// A mark that somebody is another than the member whose name and birth she has.
    Another,
    /// What a list has for readers: a signature, remarks, and what the register wrote beside a
    /// refused line.
    ForReaders,
}

/// The heading beside a refused line that says why.
pub(crate) const REASON: [&str; 2] = ["Lý do chưa nhận", "Reason"];
/// The heading that says where a refused line stood.
pub(crate) const LINE: [&str; 2] = ["Dòng trong tệp gốc", "Line of the original file"];

/// How the headings of each column are spelt, as [`key`] has them.
const SPELLINGS: &[(Column, &[&str])] = &[
    (Column::Ordinal, &["stt", "tt", "sott", "sothutu", "no"]),
    (
        Column::Name,
        &[
            "hovaten",
            "hoten",
            "hotennguoilaodong",
            "hovatennguoilaodong",
            "hovatendoanvien",
            "hotendoanvien",
            "hovatenkhaisinh",
            "hotenkhaisinh",
            "hochudemvaten",
            "hochudemvatenkhaisinh",
            "tendoanvien",
            "hovatennld",
            "hotennld",
            "hovatencnvc",
            "hovatencnvcld",
            "fullname",
            "name",
        ],
    ),
    (
        Column::Birth,
        &[
            "ngaysinh",
            "ngaythangnamsinh",
            "namsinh",
            "sinhngay",
            "ntns",
            "ngaythangsinh",
            "ngaynamsinh",
            "ngaythangnam",
            "dateofbirth",
            "birthdate",
            "dob",
            "birth",
            "yearofbirth",
        ],
    ),
    (Column::BirthMale, &["nam", "ngaysinhnam", "namsinhnam", "ngaythangnamsinhnam", "namgioi"]),
    (Column::BirthFemale, &["nu", "ngaysinhnu", "namsinhnu", "ngaythangnamsinhnu", "nugioi"]),
    (Column::Sex, &["gioitinh", "phai", "namnu", "gt", "sex", "gender"]),
    (Column::Ethnicity, &["dantoc", "ethnicity"]),
    (
        Column::HomePlace,
        &["quequan", "nguyenquan", "que", "quequannguyenquan", "hometown", "homeplace"],
    ),
    (
        Column::Address,
        &[
            "diachi",
            "noio",
            "noiohiennay",
            "noiohientai",
            "choohiennay",
            "choohientai",
            "thuongtru",
            "noithuongtru",
            "hokhau",
            "hokhauthuongtru",
            "diachithuongtru",
            "noidangkythuongtru",
            "noicutru",
            "diachilienhe",
            "tamtru",
            "address",
        ],
    ),
    (
        Column::Identity,
        &[
            "cccd",
            "socccd",
            "socccdcmnd",
            "cmnd",
            "socmnd",
            "cccdcmnd",
            "cancuoc",
            "socancuoc",
            "sodinhdanh",
            "sodinhdanhcanhan",
            "madinhdanh",
            "sodinhdanhcanhancccd",
            "sogiaytotuythan",
            "identitynumber",
            "idnumber",
            "citizenid",
        ],
    ),
    (Column::Country, &["quoctich", "nuoccap", "nuoccaphochieu", "country", "nationality"]),
    (
        Column::Phone,
        &[
            "dienthoai",
            "sodienthoai",
            "sdt",
            "dt",
            "sodt",
            "dienthoailienhe",
            "sodienthoailienhe",
            "dienthoaididong",
            "didong",
            "phone",
            "phonenumber",
            "telephone",
            "mobile",
        ],
    ),
    (
        Column::Workplace,
        &[
            "noilamviec",
            "donvi",
            "donvicongtac",
            "noicongtac",
            "phongban",
            "bophan",
            "coquan",
            "coquandonvi",
            "coquancongtac",
            "diachinoilamviec",
            "workplace",
        ],
    ),
    (
        Column::Occupation,
        &[
            "nghenghiep",
            "congviec",
            "nghenghiepcongviec",
            "congvieclam",
            "nghenghiepchucvu",
            "chucvu",
            "chucdanh",
            "vitrivieclam",
            "congviecdanglam",
            "job",
            "occupation",
        ],
    ),
    (
        Column::JoinedOn,
        &[
            "ngayvaocongdoan",
            "ngayvaocd",
            "ngayketnap",
            "ngayketnapcongdoan",
            "ngaygianhap",
            "ngaygianhapcongdoan",
            "ngayvaodoan",
            "ngayvao",
            "thoigianvaocongdoan",
            "ngaythangnamvaocongdoan",
            "ngaythangnamketnap",
            "joinedon",
            "admittedon",
        ],
    ),
    (Column::Union, &["macongdoan", "macdcs", "macongdoancoso", "matochuc", "unioncode", "union"]),
    (Column::Another, &["languoikhac", "nguoikhac", "anotherperson"]),
    (
        Column::ForReaders,
        &["kyten", "chuky", "ky", "ghichu", "signature", "note", "notes", "remarks"],
    ),
];

/// Columns in the order of the forms; what is for readers is none of them.
pub const ALL: [Column; 17] = [
    Column::Ordinal,
    Column::Name,
    Column::Birth,
    Column::BirthMale,
    Column::BirthFemale,
    Column::Sex,
    Column::Ethnicity,
    Column::HomePlace,
    Column::Address,
    Column::Identity,
    Column::Country,
    Column::Phone,
    Column::Workplace,
    Column::Occupation,
    Column::JoinedOn,
    Column::Union,
    Column::Another,
];

impl Column {
    /// The column that a heading means, however it is spelt.
    pub fn of_heading(heading: &str) -> Option<Self> {
        let known = |key: &str| {
            let own = |text: &&str| crate::spelling::key(text) == key;
            if REASON.iter().chain(&LINE).any(own) {
                return Some(Self::ForReaders);
            }
            let mut of_key = SPELLINGS.iter().filter(|(_, keys)| keys.contains(&key));
            of_key.next().map(|(column, _)| *column)
        };
        let (whole, bare) = (key(heading), key_without_remarks(heading));
        // A number has many names, and a day and a place of issue beside it.
        let of_number = ["cccd", "cmnd", "cancuoc", "dinhdanh", "hochieu", "passport"];
        let is_number = || {
            whole.len() < 60
                && !whole.contains("cap")
                && !whole.contains("ngay")
                && of_number.iter().any(|word| whole.contains(word))
        };
        known(&whole).or_else(|| known(&bare)).or_else(|| is_number().then_some(Self::Identity))
    }

    /// The heading as our own files have it.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Ordinal => "STT",
            Self::Name => "Họ và tên",
            Self::Birth => "Ngày sinh",
            Self::BirthMale => "Ngày sinh (Nam)",
            Self::BirthFemale => "Ngày sinh (Nữ)",
            Self::Sex => "Giới tính",
            Self::Ethnicity => "Dân tộc",
            Self::HomePlace => "Quê quán",
            Self::Address => "Nơi ở hiện nay",
            Self::Identity => "Số CCCD",
            Self::Country => "Nước cấp hộ chiếu",
            Self::Phone => "Điện thoại",
            Self::Workplace => "Nơi làm việc",
            Self::Occupation => "Nghề nghiệp",
            Self::JoinedOn => "Ngày vào công đoàn",
            Self::Union => "Mã công đoàn",
            Self::Another => "Là người khác",
            Self::ForReaders => "Ghi chú",
        }
    }

    /// What it holds, as programs name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ordinal => "ordinal",
            Self::Name => "name",
            Self::Birth => "birth",
            Self::BirthMale => "birth_male",
            Self::BirthFemale => "birth_female",
            Self::Sex => "sex",
            Self::Ethnicity => "ethnicity",
            Self::HomePlace => "home_place",
            Self::Address => "address",
            Self::Identity => "identity_number",
            Self::Country => "identity_country",
            Self::Phone => "phone",
            Self::Workplace => "workplace",
            Self::Occupation => "occupation",
            Self::JoinedOn => "joined_on",
            Self::Union => "union",
            Self::Another => "another",
            Self::ForReaders => "for_readers",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_known_however_its_heading_is_spelt() {
        for (heading, expected) in [
            ("STT", Column::Ordinal),
            ("Họ và tên", Column::Name),
            ("HO VA TEN", Column::Name),
            (" Họ  và\ntên: ", Column::Name),
            ("Họ, chữ đệm và tên khai sinh", Column::Name),
            ("Ngày, tháng, năm sinh", Column::Birth),
            ("Ngày sinh (ngày/tháng/năm)", Column::Birth),
            ("Năm sinh", Column::Birth),
            ("Ngày sinh (Nam)", Column::BirthMale),
            ("Ngày sinh nữ", Column::BirthFemale),
            ("Nam/Nữ", Column::Sex),
            ("Giới tính", Column::Sex),
            ("Số CCCD/CMND/Hộ chiếu", Column::Identity),
            ("Số định danh cá nhân/CCCD", Column::Identity),
            ("Thẻ căn cước công dân", Column::Identity),
            ("SĐT", Column::Phone),
            ("Số điện thoại (Zalo)", Column::Phone),
            ("Nơi làm việc", Column::Workplace),
            ("Nghề nghiệp, chức vụ", Column::Occupation),
            ("Ngày vào CĐ", Column::JoinedOn),
            ("Ký tên", Column::ForReaders),
            ("Lý do chưa nhận", Column::ForReaders),
            ("Line of the original file", Column::ForReaders),
        ] {
            assert_eq!(Column::of_heading(heading), Some(expected), "{heading}");
        }
        for heading in ["Ngày cấp CCCD", "Nơi cấp CCCD", "Lương", "", "Nguyễn Văn Nam"] {
            assert_eq!(Column::of_heading(heading), None, "{heading}");
        }
    }

    #[test]
    fn our_own_headings_are_known_and_no_spelling_means_two_columns() {
        for column in ALL {
            assert_eq!(Column::of_heading(column.heading()), Some(column));
        }
        let mut keys: Vec<&str> = SPELLINGS.iter().flat_map(|(_, keys)| *keys).copied().collect();
        keys.sort_unstable();
        let all = keys.len();
        keys.dedup();
        assert_eq!(keys.len(), all);
    }
}
