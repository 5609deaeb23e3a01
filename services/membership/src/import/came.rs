//! A line of an import as it comes in: as the contract has it, or as a row of a file.

use chassis::refusal::Refusal;
use prost::Message;
use proto::membership::v1 as pb;
use proto::membership::v1::list_import_lines_response::Cell;

/// A line as it comes in.
#[derive(Debug)]
pub enum Came {
    /// As the contract has it.
    Line(Box<pb::ImportLine>),
    /// A row of a file.
    Row(Box<Row>),
}

/// A row of a file.
#[derive(Debug)]
pub struct Row {
    /// As a spreadsheet numbers it.
    pub file_line: i32,
    /// What stands in it, column by column.
    pub cells: Vec<Cell>,
    /// What it says, or why nobody understands it.
    pub read: Result<pb::ImportLine, Unread>,
}

/// Why nobody understands a row, in sentences that say more than the reason does.
#[derive(Debug)]
pub struct Unread {
    /// The reason.
    pub refusal: Refusal,
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

/// What a row of a file said, as it is kept.
#[derive(Clone, PartialEq, Message)]
pub struct Cells {
    /// In the order of its columns.
    #[prost(message, repeated, tag = "1")]
    pub cells: Vec<Cell>,
}

impl Came {
    /// What it says, encoded.
    pub fn said(&self) -> Vec<u8> {
        match self {
            Self::Line(line) => line.encode_to_vec(),
            Self::Row(row) => Cells { cells: row.cells.clone() }.encode_to_vec(),
        }
    }

    /// How long it is, about.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Line(line) => line.encoded_len(),
            Self::Row(row) => row.cells.iter().map(Message::encoded_len).sum(),
        }
    }
}
