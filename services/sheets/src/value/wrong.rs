//! What is wrong with a cell.

use crate::cell::Misquoted;
use crate::language::{Language, say};

/// What is wrong with a cell. What stands in it is not repeated: its line and column are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Nobody is named.
    NameMissing,
    /// It is longer than a text of the register.
    TooLong {
        /// Characters that are taken.
        most: usize,
    },
    /// Letters became question marks when the file was saved.
    LettersLost,
    /// Letters are those of a font of the nineties (TCVN3).
    OldFont,
    /// Month before day, as in America.
    DayAmerican,
    /// The year has two digits.
    YearShort,
    /// Month and year without a day.
    DayMissing,
    /// There is no such day.
    DayImpossible,
    /// It is no day that anybody writes so.
    DayUnknown,
    /// The number by which Excel keeps a day, shown as a number.
    DaySerial,
    /// Nobody who lives was born, and no union existed, in this year.
    YearImpossible,
    /// A day is needed, and this is a year.
    YearOnly,
    /// Excel made a number of it, and showed it by powers of ten.
    NumberScientific,
    /// Excel made a number of it, and took the zeros in front of it away.
    NumberLostZero {
        /// Digits that are left.
        digits: usize,
    },
    /// A program made a number of it, and put decimals behind it.
    NumberDecimal,
    /// It has not as many digits as any number of a person.
    NumberLength {
        /// Characters that it has.
        characters: usize,
    },
    /// Something else than letters and digits is in it.
    NumberMalformed,
    /// A passport needs the country that issued it.
    CountryMissing,
    /// It is no code of a country.
    CountryUnknown,
    /// It is no telephone number.
    PhoneMalformed,
    /// Excel took the zero in front of a telephone number away.
    PhoneLostZero,
    /// It says neither man nor woman.
    SexUnknown,
    /// A mark is an x, or nothing.
    MarkUnknown,
    /// Both the column of men and that of women have something, or they say otherwise than the sex.
    SexTwice,
    /// A formula that came to nothing.
    FormulaFailed,
    /// A quotation mark is where none may be.
    Misquoted(Misquoted),
}

