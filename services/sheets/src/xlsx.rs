//! A workbook, of which one sheet is read as a stream of rows.
//!
//! What a workbook says of its own size is not believed: the dimension of a sheet, the count of its
//! texts and the sizes of its parts are passed over, and what is really there is counted.

mod package;
mod parts;
mod sheet;
mod texts;
mod xml;

pub(crate) use self::sheet::Sheet;
