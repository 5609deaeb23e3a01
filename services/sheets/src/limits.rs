//! How much of a file is read, at most, before it is refused.

/// What a file may cost. What is not a limit of memory is one of time: nothing is read without end.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of the file itself.
    pub file_bytes: u64,
    /// Rows, the heading and empty ones included.
    pub rows: u32,
    /// Columns in which something stands.
    pub columns: usize,
    /// Bytes of one cell.
    pub cell_bytes: usize,
    /// Bytes of one row of a CSV file: a quotation mark that is not closed swallows so many.
    pub row_bytes: usize,
    /// What a packed file holds: parts.
    pub entries: usize,
    /// Bytes of a packed file's directory.
    pub directory_bytes: u64,
    /// Bytes of one part, unpacked. At most six parts are unpacked.
    pub unpacked_bytes: u64,
    /// How many times larger a part may become than it is packed, once it is of some size.
    pub ratio: u64,
    /// Cells of a sheet, empty ones included.
    pub cells: u64,
    /// Texts that the cells of a workbook share.
    pub texts: usize,
    /// Bytes of these texts together: they are held while the sheet is read.
    pub texts_bytes: usize,
    /// Bytes of one tag, or of one text between two tags.
    pub event_bytes: usize,
    /// Elements within each other.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 256 << 20,
            rows: 1_048_576,
            columns: 256,
            cell_bytes: 32 << 10,
            row_bytes: 128 << 10,
            entries: 2_000,
            directory_bytes: 1 << 20,
            unpacked_bytes: 1 << 30,
            ratio: 300,
            cells: 40_000_000,
            texts: 500_000,
            texts_bytes: 24 << 20,
            event_bytes: 256 << 10,
            depth: 64,
        }
    }
}

/// A part smaller than this may be packed as tightly as it likes.
pub(crate) const RATIO_FROM: u64 = 4 << 20;
