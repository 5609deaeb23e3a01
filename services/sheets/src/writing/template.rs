//! What an office fills in: the columns of the forms, and one line that shows how.

use std::io::{self, Write};

use super::{Format, Writer};
use crate::column::Column;

/// A form by which people apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Mẫu 5a: all that a person says of herself.
    Individual,
    /// Mẫu 5b: a list of several, with their days of birth by sex.
    Collective,
}

impl Form {
    /// Its columns, with what an example has in each. Made-up numbers begin with 999, which no
    /// province has.
    fn columns(self) -> &'static [(Column, &'static str)] {
        match self {
            Self::Individual => &[
                (Column::Ordinal, EXAMPLE),
                (Column::Name, "Nguyễn Thị Mẫu"),
                (Column::Birth, "31/05/1990"),
                (Column::Sex, "Nữ"),
                (Column::Ethnicity, "Kinh"),
                (Column::HomePlace, "xã Mỹ Đức, Hà Nội"),
                (Column::Address, "phường Ba Đình, Hà Nội"),
                (Column::Identity, "999190000001"),
                (Column::Phone, "0900000000"),
                (Column::Workplace, "Trường Mầm non Mẫu"),
                (Column::Occupation, "Giáo viên"),
                (Column::JoinedOn, "01/03/2026"),
            ],
            Self::Collective => &[
                (Column::Ordinal, EXAMPLE),
                (Column::Name, "Nguyễn Thị Mẫu"),
                (Column::BirthMale, ""),
                (Column::BirthFemale, "31/05/1990"),
                (Column::HomePlace, "xã Mỹ Đức, Hà Nội"),
                (Column::Identity, "999190000001"),
                (Column::Phone, "0900000000"),
                (Column::ForReaders, ""),
            ],
        }
    }
}

/// In the column of ordinals, it says that a line is the example, and is passed over.
const EXAMPLE: &str = "Ví dụ";

/// Writes a file to fill in.
pub fn template<W: Write>(out: W, format: Format, form: Form) -> io::Result<W> {
    let columns = form.columns();
    let headings: Vec<&str> = columns.iter().map(|(column, _)| column.heading()).collect();
    let example: Vec<&str> = columns.iter().map(|(_, example)| *example).collect();
    let mut writer = Writer::begin(out, format, &headings)?;
    writer.row(&example)?;
    writer.finish()
}
