//! Ids, days and values, as they are read off a change.
//!
//! Nobody asked for a change: one that cannot be read is no refusal but our own trouble, and
//! halts the follower. What is said of it names the field, and never what stands in it.

use anyhow::{Context, anyhow};
use chassis::parse;
use proto::google::r#type::Date as WireDate;
use time::Date;
use uuid::Uuid;

pub(crate) fn id(field: &'static str, text: &str) -> anyhow::Result<Uuid> {
    optional_id(field, text)?.with_context(|| format!("{field} is missing"))
}

pub(crate) fn optional_id(field: &'static str, text: &str) -> anyhow::Result<Option<Uuid>> {
    if text.is_empty() {
        return Ok(None);
    }
    Uuid::parse_str(text).map(Some).map_err(|_| anyhow!("{field} is no id"))
}

pub(crate) fn ids(field: &'static str, texts: &[String]) -> anyhow::Result<Vec<Uuid>> {
    texts.iter().map(|text| id(field, text)).collect()
}

pub(crate) fn date(field: &'static str, date: Option<WireDate>) -> anyhow::Result<Date> {
    optional_date(field, date)?.with_context(|| format!("{field} is missing"))
}

pub(crate) fn optional_date(
    field: &'static str,
    date: Option<WireDate>,
) -> anyhow::Result<Option<Date>> {
    parse::optional_date(field, date).map_err(|_| anyhow!("{field} is no day of the calendar"))
}

/// A text, or none where it is empty.
pub(crate) fn optional(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// Each line of a list, read.
pub(crate) fn each<W, T>(
    lines: Vec<W>,
    read: impl FnMut(W) -> anyhow::Result<T>,
) -> anyhow::Result<Vec<T>> {
    lines.into_iter().map(read).collect()
}