impl Wrong {
    /// A word for programs, that stays as it is.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NameMissing => "NAME_MISSING",
            Self::TooLong { .. } => "TEXT_TOO_LONG",
            Self::LettersLost => "LETTERS_LOST",
            Self::OldFont => "LETTERS_OF_AN_OLD_FONT",
            Self::DayAmerican => "DATE_AMERICAN",
            Self::YearShort => "YEAR_OF_TWO_DIGITS",
            Self::DayMissing => "DAY_MISSING",
            Self::DayImpossible => "DATE_IMPOSSIBLE",
            Self::DayUnknown => "DATE_MALFORMED",
            Self::DaySerial => "DATE_IS_A_NUMBER",
            Self::YearImpossible => "YEAR_IMPOSSIBLE",
            Self::YearOnly => "DAY_NEEDED",
            Self::NumberScientific => "NUMBER_SCIENTIFIC",
            Self::NumberLostZero { .. } => "NUMBER_LOST_ZERO",
            Self::NumberDecimal => "NUMBER_DECIMAL",
            Self::NumberLength { .. } => "NUMBER_LENGTH",
            Self::NumberMalformed => "NUMBER_MALFORMED",
            Self::CountryMissing => "COUNTRY_MISSING",
            Self::CountryUnknown => "COUNTRY_UNKNOWN",
            Self::PhoneMalformed => "PHONE_MALFORMED",
            Self::PhoneLostZero => "PHONE_LOST_ZERO",
            Self::SexUnknown => "SEX_UNKNOWN",
            Self::MarkUnknown => "MARK_UNKNOWN",
            Self::SexTwice => "SEX_TWICE",
            Self::FormulaFailed => "FORMULA_FAILED",
            Self::Misquoted(_) => "QUOTATION_MARK",
        }
    }

    /// What happened, and what to do, in words.
    pub fn told(&self, language: Language) -> String {
        match self {
            Self::NameMissing => say!(language, "thiếu họ và tên", "the name is missing"),
            Self::TooLong { most } => {
                say!(language, "dài quá {most} ký tự", "it is longer than {most} characters")
            }
            Self::LettersLost => say!(
                language,
                "chữ có dấu đã mất thành dấu ? khi lưu tệp; hãy lưu lại từ tệp gốc thành \"CSV UTF-8\" hoặc .xlsx",
                "letters became ? when the file was saved; save it again, from the original, as \"CSV UTF-8\" \
                 or .xlsx"
            ),
            Self::OldFont => say!(
                language,
                "chữ gõ bằng phông cũ (TCVN3, .VnTime); hãy chuyển sang Unicode rồi gửi lại",
                "the letters are of an old font (TCVN3, .VnTime); convert them to Unicode"
            ),
            Self::DayAmerican => say!(
                language,
                "ngày viết kiểu Mỹ (tháng trước ngày); hãy viết ngày/tháng/năm, như 31/5/1990",
                "the date is American (month before day); write day/month/year, such as 31/5/1990"
            ),
            Self::YearShort => say!(
                language,
                "năm chỉ có hai chữ số, không biết thế kỷ nào; hãy viết đủ bốn chữ số, như 31/5/1990",
                "the year has two digits, and the century is not known; write all four, such as 31/5/1990"
            ),
            Self::DayMissing => say!(
                language,
                "chỉ có tháng và năm; hãy viết cả ngày, hoặc chỉ viết năm",
                "there is a month and a year; write the day as well, or the year alone"
            ),
            Self::DayImpossible => say!(
                language,
                "không có ngày này trong lịch",
                "there is no such day in the calendar"
            ),
            Self::DayUnknown => say!(
                language,
                "không hiểu ngày này; hãy viết ngày/tháng/năm, như 31/5/1990, hoặc chỉ viết năm",
                "it is not understood as a date; write day/month/year, such as 31/5/1990, or the year alone"
            ),
            Self::DaySerial => say!(
                language,
                "đây là số mà Excel dùng để lưu một ngày (như 33024 là 31/5/1990); hãy chọn định dạng ngày cho \
                 ô rồi xem lại, hoặc gõ lại ngày",
                "it is the number by which Excel keeps a date (33024 is 31/5/1990); give the cell the format \
                 of a date and look at it, or type the date again"
            ),
            Self::YearImpossible => {
                say!(language, "năm phải từ 1900 đến 2100", "the year must be from 1900 to 2100")
            }
            Self::YearOnly => say!(
                language,
                "cần cả ngày, tháng, năm",
                "the day and the month are needed as well"
            ),
            Self::NumberScientific => say!(
                language,
                "Excel đã đổi số thành dạng như 1,23457E+11 và bỏ các chữ số cuối, không khôi phục được; hãy \
                 chọn định dạng Văn bản (Text) cho cột rồi gõ lại số",
                "Excel has turned the number into one like 1.23457E+11, and its last digits are gone for good; \
                 give the column the format Text and type the number again"
            ),
            Self::NumberLostZero { digits } => say!(
                language,
                "chỉ còn {digits} chữ số: Excel đã bỏ số 0 ở đầu; hãy chọn định dạng Văn bản (Text) cho cột rồi gõ \
                 lại đủ 12 chữ số (CMND: 9)",
                "only {digits} digits are left: Excel has dropped the zeros in front; give the column the format \
                 Text and type all 12 digits again (of a CMND: 9)"
            ),
            Self::NumberDecimal => say!(
                language,
                "chương trình đã đổi số thành số thập phân (có .0 ở cuối); hãy chọn định dạng Văn bản (Text) cho cột \
                 rồi gõ lại số",
                "a program has made a decimal of the number (.0 at its end); give the column the format Text and \
                 type the number again"
            ),
            Self::NumberLength { characters } => say!(
                language,
                "có {characters} ký tự; CCCD có 12 chữ số, CMND có 9, hộ chiếu có từ 5 đến 20 chữ và số",
                "it has {characters} characters; a citizen number has 12 digits, an old card 9, a passport 5 to 20 \
                 letters and digits"
            ),
            Self::NumberMalformed => say!(
                language,
                "số có ký tự không phải chữ cái hay chữ số",
                "the number has characters that are neither letters nor digits"
            ),
            Self::CountryMissing => say!(
                language,
                "hộ chiếu cần có nước cấp: cột Nước cấp hộ chiếu, mã hai chữ cái như VN, JP",
                "a passport needs its country: the column Nước cấp hộ chiếu, a code of two letters such as VN, JP"
            ),
            Self::CountryUnknown => say!(
                language,
                "không phải mã nước hai chữ cái, như VN, JP",
                "it is no code of a country of two letters, such as VN, JP"
            ),
            Self::PhoneMalformed => say!(
                language,
                "số điện thoại phải có từ 8 đến 15 chữ số, có thể có dấu + ở đầu",
                "a telephone number has 8 to 15 digits, and may have a + in front"
            ),
            Self::PhoneLostZero => say!(
                language,
                "số điện thoại mất số 0 ở đầu (Excel đã bỏ); hãy chọn định dạng Văn bản (Text) cho cột rồi gõ lại",
                "the telephone number has lost the 0 in front (Excel dropped it); give the column the format Text \
                 and type it again"
            ),
            Self::SexUnknown => {
                say!(language, "giới tính phải là Nam hoặc Nữ", "the sex must be Nam or Nữ")
            }
            Self::MarkUnknown => {
                say!(
                    language,
                    "chỉ đánh dấu x, hoặc để trống",
                    "it is marked with an x, or left empty"
                )
            }
            Self::SexTwice => {
                say!(language, "vừa ghi là nam vừa ghi là nữ", "it says both a man and a woman")
            }
            Self::FormulaFailed => say!(
                language,
                "ô có công thức bị lỗi (như #N/A)",
                "the cell has a formula that failed (such as #N/A)"
            ),
            Self::Misquoted(how) => misquoted(*how, language),
        }
    }
}

fn misquoted(how: Misquoted, language: Language) -> String {
    match how {
        Misquoted::Open => say!(
            language,
            "dấu ngoặc kép \" mở đầu ô chưa được đóng",
            "the quotation mark \" that begins the cell is not closed"
        ),
        Misquoted::Follows => say!(
            language,
            "còn chữ sau dấu ngoặc kép \" đóng ô; dấu ngoặc kép ở giữa ô ghi hai lần: \"\"",
            "something follows the quotation mark \" that closes the cell; a mark within a cell is written twice: \
             \"\""
        ),
        Misquoted::GoesOn => say!(
            language,
            "ô kéo dài sang dòng sau; có dấu ngoặc kép \" nào chưa đóng không?",
            "the cell goes on in the next line; is a quotation mark \" not closed?"
        ),
        Misquoted::Late => say!(
            language,
            "có khoảng trắng trước dấu ngoặc kép \" mở đầu ô",
            "there are blanks before the quotation mark \" that begins the cell"
        ),
    }
}
