//! The files beside the source: one row of a CSV, one value.

use serde::Deserialize;

/// The rows of a file that is compiled in.
pub(super) fn rows<T: for<'row> Deserialize<'row> + 'static>(
    text: &'static str,
) -> impl Iterator<Item = csv::Result<T>> {
    csv::Reader::from_reader(text.as_bytes()).into_deserialize()
}
