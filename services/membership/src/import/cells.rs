//! What a row of a file said, as it is kept.

use prost::Message;
use proto::membership::v1::list_import_lines_response::Cell;

/// The cells of a row.
#[derive(Clone, PartialEq, Message)]
pub struct Cells {
    /// In the order of its columns.
    #[prost(message, repeated, tag = "1")]
    pub cells: Vec<Cell>,
}
