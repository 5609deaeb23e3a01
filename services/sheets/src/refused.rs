//! Why a file is not read, or not read further.

use std::fmt;
use std::io;

use crate::column::Column;
use crate::language::{Language, say};

/// What a file is that is none of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    /// A workbook of Excel 97 (`.xls`), or one that is locked with a password.
    OldOrLocked,
    /// A page of the web that is called `.xls`: reports of many systems are.
    WebPage,
    /// A document for reading or printing.
    Document,
    /// A packed file in which there is no workbook.
    Packed,
    /// Something that is no text.
    NoText,
}

/// What of a workbook a file has too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooMuch {
    /// Bytes of the file.
    Bytes,
    /// Rows.
    Rows,
    /// Columns in which something stands.
    Columns,
    /// Cells.
    Cells,
    /// Bytes of one cell.
    Cell,
    /// Parts of a packed file.
    Parts,
    /// Bytes that a part has, unpacked.
    Unpacked,
    /// How tightly a part is packed: nobody's list is.
    Packed,
    /// Texts that cells share.
    Texts,
    /// Elements within each other, sheets, formats, or bytes of one tag.
    Structure,
}

/// Why a file is not read, or not read further than to a line.
#[derive(Debug)]
pub enum Refused {
    /// It could not be read from where it lies.
    Unreadable(io::Error),
    /// Nothing is in it.
    Empty,
    /// It is something else.
    Other(Other),
    /// It has too much of something, as its limits say.
    TooMuch(TooMuch),
    /// It is damaged, or was never what it says it is; the word is for whoever mends programs.
    Damaged(&'static str),
    /// A part of a workbook declares entities, or names one: no spreadsheet program does.
    Entity,
    /// Its letters cannot be read from a line on.
    Letters {
        /// The first line that has such a letter.
        line: u32,
    },
    /// No row names columns that a list of people has.
    HeadingMissing,
    /// The heading lacks columns.
    ColumnsMissing {
        /// Where the heading is.
        line: u32,
        /// Which it lacks.
        columns: Vec<Column>,
    },
    /// Two columns of the heading are the same one.
    ColumnTwice {
        /// Where the heading is.
        line: u32,
        /// Which.
        column: Column,
    },
    /// No row lies below the heading.
    NobodyInIt,
}

impl Refused {
    /// A word for programs, that stays as it is.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "FILE_UNREADABLE",
            Self::Empty => "FILE_EMPTY",
            Self::Other(_) => "FILE_IS_SOMETHING_ELSE",
            Self::TooMuch(_) => "FILE_TOO_LARGE",
            Self::Damaged(_) => "FILE_DAMAGED",
            Self::Entity => "FILE_HAS_ENTITIES",
            Self::Letters { .. } => "LETTERS_UNREADABLE",
            Self::HeadingMissing => "HEADING_MISSING",
            Self::ColumnsMissing { .. } => "COLUMNS_MISSING",
            Self::ColumnTwice { .. } => "COLUMN_TWICE",
            Self::NobodyInIt => "NOBODY_IN_IT",
        }
    }

    /// The line that it is about, where it is about one.
    pub fn line(&self) -> Option<u32> {
        match self {
            Self::Letters { line }
            | Self::ColumnsMissing { line, .. }
            | Self::ColumnTwice { line, .. } => Some(*line),
            _ => None,
        }
    }

    /// What is wrong, in words.
    pub fn told(&self, language: Language) -> String {
        match self {
            Self::Unreadable(_) => say!(language, "không đọc được tệp", "the file cannot be read"),
            Self::Empty => say!(language, "tệp trống", "the file is empty"),
            Self::Other(other) => other.told(language),
            Self::TooMuch(what) => what.told(language),
            Self::Damaged(_) => say!(
                language,
                "tệp bị hỏng hoặc không phải tệp bảng tính; hãy mở lại bằng Excel và lưu thành tệp .xlsx mới",
                "the file is damaged, or is no spreadsheet; open it in Excel and save it as a new .xlsx file"
            ),
            Self::Entity => say!(
                language,
                "tệp có khai báo thực thể XML, điều mà chương trình bảng tính không bao giờ ghi; tệp không được đọc",
                "the file declares XML entities, which no spreadsheet program does; it is not read"
            ),
            Self::Letters { line } => say!(
                language,
                "từ dòng {line} chữ không đọc được; hãy lưu tệp thành \"CSV UTF-8\" (mã Unicode, không phải \
                 TCVN3 hay VNI)",
                "from line {line} on the letters cannot be read; save the file as \"CSV UTF-8\" (Unicode, \
                 neither TCVN3 nor VNI)"
            ),
            Self::HeadingMissing => say!(
                language,
                "không thấy dòng tiêu đề: cần một dòng có tên các cột, như Họ và tên, Ngày sinh, Số CCCD",
                "there is no heading: a row must name the columns, such as Họ và tên, Ngày sinh, Số CCCD"
            ),
            Self::ColumnsMissing { line, columns } => {
                let names: Vec<&str> = columns.iter().map(|column| column.heading()).collect();
                let names = names.join(", ");
                say!(
                    language,
                    "dòng tiêu đề (dòng {line}) thiếu cột: {names}",
                    "the heading (line {line}) lacks the columns: {names}"
                )
            }
            Self::ColumnTwice { line, column } => {
                let name = column.heading();
                say!(
                    language,
                    "dòng tiêu đề (dòng {line}) có hai cột {name}",
                    "the heading (line {line}) has the column {name} twice"
                )
            }
            Self::NobodyInIt => say!(
                language,
                "dưới dòng tiêu đề không có dòng nào",
                "there is no line below the heading"
            ),
        }
    }
}

