//! People's files: how offices keep members in spreadsheets, and how the register answers in one.
//!
//! A [`table`] is a file as a stream of rows, CSV or XLSX, read under [`limits`], so that a file made
//! to do harm costs a few megabytes and is [`refused`]. [`people`] understands its rows: the
//! [columns](mod@column) of the forms 5a and 5b, however they are spelt, and in them the [`value`]s as people
//! write them. What a program spoiled is told by line and column, and never guessed at.
//! [`writing`] is the other way: a template to fill in, the refused lines with the reason beside each,
//! and any other table.
//!
//! Nothing here knows a service, a contract or a database; and no sentence repeats what stands in a
//! cell, because that is somebody's name, number or birthday.

pub mod cell;
pub mod column;
mod csv;
mod heading;
pub mod language;
pub mod limits;
pub mod people;
pub mod refused;
mod spelling;
pub mod table;
pub mod value;
pub mod writing;
mod xlsx;

pub use language::Language;
pub use limits::Limits;
pub use people::People;
pub use refused::Refused;
pub use table::Table;