impl Other {
    fn told(self, language: Language) -> String {
        match self {
            Self::OldOrLocked => say!(
                language,
                "đây là tệp Excel kiểu cũ (.xls) hoặc có mật khẩu; hãy mở bằng Excel, bỏ mật khẩu và lưu thành .xlsx",
                "it is a workbook of the old kind (.xls), or one with a password; open it in Excel, take the \
                 password off, and save it as .xlsx"
            ),
            Self::WebPage => say!(
                language,
                "đây là trang web mang tên .xls; hãy mở bằng Excel và lưu thành .xlsx",
                "it is a web page that is called .xls; open it in Excel and save it as .xlsx"
            ),
            Self::Document => say!(
                language,
                "đây là văn bản (Word, PDF …), không phải bảng tính",
                "it is a document (Word, PDF …), not a spreadsheet"
            ),
            Self::Packed => say!(
                language,
                "tệp nén này không chứa bảng tính; hãy gửi chính tệp .xlsx hoặc .csv",
                "no workbook is in this packed file; send the .xlsx or .csv file itself"
            ),
            Self::NoText => say!(
                language,
                "đây không phải tệp CSV hay XLSX",
                "it is neither a CSV file nor an XLSX file"
            ),
        }
    }
}

impl TooMuch {
    fn told(self, language: Language) -> String {
        match self {
            Self::Bytes => say!(
                language,
                "tệp quá lớn; hãy chia thành nhiều tệp",
                "the file is too large; divide it into several"
            ),
            Self::Rows => say!(
                language,
                "tệp có quá nhiều dòng; hãy chia thành nhiều tệp",
                "the file has too many rows; divide it into several"
            ),
            Self::Columns => say!(
                language,
                "tệp có quá nhiều cột; hãy xóa những cột không phải của danh sách",
                "the file has too many columns; delete those that are not of the list"
            ),
            Self::Cells => say!(
                language,
                "bảng có quá nhiều ô, kể cả ô trống có định dạng; hãy chép danh sách sang tệp mới",
                "the sheet has too many cells, empty ones with a format included; copy the list into a new file"
            ),
            Self::Cell => say!(
                language,
                "có ô quá dài; một ô không thể chứa nhiều chữ như vậy",
                "a cell is too long"
            ),
            Self::Parts => say!(
                language,
                "tệp gồm quá nhiều phần; không phải bảng tính của một danh sách",
                "the file has too many parts; no list's workbook has"
            ),
            Self::Unpacked => say!(
                language,
                "tệp quá lớn khi giải nén; hãy chia thành nhiều tệp",
                "the file is too large when it is unpacked; divide it into several"
            ),
            Self::Packed => say!(
                language,
                "tệp nén chặt khác thường, như được làm ra để gây hại; hãy chép danh sách sang tệp mới",
                "the file is packed more tightly than any list is, as one made to do harm; copy the list into a \
                 new file"
            ),
            Self::Texts => say!(
                language,
                "tệp Excel có quá nhiều chữ; hãy chia thành nhiều tệp, hoặc lưu thành \"CSV UTF-8\"",
                "the workbook has too many texts; divide it into several, or save it as \"CSV UTF-8\""
            ),
            Self::Structure => say!(
                language,
                "cấu trúc tệp rối khác thường; hãy chép danh sách sang tệp mới",
                "the file is built in an unusual way; copy the list into a new one"
            ),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told(Language::English))
    }
}

impl std::error::Error for Refused {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable(error) => Some(error),
            _ => None,
        }
    }
}

/// What is told through a reader that knows errors of input only.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopped(pub TooMuch);

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a limit was reached")
    }
}

impl std::error::Error for Stopped {}

impl Stopped {
    /// A limit, told through a reader.
    pub(crate) fn at(what: TooMuch) -> io::Error {
        io::Error::other(Self(what))
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        if let Some(Stopped(what)) = error.get_ref().and_then(|inner| inner.downcast_ref()) {
            return Self::TooMuch(*what);
        }
        match error.kind() {
            // What an unpacker says of what it cannot unpack.
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => Self::Damaged("packed"),
            io::ErrorKind::UnexpectedEof => Self::Damaged("cut off"),
            _ => Self::Unreadable(error),
        }
    }
}
